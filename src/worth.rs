//! What is it worth: keeps each user's comparables ready and asks the engine.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use tokio::task::spawn_blocking;

use crate::{
    db::{
        comps_index::{self, Comparables, OwnSale, Sales, Version},
        reads::Reads,
    },
    error::{Error, Result},
    model::{
        comp::Comp,
        estimate::{Estimate, Question},
        id::UserId,
    },
    scout::{
        backtest::{Known, Replay, Sale, replay},
        comparables::CompIndex,
        estimate::estimate,
        normalize::kind_of,
        side_by_side,
    },
};

/// How many users' indexes are kept; who was asked about least lately goes first. An index of 100,000 comparables takes
/// about 60 MB.
const KEPT: usize = 16;
/// Of each source's sales the latest share that a page replays.
const REPLAYED_SHARE: f64 = 0.2;
/// The most sales that a page replays.
pub const REPLAYED: usize = 600;

/// Each user's comparables, indexed and kept until they change.
#[derive(Debug, Default)]
pub struct CompIndexes {
    reads: Reads,
    slots: Mutex<Slots>,
    replays: Arc<Mutex<HashMap<UserId, Replayed>>>,
}

/// A replay of a user's sales, with the version of the comparables that it is of; `None` while it is worked out.
type Replayed = (Version, Option<Arc<Replay>>);

#[derive(Debug, Default)]
struct Slots {
    by_user: HashMap<UserId, Slot>,
    /// Counts the uses, to tell which was latest.
    uses: u64,
}

#[derive(Debug, Default)]
struct Slot {
    last_use: u64,
    held: Arc<Held>,
}

/// An index with the version it was built from. Locked while it is built, so that a user's index is built once however
/// many ask.
type Held = tokio::sync::Mutex<Option<(Version, Arc<CompIndex>)>>;

impl CompIndexes {
    /// None yet; comparables are loaded by `reads`.
    pub fn reading(reads: Reads) -> Self {
        Self { reads, ..Self::default() }
    }

    /// The index of a user's comparables as they are now. It is built again only when they have changed.
    pub async fn get(&self, conn: &mut AsyncPgConnection, user: UserId) -> Result<Arc<CompIndex>> {
        let held = self.slot(user);
        let mut held = held.lock().await;
        let version = comps_index::version(conn, user).await?;
        if let Some((known, index)) = held.as_ref()
            && *known == version
        {
            return Ok(Arc::clone(index));
        }
        let (mut comps, own) = self.reads.read(conn, &Comparables(user)).await?;
        comps.extend(own.into_iter().map(told_apart));
        let index =
            spawn_blocking(move || CompIndex::build(comps)).await.map_err(Error::internal)?;
        let index = Arc::new(index);
        *held = Some((version, Arc::clone(&index)));
        Ok(index)
    }

    /// The replay of a user's sales as they are now, each estimated from what was sold before it: the latest fifth of each
    /// source, at most 600. `None` while it is worked out, which goes on by itself. It is kept until the comparables
    /// change.
    pub async fn replayed(
        &self,
        conn: &mut AsyncPgConnection,
        user: UserId,
    ) -> Result<Option<Arc<Replay>>> {
        let version = comps_index::version(conn, user).await?;
        if let Some((known, replay)) = lock(&self.replays).get(&user)
            && *known == version
        {
            return Ok(replay.clone());
        }
        let sales = self.reads.read(conn, &Sales(user)).await?;
        {
            let mut replays = lock(&self.replays);
            if replays.len() >= KEPT {
                replays.clear();
            }
            replays.insert(user, (version.clone(), None));
        }
        let replays = Arc::clone(&self.replays);
        // Nobody waits for it: whoever asks again finds it.
        drop(spawn_blocking(move || {
            let sales =
                sales.into_iter().map(|(group, comp)| Sale { group, comp }).collect::<Vec<_>>();
            let replayed = Arc::new(replay(sales, REPLAYED_SHARE, Known::BeforeEach, REPLAYED));
            if let Some(slot) = lock(&replays).get_mut(&user)
                && slot.0 == version
            {
                slot.1 = Some(replayed);
            }
        }));
        Ok(None)
    }

    /// The user's slot, marked as used; makes room where there are too many.
    fn slot(&self, user: UserId) -> Arc<Held> {
        let mut slots = lock(&self.slots);
        slots.uses += 1;
        let last_use = slots.uses;
        let slot = slots.by_user.entry(user).or_default();
        slot.last_use = last_use;
        let held = Arc::clone(&slot.held);
        if slots.by_user.len() > KEPT {
            let oldest =
                slots.by_user.iter().min_by_key(|(_, slot)| slot.last_use).map(|(user, _)| *user);
            oldest.map(|user| slots.by_user.remove(&user));
        }
        held
    }
}

fn lock<T>(held: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic while a map was being changed leaves at worst an entry too many.
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A sale of one's own, with what its words say it really was.
fn told_apart(sale: OwnSale) -> Comp {
    Comp { kind: kind_of(&sale.comp.title, Some(&sale.description)), ..sale.comp }
}

/// Estimates for `questions` by a user's own comparables, in the same order.
pub async fn estimate_many(
    indexes: &CompIndexes,
    conn: &mut AsyncPgConnection,
    user: UserId,
    questions: Vec<Question>,
    now: DateTime<Utc>,
) -> Result<Vec<Estimate>> {
    let index = indexes.get(conn, user).await?;
    // A thousand questions take a good part of a second: not on a thread that serves others.
    let answers = spawn_blocking(move || {
        side_by_side::map(&questions, |question| estimate(&index, question, now))
    });
    answers.await.map_err(Error::internal)
}
