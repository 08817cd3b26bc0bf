-- Makes rows in bulk out of one row of a table, without knowing its columns: the catalogue tells what may vary, and a
-- trial tells whether the table's own checks allow it.

-- While a table grows its indexes are left alone, but for those that must be unique; rebuilding is much faster.
CREATE FUNCTION grow(target REGCLASS) RETURNS VOID LANGUAGE SQL AS $$
    UPDATE pg_index SET indisready = FALSE WHERE indrelid = target AND NOT indisunique;
$$;
CREATE FUNCTION grown(target REGCLASS) RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('REINDEX TABLE %s', target);
END $$;

-- A number that looks like chance, the same each time.
CREATE FUNCTION dice(n INTEGER, salt INTEGER, sides INTEGER) RETURNS INTEGER LANGUAGE SQL IMMUTABLE AS $$
    SELECT (abs(hashint8(n * 64::BIGINT + salt)::BIGINT) % sides)::INTEGER
$$;

-- How a column of the nth row may differ from that of the row r; NULL when it had better not.
CREATE FUNCTION variation(target REGCLASS, col pg_attribute) RETURNS TEXT LANGUAGE plpgsql AS $$
DECLARE
    type      TEXT := col.atttypid::REGTYPE;
    is_unique BOOLEAN := EXISTS (SELECT 1 FROM pg_index
                                 WHERE indrelid = target AND indisunique AND col.attnum = ANY (indkey));
    referred  REGCLASS := (SELECT confrelid FROM pg_constraint
                           WHERE conrelid = target AND contype = 'f' AND col.attnum = ANY (conkey) LIMIT 1);
    words     TEXT[] := (SELECT array_agg(word[1]) FROM pg_constraint,
                                regexp_matches(pg_get_constraintdef(oid), '''([^'']*)''::text', 'g') AS word
                         WHERE conrelid = target AND contype = 'c' AND conkey = ARRAY[col.attnum]
                               AND pg_get_constraintdef(oid) LIKE '%= ANY (ARRAY[%');
    any_of    TEXT := format('dice(n, %s, %%s)', col.attnum);
BEGIN
    RETURN CASE
        WHEN col.attname = 'user_id' THEN NULL
        WHEN referred IS NOT NULL THEN
            format('(SELECT array_agg(id) FROM %1$s)[1 + n %% (SELECT count(*) FROM %1$s)]', referred)
        WHEN words IS NOT NULL THEN
            format('(%L::TEXT[])[1 + %s]', words, format(any_of, cardinality(words)))
        WHEN type = 'text' AND is_unique THEN format('r.%I || ''-'' || n', col.attname)
        WHEN type = 'text' THEN format('r.%I || ''-'' || %s', col.attname, format(any_of, 1000))
        WHEN type = 'bytea' AND is_unique THEN 'sha256(n::TEXT::BYTEA)'
        WHEN type = 'boolean' THEN format(any_of, 20) || ' > 0'
        WHEN type IN ('bigint', 'integer', 'smallint') AND is_unique THEN 'n'
        -- The same one for all: what must not be more than another is as much.
        WHEN type IN ('bigint', 'integer', 'smallint') THEN 'dice(n, 0, 101)'
        WHEN col.attname = 'created_at' THEN 'TIMESTAMPTZ ''2026-01-01Z'' + n * INTERVAL ''1 min'''
        WHEN col.attname = 'updated_at' THEN
            format('TIMESTAMPTZ ''2026-01-01Z'' + %s * INTERVAL ''1 min''', format(any_of, 100000))
        -- Nothing is due while plans are looked at.
        WHEN type = 'timestamp with time zone' THEN
            format('TIMESTAMPTZ ''2099-01-01Z'' + %s * INTERVAL ''1 min''', format(any_of, 100000))
    END;
END $$;

CREATE FUNCTION many(target REGCLASS, wanted INTEGER) RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
    -- Whatever is not unique among them is left out.
    statement TEXT := 'INSERT INTO %1$s (%3$s) SELECT %4$s FROM (SELECT * FROM %2$s ORDER BY id LIMIT 1) AS r, '
                      'generate_series(1, %5$s) AS n ON CONFLICT DO NOTHING';
    col       pg_attribute;
    varied    TEXT;
    names     TEXT[] := '{}';
    fixed     TEXT[] := '{}';
    chosen    TEXT[] := '{}';
BEGIN
    -- The table's checks without its indexes.
    EXECUTE format('CREATE TEMPORARY TABLE trial (LIKE %s INCLUDING CONSTRAINTS INCLUDING IDENTITY)', target);
    FOR col IN SELECT * FROM pg_attribute
               WHERE attrelid = target AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity = ''
    LOOP
        names := names || quote_ident(col.attname);
        fixed := fixed || format('r.%I', col.attname);
    END LOOP;
    FOR col IN SELECT * FROM pg_attribute WHERE attrelid = target AND quote_ident(attname) = ANY (names) ORDER BY attnum
    LOOP
        varied := variation(target, col);
        IF varied IS NOT NULL THEN
            varied := format('CASE WHEN r.%I IS NOT NULL THEN %s END', col.attname, varied);
            BEGIN
                EXECUTE format(statement, 'trial', target, array_to_string(names, ', '),
                               array_to_string(array_replace(fixed, format('r.%I', col.attname), varied), ', '), 1000);
                RAISE 'enough';
            EXCEPTION
                WHEN raise_exception THEN NULL;
                WHEN OTHERS THEN varied := NULL;
            END;
        END IF;
        chosen := array_replace(CASE WHEN chosen = '{}' THEN fixed ELSE chosen END,
                                format('r.%I', col.attname), coalesce(varied, format('r.%I', col.attname)));
    END LOOP;
    PERFORM grow(target);
    EXECUTE format(statement, target, target, array_to_string(names, ', '), array_to_string(chosen, ', '), wanted);
    PERFORM grown(target);
    DROP TABLE trial;
END $$;
