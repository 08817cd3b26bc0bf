-- A reference names the owner too, so that the database itself refuses a row that points at somebody else's.
-- Each (user_id, id) key is what those references point to; it also serves every look-up of one row of one user.
ALTER TABLE searches ADD CONSTRAINT searches_user_id_id_key UNIQUE (user_id, id);
ALTER TABLE listings ADD CONSTRAINT listings_user_id_id_key UNIQUE (user_id, id);
ALTER TABLE my_items ADD CONSTRAINT my_items_user_id_id_key UNIQUE (user_id, id);
ALTER TABLE cross_posts ADD CONSTRAINT cross_posts_user_id_id_key UNIQUE (user_id, id);
ALTER TABLE snap_jobs ADD CONSTRAINT snap_jobs_user_id_id_key UNIQUE (user_id, id);

ALTER TABLE listing_scores
    DROP CONSTRAINT listing_scores_listing_id_fkey,
    ADD CONSTRAINT listing_scores_listing_id_fkey FOREIGN KEY (user_id, listing_id)
        REFERENCES listings (user_id, id) ON DELETE CASCADE,
    -- Ratings of people's own stand beside the one that is worked out.
    DROP CONSTRAINT listing_scores_metric_check,
    ADD CONSTRAINT listing_scores_metric_check CHECK (metric ~ '^[a-z0-9_-]{1,50}$');
ALTER TABLE my_items
    DROP CONSTRAINT my_items_listing_id_fkey,
    ADD CONSTRAINT my_items_listing_id_fkey FOREIGN KEY (user_id, listing_id)
        REFERENCES listings (user_id, id) ON DELETE SET NULL (listing_id);
ALTER TABLE cross_posts
    DROP CONSTRAINT cross_posts_my_item_id_fkey,
    ADD CONSTRAINT cross_posts_my_item_id_fkey FOREIGN KEY (user_id, my_item_id)
        REFERENCES my_items (user_id, id) ON DELETE CASCADE,
    -- One person's posting says nothing about another's.
    DROP CONSTRAINT cross_posts_platform_external_id_key,
    ADD CONSTRAINT cross_posts_external_id_key UNIQUE (user_id, platform, external_id);
ALTER TABLE orders
    DROP CONSTRAINT orders_cross_post_id_fkey,
    ADD CONSTRAINT orders_cross_post_id_fkey FOREIGN KEY (user_id, cross_post_id)
        REFERENCES cross_posts (user_id, id) ON DELETE SET NULL (cross_post_id),
    DROP CONSTRAINT orders_my_item_id_fkey,
    ADD CONSTRAINT orders_my_item_id_fkey FOREIGN KEY (user_id, my_item_id)
        REFERENCES my_items (user_id, id) ON DELETE SET NULL (my_item_id);
ALTER TABLE snap_jobs
    DROP CONSTRAINT snap_jobs_my_item_id_fkey,
    ADD CONSTRAINT snap_jobs_my_item_id_fkey FOREIGN KEY (user_id, my_item_id)
        REFERENCES my_items (user_id, id) ON DELETE SET NULL (my_item_id);
ALTER TABLE notifications
    DROP CONSTRAINT notifications_listing_id_fkey,
    ADD CONSTRAINT notifications_listing_id_fkey FOREIGN KEY (user_id, listing_id)
        REFERENCES listings (user_id, id) ON DELETE SET NULL (listing_id),
    DROP CONSTRAINT notifications_search_id_fkey,
    ADD CONSTRAINT notifications_search_id_fkey FOREIGN KEY (user_id, search_id)
        REFERENCES searches (user_id, id) ON DELETE SET NULL (search_id);

-- These serve the delete rules of the references above, and the list of what belongs to one row.
DROP INDEX my_items_listing_id_idx;
DROP INDEX cross_posts_my_item_id_idx;
DROP INDEX orders_cross_post_id_idx;
DROP INDEX orders_my_item_id_idx;
DROP INDEX snap_jobs_my_item_id_idx;
DROP INDEX notifications_listing_id_idx;
DROP INDEX notifications_search_id_idx;
CREATE INDEX listing_scores_user_id_listing_id_idx ON listing_scores (user_id, listing_id);
CREATE INDEX my_items_user_id_listing_id_idx ON my_items (user_id, listing_id);
CREATE INDEX cross_posts_user_id_my_item_id_idx ON cross_posts (user_id, my_item_id);
CREATE INDEX orders_user_id_cross_post_id_idx ON orders (user_id, cross_post_id);
CREATE INDEX orders_user_id_my_item_id_idx ON orders (user_id, my_item_id);
CREATE INDEX snap_jobs_user_id_my_item_id_idx ON snap_jobs (user_id, my_item_id);
CREATE INDEX notifications_user_id_listing_id_idx ON notifications (user_id, listing_id);
CREATE INDEX notifications_user_id_search_id_idx ON notifications (user_id, search_id);
