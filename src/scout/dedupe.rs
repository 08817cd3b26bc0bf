//! Whether two ads on two sites offer one and the same thing: by what it is, where it is and whose picture it is. The
//! price only corroborates: dealers ask the same for many things.

use super::{
    identity::Identity,
    number::{count, float},
    picture::{Likeness, likeness},
};
use crate::model::{kind::Kind, money::Money, place::distance_km};

/// Two places that are no farther apart are one: sites blur where a thing is.
const NEAR_KM: f64 = 25.0;

/// An ad, as far as it takes to recognise its thing elsewhere.
#[derive(Debug, Clone)]
pub struct Sighting<'a> {
    /// Where the ad stands.
    pub source: &'a str,
    /// Its title.
    pub title: &'a str,
    /// What it really offers.
    pub kind: Kind,
    /// Its price, when known.
    pub price: Option<Money>,
    /// Where the thing is, in degrees north and east, when known.
    pub point: Option<(f64, f64)>,
    /// The fingerprint of its picture, when known.
    pub picture: Option<u64>,
}

/// Whether both offer one thing. Two ads on one site never do: each was put there for a thing of its own.
pub fn is_same(a: &Sighting<'_>, b: &Sighting<'_>) -> bool {
    if a.source == b.source || a.kind != b.kind {
        return false;
    }
    let (ours, theirs) = (Identity::of(a.title), Identity::of(b.title));
    if ours.agrees(&theirs) < 0.7 {
        return false;
    }
    let words = overlap(&ours.words, &theirs.words);
    let near = a.point.zip(b.point).map(|(a, b)| distance_km(a, b) <= NEAR_KM);
    let picture = a.picture.zip(b.picture).map(|(a, b)| likeness(a, b));
    match (picture, near) {
        (Some(Likeness::Different), _) | (_, Some(false)) => false,
        (Some(Likeness::Alike), Some(true)) => words >= 0.3,
        // Makers' pictures go around: where it is not known, the price has to fit, too.
        (Some(Likeness::Alike), None) => {
            words >= 0.3 && price_apart(a, b).is_some_and(|p| p <= 0.1)
        }
        (_, Some(true)) => words >= 0.8 && price_apart(a, b).is_some_and(|p| p <= 0.02),
        (_, None) => false,
    }
}

/// How many words of the shorter title the other one has, too: 0 to 1.
fn overlap(a: &[String], b: &[String]) -> f64 {
    let shorter = a.len().min(b.len());
    if shorter == 0 {
        return 0.0;
    }
    count(a.iter().filter(|word| b.contains(word)).count()) / count(shorter)
}

/// How far the prices are apart, as a share of the higher one.
fn price_apart(a: &Sighting<'_>, b: &Sighting<'_>) -> Option<f64> {
    let (a, b) = a.price.zip(b.price)?;
    if a.currency != b.currency {
        return None;
    }
    let most = a.amount.max(b.amount).max(1);
    Some(float(a.amount.abs_diff(b.amount).try_into().unwrap_or(i64::MAX)) / float(most))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::money::Currency;

    const BERLIN: Option<(f64, f64)> = Some((52.52, 13.405));
    const POTSDAM: Option<(f64, f64)> = Some((52.4, 13.2));
    const HAMBURG: Option<(f64, f64)> = Some((53.55, 9.99));

    fn sighting<'a>(source: &'a str, title: &'a str) -> Sighting<'a> {
        Sighting {
            source,
            title,
            kind: Kind::Item,
            price: Some(Money::new(41_000, Currency::USD)),
            point: BERLIN,
            picture: Some(0x00FF_00FF_00FF_00FF),
        }
    }

    fn ebay() -> Sighting<'static> {
        sighting("ebay", "Fender Player Stratocaster HSS 2019 sunburst")
    }

    fn reverb() -> Sighting<'static> {
        sighting("reverb", "2019 Fender Player Stratocaster HSS, Sunburst, very good")
    }

    #[test]
    fn one_thing_on_two_sites_is_recognised_by_its_words_its_place_and_its_picture() {
        assert!(is_same(&ebay(), &reverb()));
        assert!(is_same(&ebay(), &Sighting { point: POTSDAM, ..reverb() }));
        let dearer = Some(Money::new(60_000, Currency::USD));
        assert!(
            is_same(&ebay(), &Sighting { price: dearer, ..reverb() }),
            "the price only corroborates"
        );
    }

    #[test]
    fn another_place_another_picture_or_another_model_is_another_thing() {
        assert!(!is_same(&ebay(), &Sighting { point: HAMBURG, ..reverb() }));
        assert!(!is_same(&ebay(), &Sighting { picture: Some(0xFF00_FF00_FF00_FF00), ..reverb() }));
        let phone = sighting("ebay", "Apple iPhone 13 Pro 128GB");
        assert!(!is_same(&phone, &sighting("reverb", "Apple iPhone 13 Pro 256GB")));
        assert!(!is_same(&ebay(), &sighting("ebay", reverb().title)), "one site");
        assert!(!is_same(&ebay(), &Sighting { kind: Kind::Accessory, ..reverb() }));
    }

    #[test]
    fn a_makers_picture_alone_says_nothing_without_a_place_or_a_price() {
        let unplaced = Sighting { point: None, ..reverb() };
        assert!(is_same(&ebay(), &unplaced));
        assert!(!is_same(&ebay(), &Sighting { price: None, ..unplaced.clone() }));
        let blind = Sighting { picture: None, ..reverb() };
        assert!(is_same(&ebay(), &blind), "the same words, place and price");
        let cheaper = Some(Money::new(35_000, Currency::USD));
        assert!(!is_same(&ebay(), &Sighting { price: cheaper, ..blind.clone() }));
        assert!(
            !is_same(&ebay(), &Sighting { point: None, ..blind }),
            "words and price are not enough"
        );
    }
}
