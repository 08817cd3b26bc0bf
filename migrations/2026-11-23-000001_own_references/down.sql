DROP INDEX notifications_user_id_search_id_idx;
DROP INDEX notifications_user_id_listing_id_idx;
DROP INDEX snap_jobs_user_id_my_item_id_idx;
DROP INDEX orders_user_id_my_item_id_idx;
DROP INDEX orders_user_id_cross_post_id_idx;
DROP INDEX cross_posts_user_id_my_item_id_idx;
DROP INDEX my_items_user_id_listing_id_idx;
DROP INDEX listing_scores_user_id_listing_id_idx;
CREATE INDEX notifications_search_id_idx ON notifications (search_id);
CREATE INDEX notifications_listing_id_idx ON notifications (listing_id);
CREATE INDEX snap_jobs_my_item_id_idx ON snap_jobs (my_item_id);
CREATE INDEX orders_my_item_id_idx ON orders (my_item_id);
CREATE INDEX orders_cross_post_id_idx ON orders (cross_post_id);
CREATE INDEX cross_posts_my_item_id_idx ON cross_posts (my_item_id);
CREATE INDEX my_items_listing_id_idx ON my_items (listing_id);

ALTER TABLE notifications
    DROP CONSTRAINT notifications_search_id_fkey,
    ADD CONSTRAINT notifications_search_id_fkey FOREIGN KEY (search_id) REFERENCES searches ON DELETE SET NULL,
    DROP CONSTRAINT notifications_listing_id_fkey,
    ADD CONSTRAINT notifications_listing_id_fkey FOREIGN KEY (listing_id) REFERENCES listings ON DELETE SET NULL;
ALTER TABLE snap_jobs
    DROP CONSTRAINT snap_jobs_my_item_id_fkey,
    ADD CONSTRAINT snap_jobs_my_item_id_fkey FOREIGN KEY (my_item_id) REFERENCES my_items ON DELETE SET NULL;
ALTER TABLE orders
    DROP CONSTRAINT orders_my_item_id_fkey,
    ADD CONSTRAINT orders_my_item_id_fkey FOREIGN KEY (my_item_id) REFERENCES my_items ON DELETE SET NULL,
    DROP CONSTRAINT orders_cross_post_id_fkey,
    ADD CONSTRAINT orders_cross_post_id_fkey FOREIGN KEY (cross_post_id) REFERENCES cross_posts ON DELETE SET NULL;
ALTER TABLE cross_posts
    DROP CONSTRAINT cross_posts_external_id_key,
    ADD CONSTRAINT cross_posts_platform_external_id_key UNIQUE (platform, external_id),
    DROP CONSTRAINT cross_posts_my_item_id_fkey,
    ADD CONSTRAINT cross_posts_my_item_id_fkey FOREIGN KEY (my_item_id) REFERENCES my_items ON DELETE CASCADE;
ALTER TABLE my_items
    DROP CONSTRAINT my_items_listing_id_fkey,
    ADD CONSTRAINT my_items_listing_id_fkey FOREIGN KEY (listing_id) REFERENCES listings ON DELETE SET NULL;
DELETE FROM listing_scores WHERE metric <> 'deal_score';
ALTER TABLE listing_scores
    DROP CONSTRAINT listing_scores_metric_check,
    ADD CONSTRAINT listing_scores_metric_check CHECK (metric IN ('deal_score')),
    DROP CONSTRAINT listing_scores_listing_id_fkey,
    ADD CONSTRAINT listing_scores_listing_id_fkey FOREIGN KEY (listing_id) REFERENCES listings ON DELETE CASCADE;

ALTER TABLE snap_jobs DROP CONSTRAINT snap_jobs_user_id_id_key;
ALTER TABLE cross_posts DROP CONSTRAINT cross_posts_user_id_id_key;
ALTER TABLE my_items DROP CONSTRAINT my_items_user_id_id_key;
ALTER TABLE listings DROP CONSTRAINT listings_user_id_id_key;
ALTER TABLE searches DROP CONSTRAINT searches_user_id_id_key;
