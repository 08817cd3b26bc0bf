-- How much each part of a score counts for this person; NULL as delivered.
ALTER TABLE user_prefs
    ADD COLUMN weights JSONB CONSTRAINT user_prefs_weights_check CHECK (jsonb_typeof(weights) = 'object'),
    -- Since the weights changed, the ads up to this one were made due for scoring; NULL when none is left.
    ADD COLUMN rescored_to BIGINT CONSTRAINT user_prefs_rescored_to_check CHECK (rescored_to >= 0);

-- Serves the estimate worker: whose ads are still to be made due since their weights changed.
CREATE INDEX user_prefs_rescored_to_idx ON user_prefs (user_id) WHERE rescored_to IS NOT NULL;
