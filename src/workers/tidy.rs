//! Sweeps: sessions that have expired, imports whose process is gone.

use std::time::Duration;

use slog::info;

use super::Outcome;
use crate::{db, error::Result, state::App};

/// An import that makes progress writes it down every few seconds.
const ABANDONED_AFTER: Duration = Duration::from_mins(2);

/// One sweep. Always idle: what it missed can wait for the next.
pub async fn tick(app: &App) -> Result<Outcome> {
    let mut conn = app.conn().await?;
    let now = app.clock.now();
    db::tidy::expired_sessions(&mut conn, now).await?;
    let closed = db::tidy::abandoned_imports(&mut conn, now - ABANDONED_AFTER, now).await?;
    if closed > 0 {
        info!(app.log, "imports were closed whose process is gone"; "imports" => closed);
    }
    Ok(Outcome::Idle)
}
