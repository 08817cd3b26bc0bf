//! Mends a schema that somebody has changed by hand: builds what the applied migrations make beside the live schema,
//! compares, and brings back what is missing. All in one transaction under the migration lock, so that nobody sees half
//! of it and a process that is killed leaves nothing. What is there is neither taken away nor changed.

use tokio_postgres::{Client, Error as DatabaseError, error::SqlState};

use super::{lifeline, readiness::SchemaStatus};
use crate::{
    db::{
        catalog::said,
        connect::Target,
        migrations::{self, Migration},
        shape::{self, Live, Odd, Step},
        tables,
    },
    error::{Error, Result},
};

/// What a repair came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Repaired {
    /// What was missing and is back.
    pub mended: Vec<Mended>,
    /// What is not as it should be still.
    pub left: Vec<Left>,
}

/// Something that is back.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Mended {
    /// What it is: `table comps`.
    pub what: String,
    /// What to know of it.
    pub note: Option<String>,
}

/// Something that could not be mended.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Left {
    /// What it is.
    pub what: String,
    /// Why it is as it is.
    pub why: String,
    /// What to do.
    pub advice: String,
}

/// Mends the schema as far as its migrations are applied. Nothing is done where none is.
///
/// # Errors
/// When the database does not let it look, or is lost meanwhile; then everything is as it was.
pub async fn run(target: &Target, schema: &SchemaStatus) -> Result<Repaired> {
    if let Some(later) = schema.unknown.first() {
        // What a later version has taken away on purpose would come back.
        let mut repaired = Repaired::default();
        if !schema.missing.is_empty() {
            repaired.left.push(Left {
                what: schema.missing.join("; "),
                why: format!(
                    "the schema is newer than this program: migration {later} is not known to it"
                ),
                advice: "run the `migrate up` of the version that made it".to_owned(),
            });
        }
        return Ok(repaired);
    }
    let whole = schema.missing.is_empty();
    let mending =
        lifeline::alone(target, move |client| async move { in_one_piece(&client, whole).await });
    Box::pin(mending).await
}

async fn in_one_piece(client: &Client, is_whole: bool) -> Result<Repaired> {
    client.batch_execute("BEGIN; SET LOCAL client_min_messages = 'warning'").await.map_err(lost)?;
    let mut repaired = Repaired::default();
    let recorded = tables::applied(client).await.map_err(lost)?;
    if recorded.is_empty() {
        // Nothing was ever applied, or the record of it is gone; a schema that has everything tells which.
        if !is_whole {
            return Ok(repaired);
        }
        for migration in migrations::all() {
            tables::record(client, &migration.version).await.map_err(lost)?;
        }
        repaired.mended.push(Mended {
            what: format!("table {}", tables::RECORD),
            note: Some(
                "every migration is recorded as applied, since nothing else is missing".into(),
            ),
        });
    }
    let applied = |m: &&Migration| recorded.is_empty() || recorded.contains(&m.version);
    let mut live = Live::find(client).await.map_err(lost)?;
    let (wanted, extensions) = live
        .build_beside(client, migrations::all().iter().filter(applied))
        .await
        .map_err(|e| not_built(&e))?;
    live.enter(client).await.map_err(lost)?;
    let (steps, odd) = shape::steps(&wanted, &shape::read(client).await.map_err(lost)?);
    for extension in extensions {
        repaired.mended.push(Mended { what: format!("extension {extension}"), note: None });
    }
    for step in steps {
        take(client, step, &mut repaired).await.map_err(lost)?;
    }
    repaired.left.extend(odd.into_iter().map(|Odd { what, advice }| Left {
        what,
        why: "it was changed, and what is there is never changed back".to_owned(),
        advice,
    }));
    live.clear(client).await.map_err(lost)?;
    client.batch_execute("COMMIT").await.map_err(lost)?;
    Ok(repaired)
}

/// Takes one step, or none of it: the others go on.
async fn take(client: &Client, step: Step, repaired: &mut Repaired) -> Result<(), DatabaseError> {
    let Err(refused) = attempt(client, &step.sql).await? else {
        if !step.quiet {
            repaired.mended.push(Mended { what: step.what, note: step.note });
        }
        return Ok(());
    };
    let in_the_way = match &step.in_the_way {
        Some(query) => match attempt_count(client, query).await? {
            Some(1) => Some("1 row is in the way".to_owned()),
            Some(rows) if rows > 0 => Some(format!("{rows} rows are in the way")),
            _ => None,
        },
        None => None,
    };
    if let Some(sql) = step.else_sql {
        // What was not done whole stays told as left.
        let _ = attempt(client, &[sql]).await?;
    }
    repaired.left.push(Left {
        what: step.what,
        why: in_the_way.unwrap_or(refused),
        advice: step.advice,
    });
    Ok(())
}

/// Runs statements so that a refusal undoes these alone, and tells its text.
async fn attempt(client: &Client, sql: &[String]) -> Result<Result<(), String>, DatabaseError> {
    client.batch_execute("SAVEPOINT step").await?;
    for statement in sql {
        match client.batch_execute(statement).await {
            Ok(()) => {}
            Err(e) => match e.as_db_error() {
                Some(said) => {
                    let said = said.message().to_owned();
                    client
                        .batch_execute("ROLLBACK TO SAVEPOINT step; RELEASE SAVEPOINT step")
                        .await?;
                    return Ok(Err(said));
                }
                None => return Err(e),
            },
        }
    }
    client.batch_execute("RELEASE SAVEPOINT step").await?;
    Ok(Ok(()))
}

async fn attempt_count(client: &Client, query: &str) -> Result<Option<i64>, DatabaseError> {
    client.batch_execute("SAVEPOINT step").await?;
    let count = client.query_one(query, &[]).await.map(|row| row.get(0));
    match count {
        Ok(count) => Ok(Some(count)),
        Err(e) if e.as_db_error().is_some() => {
            client.batch_execute("ROLLBACK TO SAVEPOINT step").await?;
            Ok(None)
        }
        Err(e) => Err(e),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err hands over")]
fn lost(e: DatabaseError) -> Error {
    Error::Failed(format!("the schema could not be mended: {}; nothing was changed", said(&e)))
}

fn not_built(e: &DatabaseError) -> Error {
    if e.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) {
        return Error::Forbidden(format!(
            "to compare the whole schema it is built once more beside the live one, and then taken away; that is not \
             allowed here ({}). Let an administrator run GRANT CREATE ON DATABASE … TO …, then run this again",
            said(e)
        ));
    }
    Error::Failed(format!(
        "the schema could not be built once more to compare with: {}; nothing was changed",
        said(e)
    ))
}
