//! What the bulk writes of several nouns share: whose turn it is, and what one statement answers.

use std::{collections::HashMap, hash::Hash};

use diesel::{
    QueryResult, QueryableByName,
    result::{DatabaseErrorKind, Error},
    sql_types::BigInt,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::Counts;
use crate::model::id::UserId;

/// How often a statement that lost a deadlock is tried in all.
pub(super) const ATTEMPTS: u32 = 4;

/// Any number that no other advisory lock of the program uses.
const BULK_WRITE: i32 = 0x0064_7362;

/// What a bulk statement did to the rows that it was given.
#[derive(Debug, Clone, Copy, QueryableByName)]
#[diesel(check_for_backend(diesel::pg::Pg))]
pub(super) struct Written {
    #[diesel(sql_type = BigInt)]
    inserted: i64,
    #[diesel(sql_type = BigInt)]
    changed: i64,
}

impl Written {
    /// With `given` rows in all, those that were neither inserted nor changed were there just so.
    pub(super) fn counts(self, given: usize) -> Counts {
        let new = usize::try_from(self.inserted).unwrap_or_default();
        let updated = usize::try_from(self.changed).unwrap_or_default();
        Counts { new, updated, unchanged: given.saturating_sub(new + updated) }
    }
}

/// Waits until no other transaction writes this user's rows in bulk, and holds that until the transaction ends. Two
/// imports of the same file would otherwise lock each other's rows crosswise.
pub(super) async fn take_turn(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<()> {
    diesel::sql_query("SELECT pg_advisory_xact_lock($1, ($2 % 2147483647)::int)")
        .bind::<diesel::sql_types::Integer, _>(BULK_WRITE)
        .bind::<BigInt, _>(user)
        .execute(conn)
        .await
        .map(|_| ())
}

/// Whether PostgreSQL ended the transaction to let another one go on; trying again is the cure.
pub(super) fn is_deadlock(cause: &Error) -> bool {
    match cause {
        Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => true,
        Error::DatabaseError(_, info) => info.message().contains("deadlock detected"),
        _ => false,
    }
}

/// The rows with each identity once: the last of several wins. One statement cannot write a row twice.
pub(super) fn last_of_each<'a, T, K: Eq + Hash>(
    rows: &'a [T],
    key: impl Fn(&'a T) -> K,
) -> Vec<&'a T> {
    let mut places: HashMap<K, usize> = HashMap::with_capacity(rows.len());
    let mut out: Vec<&T> = Vec::with_capacity(rows.len());
    for row in rows {
        if let Some(at) = places.get(&key(row)) {
            out[*at] = row;
        } else {
            places.insert(key(row), out.len());
            out.push(row);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_row_of_an_identity_wins() {
        let rows = [("a", 1), ("b", 2), ("a", 3)];
        assert_eq!(last_of_each(&rows, |row| row.0), [&("a", 3), &("b", 2)]);
    }
}
