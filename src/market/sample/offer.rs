//! What an ad is really about: the thing at some price, or something around it.

use crate::model::{condition::Condition, kind::Kind};

use super::{
    dice::Dice,
    thing::{Thing, tidy},
    words,
};

/// What the maker of the sample had in mind with an ad. The estimate never sees it; tests hold the estimate against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Offer {
    /// The thing, far under what it goes for.
    Bargain,
    /// The thing for about what it goes for.
    Fair,
    /// The thing for more than it goes for.
    Dear,
    /// Too cheap to be true, from a seller whom nobody knows.
    Scam,
    /// Given away.
    Free,
    /// Somebody looks for the thing.
    Wanted,
    /// One of a kind: nothing compares with it.
    OneOff,
    /// Broken.
    Parts,
    /// Something that goes with the thing.
    Accessory,
    /// The thing with others.
    Bundle,
    /// The packaging.
    EmptyBox,
    /// A picture of the thing.
    Picture,
    /// Work on the thing.
    Service,
}

impl Offer {
    /// Draws an offer as ads have them.
    pub(super) fn draw(dice: &mut Dice) -> Self {
        dice.weighted(SHARES, |(_, share)| *share).0
    }

    /// True when the thing itself is on offer, whole and working.
    pub(super) fn is_the_thing(self) -> bool {
        matches!(self, Self::Bargain | Self::Fair | Self::Dear | Self::Scam)
    }

    /// What is on offer, in the words of the database.
    pub(super) fn kind(self) -> Kind {
        match self {
            Self::Bargain | Self::Fair | Self::Dear | Self::Scam | Self::Free | Self::OneOff => {
                Kind::Item
            }
            Self::Parts => Kind::Parts,
            Self::Accessory => Kind::Accessory,
            Self::Bundle => Kind::Bundle,
            Self::EmptyBox => Kind::EmptyBox,
            Self::Picture => Kind::Picture,
            Self::Wanted | Self::Service => Kind::Service,
        }
    }
}

/// How many of 1,000 ads are what.
const SHARES: &[(Offer, i64)] = &[
    (Offer::Bargain, 100),
    (Offer::Fair, 450),
    (Offer::Dear, 235),
    (Offer::Scam, 12),
    (Offer::Free, 8),
    (Offer::Wanted, 12),
    (Offer::OneOff, 22),
    (Offer::Parts, 36),
    (Offer::Accessory, 60),
    (Offer::Bundle, 36),
    (Offer::EmptyBox, 15),
    (Offer::Picture, 6),
    (Offer::Service, 8),
];

/// A title and a price in cents for `offer` around `thing`.
pub(super) fn pitch(offer: Offer, thing: &Thing, dice: &mut Dice) -> (String, i64) {
    let rate = thing.rate(0);
    let share = |dice: &mut Dice, low, high| tidy(rate * dice.between(low, high) / 1000, dice);
    let named = |pattern: &str| words::fill(pattern, thing.name(), thing.variant, thing.style);
    match offer {
        Offer::Bargain => (words::title(thing, dice), share(dice, 450, 690)),
        Offer::Fair => (words::title(thing, dice), share(dice, 860, 1130)),
        Offer::Dear => (words::title(thing, dice), share(dice, 1150, 1650)),
        Offer::Scam => (words::title(thing, dice), share(dice, 110, 240)),
        Offer::Free => {
            let free = dice.pick(FREE);
            (words::in_a_voice(free, dice), 0)
        }
        Offer::Wanted => (named(dice.pick(WANTED)), share(dice, 500, 900)),
        Offer::OneOff => {
            let &(title, dollars) = &ONE_OFFS[dice.index(ONE_OFFS.len())];
            let price = tidy(dollars * dice.between(80, 125), dice);
            (words::in_a_voice(title, dice), price)
        }
        Offer::Parts => {
            let fault = dice.pick(thing.category.faults);
            let title = named(dice.pick(PARTS)).replace("{f}", fault);
            (words::in_a_voice(&title, dice), share(dice, 150, 450))
        }
        Offer::Accessory => {
            let accessories = thing.category.accessories;
            let &(pattern, low, high) = &accessories[dice.index(accessories.len())];
            (words::in_a_voice(&named(pattern), dice), dice.between(low, high) * 100)
        }
        Offer::Bundle => bundle(thing, dice),
        Offer::EmptyBox => {
            (named(dice.pick(BOXES)), tidy(1_000 + rate * dice.between(10, 60) / 1000, dice))
        }
        Offer::Picture => (named(dice.pick(PICTURES)), share(dice, 100, 800)),
        Offer::Service => (named(dice.pick(SERVICES)), dice.between(4, 16) * 500),
    }
}

/// The condition that goes with an offer: a broken thing is a poor one, and what is no thing has none.
pub(super) fn condition(offer: Offer, thing: &Thing) -> Option<Condition> {
    match offer {
        Offer::Parts => Some(Condition::Poor),
        Offer::Wanted | Offer::Service | Offer::Picture | Offer::Free => None,
        _ => Some(thing.condition),
    }
}

/// Two of it, or it with something of its own category.
fn bundle(thing: &Thing, dice: &mut Dice) -> (String, i64) {
    let rate = thing.rate(0);
    let slug = thing.category.slug;
    let other = Thing::draw(dice, |c, p| if c.slug == slug { p.sales + 1 } else { 0 });
    let (title, value) = match dice.between(1, 3) {
        1 => (format!("Lot of 2 {} {}", thing.name(), thing.variant), rate * 2),
        2 => (format!("{} and {} bundle", thing.name(), other.name()), rate + other.rate(0)),
        _ => (format!("{} {} + extras, huge bundle", thing.name(), thing.variant), rate * 13 / 10),
    };
    (words::in_a_voice(&title, dice), tidy(value * dice.between(800, 1150) / 1000, dice))
}

const BOXES: &[&str] = &[
    "{n} EMPTY BOX ONLY",
    "Box only for {n} {v} (no item inside)",
    "{n} original box and manual, EMPTY",
    "{n} retail box - box only!! read",
];
const PICTURES: &[&str] =
    &["{n} {v} PICTURE ONLY read description", "Picture of {n} {v}", "{n} jpg - image only"];
const PARTS: &[&str] = &[
    "{n} {v} - {f} - for parts or repair",
    "BROKEN {n} {v} {f} AS IS",
    "{n} {s} {f} for parts not working",
    "{n} {v} parts only, {f}",
];
const WANTED: &[&str] =
    &["WTB {n} {v}", "ISO: {n} {v}, will pay cash", "Wanted: {n}", "Looking for a {n} {v}"];
const SERVICES: &[&str] =
    &["{n} repair service", "I will clean and tune up your {n}", "{n} repair service, same day"];
const FREE: &[&str] = &[
    "FREE couch, you haul, curb alert",
    "free moving boxes",
    "Free upright piano, must pick up",
    "FREE firewood, cut and split",
    "Free kids bike 16 inch",
    "free IKEA bookcase, small dent",
    "Free recliner, squeaks",
];
/// What nobody else sells, with a price in dollars.
const ONE_OFFS: &[(&str, i64)] = &[
    ("Handmade walnut bench with live edge", 380),
    ("Grandmother's patchwork quilt 1950s", 120),
    ("Brass ship clock from an estate", 165),
    ("Oil painting of a covered bridge, signed", 240),
    ("Vintage Coleman lantern 1962", 65),
    ("Antique oak icebox", 420),
    ("Hand thrown stoneware dinner set for 6", 140),
    ("Cast iron garden bench", 110),
    ("Old pharmacy sign, neon, works", 680),
    ("Model railroad, whole room, HO scale", 750),
    ("Wool rug from Oaxaca 6x9", 310),
    ("Telescope mirror 10 inch, home ground", 275),
    ("Accordion Hohner Verdi II", 190),
    ("Typewriter Olympia SM9 script font", 230),
    ("Cedar strip canoe 16 ft", 1_400),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_are_of_a_thousand_and_a_tenth_are_bargains() {
        assert_eq!(SHARES.iter().map(|(_, share)| share).sum::<i64>(), 1000);
        assert_eq!(SHARES[0], (Offer::Bargain, 100));
    }

    #[test]
    fn a_bargain_is_far_cheaper_than_a_fair_offer_of_the_same_thing() {
        for n in 0..50 {
            let mut dice = Dice::new(5, n);
            let thing = Thing::draw(&mut dice, |_, p| p.sales);
            let bargain = pitch(Offer::Bargain, &thing, &mut dice).1;
            let fair = pitch(Offer::Fair, &thing, &mut dice).1;
            assert!(bargain < fair, "{}: {bargain} and {fair}", thing.name());
        }
    }
}
