-- The old system's ten tables at v1.2.0, as its backend makes them: serial keys, times without a zone, `json`, doubles
-- for money, no database defaults, no checks, no rules for deletion.
CREATE TYPE condition AS ENUM ('poor', 'fair', 'good', 'great', 'excellent');
CREATE TABLE listings (
    id SERIAL PRIMARY KEY,
    source VARCHAR(50) NOT NULL,
    source_id VARCHAR(120) NOT NULL,
    title VARCHAR(255) NOT NULL,
    description TEXT,
    price DOUBLE PRECISION NOT NULL,
    condition condition,
    category VARCHAR(120),
    url VARCHAR(500) NOT NULL,
    thumbnail_url VARCHAR(500),
    location JSON NOT NULL,
    created_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    last_seen_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    available BOOLEAN NOT NULL
);
CREATE INDEX ix_listings_source ON listings (source);
CREATE UNIQUE INDEX ix_listings_source_id ON listings (source_id);
CREATE INDEX ix_listings_category ON listings (category);
CREATE TABLE listing_scores (
    id SERIAL PRIMARY KEY,
    listing_id INTEGER NOT NULL REFERENCES listings (id),
    metric VARCHAR(50) NOT NULL,
    value DOUBLE PRECISION NOT NULL,
    snapshot JSON NOT NULL,
    created_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    CONSTRAINT uq_listing_metric UNIQUE (listing_id, metric)
);
CREATE INDEX ix_listing_scores_listing_id ON listing_scores (listing_id);
CREATE TABLE comps (
    id SERIAL PRIMARY KEY,
    category VARCHAR(120) NOT NULL,
    title VARCHAR(255) NOT NULL,
    price DOUBLE PRECISION NOT NULL,
    condition condition,
    source VARCHAR(50) NOT NULL,
    observed_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    metadata JSON NOT NULL
);
CREATE INDEX ix_comps_category ON comps (category);
CREATE TABLE user_prefs (
    id SERIAL PRIMARY KEY,
    user_id VARCHAR(64) NOT NULL UNIQUE,
    radius_mi INTEGER NOT NULL,
    city VARCHAR(255) NOT NULL,
    min_condition condition NOT NULL,
    max_price_couch DOUBLE PRECISION NOT NULL,
    max_price_kitchen_island DOUBLE PRECISION NOT NULL,
    keywords_include JSON NOT NULL,
    notify_channels JSON NOT NULL,
    created_at TIMESTAMP WITHOUT TIME ZONE NOT NULL
);
CREATE TABLE notifications (
    id SERIAL PRIMARY KEY,
    listing_id INTEGER REFERENCES listings (id),
    channel VARCHAR(50) NOT NULL,
    payload JSON NOT NULL,
    sent_at TIMESTAMP WITHOUT TIME ZONE,
    status VARCHAR(50) NOT NULL,
    created_at TIMESTAMP WITHOUT TIME ZONE NOT NULL
);
CREATE TABLE my_items (
    id SERIAL PRIMARY KEY,
    title VARCHAR(255) NOT NULL,
    category VARCHAR(120) NOT NULL,
    attributes JSON NOT NULL,
    condition condition,
    price DOUBLE PRECISION NOT NULL,
    status VARCHAR(50) NOT NULL,
    created_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITHOUT TIME ZONE NOT NULL
);
CREATE TABLE marketplace_accounts (
    id SERIAL PRIMARY KEY,
    platform VARCHAR(50) NOT NULL,
    connected BOOLEAN NOT NULL,
    credentials JSON NOT NULL,
    created_at TIMESTAMP WITHOUT TIME ZONE NOT NULL
);
CREATE TABLE cross_posts (
    id SERIAL PRIMARY KEY,
    my_item_id INTEGER NOT NULL REFERENCES my_items (id),
    platform VARCHAR(50) NOT NULL,
    external_id VARCHAR(120),
    listing_url VARCHAR(500) NOT NULL,
    status VARCHAR(50) NOT NULL,
    metadata JSON NOT NULL,
    created_at TIMESTAMP WITHOUT TIME ZONE NOT NULL
);
CREATE INDEX ix_cross_posts_my_item_id ON cross_posts (my_item_id);
CREATE TABLE orders (
    id SERIAL PRIMARY KEY,
    cross_post_id INTEGER NOT NULL REFERENCES cross_posts (id),
    platform_order_id VARCHAR(120) NOT NULL,
    status VARCHAR(50) NOT NULL,
    total DOUBLE PRECISION NOT NULL,
    metadata JSON NOT NULL,
    created_at TIMESTAMP WITHOUT TIME ZONE NOT NULL
);
CREATE TABLE snap_jobs (
    id SERIAL PRIMARY KEY,
    status VARCHAR(50) NOT NULL,
    source VARCHAR(50) NOT NULL,
    input_photos JSON NOT NULL,
    processed_images JSON NOT NULL,
    detected_category VARCHAR(120),
    detected_attributes JSON NOT NULL,
    condition_guess VARCHAR(50),
    price_suggestion_cents INTEGER,
    suggested_price DOUBLE PRECISION,
    suggested_title VARCHAR(255),
    suggested_description TEXT,
    title_suggestion VARCHAR(255),
    description_suggestion TEXT,
    created_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITHOUT TIME ZONE NOT NULL
);
