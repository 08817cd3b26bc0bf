//! Times and gaps in words.

use chrono::{DateTime, Utc};

use crate::{
    model::{comp::Basis, estimate::Estimate},
    scout::estimate::{LEAST_ASKING, LEAST_SOLD},
};

/// Newer sales than this need no remark.
const FRESH_DAYS: i64 = 120;

/// "12 min ago", "2 h ago", "3 days ago", "5 weeks ago".
pub(super) fn ago(hours: f64) -> String {
    match hours {
        h if h < 1.0 => format!("{:.0} min ago", (h * 60.0).max(0.0)),
        h if h < 48.0 => format!("{:.0} h ago", h.floor()),
        h if h < 24.0 * 21.0 => format!("{:.0} days ago", (h / 24.0).floor()),
        h if h < 24.0 * 120.0 => format!("{:.0} weeks ago", (h / 168.0).floor()),
        h if h < 24.0 * 730.0 => format!("{:.0} months ago", (h / 730.5).floor()),
        h => format!("{:.0} years ago", (h / 8_766.0).floor()),
    }
}

/// "; the newest of them is 5 years old", where that matters.
pub(super) fn old(newest_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> String {
    let Some(newest_at) = newest_at else {
        return "; they carry no dates".to_owned();
    };
    let days = now.signed_duration_since(newest_at).num_days();
    match days {
        days if days <= FRESH_DAYS => String::new(),
        days if days < 730 => format!("; the newest of them is {} months old", days / 30),
        days => format!("; the newest of them is {} years old", days / 365),
    }
}

/// What is missing for an estimate.
pub(super) fn not_enough(estimate: &Estimate) -> String {
    // An answer lists more than are needed.
    let known = |basis| estimate.comparables.iter().filter(|c| c.basis == basis).count();
    let (sold, asking) = (known(Basis::Sold), known(Basis::Asking));
    let why = if estimate.n == 0 {
        "nothing comparable is known yet".to_owned()
    } else if sold >= LEAST_SOLD || asking >= LEAST_ASKING {
        format!("the {} comparables known do not agree", estimate.n)
    } else {
        let sold = counted(sold, "sale");
        let asking = counted(asking, "asking price");
        let known = [sold, asking].into_iter().flatten().collect::<Vec<_>>().join(" and ");
        format!("only {known} known, {LEAST_SOLD} sales or {LEAST_ASKING} asking prices are needed")
    };
    format!("not enough data: {why}")
}

/// "1 sale", "2 sales"; `None` for none.
fn counted(number: usize, thing: &str) -> Option<String> {
    match number {
        0 => None,
        1 => Some(format!("1 {thing}")),
        n => Some(format!("{n} {thing}s")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_people_say_them() {
        assert_eq!(ago(0.2), "12 min ago");
        assert_eq!(ago(2.9), "2 h ago");
        assert_eq!(ago(72.0), "3 days ago");
        assert_eq!(ago(24.0 * 40.0), "5 weeks ago");
        assert_eq!(ago(24.0 * 400.0), "13 months ago");
        assert_eq!(ago(24.0 * 366.0 * 6.0), "6 years ago");
    }

    #[test]
    fn old_sales_are_called_old() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let days = |days| Some(now - chrono::Duration::days(days));
        assert_eq!(old(days(30), now), "");
        assert_eq!(old(days(300), now), "; the newest of them is 10 months old");
        assert_eq!(old(days(2_200), now), "; the newest of them is 6 years old");
        assert_eq!(old(None, now), "; they carry no dates");
    }
}
