-- Likeness of words, for those that are misspelt. The extension is part of PostgreSQL, but packaged apart by some.
DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
EXCEPTION
    WHEN feature_not_supported OR undefined_file THEN
        RAISE EXCEPTION 'the extension pg_trgm is not installed beside this PostgreSQL: install its contrib package '
            '(Fedora, SUSE: postgresql-contrib; Alpine: postgresql-contrib; Debian and others have it in the server''s '
            'own package), then try again (%)', SQLERRM;
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'the extension pg_trgm cannot be created by %: let an administrator of the database run '
            'CREATE EXTENSION pg_trgm in it, or grant CREATE on the database, then try again (%)', current_user, SQLERRM;
END
$$;

-- One spelling for what people write in many ways: no accents, small letters, no signs, and numbers apart from letters,
-- so that WH-1000XM4, wh1000xm4 and "WH 1000 XM4" are the same words. Everything searched goes through it, both what is
-- stored and what is asked. It names each class of characters, because some locales know no letters beyond ASCII.
CREATE FUNCTION search_text(said TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN regexp_replace(
    regexp_replace(
        regexp_replace(
            replace(replace(replace(
                translate(lower(normalize(translate(said, '™®©', ''), NFKD)), 'øłđ', 'old'),
                'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'),
            '[\u0300-\u036f''’‘`´]+', '', 'g'),
        '[^0-9a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u1fff\u2c00-\u2dff\u3005-\u3007\u3021-\u3029\u3031-\u3035'
        '\u3041-\ud7ff\uf900-\ufdff\ufe70-\ufeff\U00010000-\U0001cfff\U00020000-\U0003ffff]+',
        ' ', 'g'),
    '([0-9])(?=[^0-9 ])|([^0-9 ])(?=[0-9])', '\1\2 ', 'g');

-- A word in the title weighs more than one in the description, whose first 10,000 characters are read.
ALTER TABLE listings ADD COLUMN words TSVECTOR NOT NULL GENERATED ALWAYS AS (
    setweight(to_tsvector('simple', search_text(title)), 'A')
    || setweight(to_tsvector('simple', search_text(coalesce(left(description, 10000), ''))), 'B')
) STORED;
ALTER TABLE comps ADD COLUMN words TSVECTOR NOT NULL GENERATED ALWAYS AS (
    setweight(to_tsvector('simple', search_text(title)), 'A')
) STORED;
-- Serve the search by words.
CREATE INDEX listings_words_idx ON listings USING GIN (words);
CREATE INDEX comps_words_idx ON comps USING GIN (words);
-- Serve the look for titles that have a word like a misspelt one.
CREATE INDEX listings_title_likeness_idx ON listings USING GIN (title gin_trgm_ops);
CREATE INDEX comps_title_likeness_idx ON comps USING GIN (title gin_trgm_ops);

-- Amounts compare within a currency only.
DROP INDEX listings_user_id_price_idx;
CREATE INDEX listings_user_id_price_idx ON listings (user_id, currency, price_amount, id);
CREATE INDEX comps_user_id_price_idx ON comps (user_id, currency, price_amount, id);
-- Serves the end of the list by price: ads that name none, newest first.
CREATE INDEX listings_user_id_unpriced_idx ON listings (user_id, created_at DESC, id DESC) WHERE price_amount IS NULL;
-- Serve the filters, as far as what they find is rare; sources are served by the unique key.
CREATE INDEX listings_user_id_gone_idx ON listings (user_id, created_at DESC, id DESC) WHERE NOT available;
CREATE INDEX listings_user_id_kind_idx ON listings (user_id, kind, created_at DESC, id DESC) WHERE kind <> 'item';
CREATE INDEX listings_user_id_condition_idx ON listings (user_id, condition);
CREATE INDEX comps_user_id_asking_idx ON comps (user_id, observed_at DESC, id DESC) WHERE basis = 'asking';
CREATE INDEX comps_user_id_kind_idx ON comps (user_id, kind, observed_at DESC, id DESC) WHERE kind <> 'item';
CREATE INDEX comps_user_id_condition_idx ON comps (user_id, condition);
CREATE INDEX comps_user_id_category_idx ON comps (user_id, category);
