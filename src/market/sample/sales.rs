//! The sales of the sample market: what went for how much over the last 120 days.

use chrono::{DateTime, Duration, Utc};
use serde_json::json;

use crate::model::{
    comp::{Basis, NewComp},
    money::Currency,
};

use super::{
    SOURCE,
    dice::Dice,
    offer::{self, Offer},
    places::Site,
    thing::{Thing, tidy},
    words,
};

const SALES: u64 = 3;

/// Sale number `n`, at most 120 days before `as_of`.
pub(super) fn sale(n: u64, as_of: DateTime<Utc>) -> NewComp {
    let mut dice = Dice::new(SALES, n);
    let offer = dice.weighted(SHARES, |(_, share)| *share).0;
    let thing = Thing::draw(&mut dice, |_, p| p.sales);
    let minutes = dice.between(60, 120 * 24 * 60 - 1);
    let (title, price) = match offer {
        Offer::Fair => (words::title(&thing, &mut dice), paid(&thing, minutes / 1_440, &mut dice)),
        _ => offer::pitch(offer, &thing, &mut dice),
    };
    let ships = thing.category.shipping.is_some() && dice.chance(800);
    let site = if ships { Site::Bay } else { Site::Local };
    let shipping = thing
        .category
        .shipping
        .filter(|_| ships)
        .map(|usual| if dice.chance(300) { 0 } else { usual * dice.between(75, 135) / 100 });
    NewComp {
        source: SOURCE.to_owned(),
        source_id: format!("sample-sale-{n:06}"),
        title,
        kind: offer.kind(),
        basis: Basis::Sold,
        price_amount: price,
        shipping_amount: shipping,
        currency: Currency::USD,
        condition: offer::condition(offer, &thing).filter(|_| !dice.chance(150)),
        category: Some(thing.category.name.to_owned()),
        url: None,
        details: json!({ "site": site.name() }),
        observed_at: as_of - Duration::minutes(minutes),
    }
}

/// How many of 1,000 sales are what. Sold lists are as full of boxes and broken things as the ads.
const SHARES: &[(Offer, i64)] = &[
    (Offer::Fair, 905),
    (Offer::Parts, 30),
    (Offer::Accessory, 30),
    (Offer::Bundle, 20),
    (Offer::EmptyBox, 12),
    (Offer::Picture, 3),
];

/// What somebody paid: the rate of that day, the luck of the day, and now and then a price that nobody understands.
fn paid(thing: &Thing, days: i64, dice: &mut Dice) -> i64 {
    let luck = if dice.chance(15) {
        *dice.pick(&[&380, &450, &1_700, &2_100])
    } else {
        1_000 + dice.around(230)
    };
    let cents = thing.rate(days) * luck / 1_000;
    // Auctions end where they end.
    if dice.chance(300) { cents.max(100) } else { tidy(cents, dice) }
}
