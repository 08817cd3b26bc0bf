ALTER TABLE search_sources DROP COLUMN failing_since, DROP COLUMN fault;
