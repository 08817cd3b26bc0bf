DROP TABLE listing_scores;
DROP TABLE comps;
DROP TABLE price_points;
DROP TABLE listings;
DROP TABLE searches;
