//! Furniture, power tools, kitchen machines.
//! A price list reads best with one product a line, so the lists keep their own shape.

use super::{Category, Product, product};

/// Things for the house.
pub(super) const CATEGORIES: &[Category] = &[FURNITURE, POWER_TOOLS, KITCHEN];

const FURNITURE: Category = Category {
    name: "Furniture",
    slug: "furniture",
    season: 0,
    shipping: None,
    titles: &["{n} {v} {s}", "{s} {n} {v}", "{n} {v}", "{n} - {s}"],
    extras: &[
        "must go",
        "pick up only",
        "moving sale",
        "pet free home",
        "solid wood",
        "great shape",
        "can help load",
        "assembled",
    ],
    praise: &[
        "Ground floor, I can help you load it.",
        "Pet free, smoke free home.",
        "A few scratches on one side, they face the wall.",
        "All screws and shelves are there.",
        "Moving at the end of the month.",
    ],
    faults: &["broken leg", "missing parts", "water stains", "badly scratched"],
    accessories: &[
        ("Felt pads for {n}", 5, 12),
        ("Hardware kit for {n}", 10, 25),
        ("Slipcover for {n}", 15, 35),
        ("Casters for {n}", 12, 24),
    ],
    products: FURNITURE_LIST,
};
#[rustfmt::skip]
const FURNITURE_LIST: &[Product] = &[
    product(&["Herman Miller Aeron", "Herman Miller Aeron Chair", "HM Aeron"], 470, 9, &[("Size A", 930), ("Size B", 1020), ("Size C", 970)], &["graphite", "fully loaded", "office chair"]),
    product(&["Steelcase Leap V2", "Steelcase Leap v2 chair"], 370, 8, &[], &["black", "grey", "office chair"]),
    product(&["IKEA Kallax", "Ikea KALLAX shelf"], 75, 9, &[("4x4", 1150), ("2x4", 800)], &["white", "black-brown", "oak effect"]),
    product(&["IKEA Malm Dresser", "Ikea MALM"], 95, 8, &[("6 drawer", 1080), ("4 drawer", 860)], &["white", "oak veneer"]),
    product(&["IKEA Poäng Armchair", "Ikea POANG chair"], 48, 7, &[], &["birch", "with footstool", "beige"]),
    product(&["IKEA Billy Bookcase", "Ikea BILLY"], 36, 8, &[], &["white", "birch", "with glass doors"]),
    product(&["West Elm Mid-Century Desk", "West Elm midcentury desk"], 320, 5, &[], &["acorn", "walnut"]),
    product(&["Uplift V2 Standing Desk", "Uplift standing desk"], 410, 4, &[("60x30", 1020), ("48x30", 940)], &["bamboo", "black", "walnut"]),
    product(&["Eames Lounge Chair and Ottoman", "Eames lounge chair Herman Miller"], 3_800, 0, &[], &["walnut", "black leather", "1978"]),
];

const POWER_TOOLS: Category = Category {
    name: "Power tools",
    slug: "power-tools",
    season: -30,
    shipping: Some(1_350),
    titles: &["{n} {v}", "{n} {v} {s}", "{s} {n} {v}", "{n} {s}"],
    extras: &[
        "lightly used",
        "with bag",
        "works great",
        "estate sale",
        "w/ manual",
        "like new",
        "from a pro",
    ],
    praise: &[
        "Used for one deck project.",
        "Runs strong.",
        "From a home shop, well kept.",
        "Comes with the manual.",
        "Bought for a kitchen, done now.",
    ],
    faults: &["motor burnt out", "smokes under load", "trigger stuck", "dead"],
    accessories: &[
        ("Carry bag for {n}", 10, 20),
        ("Dust port adapter for {n}", 8, 18),
        ("Carbon brushes for {n}", 6, 12),
        ("Replacement cord for {n}", 9, 19),
    ],
    products: TOOL_LIST,
};
#[rustfmt::skip]
const TOOL_LIST: &[Product] = &[
    product(&["DeWalt DCD771 20V Drill", "Dewalt 20V MAX drill DCD771", "DEWALT DCD771C2"], 66, 9, &[("kit", 1100), ("tool only", 700)], &["cordless", "1/2 in"]),
    product(&["Milwaukee M18 FUEL Impact Driver 2853-20", "Milwaukee 2853-20", "M18 Fuel impact driver 2853"], 98, 9, &[], &["gen 3", "1/4 hex"]),
    product(&["Makita XDT16 Impact Driver", "Makita XDT16Z"], 95, 6, &[], &["18V LXT", "brushless"]),
    product(&["DeWalt DWS779 Miter Saw", "Dewalt 12 inch miter saw DWS779"], 285, 6, &[], &["sliding", "12 in", "with stand"]),
    product(&["Festool Domino DF 500", "Festool DF500 Domino"], 850, 3, &[], &["joiner", "with Systainer"]),
    product(&["Bosch 1617EVS Router", "Bosch 1617 EVSPK"], 130, 6, &[("fixed base", 900), ("with plunge base", 1150)], &["2.25 HP"]),
    product(&["DeWalt DW735 Planer", "Dewalt 13 inch planer DW735X"], 430, 5, &[], &["thickness", "three knife"]),
    product(&["Ryobi ONE+ 6 Tool Set", "Ryobi 18V 6-tool set"], 185, 5, &[], &["18V", "with 2 batteries"]),
    product(&["SawStop Jobsite Saw Pro", "Saw Stop Jobsite Pro table saw"], 1_250, 1, &[], &["10 inch", "with cart"]),
];

const KITCHEN: Category = Category {
    name: "Kitchen machines",
    slug: "kitchen",
    season: 50,
    shipping: Some(1_900),
    titles: &["{n} {v} {s}", "{s} {n} {v}", "{n} {v}", "{n} - {s}"],
    extras: &[
        "hardly used",
        "works perfect",
        "wedding gift",
        "w/ manual",
        "very clean",
        "like new",
        "w/ box",
    ],
    praise: &[
        "A wedding gift that we used three times.",
        "Everything that came in the box is there.",
        "Cleaned after every use.",
        "No chips, no dents.",
        "We are downsizing the kitchen.",
    ],
    faults: &["cracked", "damaged in shipping", "missing parts", "handle broken"],
    accessories: &[
        ("Dust cover for {n}", 8, 16),
        ("Replacement lid for {n}", 10, 22),
        ("Cleaning kit for {n}", 7, 15),
        ("Recipe book for {n}", 5, 12),
    ],
    products: KITCHEN_LIST,
};
const KITCHEN_COLOURS: &[&str] = &["Empire Red", "Onyx Black", "Aqua Sky", "Stainless", "White"];
#[rustfmt::skip]
const KITCHEN_LIST: &[Product] = &[
    product(&["KitchenAid Artisan 5 Qt Stand Mixer", "Kitchen Aid Artisan mixer 5qt", "KitchenAid KSM150"], 190, 9, &[], KITCHEN_COLOURS),
    product(&["KitchenAid Professional 600 6 Qt", "Kitchenaid Pro 600 mixer"], 235, 6, &[], KITCHEN_COLOURS),
    product(&["Breville Barista Express BES870", "Breville Barista Express", "Sage Barista Express"], 385, 8, &[], &["stainless", "espresso machine", "black sesame"]),
    product(&["Gaggia Classic Pro", "Gaggia Classic Evo Pro"], 300, 6, &[], &["espresso machine", "stainless", "with PID"]),
    product(&["Vitamix 5200", "Vitamix 5200 Blender"], 210, 7, &[], &["black", "red", "64 oz"]),
    product(&["Instant Pot Duo", "InstantPot Duo 7 in 1"], 45, 9, &[("6 Qt", 1000), ("8 Qt", 1200)], &["stainless", "pressure cooker"]),
    product(&["Le Creuset Dutch Oven 5.5 Qt", "Le Creuset 5.5qt round dutch oven"], 190, 6, &[], &["Flame", "Marseille", "Cerise", "Oyster"]),
    product(&["Technivorm Moccamaster KBGV", "Moccamaster KBGV Select"], 180, 5, &[], &["coffee maker", "polished silver", "orange"]),
    product(&["Baratza Encore", "Baratza Encore burr grinder"], 95, 6, &[], &["black", "coffee grinder"]),
    product(&["La Marzocco Linea Mini", "La Marzocco Linea Mini espresso"], 3_600, 0, &[], &["stainless", "white", "2019"]),
];
