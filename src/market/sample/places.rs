//! Where sellers live, as seen from a flat in Portland, Oregon, and what is known of them.

use serde_json::{Value, json};

use super::dice::Dice;

/// The two marketplaces of the sample: one ships, on the other people meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Site {
    /// Ships from anywhere.
    Bay,
    /// Near by, picked up.
    Local,
}

impl Site {
    /// Its name, as ads carry it in `details.site`.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Bay => "sample-bay",
            Self::Local => "sample-local",
        }
    }

    /// A seller's place there, in the shape of `listings.location`.
    pub(super) fn place(self, dice: &mut Dice) -> Value {
        let towns = match self {
            Self::Bay => FAR,
            Self::Local => NEAR,
        };
        let &(text, postal_code, lat, lng, km) = &towns[dice.index(towns.len())];
        // A few kilometres this way or that: nobody lives in the exact middle of a town.
        let km = (km + dice.between(-2, 4)).max(1);
        json!({
            "text": text, "country": "US", "postal_code": postal_code,
            "lat": lat, "lng": lng, "distance_km": km,
        })
    }

    /// What the site tells of a seller who has been there for long, in the words of `listings.details`.
    pub(super) fn seller(self, dice: &mut Dice) -> Value {
        match self {
            Self::Bay => json!({
                "seller_feedback_score": dice.between(1, 60) * dice.between(1, 60),
                "seller_feedback_percentage":
                    dice.pick(&["100.0", "99.8", "99.5", "99.1", "98.6", "97.2", "94.5"]),
            }),
            Self::Local => json!({
                "seller_since": dice.between(2012, 2025),
                "seller_ratings": dice.between(0, 40),
            }),
        }
    }
}

type Town = (&'static str, &'static str, f64, f64, i64);

const NEAR: &[Town] = &[
    ("Portland, OR", "97214", 45.515, -122.643, 3),
    ("Portland, OR", "97202", 45.483, -122.644, 5),
    ("Portland, OR", "97217", 45.575, -122.684, 8),
    ("Beaverton, OR", "97005", 45.491, -122.804, 11),
    ("Lake Oswego, OR", "97034", 45.411, -122.684, 13),
    ("Vancouver, WA", "98660", 45.640, -122.681, 14),
    ("Tigard, OR", "97223", 45.441, -122.776, 15),
    ("Gresham, OR", "97030", 45.505, -122.432, 21),
    ("Hillsboro, OR", "97123", 45.523, -122.989, 26),
    ("Salem, OR", "97301", 44.943, -123.035, 71),
];

const FAR: &[Town] = &[
    ("Portland, OR", "97209", 45.531, -122.684, 4),
    ("Seattle, WA", "98103", 47.672, -122.342, 234),
    ("Eugene, OR", "97401", 44.068, -123.081, 170),
    ("Boise, ID", "83702", 43.631, -116.202, 553),
    ("Sacramento, CA", "95814", 38.580, -121.493, 777),
    ("Oakland, CA", "94607", 37.807, -122.297, 860),
    ("Denver, CO", "80205", 39.759, -104.966, 1_580),
    ("Austin, TX", "78704", 30.243, -97.769, 2_750),
    ("Minneapolis, MN", "55408", 44.947, -93.287, 2_290),
    ("Chicago, IL", "60622", 41.902, -87.681, 2_820),
    ("Brooklyn, NY", "11215", 40.669, -73.986, 3_930),
];
