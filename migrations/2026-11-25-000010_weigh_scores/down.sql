DROP INDEX user_prefs_rescored_to_idx;
ALTER TABLE user_prefs
    DROP COLUMN rescored_to,
    DROP COLUMN weights;
