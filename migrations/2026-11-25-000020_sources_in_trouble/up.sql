-- What the matter is with a source, and since when: what people are told about it, and what they can do, follows.
ALTER TABLE search_sources
    ADD COLUMN fault TEXT CHECK (fault IN ('limited', 'budget', 'down', 'nonsense', 'refused')),
    ADD COLUMN failing_since TIMESTAMPTZ;
UPDATE search_sources SET failing_since = updated_at WHERE error IS NOT NULL;
