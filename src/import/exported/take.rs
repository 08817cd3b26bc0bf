//! One record of an export, taken into its noun: found again by where it came from, checked like a body of the API.

use chrono::{DateTime, SecondsFormat, Utc};
use diesel_async::{AsyncConnection, AsyncPgConnection, TransactionManager};
use serde_json::{Map, Value};

use super::{
    Run, Source,
    found::{self, Stored, same},
};
use crate::{
    db::{exported_origins as origins, listing_scores_list::WORKED_OUT, owned::Owned},
    error::{Error, Result},
    market::sample::SOURCE as SAMPLE,
    model::id::UserId,
    nouns::{Noun, fields::Fields, listing_scores::ListingScores},
};

/// What became of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// It is a row of ours that was not there.
    New,
    /// It was there and differed.
    Updated,
    /// It was there just so, or is worked out again here.
    Unchanged,
    /// It was not taken, and why.
    Skipped(String),
}

type Transactions = <AsyncPgConnection as AsyncConnection>::TransactionManager;

pub(super) async fn take<N: Noun>(
    conn: &mut AsyncPgConnection,
    run: &mut Run<'_>,
    mut record: Map<String, Value>,
) -> Result<Taken> {
    let Some(old_id) = record.get("id").and_then(Value::as_i64) else {
        return Ok(Taken::Skipped("has no id, by which it is found again".to_owned()));
    };
    let Some(origin) = origin(run.source, old_id, record.get("created_at")) else {
        let reason = "has no created_at, such as 2026-01-31T18:00:00Z, by which it is found again";
        return Ok(Taken::Skipped(reason.to_owned()));
    };
    if N::MANY == ListingScores::MANY && record.get("metric").is_some_and(|it| it == WORKED_OUT) {
        return Ok(Taken::Unchanged);
    }
    let came = origins::row_of(conn, run.user, N::MANY, &origin).await?;
    if let (Some(id), Source::Sample) = (came, run.source) {
        run.ids.insert((N::MANY, old_id), id);
        return Ok(Taken::Unchanged);
    }
    let made_at = record.remove("created_at");
    run.keep_written::<N>(&mut record);

    let mut stored = match came {
        Some(id) => found::by_id::<N>(conn, run.user, id).await?,
        None => None,
    };
    let mut is_itself = false;
    if stored.is_none() && run.source == Source::Export {
        stored = found::itself::<N>(conn, run.user, old_id, made_at.as_ref()).await?;
        is_itself = stored.is_some();
    }
    if let Err(reason) = found::refer(conn, run, &mut record, is_itself).await? {
        return Ok(Taken::Skipped(reason));
    }
    if stored.is_none() && run.source == Source::Export {
        stored = found::alike::<N>(conn, run.user, &record).await?;
    }
    let is_sample = matches!(N::MANY, "listings" | "comps")
        && record.get("source").is_some_and(|source| source == SAMPLE);
    let (id, taken) = match &stored {
        Some(stored) if is_sample || stored.is_like(&record) => (stored.id, Taken::Unchanged),
        None if is_sample => {
            let reason = "is of the sample market; deal-scout seed makes that here";
            return Ok(Taken::Skipped(reason.to_owned()));
        }
        stored => match write::<N>(conn, run, record, stored.as_ref()).await? {
            Ok(id) if stored.is_some() => (id, Taken::Updated),
            Ok(id) => (id, Taken::New),
            Err(reason) => return Ok(Taken::Skipped(reason)),
        },
    };
    if came != Some(id) && !is_itself {
        origins::note(conn, run.user, N::MANY, &origin, id).await?;
    }
    run.ids.insert((N::MANY, old_id), id);
    Ok(taken)
}

/// By what a record is found again. What another installation gives the same id was made at another moment.
fn origin(source: Source, id: i64, made_at: Option<&Value>) -> Option<String> {
    match source {
        Source::Sample => Some(format!("sample:{id}:")),
        Source::Export => {
            let made_at: DateTime<Utc> = made_at?.as_str()?.parse().ok()?;
            let made_at = made_at.to_rfc3339_opts(SecondsFormat::Micros, true);
            Some(format!("export:{id}:{made_at}"))
        }
    }
}

/// Makes or changes a row, and tells its id, or why not.
async fn write<N: Noun>(
    conn: &mut AsyncPgConnection,
    run: &Run<'_>,
    record: Map<String, Value>,
    stored: Option<&Stored>,
) -> Result<Result<i64, String>> {
    let row = match stored {
        Some(stored) => N::Row::lock(conn, run.user, stored.id.into()).await?,
        None if N::IS_UPLOADED => return Ok(Err(NEEDS_FILE.to_owned())),
        None => None,
    };
    let mut fields = match &row {
        Some(row) => Fields::change(record, N::currency(row), run.seal),
        None => Fields::create(record, run.seal),
    };
    let mut input = N::read(&mut fields);
    N::check(&mut fields, &mut input, row.as_ref());
    if let Err(error) = fields.finish() {
        return refused(error);
    }
    // A savepoint, so that a record that contradicts what is stored undoes itself alone.
    Transactions::begin_transaction(conn).await?;
    let written = match &row {
        Some(row) => N::Row::update(conn, run.user, row.id(), &input).await,
        None => N::Row::insert(conn, run.user, &input).await.map(Some),
    };
    match written {
        Ok(row) => {
            Transactions::commit_transaction(conn).await?;
            Ok(row.map(|row| row.id().into()).ok_or_else(|| "was deleted meanwhile".to_owned()))
        }
        Err(cause) => {
            Transactions::rollback_transaction(conn).await?;
            refused(Error::from(cause))
        }
    }
}

/// Said of a photo that is not here.
const NEEDS_FILE: &str = "is the row of a picture whose file no export has; upload the picture again, or move everything \
                          with deal-scout backup and restore";

/// What is the matter with one record is a reason; what is the matter with the database ends the run.
fn refused(error: Error) -> Result<Result<i64, String>> {
    match error {
        Error::Invalid(faults) => {
            let told = faults.iter().map(|fault| format!("{} {}", fault.field, fault.message));
            Ok(Err(told.collect::<Vec<_>>().join("; ")))
        }
        Error::Conflict(reason) => Ok(Err(reason)),
        other => Err(other),
    }
}

/// Removes rows, and tells how many there were. `but_edited` leaves those that have changed since they were made.
pub(super) async fn remove<N: Noun>(
    conn: &mut AsyncPgConnection,
    user: UserId,
    ids: Vec<i64>,
    but_edited: bool,
) -> Result<usize> {
    let mut removed = 0;
    for id in ids {
        let Some(stored) = found::by_id::<N>(conn, user, id).await? else { continue };
        let is_edited = !same(&stored.shown["created_at"], &stored.shown["updated_at"]);
        if !(but_edited && is_edited) {
            removed += usize::from(N::Row::delete(conn, user, id.into()).await?);
        }
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_origin_is_the_same_however_its_time_is_written() {
        let of = |made_at: &str| origin(Source::Export, 7, Some(&json!(made_at)));
        assert_eq!(of("2026-01-31T18:00:00Z"), of("2026-01-31T19:00:00.000000+01:00"));
        assert_ne!(of("2026-01-31T18:00:00Z"), of("2026-01-31T18:00:01Z"));
        assert_eq!(of("yesterday"), None);
        assert_eq!(origin(Source::Sample, 7, None).as_deref(), Some("sample:7:"));
    }

    #[test]
    fn what_is_the_matter_with_a_record_is_a_reason_and_no_failure() {
        let reason = refused(Error::invalid("title", "is needed")).unwrap();
        assert_eq!(reason, Err("title is needed".to_owned()));
        assert!(refused(Error::unavailable("gone")).is_err());
    }
}
