-- Which transaction touched which book, written by triggers so that no writer can forget it: not another process
-- of ours, not psql. The cached lists of books ask what was committed since their snapshot. A null book_id says
-- that any book may have changed; one statement that touches more than 1,000 books says it that way too.

CREATE TABLE book_changes (
  id bigserial PRIMARY KEY,
  transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
  book_id integer
);
CREATE INDEX book_changes_transaction_idx ON book_changes (transaction);

CREATE FUNCTION note_changed_books() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT count(*) FROM (SELECT FROM changed LIMIT 1001) AS first) > 1000 THEN
    INSERT INTO book_changes (book_id) VALUES (NULL);
  ELSE
    INSERT INTO book_changes (book_id) SELECT id FROM changed;
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION note_changed_book_genres() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT count(*) FROM (SELECT DISTINCT book_id FROM changed LIMIT 1001) AS first) > 1000 THEN
    INSERT INTO book_changes (book_id) VALUES (NULL);
  ELSE
    INSERT INTO book_changes (book_id) SELECT DISTINCT book_id FROM changed;
  END IF;
  RETURN NULL;
END $$;

-- Names the books of the genres, or any book when a genre is as common as in the load test.
CREATE FUNCTION note_renamed_genres() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO book_changes (book_id)
    SELECT CASE WHEN count(*) OVER () > 1000 THEN NULL ELSE book_id END
    FROM (SELECT DISTINCT book_id FROM book_genre WHERE genre_id IN (SELECT id FROM changed) LIMIT 1001) AS touched;
  RETURN NULL;
END $$;

CREATE FUNCTION note_moved_book() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO book_changes (book_id) VALUES (OLD.id);
  RETURN NULL;
END $$;

CREATE FUNCTION note_moved_book_genre() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO book_changes (book_id) VALUES (OLD.book_id);
  RETURN NULL;
END $$;

CREATE FUNCTION note_any_book() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO book_changes (book_id) VALUES (NULL);
  RETURN NULL;
END $$;

CREATE TRIGGER books_inserted AFTER INSERT ON books
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_changed_books();
CREATE TRIGGER books_updated AFTER UPDATE ON books
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_changed_books();
CREATE TRIGGER books_deleted AFTER DELETE ON books
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_changed_books();
CREATE TRIGGER books_moved AFTER UPDATE OF id ON books
  FOR EACH ROW WHEN (OLD.id <> NEW.id) EXECUTE FUNCTION note_moved_book();
CREATE TRIGGER books_truncated AFTER TRUNCATE ON books
  FOR EACH STATEMENT EXECUTE FUNCTION note_any_book();

CREATE TRIGGER book_genre_inserted AFTER INSERT ON book_genre
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_changed_book_genres();
CREATE TRIGGER book_genre_updated AFTER UPDATE ON book_genre
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_changed_book_genres();
CREATE TRIGGER book_genre_deleted AFTER DELETE ON book_genre
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_changed_book_genres();
CREATE TRIGGER book_genre_moved AFTER UPDATE OF book_id ON book_genre
  FOR EACH ROW WHEN (OLD.book_id <> NEW.book_id) EXECUTE FUNCTION note_moved_book_genre();
CREATE TRIGGER book_genre_truncated AFTER TRUNCATE ON book_genre
  FOR EACH STATEMENT EXECUTE FUNCTION note_any_book();

CREATE TRIGGER genres_updated AFTER UPDATE ON genres
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION note_renamed_genres();
