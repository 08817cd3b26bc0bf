-- Rows in all ten tables: ordinary ones first, then odd ones. What is expected of each stands in odd.rs.
-- PHOTO stands for a picture in base64, PICTURE for one that the old system had made brighter.
INSERT INTO listings (id, source, source_id, title, description, price, condition, category, url, thumbnail_url, location, created_at, last_seen_at, available) VALUES
 (1, 'craigslist', 'https://sfbay.craigslist.org/zip/1.html', 'Free grey couch', 'Pick up &amp; go.', 0, 'good', 'furniture>sofas', 'https://sfbay.craigslist.org/zip/1.html', NULL, '{"coords":[37.3382,-121.8863]}', '2025-10-18 08:00:00.123456', '2025-10-20 08:00:00', true),
 (2, 'ebay', '110553111', 'Oak kitchen island', '<p>Solid <b>oak</b></p>', 249.99, 'great', 'kitchen>islands', 'https://www.ebay.com/itm/110553111?hash=x', 'https://i.ebayimg.com/1.jpg', '{"coords":[37.3382,-121.8863],"location_text":"San Jose, CA","raw":{"k":1}}', '2025-10-18 09:00:00', '2025-10-21 09:00:00', false),
 -- odd ones
 (3, 'Offer Up!', 'off-3', 'Sectional', NULL, 'NaN', NULL, NULL, 'https://example.invalid/3', '/static/samples/3.jpg', '{}', '2025-10-18 10:00:00', '2025-10-18 10:00:00', true),
 (4, 'facebook', 'fb-4', 'Couch, make an offer', NULL, 'Infinity', 'poor', NULL, '', NULL, '{"coords":"37,-121"}', '2025-10-18 10:00:00', '2025-10-18 10:00:00', true),
 (5, 'facebook', 'fb-5', 'Love seat', NULL, -20, 'excellent', NULL, 'javascript:alert(1)', NULL, '[37.1,-121.1]', '2025-10-18 10:00:00', '2025-10-18 10:00:00', true),
 (6, 'facebook', 'fb-6', 'Sofa bed', NULL, 1e300, 'good', NULL, 'https://www.facebook.com/marketplace/item/6', NULL, '{"coords":[237.1,-121.1]}', '2025-10-18 10:00:00', '2025-10-18 10:00:00', true),
 (7, 'craigslist', 'cl-7', '  ', NULL, 10, 'good', NULL, 'https://sfbay.craigslist.org/7', NULL, '{}', '2025-10-18 10:00:00', '2025-10-18 10:00:00', true),
 (8, '', ' ', 'Ottoman without a source', NULL, 19.999, 'fair', NULL, 'https://a.example/8', NULL, '{"note":"half \ud83d and nul \u0000"}', 'infinity', '-infinity', true),
 (9, 'sample', 'real-9', 'Chaise longue', repeat('long ', 5000), 45.5, 'good', NULL, 'https://a.example/9', NULL, 'null', '2025-10-18 10:00:00', '2025-10-18 10:00:00', true),
 (10, 'craigslist', 'cl-10', 'Recliner', NULL, 0.005, 'good', NULL, 'https://sfbay.craigslist.org/10', NULL, '{"coords":[null,null],"deep":1e999}', '0001-01-01 00:00:00', '2025-10-18 10:00:00', true);
INSERT INTO listing_scores (id, listing_id, metric, value, snapshot, created_at) VALUES
 (1, 1, 'deal_score', 92.5, '{"distance_mi":0,"price":0,"condition":"good"}', '2025-10-18 08:00:01'),
 (2, 2, 'deal_score', 61.24, '{"distance_mi":0,"price":249.99,"condition":"great"}', '2025-10-18 09:00:01'),
 (3, 3, 'deal_score', 'NaN', '{}', '2025-10-18 10:00:01'),
 (4, 4, 'deal_score', 140, '{}', '2025-10-18 10:00:01'),
 (5, 7, 'deal_score', 50, '{}', '2025-10-18 10:00:01'),
 (6, 1, 'My Own Rating', 10, '[1]', '2025-10-18 10:00:01');
INSERT INTO comps (id, category, title, price, condition, source, observed_at, metadata) VALUES
 (1, 'couch', 'Grey couch', 120, 'good', 'craigslist', '2025-10-18 03:00:00', '{}'),
 (2, 'couch', 'Blue couch', 180, 'great', 'ebay_sold', '2025-10-17 03:00:00', '{"url":"https://www.ebay.com/itm/1"}'),
 (3, 'couch', 'Grey couch', 120, 'good', 'craigslist', '2025-10-19 03:00:00', '{}'),
 (4, 'Kitchen Island', 'Island', 'NaN', NULL, 'craigslist', '2025-10-18 03:00:00', '{}'),
 (5, 'other', '', 5, NULL, 'craigslist', '2025-10-18 03:00:00', '{}'),
 (6, 'other', 'Lamp', 25, NULL, 'Yard Sale / Oct', 'infinity', '"a note"'),
 (7, 'other', 'Rug', -1, NULL, 'craigslist', '2025-10-18 03:00:00', '{}');
INSERT INTO user_prefs (id, user_id, radius_mi, city, min_condition, max_price_couch, max_price_kitchen_island, keywords_include, notify_channels, created_at) VALUES
 (1, 'default', 50, 'San Jose, CA', 'good', 150, 300, '[]', '["email"]', '2025-10-01 00:00:00'),
 (2, 'anna', 25, 'Oakland, CA', 'great', 200, 'NaN', '["teak", 7]', '["email","discord","sms"]', '2025-10-02 00:00:00'),
 (3, 'b-6f1e', -3, '', 'poor', -1, 300, '{"a":1}', 'null', '2025-10-03 00:00:00');
INSERT INTO notifications (id, listing_id, channel, payload, sent_at, status, created_at) VALUES
 (1, 1, 'instant', '{"title":"Free grey couch","price":0}', '2025-10-18 08:00:05', 'sent', '2025-10-18 08:00:04'),
 (2, 2, 'digest', '{"title":"Oak kitchen island"}', NULL, 'pending', '2025-10-18 09:00:04'),
 (3, NULL, 'demo', '{}', NULL, 'read', '2025-10-18 09:00:04'),
 (4, 7, 'digest', '{}', NULL, 'pending', '2025-10-18 09:00:04'),
 (5, 1, '', '["a","b"]', NULL, 'stuck?', '2025-10-18 09:00:04');
INSERT INTO my_items (id, title, category, attributes, condition, price, status, created_at, updated_at) VALUES
 (1, 'Floor lamp', 'lighting', '{"brand":"Ikea"}', 'good', 45, 'active', '2025-10-10 00:00:00', '2025-10-11 00:00:00'),
 (2, 'Blender', 'kitchen', '{}', 'great', 65, 'draft', '2025-10-10 00:00:00', '2025-10-11 00:00:00'),
 (3, 'Chair', 'furniture', '{}', 'fair', 75, 'posted', '2025-10-10 00:00:00', '2025-10-11 00:00:00'),
 (4, '', 'unknown', '["red"]', NULL, -5, 'limbo', '2025-10-10 00:00:00', '2025-10-11 00:00:00');
INSERT INTO marketplace_accounts (id, platform, connected, credentials, created_at) VALUES
 (1, 'ebay', true, '{"refresh_token":"v^1.1#i^1#clear-text-token"}', '2025-10-05 00:00:00'),
 (2, 'eBay', true, '{"refresh_token":""}', '2025-10-06 00:00:00'),
 (3, 'Facebook Marketplace', false, '"page"', '2025-10-06 00:00:00');
INSERT INTO cross_posts (id, my_item_id, platform, external_id, listing_url, status, metadata, created_at) VALUES
 (1, 1, 'ebay', '2255', 'https://www.ebay.com/itm/2255', 'live', '{"offer_id":"9"}', '2025-10-12 00:00:00'),
 (2, 3, 'ebay', '2256', 'https://www.ebay.com/itm/2256', 'closed', '{}', '2025-10-12 00:00:00'),
 (3, 2, 'offerup', NULL, '', 'pending', '{}', '2025-10-12 00:00:00'),
 (4, 3, 'ebay', '2255', 'not an address', 'delisted', '[]', '2025-10-12 00:00:00'),
 (5, 4, 'Face Book', '', '', 'limbo', '{}', '2025-10-12 00:00:00');
INSERT INTO orders (id, cross_post_id, platform_order_id, status, total, metadata, created_at) VALUES
 (1, 2, '12-100', 'paid', 75, '{}', '2025-10-14 00:00:00'),
 (2, 2, '12-100', 'FULFILLED', 75, '{"buyer":"x"}', '2025-10-15 00:00:00'),
 (3, 1, '12-100', 'paid', 45, '{}', '2025-10-15 00:00:00'),
 (4, 3, 'platform-id', 'closed', 0, '{}', '2025-10-15 00:00:00'),
 (5, 1, '12-101', 'paid', 'NaN', '{}', '2025-10-15 00:00:00'),
 (6, 5, '', 'who knows', 12.345, '{}', '2025-10-15 00:00:00');
INSERT INTO snap_jobs (id, status, source, input_photos, processed_images, detected_category, detected_attributes, condition_guess, price_suggestion_cents, suggested_price, suggested_title, suggested_description, title_suggestion, description_suggestion, created_at, updated_at) VALUES
 (1, 'ready', 'upload', '["PHOTO"]', '["PICTURE"]', 'lighting', '{"color":"red"}', 'good', 20000, 200, 'Photo 1', 'A lamp.', 'Photo 1', 'A lamp.', '2025-10-16 00:00:00', '2025-10-16 00:00:00'),
 (2, 'queued', 'upload', '["https://a.example/1.jpg","/static/uploads/2.jpg","PHOTO"]', '[]', NULL, '{}', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2025-10-16 00:00:00', '2025-10-16 00:00:00'),
 (3, 'processing', 'upload', '["aGVsbG8=","data:image/png;base64,PHOTO","not base64 at all!"]', '[]', NULL, '[]', 'slightly haunted', 7500, NULL, NULL, NULL, 'Chair', 'Old.', '2025-10-16 00:00:00', '2025-10-16 00:00:00'),
 (4, 'pending', '', '{"0":"x"}', 'null', 'unknown', '{}', 'good', -1, 'NaN', '', '', NULL, NULL, '2025-10-16 00:00:00', '2025-10-16 00:00:00'),
 (5, 'exploded', 'upload', '["https://a.example/5.jpg"]', '["PICTURE"]', NULL, '{}', NULL, NULL, 0, NULL, NULL, NULL, NULL, '2025-10-16 00:00:00', '2025-10-16 00:00:00');
