-- What a row was when it came: a digest of it, NULL for a row that was here before and was only recognised. updated_at
-- is when it was last taken; a row that has changed since was edited here, and reading it again leaves it alone.
ALTER TABLE import_origins
    ADD COLUMN digest     BYTEA,
    ADD COLUMN updated_at TIMESTAMPTZ NOT NULL DEFAULT now();
