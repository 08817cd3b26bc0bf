ALTER TABLE user_prefs DROP COLUMN finds_enabled, DROP COLUMN finds_version;
ALTER TABLE watchlist_items DROP COLUMN saved_currency, DROP COLUMN saved_amount, DROP COLUMN saved_at;
