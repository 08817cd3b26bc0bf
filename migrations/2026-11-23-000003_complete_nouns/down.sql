DROP INDEX comps_user_id_updated_at_idx;
CREATE INDEX comps_user_id_updated_at_idx ON comps (user_id, updated_at DESC);
DROP INDEX listings_user_id_changed_at_idx;
DROP INDEX comps_user_id_created_at_idx;
DROP INDEX listing_scores_user_id_updated_at_idx;
DROP INDEX listing_scores_user_id_created_at_idx;
DROP INDEX notifications_user_id_updated_at_idx;
DROP INDEX snap_jobs_user_id_updated_at_idx;
DROP INDEX orders_user_id_updated_at_idx;
DROP INDEX orders_user_id_created_at_idx;
DROP INDEX cross_posts_user_id_updated_at_idx;
DROP INDEX my_items_user_id_updated_at_idx;
DROP INDEX my_items_user_id_created_at_idx;
DROP INDEX marketplace_accounts_user_id_updated_at_idx;
DROP INDEX marketplace_accounts_user_id_created_at_idx;
DROP INDEX searches_user_id_updated_at_idx;
DROP INDEX searches_user_id_created_at_idx;
DROP TABLE import_origins;

ALTER TABLE listing_scores
    DROP CONSTRAINT listing_scores_metric_key,
    ADD CONSTRAINT listing_scores_listing_id_metric_key UNIQUE (listing_id, metric);
ALTER TABLE comps
    DROP CONSTRAINT comps_source_id_key,
    ADD CONSTRAINT comps_user_id_source_source_id_key UNIQUE (user_id, source, source_id),
    ALTER COLUMN observed_at DROP DEFAULT,
    ALTER COLUMN source_id DROP DEFAULT,
    ALTER COLUMN source DROP DEFAULT;
ALTER TABLE listings
    DROP CONSTRAINT listings_source_id_key,
    ADD CONSTRAINT listings_user_id_source_source_id_key UNIQUE (user_id, source, source_id),
    ALTER COLUMN currency DROP DEFAULT,
    ALTER COLUMN source_id DROP DEFAULT,
    ALTER COLUMN source DROP DEFAULT;
ALTER TABLE marketplace_accounts
    DROP CONSTRAINT marketplace_accounts_account_name_key,
    ADD CONSTRAINT marketplace_accounts_user_id_platform_account_name_key UNIQUE (user_id, platform, account_name);
ALTER TABLE orders
    DROP CONSTRAINT orders_platform_order_id_key,
    ADD CONSTRAINT orders_user_id_platform_platform_order_id_key UNIQUE (user_id, platform, platform_order_id);
ALTER TABLE snap_jobs ALTER COLUMN currency DROP DEFAULT;
ALTER TABLE cross_posts
    ALTER COLUMN currency DROP DEFAULT,
    DROP COLUMN ended_at,
    DROP COLUMN posted_at;
ALTER TABLE my_items
    DROP CONSTRAINT my_items_sku_key,
    ALTER COLUMN currency DROP DEFAULT,
    DROP COLUMN quantity,
    DROP COLUMN sku;
DROP TABLE photos;
DROP TABLE watchlist_items;
ALTER TABLE notifications
    DROP COLUMN channel_id,
    DROP COLUMN updated_at;
ALTER TABLE user_prefs
    DROP COLUMN daily_maximum,
    DROP COLUMN quiet_until,
    DROP COLUMN quiet_from,
    DROP COLUMN digest_weekday,
    DROP COLUMN digest_hour,
    DROP COLUMN notify,
    DROP COLUMN longitude,
    DROP COLUMN latitude;
DROP TABLE search_channels;
ALTER TABLE searches
    DROP CONSTRAINT searches_name_key,
    ADD CONSTRAINT searches_user_id_name_key UNIQUE (user_id, name),
    ALTER COLUMN next_scan_at DROP DEFAULT,
    DROP COLUMN last_scan_at,
    DROP COLUMN hours,
    DROP COLUMN every_minutes,
    DROP COLUMN radius_km,
    DROP COLUMN longitude,
    DROP COLUMN latitude,
    DROP COLUMN place;
DROP TABLE channels;
