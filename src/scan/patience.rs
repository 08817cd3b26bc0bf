//! When a source is asked, how long one waits for it, and when it is asked again.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    db::search_sources::{Read, SearchSource},
    market::source::Fault,
    model::scan::{SourceFault, Trigger},
};

/// How often one page is asked for at once, in all.
pub(super) const TRIES: u32 = 3;
/// A source that asks for no more than this is waited for.
const SHORT: Duration = Duration::from_secs(10);
/// The wait before a page is asked for again; doubled each time.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// How long a source that failed is left alone; doubled with each failure in a row.
const FIRST_REST: TimeDelta = TimeDelta::minutes(2);
const LONGEST_REST: TimeDelta = TimeDelta::hours(6);
/// A source that does not let us in is left alone this long: until somebody acts, trying is of no use.
const REFUSED_REST: TimeDelta = TimeDelta::hours(1);
/// A source that was read within so many minutes is not asked again by a run that comes early for another's sake.
const FRESH_MINUTES: u32 = 30;

/// Why a source is not asked in this run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NotDue {
    pub(super) why: String,
    pub(super) until: Option<DateTime<Utc>>,
}

/// Whether a source is asked by a run that begins at `now`. A person who asks is not made to wait by failures, but does
/// not override a source that has asked for patience itself.
pub(super) fn due(
    known: Option<&SearchSource>,
    trigger: Trigger,
    every_minutes: u32,
    changed_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), NotDue> {
    let Some(known) = known else { return Ok(()) };
    if let Some(until) = known.next_try_at.filter(|until| *until > now) {
        if trigger == Trigger::Person && known.failures > 0 {
            return Ok(());
        }
        let error = known.error.as_deref().unwrap_or("it asked for patience");
        return Err(NotDue { why: error.to_owned(), until: Some(until) });
    }
    let fresh = TimeDelta::minutes(i64::from((every_minutes / 2).min(FRESH_MINUTES)));
    let is_fresh = known.last_ok_at.is_some_and(|at| at > changed_at && now - at < fresh);
    if trigger == Trigger::Schedule && is_fresh {
        return Err(NotDue { why: "was read a short while ago".to_owned(), until: None });
    }
    Ok(())
}

/// How long to wait before a page is asked for again at once; `None` when that is of no use. `jitter` is between 0
/// and 1, by chance.
pub(super) fn wait_at_once(fault: &Fault, tries: u32, jitter: f64) -> Option<Duration> {
    if tries >= TRIES {
        return None;
    }
    match fault {
        Fault::Limited { retry_after: Some(wait), .. } if *wait <= SHORT => Some(*wait),
        Fault::Down(_) => {
            let wait = FIRST_WAIT * 2_u32.saturating_pow(tries.saturating_sub(1));
            Some(wait.mul_f64(1.0 + jitter.clamp(0.0, 1.0) / 2.0))
        }
        _ => None,
    }
}

/// What is remembered of a source that failed, `failures` times in a row before.
pub(super) fn remembered(fault: &Fault, failures: i32, now: DateTime<Utc>, jitter: f64) -> Read {
    let rest = rest(failures).mul(1.0 + jitter.clamp(0.0, 1.0) / 4.0);
    let (counts, next_try_at) = match fault {
        Fault::Limited { retry_after: Some(wait), .. } => (
            false,
            now + TimeDelta::from_std(*wait).unwrap_or(LONGEST_REST).min(TimeDelta::days(1)),
        ),
        Fault::Budget { until, .. } => (false, *until),
        Fault::Limited { retry_after: None, .. } | Fault::Down(_) | Fault::Nonsense(_) => {
            (true, now + rest)
        }
        Fault::Refused(_) => (true, now + rest.max(REFUSED_REST)),
    };
    Read::Badly {
        fault: matter(fault),
        error: fault.to_string(),
        counts,
        next_try_at: Some(next_try_at),
    }
}

fn matter(fault: &Fault) -> SourceFault {
    match fault {
        Fault::Limited { .. } => SourceFault::Limited,
        Fault::Budget { .. } => SourceFault::Budget,
        Fault::Down(_) => SourceFault::Down,
        Fault::Nonsense(_) => SourceFault::Nonsense,
        Fault::Refused(_) => SourceFault::Refused,
    }
}

fn rest(failures: i32) -> TimeDelta {
    let doubled = 2_i32.saturating_pow(u32::try_from(failures.clamp(0, 12)).unwrap_or(0));
    FIRST_REST.checked_mul(doubled).unwrap_or(LONGEST_REST).min(LONGEST_REST)
}

/// A share of a span of time.
trait Mul {
    fn mul(self, by: f64) -> Self;
}

impl Mul for TimeDelta {
    fn mul(self, by: f64) -> Self {
        self.to_std().ok().and_then(|time| Self::from_std(time.mul_f64(by)).ok()).unwrap_or(self)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::minutes(minutes)
    }

    fn known(failures: i32, next_try: Option<i64>, last_ok: Option<i64>) -> SearchSource {
        SearchSource {
            source: "ebay".to_owned(),
            memory: Value::Null,
            failures,
            error: Some("is down".to_owned()),
            next_try_at: next_try.map(at),
            last_ok_at: last_ok.map(at),
            last_full_at: None,
        }
    }

    fn is_due(known: &SearchSource, trigger: Trigger) -> bool {
        due(Some(known), trigger, 60, at(-1_000), at(0)).is_ok()
    }

    fn next_try(fault: &Fault, failures: i32) -> (bool, TimeDelta) {
        match remembered(fault, failures, at(0), 0.0) {
            Read::Badly { counts, next_try_at, .. } => (counts, next_try_at.unwrap() - at(0)),
            Read::Well { .. } => panic!("it failed"),
        }
    }

    #[test]
    fn a_source_that_failed_is_left_alone_until_its_time_but_not_when_a_person_asks() {
        let failed = known(2, Some(5), None);
        assert!(!is_due(&failed, Trigger::Schedule));
        assert!(is_due(&failed, Trigger::Person));
        assert!(is_due(&known(2, Some(-1), None), Trigger::Schedule));
        assert!(due(None, Trigger::Schedule, 60, at(0), at(0)).is_ok());
    }

    #[test]
    fn a_source_that_asked_for_patience_gets_it_from_everybody() {
        let limited = known(0, Some(5), None);
        assert!(!is_due(&limited, Trigger::Schedule) && !is_due(&limited, Trigger::Person));
    }

    #[test]
    fn a_run_that_comes_early_for_one_source_leaves_the_others_alone() {
        let fresh = known(0, None, Some(-5));
        assert!(!is_due(&fresh, Trigger::Schedule));
        assert!(is_due(&fresh, Trigger::Person));
        assert!(is_due(&known(0, None, Some(-31)), Trigger::Schedule));
        let after_a_change = due(Some(&fresh), Trigger::Schedule, 60, at(-1), at(0));
        assert!(after_a_change.is_ok(), "what it looks for has changed since");
    }

    #[test]
    fn only_what_may_pass_in_a_moment_is_tried_again_at_once() {
        let limited = |s| Fault::Limited {
            source_name: "ebay".to_owned(),
            retry_after: Some(Duration::from_secs(s)),
        };
        let down = Fault::Down("broke off".to_owned());
        assert_eq!(wait_at_once(&down, 1, 0.0), Some(Duration::from_secs(1)));
        assert_eq!(wait_at_once(&down, 2, 1.0), Some(Duration::from_secs(3)));
        assert_eq!(wait_at_once(&down, 3, 0.0), None);
        assert_eq!(wait_at_once(&limited(3), 1, 0.0), Some(Duration::from_secs(3)));
        assert_eq!(wait_at_once(&limited(300), 1, 0.0), None);
        assert_eq!(wait_at_once(&Fault::Nonsense("what".to_owned()), 1, 0.0), None);
        assert_eq!(wait_at_once(&Fault::Refused("no".to_owned()), 1, 0.0), None);
    }

    #[test]
    fn failures_in_a_row_double_the_rest_and_patience_is_no_failure() {
        let down = Fault::Down(String::new());
        assert_eq!(next_try(&down, 0), (true, TimeDelta::minutes(2)));
        assert_eq!(next_try(&down, 3), (true, TimeDelta::minutes(16)));
        assert_eq!(next_try(&down, 1_000), (true, LONGEST_REST));
        assert_eq!(next_try(&Fault::Refused(String::new()), 0), (true, REFUSED_REST));
        let limited = Fault::Limited {
            source_name: "ebay".to_owned(),
            retry_after: Some(Duration::from_mins(7)),
        };
        assert_eq!(next_try(&limited, 5), (false, TimeDelta::minutes(7)));
        let budget = Fault::Budget { why: String::new(), until: at(90) };
        assert_eq!(next_try(&budget, 0), (false, TimeDelta::minutes(90)));
    }
}
