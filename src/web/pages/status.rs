//! `/status`: what the program is doing, for people. Needs no database and no sign-in, and says nothing about rows then;
//! to whoever is signed in it tells how their sources do.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use askama::Template;

use super::sources::Known;
use crate::{
    db::reads::ReplicaState,
    error::Result,
    startup::readiness::{DatabaseMode, Phase, RedisMode, Status},
    state::{App, WorkerState},
    web::{respond, shell::Shell},
};

/// `GET /status`
pub(in crate::web) async fn show(
    app: Data<App>,
    request: HttpRequest,
    shell: Shell,
) -> Result<HttpResponse> {
    let status = app.readiness.status();
    let refresh = if status.phase == Phase::Ready { 15 } else { 3 };
    let redis = status.redis_mode == RedisMode::Shared;
    // Only then is the database there to tell who asks: this page waits for nothing.
    let sources = if status.phase == Phase::Ready { Known::of(&app, &request).await } else { None };
    respond::page(&StatusPage {
        shell: shell.refreshing(refresh),
        managed: status.mode == DatabaseMode::Managed,
        redis,
        replica: app.reads.state(),
        workers: app.board.workers(),
        sources,
        status: Status::clone(&status),
    })
}

#[derive(Template)]
#[template(path = "status.html")]
struct StatusPage {
    shell: Shell,
    status: Status,
    managed: bool,
    redis: bool,
    replica: Option<ReplicaState>,
    workers: Vec<(&'static str, WorkerState)>,
    sources: Option<Known>,
}

impl StatusPage {
    /// The phase in words, and its colour.
    fn phase(&self) -> (&'static str, &'static str) {
        match self.status.phase {
            Phase::WaitingForDatabase => ("Waiting for the database", "fair"),
            Phase::Migrating => ("Bringing the tables up to date", "fair"),
            Phase::Verifying => ("Comparing the tables with what is needed", "fair"),
            Phase::Ready => ("Everything works", "great"),
            Phase::Degraded => ("Something is missing", "poor"),
        }
    }

    /// The steps of the start-up: name, state, words.
    fn steps(&self) -> [(&'static str, &'static str, String); 4] {
        let status = &self.status;
        let tries = |done: u32, of: u32| match (done, of) {
            (0, _) => String::new(),
            (done, 0) => format!("attempt {done}"),
            (done, of) => format!("attempt {done} of {of}"),
        };
        let schema = &status.schema;
        let state = |done: bool, doing: bool| match (done, doing) {
            (true, _) => "done",
            (false, true) => "doing",
            (false, false) => "open",
        };
        let is_ready = status.phase == Phase::Ready;
        let migrated = is_ready || (status.db && schema.pending.is_empty() && schema.applied > 0);
        [
            (
                "Reach the database",
                state(status.db || is_ready, status.phase == Phase::WaitingForDatabase),
                tries(status.attempts.database, status.attempts.database_of),
            ),
            (
                "Bring the tables up to date",
                state(migrated, status.phase == Phase::Migrating),
                tries(status.attempts.migration, status.attempts.migration_of),
            ),
            (
                "Compare the tables with what is needed",
                state(schema.complete, status.phase == Phase::Verifying),
                String::new(),
            ),
            ("Work", state(is_ready, false), String::new()),
        ]
    }

    /// Whether the replica has all that the database has.
    fn is_level(&self) -> bool {
        let lag = self.replica.as_ref().and_then(|replica| replica.lag);
        lag.is_none_or(|lag| lag.as_secs() == 0)
    }

    fn applied(&self) -> usize {
        self.status.migrations.iter().filter(|migration| migration.applied).count()
    }
}
