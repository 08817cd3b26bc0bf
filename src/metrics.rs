//! What the program counts of itself, for Prometheus. Labels are patterns of routes, kinds and outcomes: never a name, an
//! address or a word of a person, and never anything that grows with the rows.
//!
//! Counters grow as things happen. What is measured instead ([`Sampled`]) is handed in by whoever shows the metrics.

mod sampled;

use std::{fmt, time::Duration};

use prometheus::{
    HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry, TextEncoder, core::Collector,
};

pub use self::sampled::{PoolUse, QueueSize, ReplicaUse, Sampled};

/// What answers of sources are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// A page of ads.
    Read,
    /// The source asks to wait.
    Limited,
    /// The day's calls are shared out or used up; it was not asked.
    Budget,
    /// None, or none that was whole.
    Down,
    /// One that says nothing.
    Nonsense,
    /// It does not let us in.
    Refused,
}

impl Answer {
    const ALL: [Self; 6] =
        [Self::Read, Self::Limited, Self::Budget, Self::Down, Self::Nonsense, Self::Refused];

    fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Limited => "limited",
            Self::Budget => "budget",
            Self::Down => "down",
            Self::Nonsense => "nonsense",
            Self::Refused => "refused",
        }
    }
}

/// What messages to people are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivered {
    /// The service took it.
    Sent,
    /// It did not, and is asked again.
    Later,
    /// It was given up.
    GivenUp,
}

impl Delivered {
    const ALL: [Self; 3] = [Self::Sent, Self::Later, Self::GivenUp];

    fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Later => "later",
            Self::GivenUp => "given_up",
        }
    }
}

/// What steps of workers are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It found work.
    Worked,
    /// It found none.
    Idle,
    /// It failed.
    Failed,
}

impl Step {
    const ALL: [Self; 3] = [Self::Worked, Self::Idle, Self::Failed];

    fn as_str(self) -> &'static str {
        match self {
            Self::Worked => "worked",
            Self::Idle => "idle",
            Self::Failed => "failed",
        }
    }
}

/// Upper bounds of the times that requests are sorted by, in seconds.
const TIMES: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// Methods that are told apart. Anybody can make up others.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// The counters of one process.
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    durations: HistogramVec,
    answers: IntCounterVec,
    messages: IntCounterVec,
    steps: IntCounterVec,
}

impl Metrics {
    /// Everything at zero, for these sources and kinds of channels.
    pub fn new(sources: &[&str], channels: &[&str]) -> Self {
        let registry = Registry::new();
        let metrics = Self {
            requests: counters(
                &registry,
                "http_requests_total",
                "Requests that were answered, by pattern of route, method and class of status.",
                &["route", "method", "status"],
            ),
            durations: histograms(
                &registry,
                "http_request_duration_seconds",
                "Time from a request to the head of its answer.",
                &["route", "method"],
            ),
            answers: counters(
                &registry,
                "source_answers_total",
                "Pages that sources were asked for, by marketplace (feed: all feeds and pages) and outcome.",
                &["source", "outcome"],
            ),
            messages: counters(
                &registry,
                "notifications_total",
                "Messages to people, by kind of channel and outcome.",
                &["channel", "outcome"],
            ),
            steps: counters(
                &registry,
                "worker_steps_total",
                "Steps of workers, by worker and outcome.",
                &["worker", "outcome"],
            ),
            registry,
        };
        for source in sources {
            for outcome in Answer::ALL {
                metrics.answers.with_label_values(&[source, outcome.as_str()]);
            }
        }
        for channel in channels {
            for outcome in Delivered::ALL {
                metrics.messages.with_label_values(&[channel, outcome.as_str()]);
            }
        }
        metrics
    }

    /// A request was answered.
    pub fn request(&self, route: &str, method: &str, status: u16, took: Duration) {
        let method = METHODS.into_iter().find(|known| *known == method).unwrap_or("other");
        let class = match status {
            100..=199 => "1xx",
            200..=299 => "2xx",
            300..=399 => "3xx",
            400..=499 => "4xx",
            _ => "5xx",
        };
        self.requests.with_label_values(&[route, method, class]).inc();
        self.durations.with_label_values(&[route, method]).observe(took.as_secs_f64());
    }

    /// A source was asked for a page. `source` is one of those that were named at the beginning.
    pub fn source(&self, source: &'static str, outcome: Answer) {
        self.answers.with_label_values(&[source, outcome.as_str()]).inc();
    }

    /// A message was handed to a service. `channel` is one of the kinds that were named at the beginning.
    pub fn message(&self, channel: &'static str, outcome: Delivered) {
        self.messages.with_label_values(&[channel, outcome.as_str()]).inc();
    }

    /// A worker will be counted: all its outcomes are there from now on.
    pub fn worker(&self, worker: &'static str) {
        for outcome in Step::ALL {
            self.steps.with_label_values(&[worker, outcome.as_str()]);
        }
    }

    /// A worker has made a step.
    pub fn step(&self, worker: &'static str, outcome: Step) {
        self.steps.with_label_values(&[worker, outcome.as_str()]).inc();
    }

    /// Everything as Prometheus reads it (text format 0.0.4), with what was measured.
    pub fn text(&self, sampled: &Sampled<'_>) -> String {
        let mut families = self.registry.gather();
        families.extend(sampled.gather());
        // Fails only for a family without a name or a metric, and gathering leaves such out.
        TextEncoder::new().encode_to_string(&families).unwrap_or_default()
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

/// A name with that of the program before it, as is the custom.
fn named(name: &str, help: &str) -> Opts {
    Opts::new(format!("deal_scout_{name}"), help)
}

fn counters(registry: &Registry, name: &str, help: &str, labels: &[&str]) -> IntCounterVec {
    let made = IntCounterVec::new(named(name, help), labels).expect("the name is a right one");
    registered(registry, made)
}

fn histograms(registry: &Registry, name: &str, help: &str, labels: &[&str]) -> HistogramVec {
    let opts = HistogramOpts::from(named(name, help)).buckets(TIMES.to_vec());
    registered(registry, HistogramVec::new(opts, labels).expect("the name is a right one"))
}

fn registered<C: Collector + Clone + 'static>(registry: &Registry, made: C) -> C {
    registry.register(Box::new(made.clone())).expect("each name is registered once");
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_is_counted_under_its_labels() {
        let metrics = Metrics::new(&["ebay"], &["ntfy"]);
        for status in [200, 204, 404] {
            metrics.request("/searches/{id}", "GET", status, Duration::from_millis(7));
        }
        metrics.request("none", "BREW", 405, Duration::from_mins(1));
        metrics.source("ebay", Answer::Limited);
        metrics.message("ntfy", Delivered::Sent);
        metrics.worker("scan");
        let text = metrics.text(&Sampled::default());
        for line in [
            "deal_scout_http_requests_total{method=\"GET\",route=\"/searches/{id}\",status=\"2xx\"} 2",
            "deal_scout_http_requests_total{method=\"other\",route=\"none\",status=\"4xx\"} 1",
            "deal_scout_http_request_duration_seconds_bucket{method=\"GET\",route=\"/searches/{id}\",le=\"0.005\"} 0",
            "deal_scout_http_request_duration_seconds_bucket{method=\"GET\",route=\"/searches/{id}\",le=\"0.01\"} 3",
            "deal_scout_http_request_duration_seconds_bucket{method=\"other\",route=\"none\",le=\"10\"} 0",
            "deal_scout_http_request_duration_seconds_count{method=\"other\",route=\"none\"} 1",
            "deal_scout_source_answers_total{outcome=\"limited\",source=\"ebay\"} 1",
            "deal_scout_source_answers_total{outcome=\"down\",source=\"ebay\"} 0",
            "deal_scout_notifications_total{channel=\"ntfy\",outcome=\"sent\"} 1",
            "deal_scout_worker_steps_total{outcome=\"failed\",worker=\"scan\"} 0",
        ] {
            assert!(text.lines().any(|said| said == line), "{line}:\n{text}");
        }
    }
}
