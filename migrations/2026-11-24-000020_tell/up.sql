-- How a channel is doing, for people and for whoever sends through it.
ALTER TABLE channels
    ADD COLUMN last_sent_at  TIMESTAMPTZ,
    ADD COLUMN failing_since TIMESTAMPTZ,
    ADD COLUMN last_error    TEXT CHECK (length(last_error) <= 2000),
    -- Nobody sends through it until then: somebody else does, its service asks for patience, or it keeps its pace.
    ADD COLUMN wait_until    TIMESTAMPTZ;

-- Which notification's message told this one too; NULL when it had a message of its own.
ALTER TABLE notifications ADD COLUMN told_with BIGINT;
-- Serves the notify worker: what waits for one channel, and whether anything is due there.
CREATE INDEX notifications_pending_idx ON notifications (user_id, channel_id, next_try_at) WHERE status = 'pending';
-- Serves the daily maximum: how many messages a channel has carried since midnight.
CREATE INDEX notifications_messages_idx ON notifications (user_id, channel_id, sent_at)
    WHERE sent_at IS NOT NULL AND told_with IS NULL;
-- What is told on the page alone is told once for each reason and price, too.
CREATE UNIQUE INDEX notifications_app_key ON notifications (user_id, listing_id, reason, price_amount) NULLS NOT DISTINCT
    WHERE channel = 'app' AND listing_id IS NOT NULL;
