//! The sample's small world on its way into the database, and out again. What has come once stays as people have left
//! it; rows that they have changed or deleted are neither mended nor put back.

use diesel_async::{AsyncConnection, AsyncPgConnection, TransactionManager};
use serde_json::Value;

use super::exported::{self, Run, Source, Taken};
use crate::{
    clock::Clock,
    db::{self, Counts, Pool, exported_origins as origins, sources},
    error::{Error, Result},
    market::sample::{self, SOURCE},
    model::id::UserId,
};

type Transactions = <AsyncPgConnection as AsyncConnection>::TransactionManager;

/// Stores the world for the owner, whole or not at all, and tells what became of each noun's rows. The sample market
/// must be there. What would contradict the owner's own rows, such as a second set of preferences, is left out and
/// counted as unchanged.
pub async fn store(pool: &Pool, clock: &Clock) -> Result<Vec<(&'static str, Counts)>> {
    let mut conn = pool.get().await?;
    let owner = db::users::owner(&conn).await?;
    Transactions::begin_transaction(&mut *conn).await?;
    let stored = put(&mut conn, owner, clock).await;
    end(&mut conn, stored).await
}

/// Takes the world away, with whatever people have changed in it, and tells how many rows of each noun went.
/// Preferences that somebody has changed are their own, and stay.
pub async fn remove(pool: &Pool) -> Result<Vec<(&'static str, usize)>> {
    let mut conn = pool.get().await?;
    let owner = db::users::owner(&conn).await?;
    Transactions::begin_transaction(&mut *conn).await?;
    let removed = take_away(&mut conn, owner).await;
    end(&mut conn, removed).await
}

async fn end<T>(conn: &mut AsyncPgConnection, outcome: Result<T>) -> Result<T> {
    match outcome {
        Ok(done) => {
            Transactions::commit_transaction(conn).await?;
            Ok(done)
        }
        Err(failure) => {
            // The cause is told, not that the way back failed too.
            let _ = Transactions::rollback_transaction(conn).await;
            Err(failure)
        }
    }
}

async fn put(
    conn: &mut AsyncPgConnection,
    owner: UserId,
    clock: &Clock,
) -> Result<Vec<(&'static str, Counts)>> {
    origins::take_turn(conn, owner).await?;
    let seal = |_: &str, _: &str| Err(Error::internal("the sample has no secrets"));
    let mut run = Run::new(Source::Sample, owner, &seal);
    for (source_id, id) in sources::ids(conn, owner, SOURCE).await? {
        if let Some(number) = source_id.strip_prefix("sample-").and_then(|n| n.parse().ok()) {
            run.ids.insert(("listings", number), id);
        }
    }
    let takers = exported::all();
    let now = clock.now();
    let mut stored = Vec::new();
    for (noun, records) in sample::world(now, &sample::market(now)) {
        let taker = takers.iter().find(|taker| taker.noun == noun);
        let taker = taker.ok_or_else(|| Error::internal("the sample has a noun of its own"))?;
        let mut counts = Counts::default();
        for record in records {
            let Value::Object(record) = record else { continue };
            match (taker.take)(conn, &mut run, record).await? {
                Taken::New => counts.new += 1,
                Taken::Updated => counts.updated += 1,
                Taken::Unchanged | Taken::Skipped(_) => counts.unchanged += 1,
            }
        }
        stored.push((noun, counts));
    }
    Ok(stored)
}

async fn take_away(
    conn: &mut AsyncPgConnection,
    owner: UserId,
) -> Result<Vec<(&'static str, usize)>> {
    origins::take_turn(conn, owner).await?;
    let mut removed = Vec::new();
    // Those first that refer to others.
    for taker in exported::all().into_iter().rev() {
        let ids = origins::forget(conn, owner, taker.noun, "sample:").await?;
        let but_edited = taker.noun == "user-prefs";
        removed.push((taker.noun, (taker.remove)(conn, owner, ids, but_edited).await?));
    }
    removed.reverse();
    Ok(removed)
}
