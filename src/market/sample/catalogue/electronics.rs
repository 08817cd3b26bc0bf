//! Graphics cards, phones, cameras, consoles.
//! A price list reads best with one product a line, so the lists keep their own shape.

use super::{Category, Product, product};

/// Things with a plug or a battery.
pub(super) const CATEGORIES: &[Category] = &[GRAPHICS_CARDS, PHONES, CAMERAS, CONSOLES];

const MAKERS: &[&str] = &[
    "EVGA FTW3",
    "MSI Gaming X Trio",
    "ASUS TUF Gaming OC",
    "Gigabyte Eagle OC",
    "Gigabyte Gaming OC",
    "Zotac Twin Edge",
    "MSI Ventus 2X",
    "Founders Edition",
    "PNY XLR8",
];
const RADEON_MAKERS: &[&str] = &[
    "Sapphire Pulse",
    "Sapphire Nitro+",
    "PowerColor Red Devil",
    "XFX Speedster",
    "ASRock Phantom Gaming",
    "MSI Mech 2X",
    "Gigabyte Gaming OC",
];

const GRAPHICS_CARDS: Category = Category {
    name: "Graphics cards",
    slug: "graphics-cards",
    season: -90,
    shipping: Some(1_290),
    titles: &[
        "{s} {n} {v}",
        "{n} {v} {s}",
        "{s} {n} {v} Graphics Card",
        "{n} {v}",
        "{s} {n} GPU {v}",
    ],
    extras: &[
        "tested",
        "w/ box",
        "fast ship",
        "never mined on",
        "great condition",
        "video card",
        "PCIe 4.0",
        "OEM pull",
    ],
    praise: &[
        "Ran in my gaming PC for two years, never overclocked.",
        "Temperatures stay below 70 under load.",
        "Repasted last month, fans are quiet.",
        "Comes with the original box and anti-static bag.",
        "Happy to show it running before you buy.",
    ],
    faults: &["no display", "artifacts on screen", "one fan dead", "won't post"],
    accessories: &[
        ("{n} water block EKWB", 45, 90),
        ("Backplate for {n}", 18, 35),
        ("Power adapter cable for {n}", 10, 20),
        ("Replacement fans for {n}", 14, 28),
    ],
    products: GRAPHICS_CARD_LIST,
};
#[rustfmt::skip]
const GRAPHICS_CARD_LIST: &[Product] = &[
    product(&["NVIDIA GeForce RTX 3060", "RTX 3060", "GeForce RTX3060"], 190, 10, &[("12GB", 1000)], MAKERS),
    product(&["NVIDIA GeForce RTX 3060 Ti", "RTX 3060 Ti", "RTX 3060ti"], 210, 9, &[("8GB", 1000)], MAKERS),
    product(&["NVIDIA GeForce RTX 3070", "RTX 3070", "GeForce RTX3070"], 235, 13, &[("8GB", 1000)], MAKERS),
    product(&["NVIDIA GeForce RTX 3080", "RTX 3080", "Geforce RTX 3080"], 345, 12, &[("10GB", 1000), ("12GB", 1130)], MAKERS),
    product(&["NVIDIA GeForce RTX 3090", "RTX 3090"], 720, 7, &[("24GB", 1000)], MAKERS),
    product(&["NVIDIA GeForce RTX 4060", "RTX 4060", "RTX4060"], 250, 9, &[("8GB", 1000)], MAKERS),
    product(&["NVIDIA GeForce RTX 4070", "RTX 4070"], 430, 9, &[("12GB", 1000)], MAKERS),
    product(&["NVIDIA GeForce RTX 4070 Super", "RTX 4070 Super", "RTX 4070 SUPER OC"], 525, 7, &[("12GB", 1000)], MAKERS),
    product(&["NVIDIA GeForce RTX 4080", "RTX 4080"], 820, 5, &[("16GB", 1000)], MAKERS),
    product(&["NVIDIA GeForce RTX 4090", "RTX 4090"], 1_750, 4, &[("24GB", 1000)], MAKERS),
    product(&["AMD Radeon RX 6600", "RX 6600", "Radeon RX6600"], 150, 8, &[("8GB", 1000)], RADEON_MAKERS),
    product(&["AMD Radeon RX 6700 XT", "RX 6700 XT", "RX 6700xt"], 215, 8, &[("12GB", 1000)], RADEON_MAKERS),
    product(&["AMD Radeon RX 6800 XT", "RX 6800 XT", "RX 6800xt"], 320, 8, &[("16GB", 1000)], RADEON_MAKERS),
    product(&["AMD Radeon RX 7800 XT", "RX 7800 XT"], 405, 5, &[("16GB", 1000)], RADEON_MAKERS),
    product(&["NVIDIA GeForce GTX 1080 Ti", "GTX 1080 Ti", "gtx 1080ti"], 140, 7, &[("11GB", 1000)], MAKERS),
    product(&["NVIDIA GeForce GTX 1660 Super", "GTX 1660 Super"], 105, 6, &[("6GB", 1000)], MAKERS),
];

const APPLE_COLOURS: &[&str] = &[
    "Black",
    "White",
    "Blue",
    "Midnight",
    "Starlight",
    "Product Red",
    "Space Gray",
    "Gold",
    "Sierra Blue",
];
const SAMSUNG_COLOURS: &[&str] =
    &["Phantom Black", "Phantom Gray", "Green", "Lavender", "Burgundy"];
const PIXEL_COLOURS: &[&str] = &["Obsidian", "Snow", "Hazel", "Charcoal", "Sage"];

const PHONES: Category = Category {
    name: "Phones",
    slug: "phones",
    season: -110,
    shipping: Some(750),
    titles: &["{n} {v} {s}", "{n} - {v} - {s}", "{n} {s} {v} Smartphone", "{n} {v}", "{s} {n} {v}"],
    extras: &[
        "Unlocked",
        "factory unlocked",
        "Verizon",
        "AT&T",
        "battery 89%",
        "clean IMEI",
        "w/ charger",
        "no scratches",
        "any carrier",
    ],
    praise: &[
        "Battery health is 88 percent.",
        "Screen has been under a protector since day one.",
        "Reset and signed out of the account, ready for a SIM.",
        "Small mark on the frame, see the last photo.",
        "Always in a case, no dead pixels.",
    ],
    faults: &["cracked screen", "won't turn on", "account locked", "bad battery"],
    accessories: &[
        ("{n} leather case", 8, 22),
        ("Screen protector for {n} 3 pack", 5, 11),
        ("{n} silicone case", 10, 25),
        ("Fast charger for {n}", 8, 18),
    ],
    products: PHONE_LIST,
};
#[rustfmt::skip]
const PHONE_LIST: &[Product] = &[
    product(&["Apple iPhone 11", "iPhone 11", "Iphone 11"], 165, 12, &[("64GB", 930), ("128GB", 1070)], APPLE_COLOURS),
    product(&["Apple iPhone 12", "iPhone 12"], 220, 12, &[("64GB", 930), ("128GB", 1050), ("256GB", 1150)], APPLE_COLOURS),
    product(&["Apple iPhone 13", "iPhone 13", "iphone13"], 315, 12, &[("128GB", 970), ("256GB", 1100)], APPLE_COLOURS),
    product(&["Apple iPhone 13 Pro", "iPhone 13 Pro"], 385, 9, &[("128GB", 960), ("256GB", 1050), ("512GB", 1150)], APPLE_COLOURS),
    product(&["Apple iPhone 14", "iPhone 14"], 390, 9, &[("128GB", 980), ("256GB", 1090)], APPLE_COLOURS),
    product(&["Apple iPhone 14 Pro Max", "iPhone 14 Pro Max"], 565, 7, &[("128GB", 960), ("256GB", 1040)], APPLE_COLOURS),
    product(&["Apple iPhone 15 Pro", "iPhone 15 Pro"], 610, 6, &[("128GB", 970), ("256GB", 1060)], APPLE_COLOURS),
    product(&["Samsung Galaxy S21", "Galaxy S21 5G"], 150, 8, &[("128GB", 1000), ("256GB", 1100)], SAMSUNG_COLOURS),
    product(&["Samsung Galaxy S22 Ultra", "Galaxy S22 Ultra"], 360, 6, &[("128GB", 960), ("256GB", 1050)], SAMSUNG_COLOURS),
    product(&["Samsung Galaxy S23", "Galaxy S23"], 330, 6, &[("128GB", 980), ("256GB", 1080)], SAMSUNG_COLOURS),
    product(&["Google Pixel 6", "Pixel 6"], 130, 5, &[("128GB", 1000)], PIXEL_COLOURS),
    product(&["Google Pixel 7a", "Pixel 7a"], 170, 5, &[("128GB", 1000)], PIXEL_COLOURS),
    product(&["Google Pixel 8", "Pixel 8"], 275, 5, &[("128GB", 980), ("256GB", 1080)], PIXEL_COLOURS),
];

const CAMERAS: Category = Category {
    name: "Cameras & lenses",
    slug: "cameras",
    season: 20,
    shipping: Some(1_450),
    titles: &["{n} {v}", "{n} {v} {s}", "{s} {n} {v}", "{n} {s}"],
    extras: &[
        "with strap",
        "caps included",
        "mint",
        "no fungus",
        "from Japan",
        "w/ box",
        "one owner",
        "tested",
    ],
    praise: &[
        "Everything works as it should.",
        "Clean inside and out, no haze, no fungus.",
        "Comes with caps and the original box.",
        "Used for family trips only.",
        "Bought new, I am the only owner.",
    ],
    faults: &["stuck", "fungus inside", "won't power on", "dropped"],
    accessories: &[
        ("Hard case for {n}", 25, 60),
        ("Strap for {n}", 10, 24),
        ("Leather pouch for {n}", 18, 45),
        ("UV filter for {n}", 8, 20),
    ],
    products: CAMERA_LIST,
};
#[rustfmt::skip]
const CAMERA_LIST: &[Product] = &[
    product(&["Canon AE-1 Program", "Canon AE-1", "Canon AE1"], 150, 9, &[("with 50mm f/1.8", 1050), ("body only", 700)], &["35mm film camera", "black", "chrome"]),
    product(&["Olympus OM-1", "Olympus OM1"], 140, 5, &[("with 50mm f/1.8", 1080), ("body", 760)], &["35mm SLR", "black", "silver"]),
    product(&["Leica M3", "LEICA M3"], 1_150, 1, &[("double stroke", 960), ("single stroke", 1120)], &["rangefinder", "chrome"]),
    product(&["Nikon D750", "NIKON D750"], 480, 6, &[("body only", 950), ("with 24-120mm", 1400)], &["DSLR", "full frame"]),
    product(&["Sony Alpha A7 III", "Sony A7III", "Sony a7 iii"], 950, 6, &[("body only", 980), ("28-70mm kit", 1120)], &["mirrorless", "ILCE-7M3"]),
    product(&["Fujifilm X-T3", "Fuji XT3"], 650, 5, &[("body only", 960), ("18-55mm kit", 1380)], &["black", "silver"]),
    product(&["Canon EOS R6", "Canon R6"], 1_150, 4, &[("body only", 1000)], &["full frame mirrorless", ""]),
    product(&["Ricoh GR III", "Ricoh GRIII", "GR III"], 720, 3, &[], &["compact", "24MP"]),
    product(&["GoPro Hero 10 Black", "GoPro Hero10"], 170, 6, &[], &["action camera", "5.3K"]),
    product(&["Canon EF 50mm f/1.8 STM", "Canon 50mm 1.8 STM"], 75, 9, &[], &["lens", "prime lens", "nifty fifty"]),
    product(&["Sony FE 85mm f/1.8", "Sony 85mm F1.8 FE"], 385, 5, &[], &["lens", "SEL85F18"]),
    product(&["Sigma 18-35mm f/1.8 DC HSM Art", "Sigma 18-35 1.8 Art"], 430, 4, &[("for Canon EF", 1000), ("for Nikon F", 950)], &["lens"]),
];

const CONSOLES: Category = Category {
    name: "Video game consoles",
    slug: "consoles",
    season: 60,
    shipping: Some(1_650),
    titles: &["{n} {v} {s}", "{n} {v} Console", "{s} {n} {v}", "{n} {v}", "{n} Console {v} - {s}"],
    extras: &[
        "with controller",
        "tested works",
        "all cables",
        "complete in box",
        "adult owned",
        "smoke free home",
        "very clean",
    ],
    praise: &[
        "Kids moved on to PC, so it has to go.",
        "Comes with all cables.",
        "Factory reset, ready to play.",
        "Tested today, everything works.",
        "Smoke free, pet free home.",
    ],
    faults: &["cracked shell", "won't read games", "no power", "overheats"],
    accessories: &[
        ("{n} controller OEM", 25, 48),
        ("Charging dock for {n}", 10, 22),
        ("{n} carrying case", 8, 18),
        ("Power supply for {n}", 9, 19),
    ],
    products: CONSOLE_LIST,
};
#[rustfmt::skip]
const CONSOLE_LIST: &[Product] = &[
    product(&["Sony PlayStation 5", "PS5", "Playstation 5"], 335, 13, &[("Disc Edition", 1050), ("Digital Edition", 880)], &["825GB", "White", "CFI-1215A"]),
    product(&["Sony PlayStation 4 Slim", "PS4 Slim"], 135, 8, &[("500GB", 920), ("1TB", 1060)], &["Jet Black", "CUH-2215B"]),
    product(&["Microsoft Xbox Series X", "Xbox Series X"], 330, 9, &[("1TB", 1000)], &["Black", ""]),
    product(&["Microsoft Xbox Series S", "Xbox Series S"], 170, 9, &[("512GB", 960), ("1TB", 1160)], &["White", "Digital"]),
    product(&["Nintendo Switch OLED", "Switch OLED"], 220, 11, &[], &["White Joy-Cons", "Neon", "64GB"]),
    product(&["Nintendo Switch Lite", "Switch Lite"], 110, 9, &[], &["Turquoise", "Coral", "Gray", "Yellow"]),
    product(&["Valve Steam Deck", "Steam Deck"], 330, 8, &[("64GB LCD", 800), ("256GB LCD", 920), ("512GB OLED", 1300)], &["handheld", ""]),
    product(&["Nintendo 64", "N64"], 75, 7, &[], &["Charcoal Gray", "with 2 controllers", "Jungle Green"]),
    product(&["Nintendo GameCube", "Gamecube DOL-101"], 80, 6, &[], &["Indigo", "Jet Black", "Silver"]),
    product(&["Game Boy Advance SP", "GBA SP"], 85, 6, &[("AGS-001", 850), ("AGS-101", 1250)], &["Cobalt Blue", "Flame Red", "Platinum"]),
    product(&["Sega Dreamcast", "SEGA Dreamcast"], 75, 1, &[], &["White", "HKT-3020"]),
];
