//! Why a comparable was compared, in words.

use chrono::{DateTime, Utc};

use crate::{
    model::{comp::Basis, condition::Condition, estimate::Comparable},
    scout::{comparables::Alike, number::whole},
};

/// "same model, 86 % alike; sold 3 days before; same condition".
fn why(alike: &Alike<'_>, asked: Option<Condition>, at: DateTime<Utc>) -> String {
    let comp = alike.comp;
    let model = if alike.is_named { "same model, " } else { "" };
    let likeness = whole(alike.likeness * 100.0);
    let done = match comp.basis {
        Basis::Sold => "sold",
        Basis::Asking => "asked",
    };
    let when = match (at - comp.observed_at).num_days() {
        _ if !comp.has_date => format!("{done} at an unknown time"),
        ..=0 => format!("{done} the same day"),
        1 => format!("{done} a day before"),
        days @ 2..60 => format!("{done} {days} days before"),
        days @ 60..730 => format!("{done} {} months before", days / 30),
        days => format!("{done} {} years before", days / 365),
    };
    let condition = match (asked, comp.condition) {
        (Some(asked), Some(sold)) if asked == sold => "; same condition".to_owned(),
        (Some(_), Some(sold)) => format!("; {sold}, its price adjusted for that"),
        (Some(_), None) => "; condition not known".to_owned(),
        (None, _) => String::new(),
    };
    format!("{model}{likeness} % alike; {when}{condition}")
}

/// `weight` is its share in the answer to a question about a thing in condition `asked`.
pub(super) fn comparable(
    alike: &Alike<'_>,
    weight: f64,
    asked: Option<Condition>,
    at: DateTime<Utc>,
) -> Comparable {
    let comp = alike.comp;
    let rounded = |share: f64| (share * 10_000.0).round() / 10_000.0;
    Comparable {
        id: comp.id,
        basis: comp.basis,
        title: comp.title.clone(),
        price: comp.total,
        condition: comp.condition,
        observed_at: comp.observed_at,
        likeness: (alike.likeness * 1_000.0).round() / 1_000.0,
        weight: rounded(weight),
        why: why(alike, asked, at),
    }
}
