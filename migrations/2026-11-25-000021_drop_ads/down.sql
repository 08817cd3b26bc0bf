DROP INDEX listings_user_id_dropped_idx;
ALTER TABLE listings DROP COLUMN dropped;
