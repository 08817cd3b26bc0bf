//! `/health`, `/health/live`, `/health/ready`, `/health/startup`: what probes and scripts read. None of them waits for
//! anything: they tell the last probe.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, ServiceConfig},
};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use super::routes::read;
use crate::{
    db::reads::ReplicaState,
    startup::readiness::{DatabaseMode, Phase, RedisMode, SchemaStatus, Status},
    state::App,
};

/// The four routes.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.route("/health", read().to(health))
        .route("/health/live", read().to(live))
        .route("/health/ready", read().to(ready))
        .route("/health/startup", read().to(ready));
}

/// The answer of `/health`, and of the others with another status.
#[derive(Debug, Serialize)]
struct Health<'a> {
    ok: bool,
    db: bool,
    redis: bool,
    queue_depth: i64,
    version: &'static str,
    time: String,
    phase: Phase,
    reason: Option<&'a str>,
    schema: &'a SchemaStatus,
    uptime_s: i64,
    mode: DatabaseMode,
    redis_mode: RedisMode,
    #[serde(skip_serializing_if = "Option::is_none")]
    read_replica: Option<ReplicaHealth>,
}

/// How the replica for heavy reads is, when one is set.
#[derive(Debug, Serialize)]
struct ReplicaHealth {
    /// Whether heavy reads go there; otherwise the primary does them.
    ok: bool,
    /// How far it is behind, in seconds; null while that is not known.
    lag_s: Option<f64>,
    /// Why it is not used, when it is not.
    reason: Option<String>,
}

impl From<ReplicaState> for ReplicaHealth {
    fn from(state: ReplicaState) -> Self {
        let ReplicaState { is_used, lag, reason } = state;
        Self { ok: is_used, lag_s: lag.map(|lag| lag.as_secs_f64()), reason }
    }
}

async fn health(app: Data<App>) -> HttpResponse {
    answer(&app, StatusCode::OK)
}

async fn live(app: Data<App>) -> HttpResponse {
    answer(&app, StatusCode::OK)
}

async fn ready(app: Data<App>) -> HttpResponse {
    let is_ready = app.readiness.status().is_ready();
    answer(&app, if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE })
}

fn answer(app: &App, status: StatusCode) -> HttpResponse {
    let known = app.readiness.status();
    let mut response = HttpResponse::build(status);
    response.insert_header(("cache-control", "no-store"));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.insert_header(("retry-after", "2"));
    }
    response.json(health_of(&known, app.reads.state(), app.clock.now()))
}

fn health_of(status: &Status, replica: Option<ReplicaState>, now: DateTime<Utc>) -> Health<'_> {
    Health {
        ok: status.is_ready(),
        db: status.db,
        redis: status.redis,
        queue_depth: status.queue_depth(),
        version: env!("CARGO_PKG_VERSION"),
        time: now.to_rfc3339_opts(SecondsFormat::Millis, true),
        phase: status.phase,
        reason: if status.stopping {
            Some(status.in_a_sentence())
        } else {
            status.reason.as_deref()
        },
        schema: &status.schema,
        uptime_s: (now - status.started_at).num_seconds(),
        mode: status.mode,
        redis_mode: status.redis_mode,
        read_replica: replica.map(ReplicaHealth::from),
    }
}
