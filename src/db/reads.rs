//! Heavy reads on a read-only replica of the database, whenever it is as far as the primary is at that moment; otherwise
//! on the primary. Either way in a transaction that cannot write and sees one moment: whoever reads need not know where.
//!
//! The replica is asked how far it is before each read, so a read never misses what was written before it began, here or
//! by another process. [`Reads::look`] asks it every second besides, which tells people how it is, and keeps reads away
//! from a replica that is gone or far behind.

mod lag;
mod position;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use diesel_async::AsyncPgConnection;
use slog::{Logger, info, warn};
use tokio::{
    sync::{Mutex, watch},
    time::{sleep, timeout},
};

use self::lag::Course;
use super::{Pool, connect::Target};
use crate::error::{Chain, Error, Result};

/// How long a replica may take to tell how far it is.
const ANSWER: Duration = Duration::from_secs(2);
/// How long a read waits for the replica to come as far as the primary was when it began.
const CATCHING_UP: Duration = Duration::from_millis(250);
/// From one question how far it is to the next.
const STEP: Duration = Duration::from_millis(5);

/// Where heavy reads are done. Cheap to clone; all clones share one replica.
#[derive(Debug, Clone, Default)]
pub struct Reads(Option<Arc<Replica>>);

/// How the replica is.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplicaState {
    /// Whether reads go there.
    pub is_used: bool,
    /// How far it is behind; `None` while that is not known.
    pub lag: Option<Duration>,
    /// Why it is not used, when it is not.
    pub reason: Option<String>,
}

/// How many heavy reads were done where since the program started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReadCounts {
    /// On the replica.
    pub replica: u64,
    /// On the primary, because the replica would not do.
    pub primary: u64,
}

#[derive(Debug)]
struct Replica {
    target: Target,
    /// Nobody else gets a connection out of it.
    pool: Pool,
    most_lag: Duration,
    state: watch::Sender<ReplicaState>,
    /// Whether it was looked at yet.
    is_known: AtomicBool,
    /// One look at a time: its own connection, and what it has seen.
    looking: Mutex<Looking>,
    done_here: AtomicU64,
    done_on_primary: AtomicU64,
    log: Logger,
}

#[derive(Default)]
struct Looking {
    conn: Option<AsyncPgConnection>,
    course: Course,
}

/// A heavy read: any number of statements that write nothing.
pub trait HeavyRead: Sync {
    /// What it reads.
    type Found: Send;

    /// Reads it. When the replica fails on the way, it is read again from the beginning.
    fn run(&self, conn: &mut AsyncPgConnection)
    -> impl Future<Output = Result<Self::Found>> + Send;
}

impl Reads {
    /// On the replica at `target` with at most `size` connections, as long as it is at most `most_lag` behind.
    pub fn of(
        target: Target,
        size: u32,
        statement_timeout_s: u32,
        most_lag: Duration,
        log: &Logger,
    ) -> Self {
        let pool = target.reading_pool(size, statement_timeout_s);
        let unknown = ReplicaState {
            is_used: false,
            lag: None,
            reason: Some("it was not asked yet".to_owned()),
        };
        Self(Some(Arc::new(Replica {
            target,
            pool,
            most_lag,
            state: watch::Sender::new(unknown),
            is_known: AtomicBool::default(),
            looking: Mutex::default(),
            done_here: AtomicU64::default(),
            done_on_primary: AtomicU64::default(),
            log: log.clone(),
        })))
    }

    /// How the replica is; `None` without one.
    pub fn state(&self) -> Option<ReplicaState> {
        self.0.as_ref().map(|replica| replica.state.borrow().clone())
    }

    /// How many heavy reads were done where.
    pub fn counts(&self) -> ReadCounts {
        self.0.as_ref().map_or_else(ReadCounts::default, |replica| ReadCounts {
            replica: replica.done_here.load(Relaxed),
            primary: replica.done_on_primary.load(Relaxed),
        })
    }

    /// Reads on the replica, or on `primary`, which also tells how far the replica has to be.
    ///
    /// # Errors
    /// What the read fails with on the primary; that it failed on the replica is told in the log.
    pub async fn read<R: HeavyRead>(
        &self,
        primary: &mut AsyncPgConnection,
        read: &R,
    ) -> Result<R::Found> {
        let Some(replica) = &self.0 else { return Box::pin(one_moment(primary, read)).await };
        let failure = match Box::pin(replica.read(primary, read)).await {
            Ok(Some(done)) => {
                replica.done_here.fetch_add(1, Relaxed);
                return Ok(done);
            }
            Ok(None) => None,
            Err(failure) => Some(failure),
        };
        replica.done_on_primary.fetch_add(1, Relaxed);
        let done = Box::pin(one_moment(primary, read)).await?;
        // What fails on both is no fault of the replica.
        if let Some(failure) = failure {
            replica.left(format!("a read failed there: {}", Chain(&failure)));
        }
        Ok(done)
    }

    /// Asks the replica how far it is, and tells the log when reads begin or cease to go there. Does nothing without a
    /// replica, or when the primary cannot be asked.
    pub async fn look(&self, primary: &Pool) {
        let Some(replica) = &self.0 else { return };
        let Ok(Ok(mut primary)) = timeout(ANSWER, primary.get()).await else { return };
        replica.look(&mut primary).await;
    }
}

impl std::fmt::Debug for Looking {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Looking").field("course", &self.course).finish_non_exhaustive()
    }
}

impl Replica {
    /// `None` when it is not used at present, or not far enough.
    async fn read<R: HeavyRead>(
        &self,
        primary: &mut AsyncPgConnection,
        read: &R,
    ) -> Result<Option<R::Found>> {
        if !self.is_known.load(Relaxed) {
            Box::pin(self.look(primary)).await;
        }
        if !self.state.borrow().is_used {
            return Ok(None);
        }
        let wanted = position::of_primary(primary).await?;
        let gone = async {
            // The sender lives as long as self.
            let _ = self.state.subscribe().wait_for(|state| !state.is_used).await;
        };
        tokio::select! {
            found = self.read_from(wanted.position, read) => found,
            () = gone => Ok(None),
        }
    }

    async fn read_from<R: HeavyRead>(&self, wanted: i64, read: &R) -> Result<Option<R::Found>> {
        let silent = |_| Error::unavailable("the replica gives no connection in time");
        let mut conn = timeout(ANSWER, self.pool.get()).await.map_err(silent)??;
        let until = Instant::now() + CATCHING_UP;
        while position::of_replica(&mut conn).await?.position.is_none_or(|at| at < wanted) {
            if Instant::now() >= until {
                return Ok(None);
            }
            sleep(STEP).await;
        }
        one_moment(&mut conn, read).await.map(Some)
    }

    async fn look(&self, primary: &mut AsyncPgConnection) {
        let mut looking = self.looking.lock().await;
        let asked = timeout(ANSWER, position::of_primary(primary)).await;
        let Ok(Ok(wanted)) = asked else { return };
        let state = match self.ask(&mut looking, &wanted).await {
            Ok(lag) if lag <= self.most_lag => {
                ReplicaState { is_used: true, lag: Some(lag), reason: None }
            }
            Ok(lag) => ReplicaState {
                is_used: false,
                lag: Some(lag),
                reason: Some(format!(
                    "it is {} s behind, and database.read_lag_s allows {}",
                    lag.as_secs(),
                    self.most_lag.as_secs()
                )),
            },
            Err(reason) => {
                looking.conn = None;
                ReplicaState { is_used: false, lag: None, reason: Some(reason) }
            }
        };
        self.become_known(&state);
    }

    /// How far it is behind, or why it will not do.
    async fn ask(
        &self,
        looking: &mut Looking,
        wanted: &position::Primary,
    ) -> Result<Duration, String> {
        let conn = match &mut looking.conn {
            Some(conn) => conn,
            none => {
                let away = |e| format!("it does not answer: {}", Chain(&e));
                if !Box::pin(self.target.keeps_sessions()).await.map_err(away)? {
                    return Err("the pooler before it gives one session to many clients; set \
                                pool_mode=session there"
                        .to_owned());
                }
                none.insert(self.target.establish().await.map_err(away)?)
            }
        };
        let silent = |_| format!("it does not answer: no word within {} s", ANSWER.as_secs());
        let said = timeout(ANSWER, position::of_replica(conn)).await.map_err(silent)?;
        let said = said.map_err(|e| format!("it does not answer: {}", Chain(&e)))?;
        let at = said.fits(wanted)?;
        let age = said.replayed_age();
        Ok(looking.course.behind(Instant::now(), wanted.position, at, age))
    }

    /// A read has failed there: others stay away until the next look finds it well.
    fn left(&self, reason: String) {
        self.become_known(&ReplicaState { is_used: false, lag: None, reason: Some(reason) });
    }

    fn become_known(&self, state: &ReplicaState) {
        let is_first = !self.is_known.swap(true, Relaxed);
        let before = self.state.send_replace(state.clone());
        if before.is_used == state.is_used && !is_first {
            return;
        }
        let address = self.target.address();
        match &state.reason {
            None => info!(self.log, "heavy reads go to the replica at {address}"),
            Some(reason) => warn!(
                self.log,
                "heavy reads go to the primary until the replica at {address} will do again";
                "because" => reason
            ),
        }
    }
}

/// Reads in a transaction that cannot write and sees one moment.
async fn one_moment<R: HeavyRead>(conn: &mut AsyncPgConnection, read: &R) -> Result<R::Found> {
    // Left on the way, the connection is known to be in a transaction, and goes back to no pool.
    let mut transaction = conn.build_transaction().repeatable_read().read_only();
    transaction.run(async |conn| read.run(conn).await).await
}
