//! Amounts of money as floating point and back, where statistics need it.

/// The nearest floating-point number; exact up to 2^53 minor units.
#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "statistics of prices need no more than 53 bits"
)]
pub(super) fn float(amount: i64) -> f64 {
    amount as f64
}

/// Rounds to whole minor units; what is no number becomes 0, what is too large the largest there is.
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "the cast saturates, which is what is wanted"
)]
pub(super) fn whole(value: f64) -> i64 {
    value.round() as i64
}

/// A count as a floating-point number.
pub(super) fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// A share (0 to 1) of a count, rounded to the nearest whole.
pub(super) fn share(of: usize, share: f64) -> usize {
    let part = (count(of) * share.clamp(0.0, 1.0)).round();
    usize::try_from(whole(part)).unwrap_or(0).min(of)
}
