DELETE FROM imports WHERE kind IN ('feed', 'page');
ALTER TABLE imports
    DROP CONSTRAINT imports_kind_check,
    ADD CONSTRAINT imports_kind_check CHECK (kind IN ('ebay_browse', 'listings_csv', 'sold_csv'));
DROP TABLE page_choices;
