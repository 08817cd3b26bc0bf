//! The words of a title that name a model.

/// Words that a model number follows.
const BEFORE_NUMBERS: &[&str] = &[
    "rtx", "gtx", "rx", "gt", "gts", "geforce", "radeon", "quadro", "titan", "arc", "ryzen",
    "tesla", "galaxy", "vega",
];
/// Words behind a number that show it to be a graphics card's.
const BEHIND_NUMBERS: &[&str] = &["ti", "xt", "xtx", "super"];
/// Names that are a model by themselves or with the small number that is joined to them.
const NAMES: &[&str] = &[
    "iphone", "pixel", "airpods", "quest", "hero", "mavic", "switch", "yeezy", "ps", "series",
    "one",
];
/// Names that become a model with a variant: `iPad mini`, `MacBook Air`.
const BASES: &[&str] = &["ipad", "macbook", "airpods", "surface"];
/// Endings of processors: 5600X, 5800X3D, 13900K.
const CPU_ENDINGS: &[&str] =
    &["x", "x3d", "g", "ge", "k", "kf", "ks", "f", "h", "hs", "hx", "u", "xt", "t"];
/// Beginnings of words that describe a part and name no model.
const DESCRIBING: &[&str] = &[
    "gddr", "ddr", "lpddr", "pcie", "usb", "hdmi", "dp", "am", "lga", "wifi", "zen", "hbm", "cuda",
    "hdr", "mp", "ip", "us", "uk", "eu", "sz", "size", "fw", "ss", "aw", "sp", "v", "x", "w", "l",
    "no", "fhr", "bt", "gen", "mk",
];

/// A word that names a model.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Model {
    pub(crate) word: String,
    /// Numbers of one family exclude each other: 3070 and 4090, but not 3070 and 5600X.
    pub(crate) family: Family,
    /// The words around it leave no doubt that it is a model.
    pub(crate) is_strong: bool,
}

/// What a model's name looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Family {
    /// 3070
    Number,
    /// 5600x
    NumberThenLetters,
    /// p100, a7
    LettersThenNumber,
    /// wh1000xm4
    Mixed,
    /// ps5, iphone13, seriesx
    Name,
}

impl Model {
    fn is_among(&self, others: &[Self]) -> bool {
        others.iter().any(|other| other.word == self.word)
    }

    /// Whether `word` names this model, in full or as the number alone (the second 11 in "iPhone 11, 11 Pro").
    pub(super) fn is_named_by(&self, word: &str) -> bool {
        let is_its_number = || {
            self.family == Family::Name
                && self.word.trim_start_matches(|c: char| c.is_ascii_alphabetic()) == word
        };
        self.word == word || (!word.is_empty() && is_its_number())
    }
}

pub(super) fn models(words: &[String]) -> Vec<Model> {
    let mut models: Vec<Model> = Vec::new();
    let is_apple = words.iter().any(|word| {
        matches!(word.as_str(), "apple" | "ipad" | "macbook") || word.starts_with("iphone")
    });
    for (at, word) in words.iter().enumerate() {
        let before = at.checked_sub(1).map_or("", |i| words[i].as_str());
        let behind = words.get(at + 1).map_or("", String::as_str);
        let found = model(word, before, behind).filter(|_| !(is_apple && is_apple_part(word)));
        if let Some(model) = found
            && !models.iter().any(|known| known.word == model.word)
        {
            models.push(model);
        }
    }
    models
}

fn model(word: &str, before: &str, behind: &str) -> Option<Model> {
    let made = |family, is_strong| Some(Model { word: word.to_owned(), family, is_strong });
    let letters_end = word.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(word.len());
    let (letters, rest) = word.split_at(letters_end);
    let digits_end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, ending) = rest.split_at(digits_end);

    if is_name(word, letters, rest) || (word == "switch" && before == "nintendo") {
        return made(Family::Name, true);
    }
    if BASES.contains(&word) {
        return made(Family::Name, true);
    }
    let follows = BEFORE_NUMBERS.contains(&before);
    match (letters, digits, ending) {
        ("", digits, "") => {
            let is_strong = follows || BEHIND_NUMBERS.contains(&behind);
            let is_round = digits.trim_end_matches('0').len() <= 1;
            let is_long = (3..=5).contains(&digits.len());
            let is_plain = !is_round && !super::is_year(digits) && is_long;
            if (is_strong && is_long) || is_plain { made(Family::Number, is_strong) } else { None }
        }
        ("", digits, ending) if is_described(digits, ending) => None,
        ("", digits, ending) => {
            let is_cpu = digits.len() >= 4 && CPU_ENDINGS.contains(&ending);
            let is_model = word.len() <= 8 && word.is_ascii();
            if is_model { made(Family::NumberThenLetters, is_cpu) } else { None }
        }
        (letters, digits, _) if digits.is_empty() || DESCRIBING.contains(&letters) => None,
        (_, digits, "") if word.len() <= 7 => {
            made(Family::LettersThenNumber, follows && digits.len() <= 4)
        }
        (_, _, ending) if word.len() <= 9 && !ending.is_empty() && word.is_ascii() => {
            made(Family::Mixed, false)
        }
        _ => None,
    }
}

/// `iphone13`, `iphonexr`, `ps5`, `seriesx`, `ones`.
fn is_name(word: &str, letters: &str, rest: &str) -> bool {
    let is_small = rest.len() <= 3 && !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit());
    (NAMES.contains(&letters) && is_small)
        || matches!(word, "seriesx" | "seriess" | "onex" | "ones")
        || matches!(word, "iphonex" | "iphonexr" | "iphonexs" | "iphonese")
}

/// Sizes, counts and measures: 8gb, 6core, 144hz, 2x, 1440p, 850w.
fn is_described(digits: &str, ending: &str) -> bool {
    match ending {
        "x" | "k" | "v" | "a" | "h" | "m" | "l" | "g" | "t" | "s" | "f" | "u" | "c" => {
            digits.len() < 4
        }
        "d" => matches!(digits, "2" | "3"),
        "p" | "w" | "gb" | "tb" | "mb" | "ghz" | "mhz" | "hz" | "bit" | "bits" | "nm" | "mm"
        | "cm" | "in" | "inch" | "mah" | "pin" | "core" | "cores" | "th" | "st" | "nd" | "rd"
        | "yr" | "yrs" | "year" | "day" | "days" | "pcs" | "pc" | "sp" | "oz" | "lb" | "lbs"
        | "ft" | "watt" | "threads" | "gbps" | "rpm" | "mp" | "go" | "xl" | "xxl" | "k1" | "cc"
        | "hp" | "ml" | "kg" | "mo" | "month" | "months" | "hr" | "hrs" => true,
        // 30x36 is a size in inches, 4.6ghz a speed.
        other => {
            other.starts_with('.')
                || (other.starts_with('x') && other[1..].bytes().all(|b| b.is_ascii_digit()))
        }
    }
}

/// A2482 and its kind: one phone has many, by region.
fn is_apple_part(word: &str) -> bool {
    word.len() == 5 && (word.starts_with("a1") || word.starts_with("a2") || word.starts_with("a3"))
}

/// 0 when the models exclude each other, 1 when they are the same, less when one names further ones.
pub(super) fn agree(a: &[Model], b: &[Model]) -> f64 {
    if a.is_empty() && b.is_empty() {
        return 1.0;
    }
    let have_one_in_common = a.iter().any(|model| model.is_among(b));
    if !have_one_in_common || misses_a_family(a, b) || misses_a_family(b, a) {
        return 0.0;
    }
    match surplus(a, b) + surplus(b, a) {
        0 => 1.0,
        1 => 0.5,
        _ => 0.0,
    }
}

/// How many strong models one names beyond the other.
fn surplus(models: &[Model], others: &[Model]) -> usize {
    models.iter().filter(|model| model.is_strong && !model.is_among(others)).count()
}

/// For some strong model of `models`, `others` name none of its family that `models` name too.
fn misses_a_family(models: &[Model], others: &[Model]) -> bool {
    models.iter().filter(|model| model.is_strong).any(|strong| {
        let mut family = models.iter().filter(|model| model.family == strong.family);
        !family.any(|model| model.is_among(others))
    })
}
