//! How far a replica is behind, in time. Reckoned from positions in the primary's log and when they were seen here, so
//! that no clocks are compared, and that a primary on which nothing happens makes nobody late.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// As many positions are remembered; more than a look a second for as long as a lag may be allowed.
const MOST: usize = 4_000;

/// The positions of the primary that the replica has not come to yet, oldest first, each with when it was seen.
#[derive(Debug, Default)]
pub(super) struct Course {
    ahead: VecDeque<(Instant, i64)>,
    has_seen: bool,
}

impl Course {
    /// How far the replica at position `replica` is behind the primary at `primary`. What happened before the first look
    /// is known from the replica alone: `age` is how long ago what it has done last was written.
    pub(super) fn behind(
        &mut self,
        now: Instant,
        primary: i64,
        replica: i64,
        age: Option<Duration>,
    ) -> Duration {
        let since = if self.has_seen { None } else { age };
        self.has_seen = true;
        let last = self.ahead.back().map(|(_, position)| *position);
        if last.is_some_and(|last| last > primary) {
            // A database that was put back to an earlier time: what was seen of it is of no use.
            self.ahead.clear();
        }
        if last != Some(primary) && self.ahead.len() < MOST {
            self.ahead.push_back((now, primary));
        }
        while self.ahead.front().is_some_and(|(_, position)| *position <= replica) {
            self.ahead.pop_front();
        }
        let Some((seen, _)) = self.ahead.front_mut() else { return Duration::ZERO };
        if let Some(earlier) = since.and_then(|age| now.checked_sub(age)) {
            *seen = earlier;
        }
        now.duration_since(*seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_replica_that_has_come_as_far_is_not_behind_however_long_nothing_happens() {
        let (mut course, now) = (Course::default(), Instant::now());
        assert_eq!(course.behind(now, 100, 100, Some(SECOND * 3_600)), Duration::ZERO);
        assert_eq!(course.behind(now + SECOND * 60, 100, 100, None), Duration::ZERO);
        assert_eq!(
            course.behind(now + SECOND * 61, 101, 100, Some(SECOND * 3_661)),
            Duration::ZERO,
            "what was written this moment makes nobody late"
        );
    }

    #[test]
    fn it_is_behind_by_the_age_of_the_oldest_position_that_it_has_not_come_to() {
        let (mut course, now) = (Course::default(), Instant::now());
        for second in 0..10 {
            let primary = 100 + i64::from(second) * 10;
            let lag = course.behind(now + SECOND * second, primary, 99, None);
            assert_eq!(lag, SECOND * second);
        }
        assert_eq!(course.behind(now + SECOND * 10, 200, 145, None), SECOND * 5);
        assert_eq!(course.behind(now + SECOND * 11, 200, 200, None), Duration::ZERO);
    }

    #[test]
    fn at_the_first_look_the_replica_tells_how_old_its_state_is() {
        let (mut course, now) = (Course::default(), Instant::now() + SECOND * 3_600);
        assert_eq!(course.behind(now, 200, 100, Some(SECOND * 30)), SECOND * 30);
        assert_eq!(course.behind(now + SECOND, 200, 150, None), SECOND * 31);
        assert_eq!(course.behind(now + SECOND * 2, 200, 200, None), Duration::ZERO);
    }

    #[test]
    fn a_database_that_was_put_back_to_an_earlier_time_begins_anew() {
        let (mut course, now) = (Course::default(), Instant::now());
        assert_eq!(course.behind(now, 500, 400, None), Duration::ZERO);
        assert_eq!(course.behind(now + SECOND, 90, 80, None), Duration::ZERO);
        assert_eq!(course.behind(now + SECOND * 2, 90, 80, None), SECOND);
        assert_eq!(course.behind(now + SECOND * 3, 90, 90, None), Duration::ZERO);
    }
}
