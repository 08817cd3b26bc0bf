DROP TABLE snap_jobs;
DROP TABLE orders;
DROP TABLE cross_posts;
DROP TABLE marketplace_accounts;
DROP TABLE my_items;
