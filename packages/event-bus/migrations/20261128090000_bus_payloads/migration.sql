-- Messages too long for a NOTIFY, which then carries only the id. Rows are deleted once they are a minute old.
-- Unlogged: a crash of the server breaks every LISTEN too, so nobody is left who could still ask for a row.
CREATE UNLOGGED TABLE bus_payloads (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT now(),
    body text NOT NULL
);

CREATE INDEX bus_payloads_created_at ON bus_payloads (created_at);
