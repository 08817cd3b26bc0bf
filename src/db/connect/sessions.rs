//! Whether a connection keeps its session. A pooler between that gives each transaction to whichever session is free
//! takes from us what we rely on: settings, prepared statements, and the lock under which migrations run.

use std::time::Duration;

use diesel::ConnectionError;
use tokio_postgres::{Client, Error};

use super::Target;
use crate::error::Chain;

/// How often it is tried: another client of the pooler may come between.
const TRIES: u32 = 3;
/// How long one answer may take. A pooler with one session only has the second client wait for the first.
const ANSWER: Duration = Duration::from_secs(1);
/// What a session says that does not have the mark.
const MISSING: &str = "the mark is missing";

impl Target {
    /// Whether each connection has a session of its own for as long as it lives. Asked without prepared statements, which
    /// is what even opening a connection of Diesel's takes: behind such a pooler they fail, now with one cause, now with
    /// another.
    ///
    /// # Errors
    /// When the database does not let us in, or refuses transactions.
    pub async fn keeps_sessions(&self) -> Result<bool, ConnectionError> {
        for _ in 0..TRIES {
            let (one, other) = (self.in_time(self.bare()).await?, self.in_time(self.bare()).await?);
            match tokio::time::timeout(ANSWER, kept(&one, &other)).await {
                Ok(Ok(true)) => {}
                Ok(Ok(false)) => return Ok(false),
                Ok(Err(failure)) => return Err(bad(&failure)),
                // Nothing is known then, and nothing is held against it.
                Err(_) => return Ok(true),
            }
        }
        Ok(true)
    }

    async fn bare(&self) -> Result<Client, ConnectionError> {
        self.client().await.map_err(|failure| bad(&failure))
    }
}

fn bad(failure: &Error) -> ConnectionError {
    ConnectionError::BadConnection(Chain(failure).to_string())
}

/// Leaves a mark in the session of `one`, takes a session for `other`, and looks who sees the mark.
async fn kept(one: &Client, other: &Client) -> Result<bool, Error> {
    let mark = format!("{:032x}", rand::random::<u128>());
    one.batch_execute(&format!("SET deal_scout.mark = '{mark}'")).await?;
    // In a transaction it cannot be given away, so it is another one than the first connection's next.
    other.batch_execute("BEGIN").await?;
    let has_leaked = sees(other, &mark).await?;
    let is_kept = sees(one, &mark).await?;
    other.batch_execute("ROLLBACK").await?;
    Ok(is_kept && !has_leaked)
}

/// Whether a session has the mark.
async fn sees(client: &Client, mark: &str) -> Result<bool, Error> {
    let asserts = format!(
        "DO $$ BEGIN IF current_setting('deal_scout.mark', TRUE) IS DISTINCT FROM '{mark}' \
         THEN RAISE '{MISSING}'; END IF; END $$"
    );
    match client.batch_execute(&asserts).await {
        Ok(()) => Ok(true),
        Err(failure) if failure.as_db_error().is_some_and(|said| said.message() == MISSING) => {
            Ok(false)
        }
        Err(failure) => Err(failure),
    }
}
