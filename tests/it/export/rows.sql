-- One row or more of every noun. The ids begin where an empty installation does not.
DO $$
DECLARE
    ann BIGINT := (SELECT id FROM users WHERE email = 'ann@example.org');
    bob BIGINT := (SELECT id FROM users WHERE email = 'bob@example.org');
BEGIN
    INSERT INTO user_prefs (id, user_id, time_zone, locale, currency, place, latitude, longitude, min_condition,
                            included_words, excluded_words, quiet_from, quiet_until)
    VALUES (500, ann, 'Europe/Berlin', 'de-DE', 'EUR', 'Köln, "Süd"', 50.9375, -6.5, 'good',
            ARRAY['=cheap', E'two\nlines'], '{}', 22, 7);
    INSERT INTO channels (id, user_id, name, kind, address, settings, secret)
    VALUES (510, ann, '@home', 'ntfy', 'https://ntfy.sh/ann', '{"priority": 4, "tags": ["a,b", "c\"d"]}', '\x0102'),
           (511, ann, E'mail\n"quoted", comma', 'email', 'ann@example.org', '{}', NULL);
    INSERT INTO page_choices (id, user_id, host, extractor)
    VALUES (515, ann, 'shop.example.org', 'open_graph'), (516, ann, '127.0.0.1:8080', 'json_ld');
    INSERT INTO feeds (id, user_id, name, kind, address, enabled)
    VALUES (517, ann, 'bikes', 'feed', 'https://example.org/bikes.rss?q=a&b=%22c%22', TRUE),
           (518, ann, 'one-ad', 'page', 'http://example.org/ad/1', FALSE);
    INSERT INTO searches (id, user_id, name, words, excluded_words, sources, conditions, min_price, max_price,
                          currency, min_score, place, latitude, hours, enabled)
    VALUES (520, ann, '=SUM(A1:A9)', 'leica "m3" -case', ARRAY['broken', '-x'], ARRAY['ebay'], ARRAY['good', 'new'],
            1000, 90000, 'EUR', 70, 'Köln', 50.9, ARRAY[8, 20], TRUE),
           (521, ann, 'empty', '', '{}', '{}', '{}', NULL, NULL, 'USD', NULL, '', NULL, '{}', FALSE);
    INSERT INTO search_channels VALUES (ann, 520, 510), (ann, 520, 511);
    INSERT INTO listings (id, user_id, source, source_id, title, description, kind, price_amount, shipping_amount,
                          currency, condition, category, url, location, details, posted_at)
    VALUES (530, ann, 'ebay', 'v1|1|0', '+49 Leica M3 "Körper" 📷', E'line one\r\nline two\n\n''quoted''', 'item',
            80000, 0, 'EUR', 'good', 'Cameras, film', 'https://example.org/1?a=b&c=d', '{"city": "Köln"}',
            '{"a": null, "b": 1.5, "c": "=1"}', '2026-11-01T10:00:00.123456Z'),
           (531, ann, 'csv', '00123', '''tis a chair', '', 'item', NULL, NULL, 'USD', NULL, NULL, NULL, '{}', '{}', NULL);
    INSERT INTO comps (id, user_id, source, source_id, title, kind, basis, price_amount, shipping_amount, currency,
                       condition, observed_at)
    VALUES (540, ann, 'csv', '-5', '-Leica M3', 'item', 'sold', 95000, NULL, 'EUR', NULL, '2026-10-01T00:00:00Z'),
           (541, ann, 'csv', '1e5', '123', 'parts', 'asking', 0, 5, 'USD', 'poor', '2026-10-02T00:00:00Z');
    INSERT INTO listing_scores (id, user_id, listing_id, metric, value, parts)
    VALUES (550, ann, 530, 'deal_score', 88, '{}'), (551, ann, 530, 'my-taste', 100, '{"why": "\"so\""}');
    INSERT INTO watchlist_items (id, user_id, listing_id, status, target_amount, drop_percent, currency, note)
    VALUES (560, ann, 531, 'saved', 1500, 10, 'USD', E'@mum: \t, "yes"'),
           (561, ann, 530, 'ignored', NULL, NULL, 'USD', '');
    INSERT INTO my_items (id, user_id, listing_id, title, description, category, attributes, condition, cost_amount,
                          price_amount, currency, place, status, sku, quantity, acquired_at)
    VALUES (570, ann, 530, 'Leica M3', E'a\n"b"', 'Cameras', '{"serial": "007"}', 'good', 70000, 110000, 'EUR', 'Shelf 1',
            'listed', '007', 1, '2026-10-05T00:00:00Z'),
           (571, ann, NULL, '=cmd|''/c calc''!A1', '', NULL, '{}', NULL, NULL, NULL, 'USD', '', 'draft', NULL, 0, NULL);
    INSERT INTO marketplace_accounts (id, user_id, platform, account_name, credentials)
    VALUES (580, ann, 'ebay', 'ann_sells', '\x0506'), (581, ann, 'etsy', '', NULL);
    INSERT INTO cross_posts (id, user_id, my_item_id, platform, external_id, url, price_amount, currency, status,
                             details, posted_at)
    VALUES (590, ann, 570, 'ebay', '110', 'https://example.org/110', 110000, 'EUR', 'sold', '{}', '2026-10-06T00:00:00Z'),
           (591, ann, 571, 'etsy', NULL, NULL, NULL, 'USD', 'failed', '{"x": []}', NULL);
    INSERT INTO orders (id, user_id, cross_post_id, my_item_id, platform, platform_order_id, status, total_amount,
                        shipping_amount, fee_amount, currency, details, ordered_at)
    VALUES (600, ann, 590, 570, 'ebay', '=12-34', 'completed', 111500, 1500, 15000, 'EUR', '{}', '2026-10-20T08:09:10Z'),
           (601, ann, NULL, NULL, 'flea-market', '000', 'paid', 0, NULL, NULL, 'USD', '{}', '2026-10-21T00:00:00Z');
    INSERT INTO snap_jobs (id, user_id, my_item_id, status, source, notes, title, price_amount, currency)
    VALUES (610, ann, 570, 'published', 'web', 'ein "Ding"', 'Leica', 100000, 'EUR'),
           (611, ann, NULL, 'ready', 'web', '', NULL, NULL, 'USD');
    INSERT INTO photos (id, user_id, my_item_id, caption, digest, media_type, width, height, bytes)
    VALUES (620, ann, 570, 'front', repeat('a', 64), 'image/jpeg', 10, 10, 5);
    INSERT INTO notifications (id, user_id, listing_id, search_id, channel_id, channel, payload, status)
    VALUES (630, ann, 530, 520, 510, 'ntfy', '{"title": "a, b"}', 'read'),
           (631, ann, NULL, NULL, NULL, 'email', '{}', 'failed');
    INSERT INTO my_items (id, user_id, title, currency) VALUES (699, bob, 'Bob''s own', 'USD');
    INSERT INTO orders (id, user_id, platform, platform_order_id, total_amount, currency)
    VALUES (699, bob, 'ebay', 'bob-1', 1, 'USD');
END $$;
