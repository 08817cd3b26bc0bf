//! `/metrics`, for Prometheus. It tells what was counted and what the probes found last; it asks neither the database nor
//! Redis, not even who is asking, so that it answers when they do not.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, AUTHORIZATION},
    web::Data,
};
use chrono::{DateTime, Utc};
use subtle::ConstantTimeEq;

use super::auth;
use crate::{
    error::{Error, Result},
    metrics::{PoolUse, QueueSize, ReplicaUse, Sampled},
    startup::readiness::{Phase, RedisMode},
    state::App,
};

/// Text format 0.0.4, as every Prometheus reads it.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// `GET /metrics`
pub(super) async fn show(app: Data<App>, request: HttpRequest) -> Result<HttpResponse> {
    check(&app, &request)?;
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::CACHE_CONTROL, "no-store")).content_type(TEXT);
    Ok(answer.body(text(&app)))
}

/// Whether whoever asks may see them.
fn check(app: &App, request: &HttpRequest) -> Result<()> {
    let settings = &app.settings.metrics;
    if settings.open || auth::is_local(request) {
        return Ok(());
    }
    let Some(token) = &settings.token else {
        let why = "metrics are shown to this machine alone; set metrics.token and send it as a bearer token, or set metrics.open";
        return Err(Error::Forbidden(why.to_owned()));
    };
    let sent = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some(sent) = sent.and_then(|value| value.strip_prefix("Bearer ")) else {
        return Err(Error::Unauthorized);
    };
    if bool::from(sent.trim().as_bytes().ct_eq(token.reveal().as_bytes())) {
        Ok(())
    } else {
        Err(Error::InvalidToken("this is not the token of metrics.token".to_owned()))
    }
}

fn text(app: &App) -> String {
    let status = app.readiness.status();
    let now = app.clock.now();
    let since = |at: DateTime<Utc>| (now - at).to_std().unwrap_or_default().as_secs_f64();
    let phases = Phase::ALL.map(|phase| (phase.as_str(), phase == status.phase));
    let pool = app.db.state();
    let (replica, reads) = (app.reads.state(), app.reads.counts());
    let queues = status.queues.iter().map(|it| QueueSize {
        queue: &it.queue,
        state: &it.state,
        rows: f64::from(u32::try_from(it.rows).unwrap_or_default()),
        oldest_s: it.oldest_s,
    });
    app.metrics.text(&Sampled {
        version: env!("CARGO_PKG_VERSION"),
        phases: &phases,
        uptime_s: since(status.started_at),
        probe_age_s: status.probed_at.map(since),
        database_up: status.db,
        schema_complete: status.schema.complete,
        migrations_pending: status.schema.pending.len(),
        redis_configured: status.redis_mode == RedisMode::Shared,
        redis_up: status.redis,
        replica: ReplicaUse {
            configured: replica.is_some(),
            up: replica.as_ref().is_none_or(|replica| replica.is_used),
            lag_s: replica.and_then(|replica| replica.lag).map(|lag| lag.as_secs_f64()),
            reads: reads.replica,
            missed: reads.primary,
        },
        pool: PoolUse {
            used: pool.connections.saturating_sub(pool.idle_connections),
            idle: pool.idle_connections,
            most: app.settings.database.pool_size,
            waiting: pool.statistics.pending_gets(),
            timeouts: pool.statistics.get_timed_out,
        },
        queues: queues.collect(),
    })
}
