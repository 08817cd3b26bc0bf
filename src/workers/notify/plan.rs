//! What one turn of a channel does with the rows that are due: which go in one message now, and which wait for what.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::{
    db::outbox::{Claimed, Waiting},
    model::id::NotificationId,
    notify::{Facts, Links, Note},
    scout::timing::{Habits, MOST_AT_ONCE, When},
};

/// What is to be done with the rows of a turn.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// These make the message; none when it is not the time.
    pub(super) message: Vec<Waiting>,
    /// These wait until then.
    pub(super) later: BTreeMap<DateTime<Utc>, Vec<NotificationId>>,
    /// The person does not want to hear of these any more.
    pub(super) hushed: Vec<NotificationId>,
}

impl Plan {
    /// Decides at `now`, when `today` messages have gone through the channel on this day. One ad has a message of its
    /// own; many at once, and whatever a digest gathers, come as one. What was on its way when its sender was lost goes
    /// first and by itself: it may have arrived, and the service knows the same message again.
    pub(super) fn of(
        rows: Vec<Waiting>,
        habits: &Habits,
        today: usize,
        now: DateTime<Utc>,
    ) -> Self {
        let mut plan = Self::default();
        let mut due = Vec::new();
        for row in rows {
            if row.is_hushed {
                plan.hushed.push(row.id);
                continue;
            }
            match habits.when(row.created_at, now) {
                When::Now => due.push(row),
                When::Later(at) => plan.later.entry(at).or_default().push(row.id),
            }
        }
        if !due.is_empty() && today >= habits.daily_maximum {
            plan.wait(&due, habits.tomorrow(now));
            return plan;
        }
        if due.iter().any(|row| row.is_left_behind) {
            let (left_behind, rest): (Vec<_>, Vec<_>) =
                due.into_iter().partition(|row| row.is_left_behind);
            plan.wait(&rest, now);
            plan.message = left_behind;
            return plan;
        }
        let midnight = habits.day_start(now);
        let is_many = due.len() > MOST_AT_ONCE;
        // What is left of a day before had no room in it, or was held back over night.
        let is_left_over = due.iter().any(|row| row.created_at < midnight);
        if !(habits.gathers() || is_many || is_left_over) && due.len() > 1 {
            let rest = due.split_off(1);
            plan.wait(&rest, now);
        }
        plan.message = due;
        plan
    }

    fn wait(&mut self, rows: &[Waiting], until: DateTime<Utc>) {
        if !rows.is_empty() {
            self.later.entry(until).or_default().extend(rows.iter().map(|row| row.id));
        }
    }
}

/// How the owner of a channel wants to be told. A time zone that is not known here is UTC.
pub(super) fn habits(channel: &Claimed) -> Habits {
    let hour = |hour: i32| u32::try_from(hour).unwrap_or(0);
    Habits {
        zone: channel.time_zone.parse().unwrap_or(chrono_tz::UTC),
        notify: channel.notify,
        digest_hour: hour(channel.digest_hour),
        digest_weekday: hour(channel.digest_weekday),
        quiet: channel.quiet_from.map(hour).zip(channel.quiet_until.map(hour)),
        daily_maximum: usize::try_from(channel.daily_maximum).unwrap_or(1),
    }
}

/// What a row says, with its links.
pub(super) fn note(row: &Waiting, links: Links) -> Note {
    Note {
        id: row.id.0,
        listing_id: row.listing_id.map(|id| id.0),
        reason: row.reason,
        facts: Facts::of(&row.payload),
        is_gone: row.is_gone,
        links,
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use serde_json::json;

    use super::*;
    use crate::model::{id::ListingId, notification::Reason, user_prefs::Notify};

    const HABITS: Habits = Habits {
        zone: chrono_tz::UTC,
        notify: Notify::Instantly,
        digest_hour: 9,
        digest_weekday: 1,
        quiet: None,
        daily_maximum: 3,
    };

    fn noon() -> DateTime<Utc> {
        "2026-11-22T12:00:00Z".parse().unwrap()
    }

    fn rows(count: i64, age: TimeDelta) -> Vec<Waiting> {
        let row = |id| Waiting {
            id: NotificationId(id),
            listing_id: Some(ListingId(id)),
            reason: Reason::Find,
            payload: json!({}),
            attempts: 0,
            created_at: noon() - age,
            is_left_behind: false,
            is_gone: false,
            is_hushed: false,
        };
        (1..=count).map(row).collect()
    }

    fn sizes(plan: &Plan) -> (usize, Vec<(DateTime<Utc>, usize)>) {
        let later = plan.later.iter().map(|(at, rows)| (*at, rows.len())).collect();
        (plan.message.len(), later)
    }

    #[test]
    fn a_few_come_one_by_one_and_many_as_one() {
        let young = TimeDelta::minutes(1);
        let plan = |count| sizes(&Plan::of(rows(count, young), &HABITS, 0, noon()));
        assert_eq!(plan(0), (0, Vec::new()));
        assert_eq!(plan(1), (1, Vec::new()));
        assert_eq!(plan(5), (1, vec![(noon(), 4)]));
        assert_eq!(plan(6), (6, Vec::new()));
    }

    #[test]
    fn what_a_lost_sender_had_on_its_way_goes_first_as_the_same_message() {
        let mut waiting = rows(9, TimeDelta::minutes(1));
        for row in &mut waiting[3..5] {
            row.is_left_behind = true;
        }
        let plan = Plan::of(waiting, &HABITS, 0, noon());
        let ids: Vec<_> = plan.message.iter().map(|row| row.id.0).collect();
        assert_eq!(ids, [4, 5]);
        assert_eq!(sizes(&plan), (2, vec![(noon(), 7)]));
    }

    #[test]
    fn what_was_held_back_over_night_comes_as_one() {
        let plan = Plan::of(rows(3, TimeDelta::hours(14)), &HABITS, 0, noon());
        assert_eq!(sizes(&plan), (3, Vec::new()));
    }

    #[test]
    fn a_digest_is_one_message_however_little_is_in_it() {
        let daily = Habits { notify: Notify::Daily, ..HABITS };
        let plan = Plan::of(rows(2, TimeDelta::hours(5)), &daily, 0, noon());
        assert_eq!(sizes(&plan), (2, Vec::new()));
        let tomorrow = "2026-11-23T09:00:00Z".parse().unwrap();
        let plan = Plan::of(rows(2, TimeDelta::hours(1)), &daily, 0, noon());
        assert_eq!(sizes(&plan), (0, vec![(tomorrow, 2)]));
    }

    #[test]
    fn a_full_day_puts_the_rest_off_to_the_next() {
        let plan = Plan::of(rows(2, TimeDelta::minutes(1)), &HABITS, 3, noon());
        let tomorrow = "2026-11-23T09:00:00Z".parse().unwrap();
        assert_eq!(sizes(&plan), (0, vec![(tomorrow, 2)]));
    }

    #[test]
    fn what_the_person_ignores_is_not_told() {
        let mut rows = rows(2, TimeDelta::minutes(1));
        rows[0].is_hushed = true;
        let plan = Plan::of(rows, &HABITS, 0, noon());
        assert_eq!((plan.hushed, plan.message.len()), (vec![NotificationId(1)], 1));
    }
}
