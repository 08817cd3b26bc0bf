-- The extension stays: others may use it, and it may have been there before.
DROP INDEX comps_user_id_category_idx;
DROP INDEX comps_user_id_condition_idx;
DROP INDEX comps_user_id_kind_idx;
DROP INDEX comps_user_id_asking_idx;
DROP INDEX listings_user_id_condition_idx;
DROP INDEX listings_user_id_kind_idx;
DROP INDEX listings_user_id_gone_idx;
DROP INDEX listings_user_id_unpriced_idx;
DROP INDEX comps_user_id_price_idx;
DROP INDEX listings_user_id_price_idx;
CREATE INDEX listings_user_id_price_idx ON listings (user_id, price_amount, id);
DROP INDEX comps_title_likeness_idx;
DROP INDEX listings_title_likeness_idx;
ALTER TABLE comps DROP COLUMN words;
ALTER TABLE listings DROP COLUMN words;
DROP FUNCTION search_text;
