//! The only SQL: a pool, and one file a noun. Sees no request, no template, no setting; every function takes the
//! connection first and the user second.

pub mod accounts;
pub mod api_tokens;
mod bulk;
mod candidates;
pub mod catalog;
pub mod categories;
pub mod channels;
pub mod completed;
pub mod comps;
pub mod comps_index;
pub mod comps_list;
pub mod comps_write;
pub mod connect;
pub mod cross_posts;
pub mod devices;
pub mod exported_origins;
pub mod feeds;
pub mod finds;
pub mod finds_feed;
pub mod idempotency_keys;
pub mod identities;
pub mod imports;
pub mod imports_list;
mod json;
pub mod keyset;
pub mod listing_scores;
pub mod listing_scores_list;
pub mod listings;
pub mod listings_around;
pub mod listings_list;
pub mod listings_view;
pub mod listings_write;
pub mod managed;
pub mod marketplace_accounts;
pub mod migrations;
pub mod my_items;
pub mod notifications;
pub mod orders;
pub mod origins;
pub mod outbox;
pub mod owned;
pub mod page_choices;
pub mod password_resets;
pub mod photos;
mod price_key;
pub mod price_points;
pub mod reads;
pub mod scans;
pub mod schema;
pub mod sealed;
pub mod search_channels;
pub mod search_sources;
pub mod searches;
pub mod sessions;
pub mod shape;
pub mod sightings;
pub mod snap_jobs;
pub mod source_budgets;
pub mod sources;
pub mod tables;
pub mod telling;
pub mod tidy;
pub mod user_prefs;
pub mod users;
pub mod users_list;
pub mod watching;
pub mod watchlist_items;
pub mod words;

use diesel_async::{AsyncPgConnection, pooled_connection::bb8};

/// The oldest major version of PostgreSQL that understands the migrations: `ON DELETE SET NULL (column)` came with it.
pub const OLDEST_POSTGRESQL: u32 = 15;

/// The pool that the whole process shares.
pub type Pool = bb8::Pool<AsyncPgConnection>;
/// A connection out of the pool.
pub type PooledConn<'a> = bb8::PooledConnection<'a, AsyncPgConnection>;

/// How many rows a bulk write put where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows that were not there.
    pub new: usize,
    /// Rows that were there and differed.
    pub updated: usize,
    /// Rows that were there just so.
    pub unchanged: usize,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.new += other.new;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
    }
}
