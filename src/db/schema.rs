// @generated automatically by Diesel CLI.

diesel::table! {
    comps (id) {
        basis -> Text,
        category -> Nullable<Text>,
        condition -> Nullable<Text>,
        created_at -> Timestamptz,
        currency -> Text,
        details -> Jsonb,
        id -> Int8,
        kind -> Text,
        observed_at -> Timestamptz,
        price_amount -> Int8,
        shipping_amount -> Nullable<Int8>,
        source -> Text,
        source_id -> Text,
        title -> Text,
        updated_at -> Timestamptz,
        url -> Nullable<Text>,
        user_id -> Int8,
    }
}

diesel::table! {
    cross_posts (id) {
        attempts -> Int4,
        created_at -> Timestamptz,
        currency -> Text,
        details -> Jsonb,
        error -> Nullable<Text>,
        external_id -> Nullable<Text>,
        id -> Int8,
        my_item_id -> Int8,
        next_try_at -> Nullable<Timestamptz>,
        platform -> Text,
        price_amount -> Nullable<Int8>,
        status -> Text,
        updated_at -> Timestamptz,
        url -> Nullable<Text>,
        user_id -> Int8,
    }
}

diesel::table! {
    imports (id) {
        bytes_read -> Int8,
        bytes_total -> Int8,
        created_at -> Timestamptz,
        error -> Nullable<Text>,
        file_name -> Text,
        finished_at -> Nullable<Timestamptz>,
        id -> Int8,
        kind -> Nullable<Text>,
        new_rows -> Int8,
        skipped -> Jsonb,
        skipped_rows -> Int8,
        status -> Text,
        unchanged_rows -> Int8,
        updated_at -> Timestamptz,
        updated_rows -> Int8,
        user_id -> Int8,
    }
}

diesel::table! {
    listing_scores (id) {
        created_at -> Timestamptz,
        id -> Int8,
        listing_id -> Int8,
        metric -> Text,
        parts -> Jsonb,
        updated_at -> Timestamptz,
        user_id -> Int8,
        value -> Nullable<Int4>,
    }
}

diesel::table! {
    listings (id) {
        available -> Bool,
        category -> Nullable<Text>,
        condition -> Nullable<Text>,
        created_at -> Timestamptz,
        currency -> Text,
        description -> Nullable<Text>,
        details -> Jsonb,
        id -> Int8,
        image_url -> Nullable<Text>,
        kind -> Text,
        last_seen_at -> Timestamptz,
        location -> Jsonb,
        posted_at -> Nullable<Timestamptz>,
        price_amount -> Nullable<Int8>,
        score_due_at -> Nullable<Timestamptz>,
        shipping_amount -> Nullable<Int8>,
        source -> Text,
        source_id -> Text,
        title -> Text,
        updated_at -> Timestamptz,
        url -> Nullable<Text>,
        user_id -> Int8,
    }
}

diesel::table! {
    marketplace_accounts (id) {
        account_name -> Text,
        connected -> Bool,
        connected_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        credentials -> Nullable<Bytea>,
        id -> Int8,
        last_synced_at -> Nullable<Timestamptz>,
        platform -> Text,
        updated_at -> Timestamptz,
        user_id -> Int8,
    }
}

diesel::table! {
    my_items (id) {
        acquired_at -> Nullable<Timestamptz>,
        attributes -> Jsonb,
        category -> Nullable<Text>,
        condition -> Nullable<Text>,
        cost_amount -> Nullable<Int8>,
        created_at -> Timestamptz,
        currency -> Text,
        description -> Text,
        id -> Int8,
        listing_id -> Nullable<Int8>,
        place -> Text,
        price_amount -> Nullable<Int8>,
        status -> Text,
        title -> Text,
        updated_at -> Timestamptz,
        user_id -> Int8,
    }
}

diesel::table! {
    notifications (id) {
        attempts -> Int4,
        channel -> Text,
        created_at -> Timestamptz,
        error -> Nullable<Text>,
        id -> Int8,
        listing_id -> Nullable<Int8>,
        next_try_at -> Nullable<Timestamptz>,
        payload -> Jsonb,
        search_id -> Nullable<Int8>,
        sent_at -> Nullable<Timestamptz>,
        status -> Text,
        user_id -> Int8,
    }
}

diesel::table! {
    orders (id) {
        created_at -> Timestamptz,
        cross_post_id -> Nullable<Int8>,
        currency -> Text,
        details -> Jsonb,
        fee_amount -> Nullable<Int8>,
        id -> Int8,
        my_item_id -> Nullable<Int8>,
        ordered_at -> Timestamptz,
        platform -> Text,
        platform_order_id -> Text,
        shipping_amount -> Nullable<Int8>,
        status -> Text,
        total_amount -> Int8,
        updated_at -> Timestamptz,
        user_id -> Int8,
    }
}

diesel::table! {
    price_points (id) {
        currency -> Text,
        id -> Int8,
        listing_id -> Int8,
        price_amount -> Int8,
        seen_at -> Timestamptz,
    }
}

diesel::table! {
    searches (id) {
        category -> Nullable<Text>,
        conditions -> Array<Nullable<Text>>,
        created_at -> Timestamptz,
        currency -> Text,
        enabled -> Bool,
        excluded_words -> Array<Nullable<Text>>,
        id -> Int8,
        max_price -> Nullable<Int8>,
        min_price -> Nullable<Int8>,
        min_score -> Nullable<Int4>,
        name -> Text,
        next_scan_at -> Nullable<Timestamptz>,
        sources -> Array<Nullable<Text>>,
        updated_at -> Timestamptz,
        user_id -> Int8,
        words -> Text,
    }
}

diesel::table! {
    sessions (id) {
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        id -> Int8,
        last_seen_at -> Timestamptz,
        token_digest -> Bytea,
        user_agent -> Text,
        user_id -> Int8,
    }
}

diesel::table! {
    snap_jobs (id) {
        attempts -> Int4,
        attributes -> Jsonb,
        category -> Nullable<Text>,
        condition -> Nullable<Text>,
        created_at -> Timestamptz,
        currency -> Text,
        description -> Nullable<Text>,
        error -> Nullable<Text>,
        id -> Int8,
        my_item_id -> Nullable<Int8>,
        next_try_at -> Nullable<Timestamptz>,
        notes -> Text,
        price_amount -> Nullable<Int8>,
        source -> Text,
        status -> Text,
        step -> Text,
        title -> Nullable<Text>,
        updated_at -> Timestamptz,
        user_id -> Int8,
    }
}

diesel::table! {
    user_prefs (id) {
        created_at -> Timestamptz,
        currency -> Text,
        excluded_words -> Array<Nullable<Text>>,
        id -> Int8,
        included_words -> Array<Nullable<Text>>,
        locale -> Text,
        min_condition -> Nullable<Text>,
        place -> Nullable<Text>,
        radius_km -> Int4,
        time_zone -> Text,
        updated_at -> Timestamptz,
        user_id -> Int8,
    }
}

diesel::table! {
    users (id) {
        created_at -> Timestamptz,
        disabled_at -> Nullable<Timestamptz>,
        email -> Nullable<Text>,
        id -> Int8,
        name -> Text,
        password_hash -> Nullable<Text>,
        role -> Text,
        updated_at -> Timestamptz,
    }
}

diesel::joinable!(comps -> users (user_id));
diesel::joinable!(cross_posts -> my_items (my_item_id));
diesel::joinable!(cross_posts -> users (user_id));
diesel::joinable!(imports -> users (user_id));
diesel::joinable!(listing_scores -> listings (listing_id));
diesel::joinable!(listing_scores -> users (user_id));
diesel::joinable!(listings -> users (user_id));
diesel::joinable!(marketplace_accounts -> users (user_id));
diesel::joinable!(my_items -> listings (listing_id));
diesel::joinable!(my_items -> users (user_id));
diesel::joinable!(notifications -> listings (listing_id));
diesel::joinable!(notifications -> searches (search_id));
diesel::joinable!(notifications -> users (user_id));
diesel::joinable!(orders -> cross_posts (cross_post_id));
diesel::joinable!(orders -> my_items (my_item_id));
diesel::joinable!(orders -> users (user_id));
diesel::joinable!(price_points -> listings (listing_id));
diesel::joinable!(searches -> users (user_id));
diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(snap_jobs -> my_items (my_item_id));
diesel::joinable!(snap_jobs -> users (user_id));
diesel::joinable!(user_prefs -> users (user_id));

diesel::allow_tables_to_appear_in_same_query!(
    comps,
    cross_posts,
    imports,
    listing_scores,
    listings,
    marketplace_accounts,
    my_items,
    notifications,
    orders,
    price_points,
    searches,
    sessions,
    snap_jobs,
    user_prefs,
    users,
);
