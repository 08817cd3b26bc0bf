//! Real zones, over midnight and through clock changes in both directions.

use chrono_tz::{America::New_York, Asia::Kolkata, Australia::Lord_Howe, Europe::Berlin, UTC};

use super::*;

const HABITS: Habits = Habits {
    zone: UTC,
    notify: Notify::Instantly,
    digest_hour: 9,
    digest_weekday: 1,
    quiet: None,
    daily_maximum: 50,
};

fn quiet(zone: Tz, from: u32, until: u32) -> Habits {
    Habits { zone, quiet: Some((from, until)), ..HABITS }
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// What is found at `now` is told then.
#[track_caller]
fn told(habits: &Habits, now: &str, expected: &str) {
    let time = match habits.when(at(now), at(now)) {
        When::Now => at(now),
        When::Later(time) => time,
    };
    assert_eq!(time, at(expected), "found at {now}");
}

#[test]
fn without_quiet_hours_it_is_told_at_once() {
    told(&HABITS, "2026-11-22T03:00:00Z", "2026-11-22T03:00:00Z");
    told(&quiet(UTC, 7, 7), "2026-11-22T07:30:00Z", "2026-11-22T07:30:00Z");
}

#[test]
fn quiet_hours_pass_midnight() {
    let habits = quiet(Berlin, 22, 7);
    told(&habits, "2026-11-22T20:59:59Z", "2026-11-22T20:59:59Z");
    told(&habits, "2026-11-22T21:00:00Z", "2026-11-23T06:00:00Z");
    told(&habits, "2026-11-22T23:30:00Z", "2026-11-23T06:00:00Z");
    told(&habits, "2026-11-23T05:59:59Z", "2026-11-23T06:00:00Z");
    told(&habits, "2026-11-23T06:00:00Z", "2026-11-23T06:00:00Z");
}

#[test]
fn quiet_hours_within_a_day_end_on_that_day() {
    let habits = quiet(Kolkata, 13, 15);
    told(&habits, "2026-11-22T07:29:00Z", "2026-11-22T07:29:00Z");
    told(&habits, "2026-11-22T07:30:00Z", "2026-11-22T09:30:00Z");
    told(&quiet(UTC, 0, 23), "2026-11-22T00:00:00Z", "2026-11-22T23:00:00Z");
}

#[test]
fn a_night_that_loses_an_hour_ends_by_the_clock() {
    // Berlin goes from 2:00 to 3:00 on 29 March 2026.
    told(&quiet(Berlin, 22, 7), "2026-03-28T22:00:00Z", "2026-03-29T05:00:00Z");
    told(&quiet(Berlin, 22, 2), "2026-03-29T00:59:00Z", "2026-03-29T01:00:00Z");
    told(&quiet(Berlin, 2, 3), "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z");
    // Lord Howe goes from 2:00 to 2:30 on 4 October 2026.
    told(&quiet(Lord_Howe, 22, 2), "2026-10-03T15:00:00Z", "2026-10-03T15:30:00Z");
}

#[test]
fn an_hour_that_comes_twice_is_quiet_twice() {
    // New York goes from 2:00 back to 1:00 on 1 November 2026.
    let habits = quiet(New_York, 23, 2);
    told(&habits, "2026-11-01T05:30:00Z", "2026-11-01T07:00:00Z");
    told(&habits, "2026-11-01T06:30:00Z", "2026-11-01T07:00:00Z");
    told(&quiet(New_York, 22, 7), "2026-11-01T04:00:00Z", "2026-11-01T12:00:00Z");
    // Its quiet end comes twice, too: the first is the end, and only what is quiet by the clock waits.
    told(&quiet(New_York, 23, 1), "2026-11-01T04:59:00Z", "2026-11-01T05:00:00Z");
}

#[test]
fn whatever_waits_for_the_end_of_the_quiet_hours_is_told_then() {
    for zone in [Berlin, New_York, Kolkata, Lord_Howe, UTC] {
        for (from, until) in [(22, 7), (0, 8), (1, 3), (2, 3), (23, 0), (12, 11)] {
            let habits = quiet(zone, from, until);
            for hours in 0..24 * 370 {
                let found = at("2026-01-01T00:20:00Z") + TimeDelta::hours(hours);
                if let When::Later(time) = habits.when(found, found) {
                    assert!(time > found && time - found <= TimeDelta::hours(25), "{found}");
                    assert_eq!(
                        habits.when(found, time),
                        When::Now,
                        "{zone} {from}-{until} {found}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_daily_digest_comes_at_its_hour_by_the_clock_on_the_wall() {
    let habits = Habits { zone: Berlin, notify: Notify::Daily, ..HABITS };
    told(&habits, "2026-03-28T07:59:00Z", "2026-03-28T08:00:00Z");
    told(&habits, "2026-03-28T08:00:01Z", "2026-03-29T07:00:00Z");
    told(&habits, "2026-10-24T12:00:00Z", "2026-10-25T08:00:00Z");
    let found = at("2026-11-22T05:00:00Z");
    assert_eq!(
        habits.when(found, at("2026-11-22T07:59:59Z")),
        When::Later(at("2026-11-22T08:00:00Z"))
    );
    assert_eq!(habits.when(found, at("2026-11-22T08:00:00Z")), When::Now);
    assert_eq!(habits.when(found, at("2026-11-23T20:00:00Z")), When::Now, "one that was missed");
}

#[test]
fn a_weekly_digest_comes_on_its_day() {
    let habits = Habits { notify: Notify::Weekly, digest_weekday: 5, digest_hour: 18, ..HABITS };
    told(&habits, "2026-11-22T10:00:00Z", "2026-11-27T18:00:00Z");
    told(&habits, "2026-11-27T17:00:00Z", "2026-11-27T18:00:00Z");
    told(&habits, "2026-11-27T18:00:01Z", "2026-12-04T18:00:00Z");
}

#[test]
fn a_digest_in_quiet_hours_waits_for_their_end() {
    let habits = Habits { notify: Notify::Daily, digest_hour: 6, ..quiet(UTC, 22, 8) };
    told(&habits, "2026-11-22T12:00:00Z", "2026-11-23T08:00:00Z");
    let found = at("2026-11-22T12:00:00Z");
    assert_eq!(habits.when(found, at("2026-11-23T08:00:00Z")), When::Now);
}

#[test]
fn what_a_full_day_has_no_room_for_comes_with_the_digest_of_the_next() {
    let habits = Habits { zone: New_York, ..HABITS };
    assert_eq!(habits.day_start(at("2026-11-22T03:00:00Z")), at("2026-11-21T05:00:00Z"));
    assert_eq!(habits.tomorrow(at("2026-11-22T03:00:00Z")), at("2026-11-22T14:00:00Z"));
    assert_eq!(habits.tomorrow(at("2026-11-22T06:00:00Z")), at("2026-11-23T14:00:00Z"));
}

#[test]
fn waits_grow_up_to_an_hour_unless_more_is_asked_for() {
    let waits = [1, 2, 3, 7, 8, 30].map(|n| backoff(n, None, 0.0).num_seconds());
    assert_eq!(waits, [30, 60, 120, 1920, 3600, 3600]);
    assert_eq!(backoff(1, None, 1.0).num_seconds(), 38);
    assert_eq!(backoff(1, Some(TimeDelta::seconds(5)), 0.0).num_seconds(), 30);
    assert_eq!(backoff(1, Some(TimeDelta::seconds(900)), 0.0).num_seconds(), 900);
    assert_eq!(backoff(1, Some(TimeDelta::days(90)), 0.0), TimeDelta::days(1));
}
