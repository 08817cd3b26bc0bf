//! The only SQL: a pool, and one file a noun. Sees no request, no template, no setting; every function takes the
//! connection first and the user second.

pub mod accounts;
pub mod api_tokens;
mod bulk;
pub mod catalog;
pub mod comps;
pub mod comps_index;
pub mod comps_list;
pub mod connect;
pub mod devices;
pub mod exported_origins;
pub mod idempotency_keys;
pub mod identities;
pub mod imports;
pub mod imports_list;
pub mod keyset;
pub mod listing_scores;
pub mod listings;
pub mod listings_list;
pub mod listings_view;
pub mod managed;
pub mod migrations;
pub mod orders;
pub mod origins;
pub mod owned;
pub mod password_resets;
pub mod photos;
pub mod price_points;
pub mod schema;
pub mod sealed;
pub mod search_channels;
pub mod sessions;
pub mod sources;
pub mod tables;
pub mod tidy;
pub mod users;

use diesel_async::{AsyncPgConnection, pooled_connection::bb8};

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
