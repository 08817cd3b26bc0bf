DROP INDEX api_tokens_revoked_idx;
DROP INDEX users_disabled_idx;
DROP INDEX my_items_title_likeness_idx;
