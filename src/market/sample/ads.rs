//! The ads of the sample market.

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

use crate::model::{listing::NewListing, money::Currency};

use super::{
    SOURCE, SampleListing,
    dice::Dice,
    offer::{self, Offer},
    places::Site,
    prose,
    thing::{Thing, tidy},
    words,
};

/// How old the freshest ad is. It tells a stored sample's age.
pub(super) const FRESHEST: Duration = Duration::minutes(4);

/// Ad number `n`, posted some time before `as_of`.
pub(super) fn ad(n: u64, as_of: DateTime<Utc>) -> SampleListing {
    if is_copy(n) { copy(n, as_of) } else { original(n, as_of) }
}

/// True when ad `n` shows the thing of ad `n - 1`, which is picked up, on the site that ships.
fn is_copy(n: u64) -> bool {
    n > 1 && wants_copy(n) && !wants_copy(n - 1) && {
        let first = draw(n - 1);
        let ships = first.thing.category.shipping.is_some();
        first.offer.is_the_thing() && first.site == Site::Local && ships
    }
}

fn wants_copy(n: u64) -> bool {
    Dice::new(COPIES, n).chance(130)
}

const ADS: u64 = 1;
const COPIES: u64 = 2;

/// What an ad is about, before it is put into words.
struct Draft {
    offer: Offer,
    thing: Thing,
    site: Site,
    dice: Dice,
}

fn draw(n: u64) -> Draft {
    let mut dice = Dice::new(ADS, n);
    let offer = Offer::draw(&mut dice);
    // Rare things are advertised too, though hardly any was sold: for those there is not enough data. A bargain that
    // is worth a drive is no record or shirt, and nobody lies about a shelf.
    let thing = Thing::draw(&mut dice, |_, p| match offer {
        Offer::Bargain if p.price < 60 => 0,
        Offer::Bargain => p.sales,
        Offer::Scam if p.price < 250 => 0,
        _ => p.sales + 1,
    });
    let ships = thing.category.shipping.is_some() && offer != Offer::Free;
    let site = if ships && dice.chance(620) { Site::Bay } else { Site::Local };
    Draft { offer, thing, site, dice }
}

fn original(n: u64, as_of: DateTime<Utc>) -> SampleListing {
    let Draft { offer, thing, site, mut dice } = draw(n);
    let (title, price) = offer::pitch(offer, &thing, &mut dice);
    let posted_at = as_of - if n == 1 { FRESHEST } else { age(offer, &mut dice) };
    let mut ad = SampleListing {
        earlier_prices: Vec::new(),
        offer,
        listing: NewListing {
            source: SOURCE.to_owned(),
            source_id: source_id(n),
            title,
            description: prose::description(offer, &thing, site, &mut dice),
            kind: offer.kind(),
            price_amount: Some(price),
            shipping_amount: shipping(&thing, site, &mut dice),
            currency: Currency::USD,
            // Every fifth seller does not say.
            condition: offer::condition(offer, &thing).filter(|_| !dice.chance(200)),
            category: Some(category(offer, &thing).to_owned()),
            url: None,
            image_url: image(offer, &thing, &mut dice),
            location: site.place(&mut dice),
            details: details(offer, site, &mut dice),
            posted_at: Some(posted_at),
        },
    };
    if offer.is_the_thing() && offer != Offer::Scam && dice.chance(150) {
        ad.earlier_prices = drops(price, posted_at, as_of, &mut dice);
    }
    ad
}

/// The thing of the ad before, put up where it can be shipped too: the same seller and place, other words, nearly the
/// same price.
fn copy(n: u64, as_of: DateTime<Utc>) -> SampleListing {
    let first = original(n - 1, as_of);
    let Draft { thing, .. } = draw(n - 1);
    let (mut dice, site) = (Dice::new(COPIES, n), Site::Bay);
    let price = first.listing.price_amount.unwrap_or_default();
    let mut details = details(first.offer, site, &mut dice);
    details["same_as"] = json!(first.listing.source_id);
    let listing = NewListing {
        source_id: source_id(n),
        title: words::title(&thing, &mut dice),
        description: prose::description(first.offer, &thing, site, &mut dice),
        price_amount: Some(price + dice.between(0, 2) * 500),
        shipping_amount: shipping(&thing, site, &mut dice),
        details,
        posted_at: first.listing.posted_at.map(|at| at - Duration::minutes(dice.between(3, 50))),
        ..first.listing
    };
    SampleListing { listing, earlier_prices: Vec::new(), offer: first.offer }
}

fn source_id(n: u64) -> String {
    format!("sample-{n:06}")
}

/// How long ago an ad was posted: minutes to weeks. Bargains and lies do not stay up for long.
fn age(offer: Offer, dice: &mut Dice) -> Duration {
    let mut draw = || {
        let longest = match dice.between(1, 100) {
            1..=6 => 120,
            7..=24 => 24 * 60,
            25..=60 => 7 * 24 * 60,
            61..=92 => 28 * 24 * 60,
            _ => 60 * 24 * 60,
        };
        dice.between(longest / 20 + 5, longest)
    };
    let minutes = match offer {
        Offer::Bargain | Offer::Scam | Offer::Free => draw().min(draw()),
        _ => draw(),
    };
    Duration::minutes(minutes)
}

/// What the buyer pays for shipping; `None` where people meet. A third ships for free.
fn shipping(thing: &Thing, site: Site, dice: &mut Dice) -> Option<i64> {
    let usual = thing.category.shipping.filter(|_| site == Site::Bay)?;
    Some(if dice.chance(330) { 0 } else { usual * dice.between(80, 130) / 100 })
}

fn category(offer: Offer, thing: &Thing) -> &'static str {
    match offer {
        Offer::Free => "Free stuff",
        Offer::OneOff => "Antiques & one-offs",
        _ => thing.category.name,
    }
}

/// The drawing of its category; one in eight ads has no photo.
fn image(offer: Offer, thing: &Thing, dice: &mut Dice) -> Option<String> {
    let has_photo = !dice.chance(120) && !matches!(offer, Offer::Wanted | Offer::Service);
    let slug = match offer {
        Offer::Free | Offer::OneOff => "one-offs",
        _ => thing.category.slug,
    };
    has_photo.then(|| format!("/static/sample/{slug}.svg"))
}

fn details(offer: Offer, site: Site, dice: &mut Dice) -> Value {
    let mut details = match offer {
        Offer::Scam => json!({ "seller_feedback_score": 0 }),
        _ => site.seller(dice),
    };
    details["site"] = json!(site.name());
    details["buying_options"] = match site {
        Site::Bay if dice.chance(250) => json!(["FIXED_PRICE", "BEST_OFFER"]),
        Site::Bay => json!(["FIXED_PRICE"]),
        Site::Local => json!(["LOCAL_PICKUP"]),
    };
    details
}

/// One to three earlier prices, oldest first: the seller came down step by step.
fn drops(
    price: i64,
    posted_at: DateTime<Utc>,
    as_of: DateTime<Utc>,
    dice: &mut Dice,
) -> Vec<(DateTime<Utc>, i64)> {
    let minutes = (as_of - posted_at).num_minutes();
    // Nobody comes down within the first two days.
    if minutes < 2 * 24 * 60 {
        return Vec::new();
    }
    let steps = dice.between(1, 3);
    let mut dearer = price;
    let mut earlier: Vec<_> = (0..steps)
        .rev()
        .map(|step| {
            dearer = tidy(dearer * dice.between(1_060, 1_160) / 1_000, dice).max(dearer + 100);
            (posted_at + Duration::minutes(minutes * step / (steps + 1)), dearer)
        })
        .collect();
    earlier.reverse();
    earlier
}
