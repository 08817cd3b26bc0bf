//! What an ad really offers. Speaks up only when the words are plain: a missed accessory is one odd comparable among
//! many, a console taken for an accessory is a deal that nobody sees.

use super::{
    accessory::is_accessory,
    phrases::{Phrases, is_model, lists},
    several::is_several,
    vocabulary as said,
};
use crate::model::kind::Kind;

/// How much of a description is read: what an ad really offers is said at its beginning.
const DESCRIPTION_CHARS: usize = 2_000;
/// How many words ahead of a code something may be joined to it: "plus far cry 6 digital code".
const JOINED_WITHIN: usize = 5;
/// How many words may stand between "empty" and "box": "empty shoe box".
const EMPTY_WITHIN: usize = 3;

/// What an ad really offers, by its title and, where that says nothing, by the beginning of its description.
pub fn kind_of(title: &str, description: Option<&str>) -> Kind {
    let title = Phrases::of(title);
    let by_title = RULES.iter().find(|(_, applies)| applies(&title)).map(|(kind, _)| *kind);
    by_title.or_else(|| description.and_then(by_description)).unwrap_or(Kind::Item)
}

/// Whether words name something that goes with things: who looks for a case wants cases.
pub fn names_accessory(words: &str) -> bool {
    let words = Phrases::of(words);
    [said::STRONG, said::WEAK, said::MADE].iter().any(|list| words.has_any(list))
}

type Rule = fn(&Phrases) -> bool;

/// The first rule that applies decides.
const RULES: &[(Kind, Rule)] = &[
    (Kind::Picture, is_picture),
    (Kind::Service, is_service),
    (Kind::EmptyBox, is_empty_box),
    (Kind::Accessory, |title| title.has_any(said::LACKS)),
    (Kind::Parts, is_broken),
    (Kind::Accessory, is_accessory),
    (Kind::Bundle, is_several),
];

fn is_picture(title: &Phrases) -> bool {
    title.says(said::PICTURE, said::NOT_PICTURE) && !title.has_any(said::ART)
}

fn is_service(title: &Phrases) -> bool {
    let comes_along = title.has_any(said::NOT_SERVICE);
    (title.has_any(said::WORK) && !comes_along && !title.has_any(said::SYSTEM))
        || (!comes_along && title.places(said::CODE).any(|place| is_bare_code(title, place.start)))
}

/// Nothing that the code could come along with is named before it.
fn is_bare_code(title: &Phrases, start: usize) -> bool {
    let before = &title.words()[..start];
    // The plus of PS Plus joins nothing.
    let is_joint = |at: usize| {
        title.word(at) == "plus" && at.checked_sub(1).map(|i| title.word(i)) != Some("ps")
    };
    let is_joined = (start.saturating_sub(JOINED_WITHIN)..start).any(is_joint);
    let is_thing = |word: &String| {
        is_model(word) || lists(said::MAIN_HELD, word) || lists(said::COUNTED, word)
    };
    !is_joined && !before.iter().any(is_thing)
}

fn is_empty_box(title: &Phrases) -> bool {
    title.says(said::EMPTY_BOX, said::NOT_EMPTY_BOX)
        || is_said_empty(title)
        || lacks_what_it_held(title)
}

/// "Empty shoe box", "box empty".
fn is_said_empty(title: &Phrases) -> bool {
    title.words().iter().enumerate().filter(|(_, word)| *word == "empty").any(|(at, _)| {
        let near = at.saturating_sub(1)..at + 1 + EMPTY_WITHIN;
        let is_denied = at > 0 && matches!(title.word(at - 1), "no" | "not" | "never");
        !is_denied && near.into_iter().any(|i| lists(said::BOX, title.word(i)))
    })
}

/// "Box and inserts no console"; a cooler without its card is no box.
fn lacks_what_it_held(title: &Phrases) -> bool {
    let boxes = title.words().iter().position(|word| lists(said::BOX, word));
    boxes.is_some_and(|at| title.places(said::LACKS_HELD).any(|lack| at < lack.start))
        && !title.has_any(said::WEAK)
        && !title.has_any("no box; without box")
}

fn is_broken(title: &Phrases) -> bool {
    let ends = |word: &String| word == "parts" && !title.has_any(said::NOT_ENDING_PARTS);
    !title.has_any(said::MENDED)
        && (title.says(said::PARTS, said::NOT_PARTS)
            || title.words().last().is_some_and(ends)
            || is_board_of_a_device(title))
}

/// A motherboard of a console or a phone is a part of it; a motherboard by itself is a thing.
fn is_board_of_a_device(title: &Phrases) -> bool {
    let at = title.words().iter().position(|word| word == "motherboard");
    at.is_some_and(|at| title.words()[..at].iter().any(|word| lists(said::DEVICES, word)))
        && !title.has_any(said::NOT_SERVICE)
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
