//! After the start-up: asks the database and Redis every second, notices when something goes, and heals.

use std::time::{Duration, Instant};

use diesel_async::AsyncPgConnection;
use slog::info;

use super::{
    Failure, Startup,
    database::{self, Unreachable, ask},
    readiness::{Phase, Status, Trouble},
};
use crate::{
    db::catalog,
    error::{Error, Result},
};

/// From one probe to the next, so that what `/health` tells is never older than two seconds.
const PROBE_INTERVAL: Duration = Duration::from_secs(1);
/// How long a second connection is tried before the first one's end is called an outage.
const SECOND_LOOK: Duration = Duration::from_secs(2);
/// How long counting the work that is due may take; somebody may hold the table.
const COUNT_LIMIT: Duration = Duration::from_secs(2);
/// The schema is compared again after so many good probes: a table may be dropped while we serve.
const PROBES_BETWEEN_CHECKS: u32 = 5;
/// The longest wait between two tries to heal: short enough that people who have mended something see it work at once.
const LONGEST_DELAY: Duration = Duration::from_secs(3);

impl Startup<'_> {
    /// Probes for ever. Returns only when the managed database cannot run here at all.
    pub(super) async fn watch(&self) -> Result<()> {
        let mut probe: Option<AsyncPgConnection> = None;
        let mut since_check = 0;
        let mut healing = Healing::default();
        let mut rest = PROBE_INTERVAL;
        loop {
            self.clock.sleep(rest).await;
            let began = Instant::now();
            let answer = self.probe(&mut probe).await;
            // A look that has waited long for nothing is followed by the next at once.
            rest = PROBE_INTERVAL.saturating_sub(began.elapsed());
            self.readiness.update(|status| status.probed_at = Some(self.clock.now()));
            let before = self.readiness.status();
            if let Err(unreachable) = answer {
                if unreachable.fatal {
                    return Err(Error::Failed(unreachable.cause));
                }
                self.lost(&before, unreachable);
                continue;
            }
            self.readiness.update(|status| status.db = true);
            if before.phase == Phase::Ready {
                since_check += 1;
                if since_check >= PROBES_BETWEEN_CHECKS {
                    since_check = 0;
                    self.check_again(&mut probe).await;
                }
            } else if before.trouble == Some(Trouble::DatabaseUnreachable) || healing.is_due() {
                self.heal(&mut healing, probe.as_mut()).await;
                since_check = 0;
            }
        }
    }

    /// Asks the database on the connection at hand, or a fresh one when that has gone.
    async fn probe(&self, probe: &mut Option<AsyncPgConnection>) -> Result<(), Unreachable> {
        let mut cause = None;
        if let Some(conn) = probe {
            let Err(unreachable) = ask(conn).await else { return Ok(()) };
            *probe = None;
            cause = Some(unreachable);
        }
        let before = self.readiness.status();
        if before.phase == Phase::Ready {
            // One connection may end for reasons of its own; only a second one that fails as well is an outage. It is
            // told before anything is mended, which may take a while.
            let again = self.database.target().establish();
            let unreachable = match tokio::time::timeout(SECOND_LOOK, again).await {
                Ok(Ok(conn)) => {
                    *probe = Some(conn);
                    return Ok(());
                }
                Ok(Err(failure)) => database::unreachable(&failure),
                Err(_) => database::silent(SECOND_LOOK),
            };
            self.lost(&before, cause.unwrap_or(unreachable));
        }
        *probe = Some(self.database.reach().await?);
        Ok(())
    }

    fn lost(&self, before: &Status, unreachable: Unreachable) {
        let same = before.trouble == Some(Trouble::DatabaseUnreachable)
            && before.reason.as_ref().is_some_and(|reason| reason.contains(&unreachable.cause));
        if same {
            return;
        }
        self.degrade(Failure::Unreachable(unreachable));
    }

    /// Compares the schema while everything works, and counts the work that is due. A failure to ask is left to the
    /// next probe.
    async fn check_again(&self, probe: &mut Option<AsyncPgConnection>) {
        let Some(conn) = probe.as_mut() else { return };
        let Ok(schema) = self.inspect(conn).await else { return };
        if !schema.complete {
            self.degrade(Failure::Incomplete);
            return;
        }
        match tokio::time::timeout(COUNT_LIMIT, catalog::queues(conn)).await {
            Ok(Ok(queues)) => self.readiness.update(|status| status.queues = queues),
            Ok(Err(_)) => {}
            // The connection still waits for its answer; the next probe takes another.
            Err(_) => *probe = None,
        }
    }

    /// One try to bring the schema up again, quietly unless something has changed.
    async fn heal(&self, healing: &mut Healing, conn: Option<&mut AsyncPgConnection>) {
        let Some(conn) = conn else { return };
        let before = self.readiness.status();
        let outcome = self.heal_once(conn).await;
        match outcome {
            Ok(()) => {
                healing.reset();
                self.become_ready();
                info!(
                    self.log,
                    "[entrypoint] ✓ Recovered: the database is reachable and its schema complete."
                );
            }
            Err(failure) => {
                let wait = healing.failed();
                self.readiness.update(|status| {
                    status.next_attempt_at = Some(self.clock.now() + self.clock.scaled(wait));
                });
                if !self.is_told(&before, &failure) {
                    self.degrade(failure);
                }
            }
        }
    }

    async fn heal_once(&self, conn: &mut AsyncPgConnection) -> Result<(), Failure> {
        if self.migrate {
            let applied = super::migrate::up(self.database.target()).await;
            let schema = self.inspect(conn).await;
            let applied = applied.map_err(|cause| Failure::Migration(cause.to_string()))?;
            if applied.new > 0 {
                info!(
                    self.log,
                    "[entrypoint] ✓ Migrations applied successfully. ({} new, {} in all)",
                    applied.new,
                    applied.all
                );
            }
            return complete(schema);
        }
        complete(self.inspect(conn).await)
    }

    /// Whether the same trouble was told before, so that a long outage fills no disk with lines.
    fn is_told(&self, before: &Status, failure: &Failure) -> bool {
        let now = self.readiness.status();
        let told = before.reason.as_deref().unwrap_or_default();
        match failure {
            Failure::Migration(cause) => {
                told.contains(cause.as_str()) && now.schema == before.schema
            }
            Failure::Incomplete => {
                before.trouble == Some(Trouble::SchemaIncomplete)
                    && now.schema == before.schema
                    && !told.starts_with("A migration fails")
            }
            Failure::Unreachable(unreachable) => told.contains(&unreachable.cause),
        }
    }
}

fn complete(schema: Result<super::readiness::SchemaStatus>) -> Result<(), Failure> {
    match schema {
        Ok(schema) if schema.complete => Ok(()),
        Ok(_) => Err(Failure::Incomplete),
        Err(cause) => {
            Err(Failure::Unreachable(Unreachable { cause: cause.to_string(), fatal: false }))
        }
    }
}

/// How long to wait before the next try: 2, then 3 seconds, counted in probes of a second.
#[derive(Debug, Default)]
struct Healing {
    failures: u32,
    probes_left: u64,
}

impl Healing {
    fn is_due(&mut self) -> bool {
        self.probes_left = self.probes_left.saturating_sub(1);
        self.probes_left == 0
    }

    fn failed(&mut self) -> Duration {
        self.failures = (self.failures + 1).min(5);
        let wait = Duration::from_secs(1 << self.failures).min(LONGEST_DELAY);
        self.probes_left = wait.as_secs();
        wait
    }

    fn reset(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_to_heal_grow_apart_up_to_three_seconds() {
        let mut healing = Healing::default();
        let waits: Vec<u64> = (0..4).map(|_| healing.failed().as_secs()).collect();
        assert_eq!(waits, [2, 3, 3, 3]);
        healing.reset();
        assert!(healing.is_due());
    }
}
