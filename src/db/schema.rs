// @generated automatically by Diesel CLI.

pub mod sql_types {
    #[derive(std::fmt::Debug, diesel::query_builder::QueryId, diesel::sql_types::SqlType)]
    #[diesel(postgres_type(name = "tsvector", schema = "pg_catalog"))]
    pub struct Tsvector;
}

diesel::table! {
    api_tokens (id) {
        created_at -> Timestamptz,
        expires_at -> Nullable<Timestamptz>,
        id -> Int8,
        last_used_at -> Nullable<Timestamptz>,
        name -> Text,
        prefix -> Text,
        revoked_at -> Nullable<Timestamptz>,
        scope -> Text,
        token_digest -> Bytea,
        updated_at -> Timestamptz,
        user_id -> Int8,
    }
}

diesel::table! {
    channels (id) {
        address -> Text,
        created_at -> Timestamptz,
        enabled -> Bool,
        failing_since -> Nullable<Timestamptz>,
        id -> Int8,
        kind -> Text,
        last_error -> Nullable<Text>,
        last_sent_at -> Nullable<Timestamptz>,
        name -> Text,
        secret -> Nullable<Bytea>,
        settings -> Jsonb,
        updated_at -> Timestamptz,
        user_id -> Int8,
        wait_until -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use super::sql_types::Tsvector;

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
        words -> Tsvector,
    }
}

diesel::table! {
    cross_posts (id) {
        attempts -> Int4,
        created_at -> Timestamptz,
        currency -> Text,
        details -> Jsonb,
        ended_at -> Nullable<Timestamptz>,
        error -> Nullable<Text>,
        external_id -> Nullable<Text>,
        id -> Int8,
        my_item_id -> Int8,
        next_try_at -> Nullable<Timestamptz>,
        platform -> Text,
        posted_at -> Nullable<Timestamptz>,
        price_amount -> Nullable<Int8>,
        status -> Text,
        updated_at -> Timestamptz,
        url -> Nullable<Text>,
        user_id -> Int8,
    }
}

diesel::table! {
    feeds (id) {
        address -> Text,
        created_at -> Timestamptz,
        enabled -> Bool,
        id -> Int8,
        kind -> Text,
        name -> Text,
        updated_at -> Timestamptz,
        user_id -> Int8,
    }
}

diesel::table! {
    finds (user_id, search_id, listing_id) {
        first_found_at -> Timestamptz,
        last_found_at -> Timestamptz,
        listing_id -> Int8,
        matched -> Bool,
        missed -> Int4,
        reason -> Nullable<Text>,
        search_id -> Int8,
        source -> Text,
        user_id -> Int8,
    }
}

diesel::table! {
    idempotency_keys (user_id, key) {
        body -> Nullable<Bytea>,
        created_at -> Timestamptz,
        etag -> Nullable<Text>,
        key -> Text,
        location -> Nullable<Text>,
        request_digest -> Bytea,
        status -> Nullable<Int4>,
        user_id -> Int8,
    }
}

diesel::table! {
    identities (id) {
        created_at -> Timestamptz,
        id -> Int8,
        issuer -> Text,
        last_used_at -> Timestamptz,
        subject -> Text,
        user_id -> Int8,
    }
}

diesel::table! {
    import_origins (user_id, noun, origin) {
        created_at -> Timestamptz,
        digest -> Nullable<Bytea>,
        noun -> Text,
        origin -> Text,
        row_id -> Int8,
        updated_at -> Timestamptz,
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
    use diesel::sql_types::*;
    use super::sql_types::Tsvector;

    listings (id) {
        available -> Bool,
        category -> Nullable<Text>,
        condition -> Nullable<Text>,
        created_at -> Timestamptz,
        currency -> Text,
        description -> Nullable<Text>,
        details -> Jsonb,
        dropped -> Nullable<Bool>,
        gone_at -> Nullable<Timestamptz>,
        gone_reason -> Nullable<Text>,
        id -> Int8,
        image_url -> Nullable<Text>,
        kind -> Text,
        last_seen_at -> Timestamptz,
        location -> Jsonb,
        photo_due_at -> Nullable<Timestamptz>,
        photo_hash -> Nullable<Int8>,
        posted_at -> Nullable<Timestamptz>,
        price_amount -> Nullable<Int8>,
        same_as -> Nullable<Int8>,
        score_due_at -> Nullable<Timestamptz>,
        shipping_amount -> Nullable<Int8>,
        source -> Text,
        source_id -> Text,
        title -> Text,
        updated_at -> Timestamptz,
        url -> Nullable<Text>,
        user_id -> Int8,
        words -> Tsvector,
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
        quantity -> Int4,
        sku -> Nullable<Text>,
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
        channel_id -> Nullable<Int8>,
        created_at -> Timestamptz,
        error -> Nullable<Text>,
        id -> Int8,
        leased_until -> Nullable<Timestamptz>,
        listing_id -> Nullable<Int8>,
        next_try_at -> Nullable<Timestamptz>,
        payload -> Jsonb,
        price_amount -> Nullable<Int8>,
        reason -> Text,
        search_id -> Nullable<Int8>,
        sent_at -> Nullable<Timestamptz>,
        status -> Text,
        told_with -> Nullable<Int8>,
        updated_at -> Timestamptz,
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
    page_choices (id) {
        created_at -> Timestamptz,
        extractor -> Text,
        host -> Text,
        id -> Int8,
        updated_at -> Timestamptz,
        user_id -> Int8,
    }
}

diesel::table! {
    password_resets (id) {
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        id -> Int8,
        token_digest -> Bytea,
        used_at -> Nullable<Timestamptz>,
        user_id -> Int8,
    }
}

diesel::table! {
    photos (id) {
        bytes -> Int8,
        caption -> Text,
        created_at -> Timestamptz,
        digest -> Text,
        height -> Int4,
        id -> Int8,
        media_type -> Text,
        my_item_id -> Nullable<Int8>,
        position -> Int4,
        snap_job_id -> Nullable<Int8>,
        updated_at -> Timestamptz,
        user_id -> Int8,
        width -> Int4,
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
    scans (id) {
        attempts -> Int4,
        created_at -> Timestamptz,
        error -> Nullable<Text>,
        finished_at -> Nullable<Timestamptz>,
        id -> Int8,
        leased_until -> Nullable<Timestamptz>,
        progress -> Jsonb,
        search_id -> Int8,
        status -> Text,
        trigger -> Text,
        updated_at -> Timestamptz,
        user_id -> Int8,
    }
}

diesel::table! {
    search_channels (user_id, search_id, channel_id) {
        channel_id -> Int8,
        search_id -> Int8,
        user_id -> Int8,
    }
}

diesel::table! {
    search_sources (user_id, search_id, source) {
        error -> Nullable<Text>,
        failing_since -> Nullable<Timestamptz>,
        failures -> Int4,
        fault -> Nullable<Text>,
        last_full_at -> Nullable<Timestamptz>,
        last_ok_at -> Nullable<Timestamptz>,
        memory -> Jsonb,
        next_try_at -> Nullable<Timestamptz>,
        search_id -> Int8,
        source -> Text,
        updated_at -> Timestamptz,
        user_id -> Int8,
    }
}

diesel::table! {
    searches (id) {
        category -> Nullable<Text>,
        conditions -> Array<Nullable<Text>>,
        created_at -> Timestamptz,
        currency -> Text,
        enabled -> Bool,
        every_minutes -> Int4,
        excluded_words -> Array<Nullable<Text>>,
        hours -> Array<Nullable<Int4>>,
        id -> Int8,
        last_scan_at -> Nullable<Timestamptz>,
        latitude -> Nullable<Float8>,
        longitude -> Nullable<Float8>,
        max_price -> Nullable<Int8>,
        min_price -> Nullable<Int8>,
        min_score -> Nullable<Int4>,
        name -> Text,
        next_scan_at -> Nullable<Timestamptz>,
        place -> Text,
        radius_km -> Nullable<Int4>,
        rearm_minutes -> Int4,
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
    source_budgets (source, day) {
        day -> Date,
        source -> Text,
        used -> Int4,
    }
}

diesel::table! {
    user_prefs (id) {
        created_at -> Timestamptz,
        currency -> Text,
        daily_maximum -> Int4,
        digest_hour -> Int4,
        digest_weekday -> Int4,
        excluded_words -> Array<Nullable<Text>>,
        finds_enabled -> Bool,
        finds_version -> Int4,
        id -> Int8,
        included_words -> Array<Nullable<Text>>,
        latitude -> Nullable<Float8>,
        locale -> Text,
        longitude -> Nullable<Float8>,
        min_condition -> Nullable<Text>,
        notify -> Text,
        place -> Nullable<Text>,
        quiet_from -> Nullable<Int4>,
        quiet_until -> Nullable<Int4>,
        radius_km -> Int4,
        rescored_to -> Nullable<Int8>,
        time_zone -> Text,
        updated_at -> Timestamptz,
        user_id -> Int8,
        weights -> Nullable<Jsonb>,
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

diesel::table! {
    watchlist_items (id) {
        created_at -> Timestamptz,
        currency -> Text,
        drop_percent -> Nullable<Int4>,
        id -> Int8,
        listing_id -> Int8,
        note -> Text,
        saved_amount -> Nullable<Int8>,
        saved_at -> Nullable<Timestamptz>,
        saved_currency -> Nullable<Text>,
        snoozed_until -> Nullable<Timestamptz>,
        status -> Text,
        target_amount -> Nullable<Int8>,
        told_amount -> Nullable<Int8>,
        updated_at -> Timestamptz,
        user_id -> Int8,
    }
}

diesel::joinable!(api_tokens -> users (user_id));
diesel::joinable!(channels -> users (user_id));
diesel::joinable!(comps -> users (user_id));
diesel::joinable!(cross_posts -> users (user_id));
diesel::joinable!(feeds -> users (user_id));
diesel::joinable!(idempotency_keys -> users (user_id));
diesel::joinable!(identities -> users (user_id));
diesel::joinable!(import_origins -> users (user_id));
diesel::joinable!(imports -> users (user_id));
diesel::joinable!(listing_scores -> users (user_id));
diesel::joinable!(listings -> users (user_id));
diesel::joinable!(marketplace_accounts -> users (user_id));
diesel::joinable!(my_items -> users (user_id));
diesel::joinable!(notifications -> users (user_id));
diesel::joinable!(orders -> users (user_id));
diesel::joinable!(page_choices -> users (user_id));
diesel::joinable!(password_resets -> users (user_id));
diesel::joinable!(photos -> users (user_id));
diesel::joinable!(price_points -> listings (listing_id));
diesel::joinable!(scans -> users (user_id));
diesel::joinable!(searches -> users (user_id));
diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(snap_jobs -> users (user_id));
diesel::joinable!(user_prefs -> users (user_id));
diesel::joinable!(watchlist_items -> users (user_id));

diesel::allow_tables_to_appear_in_same_query!(
    api_tokens,
    channels,
    comps,
    cross_posts,
    feeds,
    idempotency_keys,
    identities,
    import_origins,
    imports,
    listing_scores,
    listings,
    marketplace_accounts,
    my_items,
    notifications,
    orders,
    page_choices,
    password_resets,
    photos,
    price_points,
    scans,
    searches,
    sessions,
    snap_jobs,
    user_prefs,
    users,
    watchlist_items,
);
