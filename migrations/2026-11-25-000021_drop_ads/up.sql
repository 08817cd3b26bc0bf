-- Whether the searches that brought an ad have dropped it, all of them. NULL when somebody brought it by hand, by a
-- file or by capture: then no search can drop it.
ALTER TABLE listings ADD COLUMN dropped BOOLEAN;
-- An ad that a search brought was stored in the same moment as the find.
UPDATE listings l SET dropped = NOT f.matched
FROM (SELECT user_id, listing_id, bool_or(matched) AS matched, min(first_found_at) AS first_found_at
      FROM finds GROUP BY user_id, listing_id) f
WHERE l.user_id = f.user_id AND l.id = f.listing_id AND l.created_at = f.first_found_at;
-- Serves the list of what searches dropped; lists of the others pass these by.
CREATE INDEX listings_user_id_dropped_idx ON listings (user_id, created_at DESC, id DESC) WHERE dropped;
