CREATE INDEX sessions_user_id_idx ON sessions (user_id);
DROP INDEX sessions_user_id_created_at_idx;
DROP INDEX users_updated_at_idx;
DROP INDEX users_created_at_idx;
DROP TABLE idempotency_keys;
DROP TABLE identities;
DROP TABLE password_resets;
DROP TABLE api_tokens;
