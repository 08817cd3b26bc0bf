//! The things of the sample's world: what they cost, what was asked, and what became of them. Prices are in dollars,
//! times in days before the present.

/// A thing.
#[derive(Debug)]
pub(super) struct Thing {
    pub(super) title: &'static str,
    pub(super) said: &'static str,
    pub(super) category: &'static str,
    pub(super) condition: &'static str,
    pub(super) cost: i64,
    pub(super) price: i64,
    /// When it was bought.
    pub(super) bought: i64,
    pub(super) site: Option<Site>,
    pub(super) fate: Fate,
}

/// What became of a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Somebody bought it then, for so much, with so much for shipping.
    Sold {
        days: i64,
        paid: i64,
        shipping: i64,
        status: &'static str,
    },
    /// So too, and sent it back.
    CameBack {
        days: i64,
        paid: i64,
        shipping: i64,
        status: &'static str,
    },
    Listed,
    Ready,
    Draft,
    PutAway,
}

/// Where things are sold, with what real marketplaces of that kind charged in 2026.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Site {
    Bay,
    Reverb,
    Mercari,
    Local,
}

impl Site {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Bay => "sample-ebay",
            Self::Reverb => "sample-reverb",
            Self::Mercari => "sample-mercari",
            Self::Local => "sample-local",
        }
    }

    /// The fee on what a buyer paid in all, both in cents; each line is rounded half up.
    pub(super) fn fee(self, total: i64) -> i64 {
        let share = |per_ten_thousand: i64| (total * per_ten_thousand + 5_000) / 10_000;
        match self {
            Self::Bay => share(1_360) + if total <= 1_000 { 30 } else { 40 },
            Self::Reverb => share(500) + share(319) + 49,
            Self::Mercari => share(1_000),
            Self::Local => 0,
        }
    }
}

const fn sold(days: i64, paid: i64, shipping: i64) -> Fate {
    Fate::Sold { days, paid, shipping, status: "completed" }
}

const fn thing(
    (title, category, condition, said): (&'static str, &'static str, &'static str, &'static str),
    (cost, price, bought): (i64, i64, i64),
    site: Option<Site>,
    fate: Fate,
) -> Thing {
    Thing { title, said, category, condition, cost, price, bought, site, fate }
}

const ON_ITS_WAY: Fate = Fate::Sold { days: 3, paid: 255, shipping: 14, status: "shipped" };
const PAID: Fate = Fate::Sold { days: 0, paid: 300, shipping: 25, status: "paid" };
const RETURNED: Fate = Fate::CameBack { days: 31, paid: 165, shipping: 9, status: "refunded" };

/// All of them, by the day on which they were sold or will be.
pub(super) const THINGS: &[Thing] = &[
    thing(
        ("Canon EF 70-200mm f/4L USM", "Cameras & lenses", "great", "Clear glass, light wear."),
        (240, 399, 352),
        Some(Site::Bay),
        sold(338, 385, 15),
    ),
    thing(
        ("Fender Player Stratocaster, sunburst", "Guitars", "good", "Fresh strings, small dings."),
        (380, 620, 330),
        Some(Site::Reverb),
        sold(301, 600, 45),
    ),
    thing(
        ("Nintendo Switch OLED, white", "Video game consoles", "great", "With dock and cables."),
        (150, 240, 281),
        Some(Site::Mercari),
        sold(266, 230, 12),
    ),
    thing(
        ("Herman Miller Aeron chair, size B", "Furniture", "good", "Arms and tilt work."),
        (200, 480, 260),
        Some(Site::Local),
        sold(228, 450, 0),
    ),
    thing(
        ("KitchenAid Artisan 5 qt mixer, red", "Appliances", "good", "Runs quietly."),
        (90, 190, 221),
        Some(Site::Bay),
        sold(189, 185, 28),
    ),
    thing(
        ("Boss DD-8 digital delay", "Guitars", "excellent", "Boxed."),
        (85, 140, 190),
        Some(Site::Reverb),
        sold(151, 135, 8),
    ),
    thing(
        ("GeForce RTX 3070 Founders Edition", "Graphics cards", "good", "Never mined on, tested."),
        (190, 290, 140),
        Some(Site::Bay),
        sold(118, 280, 14),
    ),
    thing(
        ("Trek FX 2 city bike, medium", "Bikes", "fair", "New chain."),
        (170, 330, 128),
        Some(Site::Local),
        sold(84, 310, 0),
    ),
    thing(
        ("LEGO Millennium Falcon 75257, complete", "Toys", "great", "With manual."),
        (125, 150, 101),
        Some(Site::Bay),
        sold(52, 128, 18),
    ),
    thing(
        ("iPhone 12 128 GB, blue, unlocked", "Phones", "good", "Battery at 88 %."),
        (130, 230, 60),
        Some(Site::Mercari),
        sold(20, 220, 7),
    ),
    thing(
        ("Fujifilm XF 35mm f/2", "Cameras & lenses", "excellent", "With both caps."),
        (160, 270, 34),
        Some(Site::Bay),
        ON_ITS_WAY,
    ),
    thing(
        ("Marantz PM6006 amplifier", "Audio", "great", "Remote included."),
        (180, 310, 27),
        Some(Site::Reverb),
        PAID,
    ),
    thing(
        ("Sony WH-1000XM4 headphones", "Audio", "great", "Sent back unused, for sale again."),
        (95, 175, 49),
        Some(Site::Bay),
        RETURNED,
    ),
    thing(
        ("Vox AC15 guitar amplifier", "Guitars", "good", "New tubes."),
        (300, 520, 22),
        Some(Site::Reverb),
        Fate::Listed,
    ),
    thing(
        ("Baratza Encore coffee grinder", "Appliances", "good", "Cleaned, new burrs."),
        (55, 105, 9),
        None,
        Fate::Ready,
    ),
    thing(
        ("Technics SL-1200 MK2 turntable", "Audio", "great", "Photos taken, text to be written."),
        (310, 520, 4),
        None,
        Fate::Draft,
    ),
    thing(
        ("Dell U2412M monitor", "Computers", "fair", "Kept for the workshop."),
        (45, 80, 200),
        Some(Site::Local),
        Fate::PutAway,
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fees_are_those_of_marketplaces_of_that_kind() {
        assert_eq!(Site::Bay.fee(1_000), 136 + 30);
        assert_eq!(Site::Bay.fee(1_001), 136 + 40);
        assert_eq!(Site::Reverb.fee(53_000), 2_650 + 1_691 + 49);
        assert_eq!(Site::Mercari.fee(4_500), 450);
        assert_eq!(Site::Local.fee(4_500), 0);
    }
}
