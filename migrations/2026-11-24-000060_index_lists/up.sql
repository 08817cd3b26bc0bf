-- Serves the list of items whose titles contain words, however few there are.
CREATE INDEX my_items_title_likeness_idx ON my_items USING GIN (title gin_trgm_ops);
-- Serve the lists of closed accounts and of tokens that were taken back: few, as long as people stay.
CREATE INDEX users_disabled_idx ON users (created_at DESC, id DESC) WHERE disabled_at IS NOT NULL;
CREATE INDEX api_tokens_revoked_idx ON api_tokens (user_id, created_at DESC, id DESC) WHERE revoked_at IS NOT NULL;
