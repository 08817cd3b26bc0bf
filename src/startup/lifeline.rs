//! Work on the schema, done alone among all replicas, on a connection that is watched from a second one. The work may take
//! as long as it needs; but where the network has lost the connection, both sides would wait for ever, so it is broken
//! off, and whoever asked for the work tries again.

use std::time::Duration;

use tokio::{task::JoinHandle, time::timeout};
use tokio_postgres::Client;
use tokio_util::sync::CancellationToken;

use crate::{
    db::{
        OLDEST_POSTGRESQL,
        catalog::{self, Session},
        connect::Target,
    },
    error::{Error, Result},
};

/// From one look at the session to the next.
const INTERVAL: Duration = Duration::from_secs(1);
/// How long one look may take, and what opens the work.
const LOOK_LIMIT: Duration = Duration::from_secs(3);
/// The session waits for us, while we wait for it: told as lost after so long.
const IDLE_LIMIT: Duration = Duration::from_secs(1);
/// So many looks in a row must tell that the session is lost. Our own process may have stood still for a while.
const SUSPICIONS: u32 = 2;
/// So many looks in a row without any answer are an outage.
const SILENCES: u32 = 3;
const LOST: &str = "the network has lost the connection to the database in the middle of it; what was begun is undone";

/// Waits until nobody else works on the schema, and runs `work` on a connection of its own, in a task of its own.
pub(super) async fn alone<T, F>(
    target: &Target,
    work: impl FnOnce(Client) -> F + Send + 'static,
) -> Result<T>
where
    T: Send + 'static,
    F: Future<Output = Result<T>> + Send + 'static,
{
    let (client, line) =
        Box::pin(target.breakable()).await.map_err(|e| Error::Failed(e.to_string()))?;
    let session = timeout(LOOK_LIMIT, catalog::session(&client)).await;
    let session = session.map_err(|_| silence())?.map_err(refused)?;
    let working = tokio::spawn(async move {
        catalog::hold_migration_lock(&client).await.map_err(|e| {
            Error::Failed(format!("the migration lock could not be had: {}", catalog::said(&e)))
        })?;
        new_enough(catalog::major_version(&client).await.map_err(refused)?)?;
        work(client).await
    });
    Box::pin(watched(target, &session, &line, working)).await
}

/// Waits for the work, and breaks the connection off where the session behind it is lost.
async fn watched<T>(
    target: &Target,
    session: &Session,
    line: &CancellationToken,
    mut working: JoinHandle<Result<T>>,
) -> Result<T> {
    let mut watch = Watch::default();
    loop {
        if let Ok(done) = timeout(INTERVAL, &mut working).await {
            return watch.tell(done.map_err(Error::internal)?);
        }
        let seen = tokio::select! {
            done = &mut working => return watch.tell(done.map_err(Error::internal)?),
            seen = watch.look(target, session) => seen,
        };
        if let Some(lost) = watch.judge(seen) {
            line.cancel();
            // What was waited for fails now; it may have come to its end meanwhile.
            return match working.await.map_err(Error::internal)? {
                Ok(done) => Ok(done),
                Err(_) => Err(Error::Failed(lost.to_owned())),
            };
        }
    }
}

/// What a look at the session has shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// It works, or the server answered something else.
    Alive,
    /// It waits for us.
    Idle,
    /// It is no more.
    Gone,
    /// Nobody answers.
    Nothing,
}

/// The second connection, and what it has shown so far.
#[derive(Default)]
struct Watch {
    from: Option<Client>,
    suspicions: u32,
    silences: u32,
    /// The server was told to end the session.
    has_ended_it: bool,
}

impl Watch {
    async fn look(&mut self, target: &Target, session: &Session) -> Seen {
        let looked = timeout(LOOK_LIMIT, async {
            let client = match self.from.take() {
                Some(client) => client,
                None => target.client().await?,
            };
            let idle = catalog::idle_time(&client, session).await?;
            let is_idle = idle.is_some_and(|idle| idle >= IDLE_LIMIT);
            if is_idle && self.suspicions > 0 {
                // It would hold the lock until the server notices by itself.
                self.has_ended_it = true;
                catalog::end_session(&client, session).await?;
            }
            self.from = Some(client);
            Ok::<_, tokio_postgres::Error>((idle, is_idle))
        });
        match looked.await {
            Ok(Ok((_, true))) => Seen::Idle,
            Ok(Ok((Some(_), false))) => Seen::Alive,
            Ok(Ok((None, false))) => Seen::Gone,
            Ok(Err(e)) if e.as_db_error().is_some() => Seen::Alive,
            Ok(Err(_)) | Err(_) => Seen::Nothing,
        }
    }

    /// How the work came out. That we have ended its session may be told by the network before we know it ourselves: the
    /// cause is what made us do so.
    fn tell<T>(&self, done: Result<T>) -> Result<T> {
        done.map_err(|e| if self.has_ended_it { Error::Failed(LOST.to_owned()) } else { e })
    }

    /// Why the session is lost, when it is.
    fn judge(&mut self, seen: Seen) -> Option<&'static str> {
        self.suspicions =
            if matches!(seen, Seen::Idle | Seen::Gone) { self.suspicions + 1 } else { 0 };
        self.silences = if seen == Seen::Nothing { self.silences + 1 } else { 0 };
        if self.suspicions >= SUSPICIONS {
            return Some(LOST);
        }
        (self.silences >= SILENCES)
            .then_some("the database fell silent in the middle of it; what was begun is undone")
    }
}

/// An old server would only say "syntax error".
fn new_enough(major: u32) -> Result<()> {
    if major >= OLDEST_POSTGRESQL {
        return Ok(());
    }
    Err(Error::Failed(format!(
        "this is PostgreSQL {major}, and {OLDEST_POSTGRESQL} or later is needed; upgrade it, or name another one in DATABASE_URL"
    )))
}

fn silence() -> Error {
    Error::Failed(format!("no answer within {} s", LOOK_LIMIT.as_secs()))
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err hands over")]
fn refused(e: tokio_postgres::Error) -> Error {
    Error::Failed(catalog::said(&e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_server_is_told_with_the_version_that_is_needed() {
        let told = new_enough(14).unwrap_err().to_string();
        assert!(told.contains("PostgreSQL 14") && told.contains("15 or later"), "{told}");
        assert!(new_enough(15).is_ok() && new_enough(18).is_ok());
    }

    #[test]
    fn work_that_takes_long_is_never_broken_off() {
        let mut watch = Watch::default();
        assert!((0..10_000).all(|_| watch.judge(Seen::Alive).is_none()));
    }

    #[test]
    fn one_odd_look_is_no_loss_and_two_are() {
        let mut watch = Watch::default();
        assert_eq!(watch.judge(Seen::Idle), None);
        assert_eq!(watch.judge(Seen::Alive), None);
        assert_eq!(watch.judge(Seen::Idle), None);
        assert!(watch.judge(Seen::Gone).is_some_and(|why| why.contains("lost")));
    }

    #[test]
    fn a_session_that_was_ended_for_being_lost_is_told_as_lost_however_its_end_arrives() {
        let closed = || Err::<(), _>(Error::Failed("connection closed".to_owned()));
        let mut watch = Watch::default();
        assert!(watch.tell(closed()).unwrap_err().to_string().contains("closed"));
        watch.has_ended_it = true;
        assert!(watch.tell(closed()).unwrap_err().to_string().contains("lost"));
        assert!(watch.tell(Ok(())).is_ok());
    }

    #[test]
    fn silence_is_taken_for_an_outage_when_it_lasts() {
        let mut watch = Watch::default();
        let told: Vec<bool> = (0..3).map(|_| watch.judge(Seen::Nothing).is_some()).collect();
        assert_eq!(told, [false, false, true]);
    }
}
