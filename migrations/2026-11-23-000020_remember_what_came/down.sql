ALTER TABLE import_origins
    DROP COLUMN digest,
    DROP COLUMN updated_at;
