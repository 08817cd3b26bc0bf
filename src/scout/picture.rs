//! Fingerprints of pictures that stay alike when a picture is scaled, saved anew or cropped a little: the signs of its
//! coarsest waves of light and dark.

/// The side of the square that a picture is shrunk to before it is looked at.
pub const SIDE: usize = 32;
/// So many waves each way make the fingerprint.
const WAVES: usize = 8;
/// Bits that may differ between two copies of one picture.
const ALIKE: u32 = 12;
/// Bits from which on two pictures are surely two.
const DIFFERENT: u32 = 20;

/// What two fingerprints say of their pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// One picture, or copies of it.
    Alike,
    /// Nobody can tell.
    Unsure,
    /// Two pictures.
    Different,
}

/// The fingerprint of a picture shrunk to [`SIDE`] times [`SIDE`] shades of grey, line by line. `None` for a picture of
/// another size, or one that shows nothing: a plain area is like every other.
pub fn fingerprint(grey: &[u8]) -> Option<u64> {
    if grey.len() != SIDE * SIDE {
        return None;
    }
    let (least, most) = (grey.iter().min()?, grey.iter().max()?);
    if most - least < 16 {
        return None;
    }
    let waves = waves(grey);
    let mut sorted = waves.clone();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted[sorted.len() / 2];
    Some(waves.iter().fold(0, |bits, wave| bits << 1 | u64::from(*wave > middle)))
}

/// What two fingerprints say of their pictures.
pub fn likeness(a: u64, b: u64) -> Likeness {
    match (a ^ b).count_ones() {
        ..=ALIKE => Likeness::Alike,
        DIFFERENT.. => Likeness::Different,
        _ => Likeness::Unsure,
    }
}

/// How strong each of the coarsest waves is, the plain brightness left out.
fn waves(grey: &[u8]) -> Vec<f64> {
    let mut rows = vec![[0.0; WAVES + 1]; SIDE];
    for (row, line) in rows.iter_mut().zip(grey.chunks(SIDE)) {
        for (wave, sum) in row.iter_mut().enumerate() {
            *sum = line
                .iter()
                .enumerate()
                .map(|(at, shade)| f64::from(*shade) * cosine(at, wave))
                .sum();
        }
    }
    let mut waves = Vec::with_capacity(WAVES * WAVES);
    for down in 1..=WAVES {
        for across in 1..=WAVES {
            let column = rows.iter().enumerate();
            waves.push(column.map(|(at, row)| row[across] * cosine(at, down)).sum());
        }
    }
    waves
}

fn cosine(at: usize, wave: usize) -> f64 {
    let (at, wave, side) = (small(at), small(wave), small(SIDE));
    (std::f64::consts::PI / side * (at + 0.5) * wave).cos()
}

fn small(number: usize) -> f64 {
    super::number::count(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Something to see: waves of light and dark, as many and as strong as `seed` has it.
    fn scene(seed: u64) -> Vec<u8> {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut chance = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            f64::from(u16::try_from(state >> 48).unwrap()) / 65_536.0
        };
        let strengths: Vec<f64> = (0..64).map(|_| chance() - 0.5).collect();
        let shade = |at: usize| {
            let (x, y) = (at % SIDE, at / SIDE);
            let waves = strengths.iter().enumerate();
            let sum: f64 = waves
                .map(|(n, strength)| strength * cosine(x, n % 8 + 1) * cosine(y, n / 8 + 1))
                .sum();
            (128.0 + 25.0 * sum).clamp(0.0, 255.0)
        };
        let whole = |shade: f64| u8::try_from(super::super::number::whole(shade)).unwrap();
        (0..SIDE * SIDE).map(|at| whole(shade(at))).collect()
    }

    #[test]
    fn a_picture_that_is_a_little_lighter_or_noisier_is_the_same() {
        let first = scene(1);
        let lighter: Vec<u8> = first.iter().map(|shade| (shade / 2).saturating_add(40)).collect();
        let noisy: Vec<u8> = first
            .iter()
            .enumerate()
            .map(|(at, shade)| shade.saturating_add(u8::from(at % 3 == 0) * 6))
            .collect();
        let of = |grey: &[u8]| fingerprint(grey).unwrap();
        assert_eq!(likeness(of(&first), of(&lighter)), Likeness::Alike);
        assert_eq!(likeness(of(&first), of(&noisy)), Likeness::Alike);
    }

    #[test]
    fn other_pictures_are_not() {
        let prints: Vec<u64> = (1..12).map(|seed| fingerprint(&scene(seed)).unwrap()).collect();
        for (at, a) in prints.iter().enumerate() {
            for b in &prints[at + 1..] {
                assert_ne!(likeness(*a, *b), Likeness::Alike, "{}", (a ^ b).count_ones());
            }
        }
    }

    #[test]
    fn a_plain_area_has_no_fingerprint() {
        assert_eq!(fingerprint(&[200; SIDE * SIDE]), None);
        assert_eq!(fingerprint(&[1, 2, 3]), None);
    }
}
