//! Runs of searches.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

super::text_enum::text_enum! {
    /// Who wanted a run.
    Trigger {
        /// The search's own schedule.
        Schedule = "schedule",
        /// A person, or a program of theirs.
        Person = "person",
    }
}

super::text_enum::text_enum! {
    /// How far a run has come.
    ScanStatus {
        /// At work, or waiting for a worker.
        Running = "running",
        /// At least one source was read to its end.
        Done = "done",
        /// No source was.
        Failed = "failed",
    }
}

super::text_enum::text_enum! {
    /// How far a run has come with one source.
    SourceState {
        /// Its turn comes.
        Waiting = "waiting",
        /// Its pages are being read.
        Reading = "reading",
        /// Read to its end.
        Done = "done",
        /// It gave no usable answer. The pages before that stand.
        Failed = "failed",
        /// Not asked: it wants to be left alone until later, or was read a moment ago.
        Skipped = "skipped",
    }
}

super::text_enum::text_enum! {
    /// What the matter is with a source that gave no usable answer.
    SourceFault {
        /// It asks for patience.
        Limited = "limited",
        /// The calls that it allows in a day are used up.
        Budget = "budget",
        /// It cannot be reached, is too slow, or breaks off.
        Down = "down",
        /// It answers something else than it should.
        Nonsense = "nonsense",
        /// It does not let us in.
        Refused = "refused",
    }
}

/// How far a run has come, source by source.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(rename = "ScanProgress")]
pub struct Progress {
    /// Each source by its name.
    #[serde(default)]
    pub sources: BTreeMap<String, SourceProgress>,
}

/// How far a run has come with one source. Numbers are of ads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(rename = "SourceProgress")]
pub struct SourceProgress {
    /// How far.
    pub state: SourceState,
    /// Pages that were read and stored.
    pub pages: u32,
    /// Ads in them.
    pub found: u32,
    /// Of those, what the search is looking for.
    pub matched: u32,
    /// Of those, what it is not, for a reason.
    pub dropped: u32,
    /// Ads that were not known before.
    pub new: u32,
    /// Ads that were known and have changed.
    pub changed: u32,
    /// Ads that turned out to be gone.
    pub gone: u32,
    /// What could not be read: pieces of an answer.
    pub skipped: u32,
    /// Why it failed or was not asked, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// When it will be asked again, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_try_at: Option<DateTime<Utc>>,
    /// Where the next page begins, while there is one. Whoever takes the run over goes on there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl SourceProgress {
    /// Nothing read so far.
    pub fn new(state: SourceState) -> Self {
        Self {
            state,
            pages: 0,
            found: 0,
            matched: 0,
            dropped: 0,
            new: 0,
            changed: 0,
            gone: 0,
            skipped: 0,
            error: None,
            next_try_at: None,
            next: None,
        }
    }

    /// Whether the run is through with it.
    pub fn is_over(&self) -> bool {
        !matches!(self.state, SourceState::Waiting | SourceState::Reading)
    }
}

impl Progress {
    /// All sources together: a sum of one of their numbers.
    pub fn sum(&self, of: fn(&SourceProgress) -> u32) -> u32 {
        self.sources.values().map(of).fold(0, u32::saturating_add)
    }

    /// What the whole run comes to: done when any source was read, failed with the reasons when none was. A run whose
    /// sources all wait for a better time has nothing to complain of.
    pub fn outcome(&self) -> (ScanStatus, Option<String>) {
        let has = |state| self.sources.values().any(|source| source.state == state);
        if has(SourceState::Done) || !has(SourceState::Failed) {
            return (ScanStatus::Done, None);
        }
        let why = self.sources.iter().filter(|(_, source)| source.state == SourceState::Failed);
        let why: Vec<_> = why
            .map(|(name, source)| {
                format!("{name}: {}", source.error.as_deref().unwrap_or("no answer"))
            })
            .collect();
        (ScanStatus::Failed, Some(why.join("; ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(states: &[(&str, SourceState)]) -> Progress {
        let source = |&(name, state): &(&str, SourceState)| {
            let error = (state == SourceState::Failed).then(|| "is down".to_owned());
            (name.to_owned(), SourceProgress { error, ..SourceProgress::new(state) })
        };
        Progress { sources: states.iter().map(source).collect() }
    }

    #[test]
    fn one_source_that_was_read_makes_a_run_that_is_done() {
        use SourceState::{Done, Failed, Skipped};
        assert_eq!(
            progress(&[("ebay", Done), ("shop", Failed)]).outcome(),
            (ScanStatus::Done, None)
        );
        assert_eq!(progress(&[("ebay", Skipped)]).outcome(), (ScanStatus::Done, None));
        let (status, error) = progress(&[("ebay", Failed), ("shop", Skipped)]).outcome();
        assert_eq!((status, error.as_deref()), (ScanStatus::Failed, Some("ebay: is down")));
    }

    #[test]
    fn progress_is_read_back_as_it_was_written() {
        let mut written = progress(&[("ebay", SourceState::Reading)]);
        written.sources.get_mut("ebay").unwrap().next = Some("200".to_owned());
        let json = serde_json::to_value(&written).unwrap();
        assert_eq!(serde_json::from_value::<Progress>(json).unwrap(), written);
        let empty: Progress = serde_json::from_value(serde_json::json!({})).unwrap();
        assert_eq!(empty, Progress::default());
    }
}
