//! Descriptions as sellers write them.

use super::{dice::Dice, offer::Offer, places::Site, thing::Thing};

/// The description of an ad; `None` when the seller wrote none.
pub(super) fn description(
    offer: Offer,
    thing: &Thing,
    site: Site,
    dice: &mut Dice,
) -> Option<String> {
    // One in nine sellers lets the photo speak.
    if dice.chance(110) && offer != Offer::Scam {
        return None;
    }
    let mut sentences = vec![opening(offer, thing, dice)];
    if offer.is_the_thing() && offer != Offer::Scam {
        sentences.push(dice.pick(thing.category.praise).to_owned());
        let second = dice.pick(thing.category.praise).to_owned();
        if !sentences.contains(&second) {
            sentences.push(second);
        }
    }
    sentences.push(closing(offer, site, dice).to_owned());
    Some(sentences.join(" "))
}

fn opening(offer: Offer, thing: &Thing, dice: &mut Dice) -> String {
    let name = thing.name();
    match offer {
        Offer::Bargain => format!("{} {name}.", dice.pick(HURRY)),
        Offer::Fair | Offer::Dear => format!("{} {name}.", dice.pick(SELLING)),
        Offer::Scam => "Brand new, sealed, my husband won it and we do not need it.".to_owned(),
        Offer::Free => "Free to whoever comes first.".to_owned(),
        Offer::Wanted => format!("I am looking for a {name} in good shape, cash in hand."),
        Offer::OneOff => "I have never seen another one like it.".to_owned(),
        Offer::Parts => format!("{name}, broken, sold as is for whoever can mend it."),
        Offer::Accessory => format!("Only the extra, the {name} itself is not included."),
        Offer::Bundle => "All of it goes together, I do not split.".to_owned(),
        Offer::EmptyBox => format!("This is the box only. There is no {name} in it."),
        Offer::Picture => format!("You are buying a picture of a {name}, not the {name}."),
        Offer::Service => "Send it in or stop by, most jobs take a day.".to_owned(),
    }
}

fn closing(offer: Offer, site: Site, dice: &mut Dice) -> &'static str {
    match (offer, site) {
        (Offer::Wanted, _) => "Write to me with a photo and your price.",
        (Offer::Scam, _) => dice.pick(&[
            "Text me outside the site, payment by gift card or wire only, no returns.",
            "Send the money first by Zelle, I am out of the country, shipping by my agent.",
        ]),
        (_, Site::Bay) => dice.pick(&[
            "Ships the next business day.",
            "Returns accepted within 30 days.",
            "Packed well, with tracking.",
            "Sold as described, please look at the photos.",
        ]),
        (_, Site::Local) => dice.pick(&[
            "Cash or Venmo, pick up only.",
            "If the ad is up, it is still here.",
            "No holds without a deposit.",
            "Porch pick up is fine.",
        ]),
    }
}

const HURRY: &[&str] = &[
    "Moving on Sunday, priced to go today:",
    "Found in the attic, I do not know much about it:",
    "Need the space, first to come takes it:",
    "Upgraded, so this one is cheap:",
];
const SELLING: &[&str] = &["Selling my", "Up for sale is my", "For sale:", "Letting go of my"];
