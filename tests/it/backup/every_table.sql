-- At least one row in every table, with what is hard to carry: line ends, tabs, backslashes, quotes, the marks of COPY
-- itself, control characters, other scripts, the largest and smallest numbers, the first and last times, empty and
-- nested values.
DELETE FROM users;
INSERT INTO users (id, email, name, password_hash, role, disabled_at, created_at) VALUES
    (7, 'owner@example.org', E'tab\there\nnew line\r\nback\\slash "quoted" ''single'' \\N \\. \b\f\v\x01\x1b', '$argon2id$x', 'owner', NULL, '0001-01-01 00:00:00Z'),
    (9007199254740993, 'zoë@example.org', '漢字 🎉 עברית', NULL, 'member', '9999-12-31 23:59:59.999999Z', '1999-12-31 23:59:59.000001+05:45');
INSERT INTO identities (user_id, issuer, subject) VALUES (7, 'https://id.example', E'\\.');
INSERT INTO api_tokens (user_id, name, scope, prefix, token_digest) VALUES
    (7, E'\t', 'admin', 'ds_1', '\x00ff5c0a090d'), (7, '\N', 'read', 'ds_2', '');
INSERT INTO sessions (user_id, token_digest, expires_at) VALUES (7, '\x01', now() + interval '1 day');
INSERT INTO password_resets (user_id, token_digest, expires_at) VALUES (7, '\x02', now());
INSERT INTO idempotency_keys (user_id, key, request_digest) VALUES (7, 'once', '\x03');
INSERT INTO user_prefs (user_id, included_words, excluded_words, latitude, longitude) VALUES
    (7, '{}', ARRAY['a,b', '{"c"}', 'NULL', '', E'd\\e\nf', NULL], 0.1, -179.99999999999997);
INSERT INTO searches (id, user_id, name, words, excluded_words, min_price, max_price, hours, latitude) VALUES
    (3, 7, 'every hour', '"leica m3" -box', ARRAY['case'], 0, 9223372036854775807, ARRAY[0, 23], 90),
    (4, 7, 'no hour', '', '{}', NULL, NULL, '{}', 5e-324);
INSERT INTO listings (id, user_id, source, source_id, title, description, price_amount, currency, location, details) VALUES
    (9223372036854775800, 7, 'csv', '1', E'a\nb', '', 9223372036854775807, 'JPY', '{}',
     '{"a": {"b": [1, 1.0, 1e400, -0.0, null, true, "\\u0001 \\\\ \\n \""]}, "": {}, "ü": []}'),
    (5, 9007199254740993, 'csv', '1', '$1.00', NULL, NULL, 'USD', '[]', '"text"');
INSERT INTO listings (id, user_id, source, source_id, title, currency, same_as) VALUES
    (6, 7, 'reverb', '2', 'the same elsewhere', 'USD', 9223372036854775800);
INSERT INTO price_points (listing_id, price_amount, currency, seen_at) VALUES
    (5, 0, 'USD', '2026-03-29 01:59:59.999999Z'), (5, 1, 'USD', '2026-10-25 01:00:00Z');
INSERT INTO comps (user_id, source, source_id, title, price_amount, currency, observed_at) VALUES
    (7, 'csv', E'\\', 'x', 0, 'USD', '1900-01-01Z');
INSERT INTO listing_scores (user_id, listing_id, metric, value, parts) VALUES (7, 9223372036854775800, 'mine', NULL, '[]');
INSERT INTO watchlist_items (user_id, listing_id, note) VALUES (9007199254740993, 5, E'\n');
INSERT INTO channels (id, user_id, name, kind, settings, enabled) VALUES
    (1, 7, 'open', 'ntfy', '{"topic": "deals"}', TRUE), (2, 7, 'sealed', 'webhook', '{}', TRUE);
INSERT INTO search_channels (user_id, search_id, channel_id) VALUES (7, 3, 1);
INSERT INTO notifications (user_id, listing_id, search_id, channel_id, channel, payload) VALUES
    (7, NULL, 3, 1, 'ntfy', 'null');
INSERT INTO my_items (id, user_id, listing_id, title, attributes, currency) VALUES
    (11, 7, 9223372036854775800, E'\\t is no tab', '{"a": "\\u2028"}', 'EUR');
INSERT INTO marketplace_accounts (id, user_id, platform, connected) VALUES (1, 7, 'ebay', TRUE);
INSERT INTO cross_posts (id, user_id, my_item_id, platform, currency) VALUES (6, 7, 11, 'ebay', 'EUR');
INSERT INTO orders (user_id, cross_post_id, my_item_id, platform, platform_order_id, total_amount, currency) VALUES
    (7, 6, 11, 'ebay', 'o-1', 1, 'EUR'), (7, NULL, NULL, 'hand', 'o-2', 0, 'EUR');
INSERT INTO snap_jobs (id, user_id, my_item_id, currency) VALUES (8, 7, 11, 'EUR');
INSERT INTO photos (user_id, my_item_id, snap_job_id, digest, media_type, width, height, bytes) VALUES
    (7, 11, 8, repeat('ab', 32), 'image/jpeg', 1, 100000, 1);
INSERT INTO feeds (user_id, name, kind, address) VALUES (7, 'bikes', 'feed', 'https://example.org/bikes.rss?q=a&b="c"');
INSERT INTO scans (user_id, search_id, status, progress, error) VALUES (7, 3, 'failed', '{"ebay": {"pages": 2}}', E'it broke\noff');
INSERT INTO search_sources (user_id, search_id, source, memory, failures) VALUES (7, 3, 'bikes', '{"etag": "\"x\""}', 2);
INSERT INTO finds (user_id, search_id, listing_id, source, matched, reason, first_found_at, last_found_at) VALUES
    (7, 3, 9223372036854775800, 'bikes', FALSE, 'costs more', '2026-01-01Z', '2026-01-02Z');
INSERT INTO source_budgets (source, day, used) VALUES ('ebay', '2026-02-28', 4999);
INSERT INTO page_choices (user_id, host, extractor) VALUES (7, 'shop.example.org', 'microdata');
INSERT INTO imports (user_id, file_name, skipped) VALUES (7, E'a\tb.csv', '[{"line": 7, "reason": "…"}]');
INSERT INTO import_origins (user_id, noun, origin, row_id) VALUES
    (7, 'listings', 'Ä', 1), (7, 'listings', 'a', 2), (7, 'listings', 'Z', 3), (7, 'listings', '_', -9223372036854775808);
SELECT setval(pg_get_serial_sequence('orders', 'id'), 4000);
