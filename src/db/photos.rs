//! Pictures of things that people sell: which files of the photo store still have a row.

use std::collections::HashSet;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::schema::photos;

/// Those of `digests` that no row needs, anybody's: their files may go. Ask after the rows' deletion is committed.
pub async fn unneeded(
    mut conn: &AsyncPgConnection,
    digests: &[String],
) -> QueryResult<Vec<String>> {
    let needed: HashSet<String> = photos::table
        .filter(photos::digest.eq_any(digests))
        .select(photos::digest)
        .distinct()
        .load(&mut conn)
        .await?
        .into_iter()
        .collect();
    Ok(digests.iter().filter(|digest| !needed.contains(*digest)).cloned().collect())
}
