//! What an ad really offers. Speaks up only when the words are plain: a missed accessory is one odd comparable among
//! many, a console taken for an accessory is a deal that nobody sees.

use std::ops::Range;

use super::{
    phrases::{Phrases, lists},
    vocabulary as said,
};
use crate::model::kind::Kind;

/// How much of a description is read: what an ad really offers is said at its beginning.
const DESCRIPTION_CHARS: usize = 2_000;

/// What an ad really offers, by its title and, where that says nothing, by the beginning of its description.
pub fn kind_of(title: &str, description: Option<&str>) -> Kind {
    let title = Phrases::of(title);
    let by_title = RULES.iter().find(|(_, applies)| applies(&title)).map(|(kind, _)| *kind);
    by_title.or_else(|| description.and_then(by_description)).unwrap_or(Kind::Item)
}

/// Whether words name something that goes with things: who looks for a case wants cases.
pub fn names_accessory(words: &str) -> bool {
    let words = Phrases::of(words);
    words.has_any(said::STRONG) || words.has_any(said::WEAK)
}

type Rule = fn(&Phrases) -> bool;

/// The first rule that applies decides.
const RULES: &[(Kind, Rule)] = &[
    (Kind::Picture, |title| title.has_any(said::PICTURE) && !title.has_any(said::NOT_PICTURE)),
    (Kind::Service, |title| {
        title.has_any(said::SERVICE)
            && !title.has_any(said::NOT_SERVICE)
            && !title.has_any(said::SYSTEM)
    }),
    (Kind::EmptyBox, |title| title.has_any(said::EMPTY_BOX) && !title.has_any(said::NOT_EMPTY_BOX)),
    (Kind::Accessory, |title| title.has_any(said::LACKS)),
    (Kind::Parts, |title| title.has_any(said::PARTS) && !title.has_any(said::NOT_PARTS)),
    (Kind::Accessory, is_accessory),
    (Kind::Bundle, is_bundle),
];

fn is_accessory(title: &Phrases) -> bool {
    let is_about = |place: &Range<usize>, list: &str| {
        title.words()[..place.start].iter().any(|word| lists(list, word))
    };
    // "Console skin" is a skin, "console, games, skin" is a console.
    let is_of_the_system = |place: &Range<usize>| {
        let before = place.start.checked_sub(1).map_or("", |at| title.word(at));
        lists(said::SYSTEM, before) || !is_about(place, said::SYSTEM)
    };
    let mut strong = title.places(said::STRONG);
    let mut weak = title.places(said::WEAK);
    strong.any(|place| stands_alone(title, &place) && is_of_the_system(&place))
        || weak.any(|place| {
            !is_about(&place, said::MAIN)
                && stands_alone(title, &place)
                && (is_for_a_host(title, place.end) || closes_the_title(title, &place))
        })
}

/// The words at `place` do not merely come along with something else.
fn stands_alone(title: &Phrases, place: &Range<usize>) -> bool {
    let before = &title.words()[place.start.saturating_sub(3)..place.start];
    let counted = before.last().is_some_and(|word| lists(said::COUNTS, word));
    let joined = before.iter().any(|word| lists(said::JOINS, word));
    !counted && !joined && !lists(said::INCLUDED, title.word(place.end))
}

fn is_for_a_host(title: &Phrases, end: usize) -> bool {
    let rest = &title.words()[end..];
    let is_link = |word: &String| lists("for; fits; compatible; per; fur; pour", word);
    rest.iter().position(is_link).is_some_and(|at| rest[at..].iter().any(|word| is_host(word)))
}

/// Nothing but empty words follows, and what it goes with is named before.
fn closes_the_title(title: &Phrases, place: &Range<usize>) -> bool {
    title.words()[place.end..].iter().all(|word| lists(said::TRAILING, word))
        && title.words()[..place.start].iter().any(|word| is_host(word))
}

fn is_host(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let is_model = digits >= 3 && word.len() <= 6;
    is_model || said::HOSTS.split("; ").any(|host| word.starts_with(host))
}

fn is_bundle(title: &Phrases) -> bool {
    title.has_any(said::BUNDLE)
        || is_a_lot(title)
        || has_two_consoles(title)
        || has_cpu_and_more(title)
}

fn is_a_lot(title: &Phrases) -> bool {
    let is_count = |word: &str| word.parse::<u32>().is_ok_and(|n| (2..=1_000).contains(&n));
    let is_times = |word: &str| word.strip_suffix('x').is_some_and(is_count);
    let counted = is_times(title.word(0)) || (is_count(title.word(0)) && title.word(1) == "x");
    let lot = title.words().iter().enumerate().any(|(at, word)| {
        let before = at.checked_sub(1).map_or("", |i| title.word(i));
        let next = title.word(at + 1);
        match word.as_str() {
            "lot" => is_count(next) || is_count(before) || (next == "of" && before != "a"),
            "qty" | "quantity" => is_count(next),
            "set" => next == "of" && is_count(title.word(at + 2)),
            _ => false,
        }
    });
    counted || lot
}

fn has_two_consoles(title: &Phrases) -> bool {
    let named = ["ps5; playstation 5", "series x", "series s", "nintendo switch"];
    let count = named.iter().filter(|names| title.has_any(names)).count();
    count >= 2 && title.has_any("and; plus; both")
}

/// A processor with a graphics card or a main board, and not a whole computer.
fn has_cpu_and_more(title: &Phrases) -> bool {
    let cpu = title.has_any("ryzen; i3; i5; i7; i9; 5600x; 5800x; 5900x; 5950x");
    let more = title.has_any("rtx; gtx; geforce; radeon rx; motherboard; mobo; mainboard");
    let joined = title.has_any("plus; and; with; w");
    cpu && more && joined && !title.has_any("pc; desktop; laptop; computer; notebook")
}

fn by_description(description: &str) -> Option<Kind> {
    let beginning: String = description.chars().take(DESCRIPTION_CHARS).collect();
    let text = Phrases::of(&beginning);
    let told = [
        (Kind::Picture, said::PICTURE_TOLD),
        (Kind::EmptyBox, said::EMPTY_BOX_TOLD),
        (Kind::Parts, said::PARTS_TOLD),
    ];
    told.into_iter().find(|(_, phrases)| text.has_any(phrases)).map(|(kind, _)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: Kind, titles: &[&str]) {
        for title in titles {
            assert_eq!(kind_of(title, None), kind, "{title}");
        }
    }

    #[test]
    fn pictures_are_not_the_thing() {
        check(
            Kind::Picture,
            &[
                "picture of RTX 3070",
                "Sony Playstation 5 (PS5) DIGITAL Edition (image only) READ DESCRIPTION",
                "Ps5 - Playstation 5 Console Digital Version LOWPRICE JPG Only **BEST PRICE**",
                "BRAND NEW PS5 | PLAYSTATION 5 | DIGITAL VERSION | PRE-ORDER | PAPER EDITION",
            ],
        );
    }

    #[test]
    fn packaging_is_not_the_thing() {
        check(
            Kind::EmptyBox,
            &[
                "RTX 3070 box only",
                "PS5 - PLAYSTATION 5 CONSOLE DIGITAL VERSION (BOX ONLY - NO CONSOLE)",
                "PowerColor Radeon RX 590 8GB GDDR5 Red Dragon (BOX ONLY)",
                "Empty box iPhone 13 Pro",
            ],
        );
    }

    #[test]
    fn broken_things_are_parts() {
        check(
            Kind::Parts,
            &[
                "RTX 3070 for parts or not working",
                "ASUS ROG Strix NVIDIA GeForce RTX 4090 24GB GDDR6X Gaming NO PBC!!!",
                "iPhone 12 64GB cracked screen",
                "Sapphire RX 590 non funzionante",
            ],
        );
    }

    #[test]
    fn what_goes_with_a_thing_is_an_accessory() {
        check(
            Kind::Accessory,
            &[
                "PS5 skin",
                "PS5 Digital Edition Console Skin Decal Vinyl",
                "Xbox Series X/S (Project Scarlett) Microsoft Launch Team Controller",
                "controller for PS5",
                "Sony DualSense Wireless Controller for PlayStation 5",
                "Waterblock for RTX 4090",
                "EKWB water block RTX 3070",
                "Nvidia Tesla Cooling Fan Kit for K20 K40 K80 M10 M40 M60 P40 P100 V100s",
                "NVIDIA Tesla P40 P100 M40  graphics card Cooling fan",
                "MSI GeForce RTX 4090 SUPRIM LIQUID X heatsink and fans - NO Graphics Card",
                "iPhone 13 case",
                "Xbox Series S controller black",
            ],
        );
    }

    #[test]
    fn several_things_are_a_bundle() {
        check(
            Kind::Bundle,
            &[
                "lot of 3 RTX 3070",
                "Sony PS5 Digital Edition BUNDLE (Console, Controller, Charging Station, Camera)",
                "PlayStation 5 Digital. In Hand, Ready To Ship. Spare Controller",
                "LOT OF 2 NVIDIA Tesla P100 699-2H400-0201-520 | 16GB CUDA PCIe Accelerator Card",
                "Nvidia Tesla P100, 16GB GPU Accelerator Graphics Card, 699-2H400-0201- LOT OF 10",
                "2x AMD Ryzen 5 5600X",
                "!BOTH!Xbox Series X and PlayStation 5 PS5 DIGITAL Version.!BOTH!",
                "PS5 Sony PlayStation 5 Console DIgital Version Mega Bundle | Ships Fast!!!",
                "ASUS Crosshair VIII Dark Hero Motherboard & Ryzen 5900X CPU FAST SHIPPING NOW",
                "AMD - Limited Edition Starfield - Ryzen 7 7800X3D + Radeon RX 7900 XTX 24GB",
            ],
        );
    }

    #[test]
    fn work_and_codes_are_a_service() {
        check(Kind::Service, &["PS5 HDMI repair service", "iPhone unlock code AT&T"]);
    }

    #[test]
    fn the_thing_itself_is_an_item_whatever_comes_with_it() {
        check(
            Kind::Item,
            &[
                "AMD Ryzen 5 5600X 6 core 12 thread Unlocked Processor w/ Cooler",
                "AMD Ryzen 5 5600X 4th Gen 6-Core, Unlocked With Wraith Stealth Cooler *In Hand*",
                "MSI Nvidia GeForce RTX 4070 12GB 2X Twin Fan Graphics Card GPU PC",
                "PNY GeForce RTX 4070 VERTO Dual Fan 12GB GDDR6X Graphics Card Free Shipping",
                "GIGABYTE GeForce RTX 4070 Ti SUPER Eagle OC 16G  Graphic Card 3x Windforce Fans",
                "New RTX A5000 For Leadtek NVIDIA Quadro RTX A5000 24GB Graphics Card",
                "AMD Ryzen 5 5600X 3.7 GHz Six-Core AM4 Processor ***IN HAND*** BOX OPENED",
                "PNY GeForce RTX 5080 EPIC-X ARGB OC Triple Fan - New - Without Box",
                "Nvidia GeForce RTX 5080 16GB GDDR7 FE Founders Edition - NEW/Damaged Box IN HAND",
                "Xbox Series S with controller",
                "Sony Playstation 5. PS5. Digital Ed. In Hand, Ready To Ship. Carrying case",
                "Sony Playstation 5 Digital. Ps5 Digital. In-Hand. New In Box. Sony Gift Card",
                "Mario Kart Wii (Wii) w/ Wii Wheel",
                "AMD Ryzen 7 5800X 8-core, 16-Thread INCLUDES FAR CRY 6 DIGITAL CODE",
                "Sony PlayStation 5 Disc Edition READ DESCRIPTION",
                "Red Dead Redemption 2 PS4",
                "vintage leather couch",
                "",
                "🔥",
            ],
        );
    }

    #[test]
    fn a_description_speaks_when_the_title_is_silent() {
        let said = |text| kind_of("Sony PS5 console", Some(text));
        assert_eq!(said("You are bidding on a picture of a PS5."), Kind::Picture);
        assert_eq!(said("Box only, no console inside."), Kind::EmptyBox);
        assert_eq!(said("Works well, comes in its box. See pictures."), Kind::Item);
    }
}
