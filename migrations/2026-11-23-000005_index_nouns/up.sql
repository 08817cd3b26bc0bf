-- Each serves one filter of a list in its usual order, newest first. What is rare is found without reading what is not.
CREATE INDEX my_items_user_id_category_idx ON my_items (user_id, category, created_at DESC, id DESC);
CREATE INDEX cross_posts_user_id_status_idx ON cross_posts (user_id, status, created_at DESC, id DESC);
CREATE INDEX cross_posts_user_id_platform_idx ON cross_posts (user_id, platform, created_at DESC, id DESC);
CREATE INDEX orders_user_id_status_idx ON orders (user_id, status, ordered_at DESC, id DESC);
CREATE INDEX orders_user_id_platform_idx ON orders (user_id, platform, ordered_at DESC, id DESC);
CREATE INDEX snap_jobs_user_id_status_idx ON snap_jobs (user_id, status, created_at DESC, id DESC);
CREATE INDEX notifications_user_id_status_idx ON notifications (user_id, status, created_at DESC, id DESC);
CREATE INDEX watchlist_items_user_id_status_idx ON watchlist_items (user_id, status, created_at DESC, id DESC);
CREATE INDEX listing_scores_user_id_metric_idx ON listing_scores (user_id, metric, created_at DESC, id DESC);
