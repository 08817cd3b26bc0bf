//! Order statistics of weighted values.

/// A value with how much it counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Weighted {
    pub(super) value: f64,
    pub(super) weight: f64,
}

/// Weighted values in ascending order: sorted once, asked as often as need be.
#[derive(Debug)]
pub(super) struct Ranked {
    values: Vec<Weighted>,
    total: f64,
}

impl Ranked {
    /// Leaves out what has no weight or is no number.
    pub(super) fn new(values: impl IntoIterator<Item = Weighted>) -> Self {
        let mut values: Vec<Weighted> =
            values.into_iter().filter(|v| v.weight > 0.0 && v.value.is_finite()).collect();
        values.sort_unstable_by(|a, b| a.value.total_cmp(&b.value));
        let total = values.iter().map(|v| v.weight).sum();
        Self { values, total }
    }

    /// The value below which `share` (0 to 1) of the weight lies, halfway into each value's own weight and interpolated
    /// between neighbours. `None` when nothing has weight.
    pub(super) fn quantile(&self, share: f64) -> Option<f64> {
        let wanted = share * self.total;
        let mut below = 0.0;
        let mut last: Option<(f64, f64)> = None;
        for v in &self.values {
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

    /// The mean with what lies beyond the quartiles drawn in to them: as deaf to peaks as the median, and less shaken by
    /// which sale happens to stand in the middle.
    pub(super) fn midmean(&self) -> Option<f64> {
        let (low, high) = (self.quantile(0.25)?, self.quantile(0.75)?);
        let sum: f64 = self.values.iter().map(|v| v.weight * v.value.clamp(low, high)).sum();
        Some(sum / self.total)
    }

    /// The mean with what lies further than `reach` from zero drawn in to it.
    pub(super) fn mean_within(&self, reach: f64) -> Option<f64> {
        let sum: f64 = self.values.iter().map(|v| v.weight * v.value.clamp(-reach, reach)).sum();
        (self.total > 0.0).then(|| sum / self.total)
    }

    /// The median distance from `centre`, scaled so that it equals the standard deviation of a normal distribution.
    pub(super) fn deviation(&self, centre: f64) -> Option<f64> {
        let distance = |v: &Weighted| Weighted { value: (v.value - centre).abs(), ..*v };
        Self::new(self.values.iter().map(distance)).quantile(0.5).map(|mad| mad * 1.4826)
    }

    /// Those at most `reach` from `centre`.
    pub(super) fn near(&self, centre: f64, reach: f64) -> Self {
        Self::new(self.values.iter().copied().filter(|v| (v.value - centre).abs() <= reach))
    }

    /// The median of the densest stretch that is `width` wide: where prices crowd, however many lie scattered elsewhere.
    pub(super) fn densest(&self, width: f64) -> Option<f64> {
        let (mut start, mut weight) = (0, 0.0);
        let (mut best, mut heaviest) = (0..0, 0.0);
        for (end, v) in self.values.iter().enumerate() {
            weight += v.weight;
            while v.value - self.values[start].value > width {
                weight -= self.values[start].weight;
                start += 1;
            }
            if weight > heaviest {
                (best, heaviest) = (start..end + 1, weight);
            }
        }
        Self::new(self.values[best].iter().copied()).quantile(0.5)
    }
}

/// The middle of the weight.
pub(super) fn median(values: impl IntoIterator<Item = Weighted>) -> Option<f64> {
    Ranked::new(values).quantile(0.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weighted(values: &[(f64, f64)]) -> Vec<Weighted> {
        values.iter().map(|&(value, weight)| Weighted { value, weight }).collect()
    }

    #[test]
    fn equal_weights_give_the_ordinary_median() {
        assert_eq!(median(weighted(&[(3.0, 1.0), (1.0, 1.0), (2.0, 1.0)])), Some(2.0));
        assert_eq!(median(weighted(&[(1.0, 1.0), (2.0, 1.0)])), Some(1.5));
    }

    #[test]
    fn the_heavier_value_pulls() {
        let middle = median(weighted(&[(1.0, 9.0), (2.0, 1.0)])).unwrap();
        assert!(middle < 1.2, "{middle}");
    }

    #[test]
    fn the_ends_are_the_extremes() {
        let values = Ranked::new(weighted(&[(1.0, 1.0), (2.0, 1.0), (9.0, 1.0)]));
        assert_eq!(values.quantile(0.0), Some(1.0));
        assert_eq!(values.quantile(1.0), Some(9.0));
    }

    #[test]
    fn the_midmean_hears_no_peaks_and_averages_the_middle() {
        let peaks = [(1.0, 1.0), (1.2, 1.0), (1.3, 1.0), (1.3, 1.0), (1.6, 1.0), (900.0, 1.0)];
        let mean = Ranked::new(weighted(&peaks)).midmean().unwrap();
        assert!((1.25..1.45).contains(&mean), "{mean}");
        assert_eq!(Ranked::new(weighted(&[(2.0, 1.0)])).midmean(), Some(2.0));
    }

    #[test]
    fn a_mean_within_reach_hears_what_is_beyond_as_if_it_were_at_its_edge() {
        let values = Ranked::new(weighted(&[(-0.1, 1.0), (0.0, 2.0), (0.1, 1.0), (3.0, 1.0)]));
        assert_eq!(values.mean_within(0.2), Some(0.04));
        assert_eq!(Ranked::new(Vec::new()).mean_within(0.2), None);
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
        assert_eq!(Ranked::new(values).densest(0.3), Some(1.1));
        assert_eq!(Ranked::new(Vec::new()).densest(0.3), None);
    }

    #[test]
    fn nothing_has_no_middle() {
        assert_eq!(median(Vec::new()), None);
        assert_eq!(median(weighted(&[(1.0, 0.0), (f64::NAN, 1.0)])), None);
        assert_eq!(Ranked::new(Vec::new()).midmean(), None);
    }
}
