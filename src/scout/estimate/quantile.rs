//! Order statistics of weighted values.

/// A value with how much it counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Weighted {
    pub(super) value: f64,
    pub(super) weight: f64,
}

/// The value below which `share` (0 to 1) of the weight lies, halfway into each value's own weight and interpolated
/// between neighbours. `None` when nothing has weight.
pub(super) fn quantile(values: &[Weighted], share: f64) -> Option<f64> {
    let mut sorted: Vec<Weighted> =
        values.iter().copied().filter(|v| v.weight > 0.0 && v.value.is_finite()).collect();
    sorted.sort_by(|a, b| a.value.total_cmp(&b.value));
    let total: f64 = sorted.iter().map(|v| v.weight).sum();
    let wanted = share * total;
    let mut below = 0.0;
    let mut last: Option<(f64, f64)> = None;
    for v in &sorted {
        let middle = below + v.weight / 2.0;
        if middle >= wanted {
            return Some(match last {
                Some((at, value)) if middle > at => {
                    value + (v.value - value) * (wanted - at) / (middle - at)
                }
                _ => v.value,
            });
        }
        last = Some((middle, v.value));
        below += v.weight;
    }
    last.map(|(_, value)| value)
}

/// The middle of the weight.
pub(super) fn median(values: &[Weighted]) -> Option<f64> {
    quantile(values, 0.5)
}

/// The median distance from `centre`, scaled so that it equals the standard deviation of a normal distribution.
pub(super) fn deviation(values: &[Weighted], centre: f64) -> Option<f64> {
    let distances: Vec<Weighted> = values
        .iter()
        .map(|v| Weighted { value: (v.value - centre).abs(), weight: v.weight })
        .collect();
    median(&distances).map(|mad| mad * 1.4826)
}

/// The median of the densest stretch that is `width` wide: where prices crowd, however many lie scattered elsewhere.
pub(super) fn densest(values: &[Weighted], width: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(|a, b| a.value.total_cmp(&b.value));
    let (mut start, mut weight) = (0, 0.0);
    let (mut best, mut heaviest) = (0..0, 0.0);
    for (end, v) in sorted.iter().enumerate() {
        weight += v.weight;
        while v.value - sorted[start].value > width {
            weight -= sorted[start].weight;
            start += 1;
        }
        if weight > heaviest {
            (best, heaviest) = (start..end + 1, weight);
        }
    }
    median(&sorted[best])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weighted(values: &[(f64, f64)]) -> Vec<Weighted> {
        values.iter().map(|&(value, weight)| Weighted { value, weight }).collect()
    }

    #[test]
    fn equal_weights_give_the_ordinary_median() {
        assert_eq!(median(&weighted(&[(3.0, 1.0), (1.0, 1.0), (2.0, 1.0)])), Some(2.0));
        assert_eq!(median(&weighted(&[(1.0, 1.0), (2.0, 1.0)])), Some(1.5));
    }

    #[test]
    fn the_heavier_value_pulls() {
        let middle = median(&weighted(&[(1.0, 9.0), (2.0, 1.0)])).unwrap();
        assert!(middle < 1.2, "{middle}");
    }

    #[test]
    fn the_ends_are_the_extremes() {
        let values = weighted(&[(1.0, 1.0), (2.0, 1.0), (9.0, 1.0)]);
        assert_eq!(quantile(&values, 0.0), Some(1.0));
        assert_eq!(quantile(&values, 1.0), Some(9.0));
    }

    #[test]
    fn the_densest_stretch_is_found_among_scattered_values() {
        let values = weighted(&[
            (0.0, 1.0),
            (1.0, 1.0),
            (1.1, 1.0),
            (1.2, 1.0),
            (3.0, 1.0),
            (5.0, 1.0),
            (7.0, 1.0),
        ]);
        assert_eq!(densest(&values, 0.3), Some(1.1));
        assert_eq!(densest(&[], 0.3), None);
    }

    #[test]
    fn nothing_has_no_middle() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&weighted(&[(1.0, 0.0), (f64::NAN, 1.0)])), None);
    }
}
