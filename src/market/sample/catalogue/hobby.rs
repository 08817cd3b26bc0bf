//! Guitars, bikes, records, clothing.
//! A price list reads best with one product a line, so the lists keep their own shape.

use super::{Category, Product, product};

/// Things that people love.
pub(super) const CATEGORIES: &[Category] = &[GUITARS, BIKES, VINYL, CLOTHING];

const GUITARS: Category = Category {
    name: "Guitars & pedals",
    slug: "guitars",
    season: 10,
    shipping: Some(2_900),
    titles: &["{n} {v} {s}", "{n} - {s}", "{v} {n} {s}", "{n} {v}", "{n} in {s}"],
    extras: &[
        "great condition",
        "one owner",
        "sounds great",
        "no trades",
        "all original",
        "w/ box",
        "road worn",
        "like new",
    ],
    praise: &[
        "A few dings, none felt while playing.",
        "Works as it should, come and try it.",
        "From a smoke free home studio.",
        "Bought new, hardly gigged.",
        "I am the only owner.",
    ],
    faults: &["no output", "switch broken", "crackles", "jack broken"],
    accessories: &[
        ("Hardshell case for {n}", 45, 95),
        ("Knob set for {n}", 8, 18),
        ("Gig bag fits {n}", 18, 40),
        ("Replacement switch for {n}", 6, 14),
    ],
    products: GUITAR_LIST,
};
const FENDER: &[&str] =
    &["3-Color Sunburst", "Polar White", "Black", "Tidepool", "Butterscotch Blonde"];
const GIBSON: &[&str] = &["Ebony", "Wine Red", "Smokehouse Burst", "Heritage Cherry Sunburst"];
#[rustfmt::skip]
const GUITAR_LIST: &[Product] = &[
    product(&["Fender Player Stratocaster", "Fender Player Strat MIM"], 520, 9, &[("SSS", 980), ("HSS", 1040)], FENDER),
    product(&["Squier Classic Vibe 50s Telecaster", "Squier CV 50s Tele"], 305, 7, &[], FENDER),
    product(&["Gibson Les Paul Studio", "Gibson LP Studio"], 950, 6, &[], GIBSON),
    product(&["Epiphone Les Paul Standard 60s", "Epiphone LP Standard 60's"], 430, 7, &[], GIBSON),
    product(&["Taylor 214ce", "Taylor 214ce Grand Auditorium"], 790, 4, &[], &["natural", "acoustic electric", "rosewood"]),
    product(&["Yamaha FG800", "Yamaha FG-800 acoustic"], 140, 8, &[], &["natural", "sandburst", "spruce top"]),
    product(&["Martin D-28", "Martin D28"], 2_150, 1, &[], &["natural", "1998", "dreadnought"]),
    product(&["Boss DS-1 Distortion", "BOSS DS-1"], 38, 9, &[], &["pedal", "orange", "made in Taiwan"]),
    product(&["Ibanez TS9 Tube Screamer", "Ibanez Tubescreamer TS9"], 88, 8, &[], &["overdrive", "pedal", "reissue"]),
    product(&["Electro-Harmonix Big Muff Pi", "EHX Big Muff Pi"], 62, 7, &[], &["fuzz pedal", "NYC", "Nano"]),
    product(&["Strymon BigSky", "Strymon Big Sky reverb"], 345, 5, &[], &["reverb pedal", "blue"]),
    product(&["Boss RC-5 Loop Station", "BOSS RC5 looper"], 150, 5, &[], &["pedal", ""]),
];

const BIKES: Category = Category {
    name: "Bikes",
    slug: "bikes",
    season: -140,
    shipping: None,
    titles: &["{n} {v} {s}", "{n} size {v}", "{s} {n} {v}", "{n} {v} bike"],
    extras: &[
        "just tuned",
        "new tires",
        "hydraulic discs",
        "garage kept",
        "with rack",
        "ready to ride",
        "low miles",
        "new chain",
    ],
    praise: &[
        "Tuned up in the shop two weeks ago, I have the receipt.",
        "New chain and brake pads.",
        "Comes with lights and a lock.",
        "Stored indoors, maybe 300 miles on it.",
        "I ride another one, so this one sits.",
    ],
    faults: &["bent wheel", "frame cracked", "needs a bottom bracket", "seized cranks"],
    accessories: &[
        ("Rear rack fits {n}", 20, 45),
        ("Fenders for {n}", 18, 40),
        ("Wheelset off a {n}", 60, 140),
        ("Saddle from {n}", 12, 30),
    ],
    products: BIKE_LIST,
};
const SIZES: &[(&str, i64)] = &[("small", 950), ("medium", 1020), ("large", 1020), ("XL", 960)];
const ROAD_SIZES: &[(&str, i64)] = &[("52cm", 970), ("54cm", 1020), ("56cm", 1030), ("58cm", 980)];
#[rustfmt::skip]
const BIKE_LIST: &[Product] = &[
    product(&["Trek FX 2", "Trek FX2 Disc"], 325, 8, SIZES, &["hybrid", "matte black", "blue"]),
    product(&["Trek Marlin 7", "Trek Marlin 7 29er"], 450, 8, SIZES, &["mountain bike", "red", "29"]),
    product(&["Specialized Allez", "Specialized Allez E5"], 600, 7, ROAD_SIZES, &["road bike", "gloss red", "Claris"]),
    product(&["Specialized Rockhopper", "Specialized Rockhopper Comp"], 420, 7, SIZES, &["mountain bike", "29er", "green"]),
    product(&["Cannondale Synapse", "Cannondale Synapse 105"], 850, 5, ROAD_SIZES, &["carbon", "road bike", "endurance"]),
    product(&["Giant Escape 3", "Giant Escape"], 245, 7, SIZES, &["city bike", "grey", "hybrid"]),
    product(&["Brompton C Line", "Brompton M6L"], 1_120, 3, &[], &["folding bike", "racing green", "6 speed"]),
    product(&["Surly Long Haul Trucker", "Surly LHT"], 760, 2, ROAD_SIZES, &["touring", "steel", "olive"]),
    product(&["Rad Power RadRover 6 Plus", "RadRover 6"], 800, 4, &[], &["e-bike", "fat tire ebike", "black"]),
];

const VINYL: Category = Category {
    name: "Vinyl records",
    slug: "vinyl",
    season: 30,
    shipping: Some(500),
    titles: &["{n} {v} {s}", "{n} Vinyl {v}", "{n} LP {s} {v}", "{n} - {s} {v}"],
    extras: &[
        "VG+",
        "NM",
        "gatefold",
        "with poster",
        "plays clean",
        "cleaned",
        "w/ insert",
        "no skips",
    ],
    praise: &[
        "Play graded, light surface noise between the tracks.",
        "Sleeve has ring wear, corners are sharp.",
        "From a smoke free collection.",
        "Cleaned on a record machine, new inner sleeve.",
    ],
    faults: &["water damaged sleeve", "skips on side B", "warped", "no cover"],
    accessories: &[
        ("{n} poster only", 6, 14),
        ("{n} slipmat", 10, 20),
        ("{n} cassette J-card", 4, 9),
    ],
    products: RECORD_LIST,
};
const PRESSINGS: &[(&str, i64)] = &[("180g reissue", 950), ("original pressing", 1700)];
const LP: &[&str] = &["LP", "12\" record", "2016", "remastered", "import"];
#[rustfmt::skip]
const RECORD_LIST: &[Product] = &[
    product(&["Pink Floyd - The Dark Side of the Moon", "Pink Floyd Dark Side of the Moon"], 28, 9, PRESSINGS, LP),
    product(&["Fleetwood Mac - Rumours", "Fleetwood Mac Rumours", "Fleetwood Mac Rumors"], 22, 9, PRESSINGS, LP),
    product(&["Miles Davis - Kind of Blue", "Miles Davis Kind of Blue"], 26, 7, PRESSINGS, LP),
    product(&["Radiohead - OK Computer", "Radiohead OK Computer"], 33, 6, &[("2LP", 1000)], LP),
    product(&["Nirvana - Nevermind", "Nirvana Nevermind"], 31, 7, PRESSINGS, LP),
    product(&["Taylor Swift - Folklore", "Taylor Swift folklore"], 31, 6, &[("2LP", 1000)], &["beige", "meet me behind the mall", "in the trees"]),
    product(&["Daft Punk - Random Access Memories", "Daft Punk RAM"], 42, 5, &[("2LP", 1000)], LP),
    product(&["Kendrick Lamar - DAMN.", "Kendrick Lamar Damn"], 30, 5, &[("2LP", 1000)], &["red", "collectors edition", ""]),
    product(&["The Beatles - White Album", "Beatles White Album"], 60, 4, PRESSINGS, LP),
    product(&["King Crimson - In the Court of the Crimson King", "King Crimson In The Court"], 38, 1, PRESSINGS, LP),
];

const CLOTHING: Category = Category {
    name: "Sneakers & clothing",
    slug: "clothing",
    season: 40,
    shipping: Some(990),
    titles: &["{n} {s} {v}", "{n} {v}", "{n} {v} {s}", "{s} {n} {v}"],
    extras: &[
        "worn once",
        "authentic",
        "great condition",
        "no flaws",
        "vintage",
        "rare",
        "men's",
        "like new",
    ],
    praise: &[
        "Worn twice.",
        "Kept in a smoke free closet.",
        "Bought in the store, receipt on request.",
        "Fits true to size.",
        "Small mark, see the last photo.",
    ],
    faults: &["torn", "heavily stained", "paint splatter", "missing parts"],
    accessories: &[
        ("Storage bag for {n}", 8, 18),
        ("Cleaning kit for {n}", 6, 14),
        ("{n} keychain", 5, 12),
    ],
    products: CLOTHING_LIST,
};
const SHOES: &[(&str, i64)] = &[
    ("size 8", 960),
    ("size 9", 1000),
    ("size 10", 1020),
    ("size 10.5", 1020),
    ("size 11", 1000),
    ("size 12", 970),
];
const WEAR: &[(&str, i64)] = &[("S", 950), ("M", 1020), ("L", 1030), ("XL", 1000)];
#[rustfmt::skip]
const CLOTHING_LIST: &[Product] = &[
    product(&["Nike Air Jordan 1 Retro High OG", "Air Jordan 1 High OG", "Jordan 1 High"], 235, 9, SHOES, &["Lost and Found", "Chicago"]),
    product(&["Nike Dunk Low", "Dunk Low Retro"], 88, 10, SHOES, &["Panda", "Black White"]),
    product(&["Adidas Yeezy Boost 350 V2", "Yeezy 350 V2"], 185, 7, SHOES, &["Zebra", "Bred"]),
    product(&["New Balance 990v5", "NB 990 V5"], 112, 6, SHOES, &["grey", "made in USA"]),
    product(&["Dr. Martens 1460", "Doc Martens 1460 boots"], 74, 7, SHOES, &["smooth leather", "black", "cherry red"]),
    product(&["Patagonia Better Sweater", "Patagonia Better Sweater fleece"], 58, 8, WEAR, &["1/4 zip", "navy", "stonewash"]),
    product(&["Arc'teryx Beta AR Jacket", "Arcteryx Beta AR"], 305, 4, WEAR, &["Gore-Tex", "black", "blue"]),
    product(&["Levi's 501 Jeans", "Levis 501", "LEVI'S 501 Original Fit"], 38, 9, &[("W30 L32", 980), ("W32 L32", 1020), ("W34 L32", 1020), ("W36 L30", 960)], &["dark wash", "light wash", "selvedge", "made in USA"]),
    product(&["Carhartt Detroit Jacket", "Carhartt J97 Detroit jacket"], 120, 6, WEAR, &["brown duck", "blanket lined", "faded"]),
    product(&["Barbour Bedale Wax Jacket", "Barbour Bedale"], 165, 1, WEAR, &["sage", "navy"]),
];
