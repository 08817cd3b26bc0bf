//! Moves every stored secret to another key, while servers run.
//!
//! The new key is in the key file before anything is sealed with it, and the old ones stay there until nothing needs
//! them: killed at any moment, everything opens, and running it again completes it.

use std::{collections::BTreeMap, time::Duration};

use diesel_async::AsyncPgConnection;
use serde::Serialize;

use crate::{
    clock::Clock,
    db::sealed::{self, COLUMNS, Column, Sealed},
    error::{Error, Result},
    model::id::UserId,
    sealing::{KeyId, Mark, Place, Sealer},
};

/// Rows that are sealed anew in one transaction.
const BATCH: i64 = 200;
/// How long a request that took the key before may take to store what it sealed. Longer than it waits for a connection
/// and a lock together.
const IN_FLIGHT: Duration = Duration::from_secs(10);

/// What a rotation did.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Rotated {
    /// The key that seals now.
    pub key: String,
    /// Secrets that were sealed anew.
    pub resealed: usize,
    /// Those that could not be opened; they are left as they are.
    pub failed: Vec<Failed>,
    /// Keys that nothing needed any more and that were taken out of the key file.
    pub dropped: Vec<KeyId>,
}

/// A secret that does not open.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Failed {
    /// `channels.secret`.
    pub column: String,
    /// The row's id.
    pub id: i64,
    /// Why, and what can be done.
    pub reason: String,
}

/// Which keys there are, and what they sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    /// Each key that opens, and each that sealed something: the one that seals first.
    pub keys: Vec<KeyStatus>,
}

/// One key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyStatus {
    /// Its name; `unknown` for values that no version of this program sealed.
    pub key: String,
    /// Where it is kept; `None` when it is not at hand.
    pub place: Option<Place>,
    /// It seals what is stored from now on.
    pub current: bool,
    /// How many secrets it sealed, by column.
    pub secrets: BTreeMap<String, i64>,
}

impl KeyStatus {
    /// How many secrets it sealed in all.
    pub fn total(&self) -> i64 {
        self.secrets.values().sum()
    }
}

impl Status {
    /// How many stored secrets no key at hand opens.
    pub fn lost(&self) -> i64 {
        self.keys.iter().filter(|key| key.place.is_none()).map(KeyStatus::total).sum()
    }
}

/// Seals everything anew with a new key, or with the one that is set. `waiting` is told when everything is done but the
/// wait for requests under way.
pub async fn rotate(
    conn: &mut AsyncPgConnection,
    sealer: &Sealer,
    clock: &Clock,
    waiting: impl FnOnce(Duration) + Send,
) -> Result<Rotated> {
    if !sealed::take_rotation(conn).await? {
        return Err(Error::Conflict(
            "another rotation is under way; wait until it has ended, then ask `deal-scout secrets status`".into(),
        ));
    }
    let mark = sealer.renew()?;
    let mut done = Rotated { key: mark.id().to_string(), ..Rotated::default() };
    reseal_all(conn, sealer, mark, &mut done).await?;
    waiting(clock.scaled(IN_FLIGHT));
    clock.sleep(IN_FLIGHT).await;
    done.failed.clear();
    reseal_all(conn, sealer, mark, &mut done).await?;
    let used = status(conn, sealer).await?;
    let is_used =
        |id: KeyId| used.keys.iter().any(|key| key.key == id.to_string() && key.total() > 0);
    done.dropped = sealer.forget(is_used)?;
    Ok(done)
}

/// Tells which keys there are and how many secrets each sealed.
pub async fn status(conn: &mut AsyncPgConnection, sealer: &Sealer) -> Result<Status> {
    let current = sealer.current().map(Mark::id);
    let mut keys: Vec<KeyStatus> = sealer
        .keys()?
        .into_iter()
        .map(|(id, place)| KeyStatus {
            key: id.to_string(),
            place: Some(place),
            current: Some(id) == current,
            secrets: BTreeMap::new(),
        })
        .collect();
    let length = i64::try_from(Mark::LEN).map_err(Error::internal)?;
    for column in COLUMNS {
        for marked in sealed::count_by_mark(conn, *column, length).await? {
            let name = Mark::at_start_of(&marked.mark)
                .map_or_else(|| "unknown".to_owned(), |mark| mark.id().to_string());
            let at = keys.iter().position(|key| key.key == name).unwrap_or_else(|| {
                let (place, secrets) = (None, BTreeMap::new());
                keys.push(KeyStatus { key: name, place, current: false, secrets });
                keys.len() - 1
            });
            *keys[at].secrets.entry(column.name()).or_default() += marked.count;
        }
    }
    Ok(Status { keys })
}

async fn reseal_all(
    conn: &mut AsyncPgConnection,
    sealer: &Sealer,
    mark: Mark,
    done: &mut Rotated,
) -> Result<()> {
    for column in COLUMNS {
        let mut after = i64::MIN;
        loop {
            let one = |row: &Sealed| reseal(sealer, *column, row, done);
            let last =
                sealed::replace_batch(conn, *column, mark.as_bytes(), after, BATCH, one).await?;
            let Some(last) = last else { break };
            after = last;
        }
    }
    Ok(())
}

/// The value sealed anew, or `None` when it does not open, which is noted.
fn reseal(sealer: &Sealer, column: Column, row: &Sealed, done: &mut Rotated) -> Option<Vec<u8>> {
    let context = column.context(UserId(row.user_id));
    let opened = sealer.open(&context, &row.sealed).map_err(|fault| fault.to_string());
    let anew =
        opened.and_then(|secret| sealer.seal(&context, &secret).map_err(|fault| fault.to_string()));
    match anew {
        Ok(anew) => {
            done.resealed += 1;
            Some(anew)
        }
        Err(reason) => {
            done.failed.push(Failed { column: column.name(), id: row.id, reason });
            None
        }
    }
}
