//! Whether a connection keeps its session. A pooler between that gives each transaction to whichever session is free
//! takes from us what we rely on: settings, prepared statements, and the lock under which migrations run.

use std::time::Duration;

use diesel::{
    ConnectionError, QueryableByName,
    sql_types::{Bool, Nullable},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};

use super::Target;

/// How often it is tried: another client of the pooler may come between.
const TRIES: u32 = 3;
/// How long one answer may take. A pooler with one session only has the second client wait for the first.
const ANSWER: Duration = Duration::from_secs(1);

#[derive(QueryableByName)]
struct Seen {
    #[diesel(sql_type = Nullable<Bool>)]
    is_so: Option<bool>,
}

impl Target {
    /// Whether each connection has a session of its own for as long as it lives.
    ///
    /// # Errors
    /// When the database does not let us in, or refuses transactions.
    pub async fn keeps_sessions(&self) -> Result<bool, ConnectionError> {
        for _ in 0..TRIES {
            let (mut one, mut other) = (self.establish().await?, self.establish().await?);
            let tried = tokio::time::timeout(ANSWER, kept(&mut one, &mut other)).await;
            match tried {
                Ok(Ok(true)) => {}
                Ok(Ok(false)) => return Ok(false),
                Ok(Err(failure)) => {
                    return Err(ConnectionError::CouldntSetupConfiguration(failure));
                }
                // Nothing is known then, and nothing is held against it.
                Err(_) => return Ok(true),
            }
        }
        Ok(true)
    }
}

/// Leaves a mark in the session of `one`, takes a session for `other`, and looks who sees the mark.
async fn kept(
    one: &mut AsyncPgConnection,
    other: &mut AsyncPgConnection,
) -> diesel::QueryResult<bool> {
    let mark = format!("{:032x}", rand::random::<u128>());
    one.batch_execute(&format!("SET deal_scout.mark = '{mark}'")).await?;
    let sees = format!("SELECT current_setting('deal_scout.mark', TRUE) = '{mark}' AS is_so");
    // In a transaction it cannot be given away, so it is another one than the first connection's next.
    other.batch_execute("BEGIN").await?;
    let leaked: Seen = diesel::sql_query(&sees).get_result(other).await?;
    // One message without a prepared statement, since those are lost behind such a pooler, too.
    let asserts = format!(
        "DO $$ BEGIN IF current_setting('deal_scout.mark', TRUE) IS DISTINCT FROM '{mark}' \
         THEN RAISE 'the mark is lost'; END IF; END $$"
    );
    let is_kept = one.batch_execute(&asserts).await.is_ok();
    other.batch_execute("ROLLBACK").await?;
    Ok(is_kept && leaked.is_so != Some(true))
}
