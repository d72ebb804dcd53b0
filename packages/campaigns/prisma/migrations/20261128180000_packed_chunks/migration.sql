-- Entries as bytes: zstd of their JSON, which the workers make and the readers know by its magic number, or plain JSON.
-- Checking json and compressing it took the server most of the time in which it stored entries. What is stored already
-- stays as it is, as plain JSON. EXTERNAL: the server does not compress once more, and tells the length without reading.
ALTER TABLE chunks
  ALTER COLUMN entries TYPE bytea USING convert_to(entries::text, 'UTF8'),
  ALTER COLUMN entries SET STORAGE EXTERNAL;
