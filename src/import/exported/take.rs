//! One record of an export, taken into its noun: found again by where it came from, checked like a body of the API.

use std::collections::HashMap;

use diesel_async::{AsyncConnection, AsyncPgConnection, TransactionManager};
use futures_util::future::{FutureExt, LocalBoxFuture};
use serde_json::{Map, Value};

use crate::{
    db::{exported_origins as origins, owned::Owned},
    error::{Error, Result},
    model::id::UserId,
    nouns::{
        self, Noun, Visitor,
        fields::{Fields, Seal},
    },
};

/// What became of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// It is a row of ours that was not there.
    New,
    /// It was there and differed.
    Updated,
    /// It was there just so.
    Unchanged,
    /// It was not taken, and why.
    Skipped(String),
}

/// A run over several files: whose rows they become, and which ids have been met.
pub struct Run<'a> {
    /// Whose rows they become.
    pub user: UserId,
    /// Seals secrets.
    pub seal: Seal<'a>,
    /// What origins begin with.
    pub from: &'static str,
    /// The row that each exported id became, by noun.
    pub ids: HashMap<(&'static str, i64), i64>,
}

impl std::fmt::Debug for Run<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Run").field("user", &self.user).field("from", &self.from).finish()
    }
}

/// A noun as exports have it.
#[derive(Clone, Copy)]
pub struct Taker {
    /// Its name, as files have it.
    pub noun: &'static str,
    /// The schema of what the API shows of it: what an exported record consists of.
    pub shown: fn() -> Value,
    /// Takes a record. Call it in a transaction.
    pub take: Take,
    /// Removes rows, and tells how many there were.
    pub remove: Remove,
}

type Take = for<'a> fn(
    &'a mut AsyncPgConnection,
    &'a mut Run<'_>,
    Map<String, Value>,
) -> LocalBoxFuture<'a, Result<Taken>>;
type Remove =
    for<'a> fn(&'a mut AsyncPgConnection, UserId, Vec<i64>) -> LocalBoxFuture<'a, Result<usize>>;

impl std::fmt::Debug for Taker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Taker").field(&self.noun).finish()
    }
}

/// Every noun, each after those that it refers to.
pub fn all() -> Vec<Taker> {
    let mut takers = Takers(Vec::new());
    nouns::each(&mut takers);
    takers.0
}

struct Takers(Vec<Taker>);

impl Visitor for Takers {
    fn visit<N: Noun>(&mut self) {
        self.0.push(Taker {
            noun: N::MANY,
            shown: || schemars::SchemaGenerator::default().root_schema_for::<N::View>().to_value(),
            take: |conn, run, record| take::<N>(conn, run, record).boxed_local(),
            remove: |conn, user, ids| remove::<N>(conn, user, ids).boxed_local(),
        });
    }
}

/// The fields that refer to rows of another noun.
const REFERENCES: &[(&str, &str)] = &[
    ("listing_id", "listings"),
    ("my_item_id", "my-items"),
    ("cross_post_id", "cross-posts"),
    ("snap_job_id", "snap-jobs"),
    ("search_id", "searches"),
    ("channel_id", "channels"),
    ("channel_ids", "channels"),
];

type Transactions = <AsyncPgConnection as AsyncConnection>::TransactionManager;

async fn take<N: Noun>(
    conn: &mut AsyncPgConnection,
    run: &mut Run<'_>,
    mut record: Map<String, Value>,
) -> Result<Taken> {
    let (Some(old_id), Some(made_at)) =
        (record.get("id").and_then(Value::as_i64), record.get("created_at").cloned())
    else {
        return Ok(Taken::Skipped("has no id or no created_at, by which it is found again".into()));
    };
    let made_at = made_at.as_str().unwrap_or("").to_owned();
    let origin = format!("{}:{old_id}:{made_at}", run.from);
    let taken_fields = taken_fields::<N>();
    record.retain(|name, _| taken_fields.contains(name));
    if let Err(reason) = refer(conn, run, &mut record).await? {
        return Ok(Taken::Skipped(reason));
    }
    let row = match origins::row_of(conn, run.user, N::MANY, &origin).await? {
        Some(id) => N::Row::lock(conn, run.user, id.into()).await?,
        // Read back where it was written: its own row has the id that it was written with.
        None => itself::<N>(conn, run.user, old_id, &made_at).await?,
    };
    let existing = row.as_ref().map(|row| (row.id(), N::currency(row)));
    if let Some(row) = row
        && is_like::<N>(row, &record)?
        && let Some((id, _)) = existing
    {
        run.ids.insert((N::MANY, old_id), id.into());
        return Ok(Taken::Unchanged);
    }
    let mut fields = match existing {
        Some((_, currency)) => Fields::change(record, currency, run.seal),
        None => Fields::create(record, run.seal),
    };
    let input = N::read(&mut fields);
    if let Err(error) = fields.finish() {
        return refused(error);
    }
    // A savepoint, so that a record that contradicts what is stored undoes itself alone.
    Transactions::begin_transaction(conn).await?;
    let written = match existing {
        Some((id, _)) => N::Row::update(conn, run.user, id, &input).await,
        None => N::Row::insert(conn, run.user, &input).await.map(Some),
    };
    match written {
        Ok(Some(row)) => {
            Transactions::commit_transaction(conn).await?;
            let id = row.id().into();
            origins::note(conn, run.user, N::MANY, &origin, id).await?;
            run.ids.insert((N::MANY, old_id), id);
            Ok(if existing.is_some() { Taken::Updated } else { Taken::New })
        }
        Ok(None) => {
            Transactions::rollback_transaction(conn).await?;
            Ok(Taken::Skipped("was deleted while it was taken".to_owned()))
        }
        Err(cause) => {
            Transactions::rollback_transaction(conn).await?;
            refused(Error::from(cause))
        }
    }
}

/// What is the matter with one record is a reason; what is the matter with the database ends the run.
fn refused(error: Error) -> Result<Taken> {
    match error {
        Error::Invalid(faults) => {
            let told = faults.iter().map(|fault| format!("{} {}", fault.field, fault.message));
            Ok(Taken::Skipped(told.collect::<Vec<_>>().join("; ")))
        }
        Error::Conflict(reason) => Ok(Taken::Skipped(reason)),
        other => Err(other),
    }
}

/// The fields of a record that can be written; the others are worked out.
fn taken_fields<N: Noun>() -> Vec<String> {
    let mut fields = Fields::describe();
    N::read(&mut fields);
    let schema = fields.schema(true);
    let properties = schema["properties"].as_object();
    properties.map(|fields| fields.keys().cloned().collect()).unwrap_or_default()
}

/// The row that was exported itself, when this is where it was.
async fn itself<N: Noun>(
    conn: &mut AsyncPgConnection,
    user: UserId,
    id: i64,
    made_at: &str,
) -> Result<Option<N::Row>> {
    let Some(row) = N::Row::lock(conn, user, id.into()).await? else { return Ok(None) };
    let Some(again) = N::Row::find(conn, user, id.into()).await? else { return Ok(None) };
    let shown = serde_json::to_value(N::View::from(row)).map_err(Error::internal)?;
    Ok((shown["created_at"] == made_at).then_some(again))
}

/// Whether a row has all that a record says.
fn is_like<N: Noun>(row: N::Row, record: &Map<String, Value>) -> Result<bool> {
    let shown = serde_json::to_value(N::View::from(row)).map_err(Error::internal)?;
    Ok(record.iter().all(|(name, value)| shown[name] == *value))
}

/// Turns exported ids into those of the rows that they became.
async fn refer(
    conn: &mut AsyncPgConnection,
    run: &Run<'_>,
    record: &mut Map<String, Value>,
) -> Result<Result<(), String>> {
    for &(field, noun) in REFERENCES {
        let Some(value) = record.get_mut(field) else { continue };
        let ids = match value {
            Value::Array(list) => list.iter_mut().collect(),
            one => vec![one],
        };
        for id in ids {
            let Some(old) = id.as_i64() else { continue };
            let Some(new) = became(conn, run, noun, old).await? else {
                return Ok(Err(format!("{field} {old} is not known here; import {noun} with it")));
            };
            *id = new.into();
        }
    }
    Ok(Ok(()))
}

/// The row that an exported id became: in this run, in an earlier one, or itself.
async fn became(
    conn: &mut AsyncPgConnection,
    run: &Run<'_>,
    noun: &'static str,
    old: i64,
) -> Result<Option<i64>> {
    if let Some(id) = run.ids.get(&(noun, old)) {
        return Ok(Some(*id));
    }
    let beginning = format!("{}:{old}:", run.from);
    let rows = origins::rows_beginning(conn, run.user, noun, &beginning).await?;
    Ok(match rows[..] {
        [id] => Some(id),
        _ => None,
    })
}

async fn remove<N: Noun>(
    conn: &mut AsyncPgConnection,
    user: UserId,
    ids: Vec<i64>,
) -> Result<usize> {
    let mut removed = 0;
    for id in ids {
        removed += usize::from(N::Row::delete(conn, user, id.into()).await?);
    }
    Ok(removed)
}
