//! The embedded migrations: applied by one process at a time, under an advisory lock of the database itself.

use std::time::Duration;

use diesel::{
    migration::{Migration, MigrationSource, MigrationVersion},
    pg::Pg,
};
use diesel_async::{AsyncMigrationHarness, AsyncPgConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use tokio_postgres::Client;

use super::{
    lifeline,
    readiness::{MigrationState, SchemaStatus},
    schema_check,
};
use crate::{
    db::{catalog, connect::Target},
    error::{Error, Result},
};

/// How long the database may take to tell what is applied.
const LOOK_LIMIT: Duration = Duration::from_secs(10);

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// What a run of the migrations did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Applied {
    /// How many this run applied.
    pub new: usize,
    /// How many are applied in all.
    pub all: usize,
}

/// Applies what is pending, each migration in its own transaction, and stops at the first that fails. With nothing
/// pending it neither waits for the lock nor needs the right to create tables.
///
/// The work runs in a task of its own: migrations block their thread, and whoever waits may stop waiting.
pub async fn up(target: &Target) -> Result<Applied> {
    let pending = tokio::time::timeout(LOOK_LIMIT, Box::pin(nothing_pending(target))).await;
    if let Some(all) = pending.unwrap_or_else(|_| Err(silence()))? {
        return Ok(Applied { new: 0, all });
    }
    let working = lifeline::alone(target, async |client| {
        let mut harness = harness(client).await?;
        let pending = harness.pending_migrations(MIGRATIONS).map_err(failed)?;
        for migration in &pending {
            harness.run_migration(migration).map_err(failed)?;
        }
        let all = harness.applied_migrations().map_err(failed)?.len();
        Ok(Applied { new: pending.len(), all })
    });
    Box::pin(working).await
}

/// Diesel's way to run migrations, on a connection that may.
async fn harness(client: Client) -> Result<AsyncMigrationHarness<AsyncPgConnection>> {
    let conn = AsyncPgConnection::try_from(client).await;
    Ok(AsyncMigrationHarness::new(conn.map_err(|e| Error::Failed(e.to_string()))?))
}

fn silence() -> Error {
    let limit = LOOK_LIMIT.as_secs();
    Error::Failed(format!("the database did not tell within {limit} s what is applied"))
}

/// How many migrations are applied, when none of this binary's is pending.
async fn nothing_pending(target: &Target) -> Result<Option<usize>> {
    let mut conn = target.establish().await.map_err(|e| Error::Failed(e.to_string()))?;
    let applied = catalog::applied_versions(&mut conn).await?;
    let is_applied = |m: &dyn Migration<Pg>| applied.contains(&m.name().version().to_string());
    Ok(embedded()?.iter().all(|m| is_applied(m.as_ref())).then_some(applied.len()))
}

/// Reverts the last applied migration and tells its name; `None` when nothing is applied.
pub async fn down(target: &Target) -> Result<Option<String>> {
    let working = lifeline::alone(target, async |client| {
        let mut harness = harness(client).await?;
        let applied = harness.applied_migrations().map_err(failed)?;
        let Some(last) = applied.iter().max_by_key(ToString::to_string) else {
            return Ok(None);
        };
        let known = embedded()?;
        let Some(migration) = known.iter().find(|m| m.name().version() == *last) else {
            return Err(Error::Failed(format!(
                "the last applied migration {last} is not known to this version; revert it with the version that made it"
            )));
        };
        harness.revert_migration(migration).map_err(failed)?;
        Ok(Some(migration.name().to_string()))
    });
    Box::pin(working).await
}

/// Reverts the last applied migration and applies it again.
pub async fn redo(target: &Target) -> Result<Option<String>> {
    let Some(name) = down(target).await? else { return Ok(None) };
    up(target).await?;
    Ok(Some(name))
}

/// Compares the live schema and the applied migrations with what this binary knows.
pub async fn inspect(conn: &mut AsyncPgConnection) -> Result<(SchemaStatus, Vec<MigrationState>)> {
    let applied = catalog::applied_versions(conn).await?;
    let live = catalog::columns(conn).await?;
    let known = embedded()?;
    let is_applied = |version: &MigrationVersion<'_>| applied.contains(&version.to_string());
    let migrations: Vec<MigrationState> = known
        .iter()
        .map(|m| MigrationState {
            name: m.name().to_string(),
            applied: is_applied(&m.name().version()),
        })
        .collect();
    let pending: Vec<String> =
        migrations.iter().filter(|s| !s.applied).map(|s| s.name.clone()).collect();
    let missing = schema_check::differences(&schema_check::compiled(), &live);
    let unknown = applied
        .iter()
        .filter(|version| !known.iter().any(|m| &m.name().version().to_string() == *version))
        .cloned()
        .collect();
    let status = SchemaStatus {
        complete: missing.is_empty() && pending.is_empty(),
        applied: migrations.len() - pending.len(),
        pending,
        missing,
        unknown,
    };
    Ok((status, migrations))
}

/// This binary's migrations, in order.
fn embedded() -> Result<Vec<Box<dyn Migration<Pg>>>> {
    let mut migrations = MigrationSource::<Pg>::migrations(&MIGRATIONS).map_err(failed)?;
    migrations.sort_by(|a, b| a.name().version().cmp(&b.name().version()));
    Ok(migrations)
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err hands over")]
fn failed(cause: Box<dyn std::error::Error + Send + Sync>) -> Error {
    // Diesel prints some causes over several lines; the story has one line for each event.
    Error::Failed(cause.to_string().split_whitespace().collect::<Vec<_>>().join(" "))
}
