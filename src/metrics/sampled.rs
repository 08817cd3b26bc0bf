//! What is measured when somebody looks: from what the probes have found last, so that nothing is waited for.

use prometheus::{GaugeVec, IntCounter, Registry, proto::MetricFamily};

use super::named;

/// The state of one process, and of what it depends on.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a lamp of its own")]
pub struct Sampled<'a> {
    /// The version of the program.
    pub version: &'a str,
    /// Every phase by name, and whether it is the present one.
    pub phases: &'a [(&'static str, bool)],
    /// Seconds since the program started.
    pub uptime_s: f64,
    /// Seconds since the database was last asked; `None` before that.
    pub probe_age_s: Option<f64>,
    /// Whether the database answered then.
    pub database_up: bool,
    /// Whether all tables are as they should be.
    pub schema_complete: bool,
    /// Migrations that are not applied.
    pub migrations_pending: usize,
    /// Whether a Redis is set.
    pub redis_configured: bool,
    /// Whether it answers; true when none is set.
    pub redis_up: bool,
    /// The replica for heavy reads.
    pub replica: ReplicaUse,
    /// Connections to the database.
    pub pool: PoolUse,
    /// Work that waits.
    pub queues: Vec<QueueSize<'a>>,
}

/// The connections of this process to the database.
#[derive(Debug, Default, Clone, Copy)]
pub struct PoolUse {
    /// Open and at work.
    pub used: u32,
    /// Open and free.
    pub idle: u32,
    /// How many there may be.
    pub most: u32,
    /// Who waits for one.
    pub waiting: u64,
    /// Who has waited in vain since the program started.
    pub timeouts: u64,
}

/// The replica for heavy reads, and how many there were.
#[derive(Debug, Default, Clone, Copy)]
pub struct ReplicaUse {
    /// Whether one is set.
    pub configured: bool,
    /// Whether it is in use; true when none is set.
    pub up: bool,
    /// How far it is behind, in seconds; `None` while that is not known.
    pub lag_s: Option<f64>,
    /// Heavy reads that were done there.
    pub reads: u64,
    /// Heavy reads that were done on the primary, because the replica would not do.
    pub missed: u64,
}

/// Rows of work of one kind in one state.
#[derive(Debug, Clone, Copy)]
pub struct QueueSize<'a> {
    /// The kind.
    pub queue: &'a str,
    /// The state.
    pub state: &'a str,
    /// How many rows.
    pub rows: f64,
    /// For how long the oldest has been so, in seconds.
    pub oldest_s: f64,
}

impl Sampled<'_> {
    /// As families of metrics, in a registry of their own: who looks at the same time sees each its own.
    pub(super) fn gather(&self) -> Vec<MetricFamily> {
        let all = Gauges(Registry::new());
        let truth = |is_so: bool| if is_so { 1.0 } else { 0.0 };
        all.put("build_info", "The version; always 1.", &["version"], &[(&[self.version], 1.0)]);
        let phases: Vec<_> =
            self.phases.iter().map(|(name, is_it)| ([*name], truth(*is_it))).collect();
        let phases: Vec<(&[&str], f64)> =
            phases.iter().map(|(labels, value)| (labels.as_slice(), *value)).collect();
        all.put(
            "phase",
            "The phase of the guarded start-up: 1 for the present one.",
            &["phase"],
            &phases,
        );
        all.one("uptime_seconds", "Time since the program started.", self.uptime_s);
        if let Some(age) = self.probe_age_s {
            all.one("probe_age_seconds", "Time since the database was last asked.", age);
        }
        all.one(
            "database_up",
            "Whether the database answered the last probe.",
            truth(self.database_up),
        );
        all.one(
            "schema_complete",
            "Whether all tables are as they should be.",
            truth(self.schema_complete),
        );
        let pending = f64::from(u32::try_from(self.migrations_pending).unwrap_or(u32::MAX));
        all.one("migrations_pending", "Migrations that are not applied.", pending);
        all.one("redis_configured", "Whether a Redis is set.", truth(self.redis_configured));
        all.one("redis_up", "Whether Redis answers; 1 when none is set.", truth(self.redis_up));
        let replica = self.replica;
        let set = truth(replica.configured);
        all.one("read_replica_configured", "Whether a replica for heavy reads is set.", set);
        all.one(
            "read_replica_up",
            "Whether heavy reads go to the replica; 1 when none is set.",
            truth(replica.up),
        );
        if let Some(lag) = replica.lag_s {
            all.one("read_replica_lag_seconds", "How far the replica is behind.", lag);
        }
        all.count(
            "read_replica_reads_total",
            "Heavy reads that were done on the replica.",
            replica.reads,
        );
        all.count(
            "read_replica_missed_total",
            "Heavy reads that the primary did, because the replica would not do.",
            replica.missed,
        );
        let PoolUse { used, idle, most, waiting, timeouts } = self.pool;
        all.put(
            "database_connections",
            "Open connections of this process to the database, by state.",
            &["state"],
            &[(&["used"], f64::from(used)), (&["idle"], f64::from(idle))],
        );
        all.one("database_connections_max", "How many there may be.", f64::from(most));
        let waiting = f64::from(u32::try_from(waiting).unwrap_or(u32::MAX));
        all.one("database_connections_waiting", "Who waits for a connection.", waiting);
        all.count(
            "database_connection_timeouts_total",
            "Waits for a connection that were in vain.",
            timeouts,
        );
        let labels: Vec<_> = self.queues.iter().map(|it| [it.queue, it.state]).collect();
        let values = |of: fn(&QueueSize<'_>) -> f64| {
            let values = labels
                .iter()
                .zip(&self.queues)
                .map(move |(labels, it)| (labels.as_slice(), of(it)));
            values.collect::<Vec<_>>()
        };
        let of = ["queue", "state"];
        all.put(
            "queue_rows",
            "Rows of work, by kind and state; 10000 when there are more.",
            &of,
            &values(|it| it.rows),
        );
        all.put(
            "queue_oldest_seconds",
            "For how long the oldest row of work has been in its state.",
            &of,
            &values(|it| it.oldest_s),
        );
        all.0.gather()
    }
}

/// Gauges that live as long as one answer.
struct Gauges(Registry);

impl Gauges {
    fn one(&self, name: &str, help: &str, value: f64) {
        self.put(name, help, &[], &[(&[], value)]);
    }

    fn put(&self, name: &str, help: &str, labels: &[&str], values: &[(&[&str], f64)]) {
        let made = GaugeVec::new(named(name, help), labels).expect("the name is a right one");
        for (labels, value) in values {
            made.with_label_values(labels).set(*value);
        }
        self.0.register(Box::new(made)).expect("each name is registered once");
    }

    fn count(&self, name: &str, help: &str, value: u64) {
        let made = IntCounter::with_opts(named(name, help)).expect("the name is a right one");
        made.inc_by(value);
        self.0.register(Box::new(made)).expect("each name is registered once");
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Metrics, *};

    #[test]
    fn what_is_measured_stands_beside_what_is_counted() {
        let sampled = Sampled {
            version: "1.2.3",
            phases: &[("ready", true), ("degraded", false)],
            probe_age_s: Some(0.5),
            database_up: true,
            pool: PoolUse { used: 3, idle: 2, most: 10, waiting: 1, timeouts: 4 },
            replica: ReplicaUse {
                configured: true,
                lag_s: Some(0.25),
                reads: 5,
                ..ReplicaUse::default()
            },
            queues: vec![QueueSize { queue: "scans", state: "due", rows: 7.0, oldest_s: 12.5 }],
            ..Sampled::default()
        };
        let text = Metrics::new(&["ebay"], &[]).text(&sampled);
        for line in [
            "deal_scout_build_info{version=\"1.2.3\"} 1",
            "deal_scout_phase{phase=\"ready\"} 1",
            "deal_scout_phase{phase=\"degraded\"} 0",
            "deal_scout_probe_age_seconds 0.5",
            "deal_scout_database_up 1",
            "deal_scout_schema_complete 0",
            "deal_scout_database_connections{state=\"used\"} 3",
            "deal_scout_database_connections_waiting 1",
            "# TYPE deal_scout_database_connection_timeouts_total counter",
            "deal_scout_database_connection_timeouts_total 4",
            "deal_scout_read_replica_configured 1",
            "deal_scout_read_replica_up 0",
            "deal_scout_read_replica_lag_seconds 0.25",
            "deal_scout_read_replica_reads_total 5",
            "deal_scout_read_replica_missed_total 0",
            "deal_scout_queue_rows{queue=\"scans\",state=\"due\"} 7",
            "deal_scout_queue_oldest_seconds{queue=\"scans\",state=\"due\"} 12.5",
            "# TYPE deal_scout_source_answers_total counter",
        ] {
            assert!(text.lines().any(|said| said == line), "{line}:\n{text}");
        }
    }
}
