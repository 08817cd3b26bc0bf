DROP INDEX notifications_once_key;
ALTER TABLE notifications DROP COLUMN reason, DROP COLUMN price_amount, DROP COLUMN leased_until;
ALTER TABLE listings
    DROP COLUMN photo_hash, DROP COLUMN photo_due_at, DROP COLUMN same_as, DROP COLUMN gone_at, DROP COLUMN gone_reason;
ALTER TABLE searches DROP COLUMN rearm_minutes;
DROP TABLE source_budgets, finds, search_sources, scans, feeds;
