//! What is it worth: keeps each user's comparables ready and asks the engine.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use tokio::task::spawn_blocking;

use crate::{
    db::comps_index::{self, Version},
    error::{Error, Result},
    model::{
        estimate::{Estimate, Question},
        id::UserId,
    },
    scout::{comparables::CompIndex, estimate::estimate},
};

/// How many users' indexes are kept; who was asked about least lately goes first. An index of 100,000 comparables takes
/// about 60 MB.
const KEPT: usize = 16;

/// Each user's comparables, indexed and kept until they change.
#[derive(Debug, Default)]
pub struct CompIndexes {
    slots: Mutex<Slots>,
}

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
        let comps = comps_index::load_latest(conn, user).await?;
        let index =
            spawn_blocking(move || CompIndex::build(comps)).await.map_err(Error::internal)?;
        let index = Arc::new(index);
        *held = Some((version, Arc::clone(&index)));
        Ok(index)
    }

    /// The user's slot, marked as used; makes room where there are too many.
    fn slot(&self, user: UserId) -> Arc<Held> {
        let mut slots = self.lock();
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

    fn lock(&self) -> MutexGuard<'_, Slots> {
        // A panic while the map was being changed leaves at worst a slot too many.
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
        questions.iter().map(|question| estimate(&index, question, now)).collect()
    });
    answers.await.map_err(Error::internal)
}
