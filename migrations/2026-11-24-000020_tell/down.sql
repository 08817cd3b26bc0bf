DROP INDEX notifications_app_key;
DROP INDEX notifications_messages_idx;
DROP INDEX notifications_pending_idx;
ALTER TABLE notifications DROP COLUMN told_with;
ALTER TABLE channels
    DROP COLUMN wait_until,
    DROP COLUMN last_error,
    DROP COLUMN failing_since,
    DROP COLUMN last_sent_at;
