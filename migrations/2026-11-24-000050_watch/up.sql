-- What an ad cost when the person put it on the watchlist: drops are told against this until another price was told.
ALTER TABLE watchlist_items
    ADD COLUMN saved_at       TIMESTAMPTZ,
    ADD COLUMN saved_amount   BIGINT CHECK (saved_amount >= 0),
    ADD COLUMN saved_currency TEXT CHECK (saved_currency ~ '^[A-Z]{3}$');
UPDATE watchlist_items w SET saved_at = w.created_at, saved_amount = l.price_amount, saved_currency = l.currency
FROM listings l WHERE l.user_id = w.user_id AND l.id = w.listing_id AND w.status <> 'ignored';

-- The address at which a person's finds are a feed. Another version makes another address, and the one before is
-- nothing any more.
ALTER TABLE user_prefs
    ADD COLUMN finds_version INTEGER NOT NULL DEFAULT 0 CHECK (finds_version >= 0),
    ADD COLUMN finds_enabled BOOLEAN NOT NULL DEFAULT FALSE;
