//! From a title to words that can be compared: one spelling for each thing, however people write it.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Words that stand before a number without belonging to it: `rtx3070` is `rtx 3070`.
const GLUED_BEFORE: &[&str] = &[
    "rtx",
    "gtx",
    "rx",
    "gt",
    "ryzen",
    "radeon",
    "geforce",
    "iphone",
    "ipad",
    "playstation",
    "xbox",
    "gen",
    "macbook",
    "airpods",
    "mariokart",
    "galaxy",
    "pixel",
];
/// Words that stand behind a number without belonging to it: `6800xt` is `6800 xt`.
const GLUED_BEHIND: &[&str] = &["ti", "xt", "xtx", "super"];
/// Names whose small number is part of the name: `iPhone 13` and `iPhone13` are `iphone13`.
const NUMBERED: &[&str] = &[
    "iphone", "pixel", "airpods", "series", "note", "mate", "quest", "hero", "mavic", "jordan",
    "retro", "yeezy", "aj", "switch", "ps", "gen", "mark", "mk", "type", "model", "wii",
];
/// Units that a number is written apart from: `8 GB` is `8gb`.
const UNITS: &[&str] =
    &["gb", "tb", "mb", "ghz", "mhz", "hz", "nm", "mm", "cm", "bit", "watt", "mah", "mp"];
/// Sizes of storage that stand alone in lists such as `64/128/256GB`.
const LISTED_SIZES: &[&str] = &["16", "32", "64", "128", "256", "512"];

/// The words of a title, in order, each in one spelling: lower case, no diacritics, `RTX3070` as `rtx 3070`, `8 GB` as
/// `8gb`, `PlayStation 5` as `ps5`, `iPhone 13` as `iphone13`, `Series X` as `seriesx`, `2nd gen` as `gen2`. A part
/// number such as `699-2H400-0201` is one word without its dashes.
pub fn words(title: &str) -> Vec<String> {
    let tokens: Vec<String> = plain(title).into_iter().flat_map(|token| unglued(&token)).collect();
    let mut words: Vec<String> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let next = tokens.get(at + 1).map_or("", String::as_str);
        let after = tokens.get(at + 2).map_or("", String::as_str);
        let (word, used) = joined(token, next, after, words.last().map_or("", String::as_str));
        words.push(word);
        at += used;
    }
    spell_out_sizes(&mut words);
    words
}

/// The next word and how many tokens it took.
fn joined(token: &str, next: &str, after: &str, before: &str) -> (String, usize) {
    let small = is_number(next) && next.len() <= 3 && !UNITS.contains(&after);
    match token {
        "playstation" if is_number(next) && next.len() == 1 => (format!("ps{next}"), 2),
        "series" if matches!(next, "x" | "s") => (format!("series{next}"), 2),
        "one" if before == "xbox" && matches!(next, "x" | "s") => (format!("one{next}"), 2),
        "iphone" if matches!(next, "x" | "xr" | "xs" | "se") => (format!("iphone{next}"), 2),
        "mk" | "mark" if matches!(next, "ii" | "iii" | "iv") => {
            (format!("mk{}", next.len() + usize::from(next == "iv") * 2), 2)
        }
        "mark" if small => (format!("mk{next}"), 2),
        "generation" if small => (format!("gen{next}"), 2),
        _ if NUMBERED.contains(&token) && small => (format!("{token}{next}"), 2),
        _ if is_number(token) && UNITS.contains(&next) => (format!("{token}{next}"), 2),
        _ if ordinal(token).is_some() && matches!(next, "gen" | "generation") => {
            (format!("gen{}", ordinal(token).unwrap_or_default()), 2)
        }
        "graphics" | "graphic" | "video" | "display" if matches!(next, "card" | "cards") => {
            ("gpu".to_owned(), 2)
        }
        "blu" | "blue" if next == "ray" => ("bluray".to_owned(), 2),
        "pre" if matches!(next, "order" | "sale") => (format!("pre{next}"), 2),
        _ => (one_spelling(token).to_owned(), 1),
    }
}

fn one_spelling(token: &str) -> &str {
    match token {
        "disk" | "discs" | "disks" => "disc",
        "processor" | "processors" | "cpus" => "cpu",
        "gpus" => "gpu",
        "wheels" => "wheel",
        "consoles" => "console",
        "controllers" => "controller",
        "colour" => "color",
        "grey" => "gray",
        "generation" => "gen",
        "ver" | "version" => "edition",
        other => other,
    }
}

/// `64/128/256gb` lists three sizes, so the bare numbers before a size are sizes too.
fn spell_out_sizes(words: &mut [String]) {
    for at in (1..words.len()).rev() {
        let is_size = words[at].ends_with("gb");
        if is_size && LISTED_SIZES.contains(&words[at - 1].as_str()) {
            words[at - 1].push_str("gb");
        }
    }
}

/// The parts of a token that people glue together.
fn unglued(token: &str) -> Vec<String> {
    let runs = runs(token);
    match runs.as_slice() {
        [a, b] if GLUED_BEFORE.contains(a) && is_number(b) => owned(&[a, b]),
        [a, b, c] if GLUED_BEFORE.contains(a) && is_number(b) && GLUED_BEHIND.contains(c) => {
            owned(&[a, b, c])
        }
        [a, b] if is_number(a) && a.len() >= 3 && GLUED_BEHIND.contains(b) => owned(&[a, b]),
        // 3G, 4G and 5G are networks; every other count of G is gigabytes, Go in French.
        [a, "g" | "go" | "gbs"] if is_number(a) && !matches!(*a, "3" | "4" | "5") => {
            vec![format!("{a}gb")]
        }
        ["mariokart"] => owned(&["mario", "kart"]),
        _ => vec![token.to_owned()],
    }
}

fn owned(parts: &[&str]) -> Vec<String> {
    parts.iter().map(|part| (*part).to_owned()).collect()
}

/// Splits where letters meet digits: `gtx1080ti` is `gtx`, `1080`, `ti`.
fn runs(token: &str) -> Vec<&str> {
    let is_digit = |c: char| c.is_ascii_digit() || c == '.';
    let mut runs = Vec::new();
    let mut start = 0;
    let mut last = None;
    for (at, c) in token.char_indices() {
        if last.is_some_and(|was| was != is_digit(c)) {
            runs.push(&token[start..at]);
            start = at;
        }
        last = Some(is_digit(c));
    }
    runs.push(&token[start..]);
    runs
}

/// Lower case, no diacritics, split at everything that is neither letter nor digit; a point between digits and the
/// inside of part numbers hold together.
pub(super) fn plain(text: &str) -> Vec<String> {
    let folded = folded(text);
    let mut tokens = Vec::new();
    for chunk in folded.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '.'))) {
        let chunk = chunk.trim_matches(['-', '.']);
        if is_part_number(chunk) {
            // Its pieces may name the card as well: TUF-RTX3070-O8G.
            let names = chunk.split('-').filter(|piece| {
                matches!(runs(piece).as_slice(), [a, b, ..] if GLUED_BEFORE.contains(a) && b.len() >= 3)
            });
            tokens.extend(names.map(str::to_owned));
            tokens.push(chunk.replace(['-', '.'], ""));
            continue;
        }
        for piece in chunk.split('-') {
            if is_number(piece) {
                tokens.push(piece.to_owned());
            } else {
                tokens.extend(dotted(piece));
            }
        }
    }
    tokens
}

/// Splits at points that do not stand between digits.
fn dotted(piece: &str) -> Vec<String> {
    let digit = |at: usize| piece.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
    let mut tokens = Vec::new();
    let mut start = 0;
    for (at, _) in piece.match_indices('.') {
        if at == 0 || !digit(at - 1) || !digit(at + 1) {
            tokens.push(piece[start..at].to_owned());
            start = at + 1;
        }
    }
    tokens.push(piece[start..].to_owned());
    tokens.retain(|token| !token.is_empty());
    tokens
}

/// Long, dashed, with digits in two pieces or more that are not sizes: a maker's number for one box, not a model.
fn is_part_number(chunk: &str) -> bool {
    // P100-SXM2-16GB is a model, its socket and a size.
    let is_size =
        |piece: &str| piece.ends_with("gb") || piece.ends_with("tb") || piece.starts_with("sxm");
    let numbered = chunk
        .split('-')
        .filter(|piece| piece.bytes().any(|b| b.is_ascii_digit()) && !is_size(piece))
        .count();
    numbered >= 2 && chunk.len() >= 9
}

fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let spoken = text
        .chars()
        .take(super::TITLE_CHARS)
        .filter(|c| !matches!(c, '™' | '®' | '©' | '\'' | '’' | '`'));
    for c in spoken.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'ø' => out.push('o'),
            'ł' => out.push('l'),
            'đ' => out.push('d'),
            c => out.push(c),
        }
    }
    out
}

fn is_number(token: &str) -> bool {
    let mut parts = token.split('.');
    let whole = |part: Option<&str>| {
        part.is_some_and(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()))
    };
    whole(parts.next()) && parts.all(|part| whole(Some(part)))
}

fn ordinal(token: &str) -> Option<&str> {
    let number = ["st", "nd", "rd", "th"].iter().find_map(|end| token.strip_suffix(end))?;
    is_number(number).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(title: &str) -> String {
        words(title).join(" ")
    }

    #[test]
    fn one_thing_has_one_spelling() {
        assert_eq!(said("RTX3070"), said("RTX 3070"));
        assert_eq!(said("GTX1080Ti"), "gtx 1080 ti");
        assert_eq!(said("RX 6800XT"), said("rx-6800 XT"));
        assert_eq!(said("PlayStation 5"), "ps5");
        assert_eq!(said("PlayStation5"), "ps5");
        assert_eq!(said("PS 5"), "ps5");
        assert_eq!(said("PS-5"), "ps5");
        assert_eq!(said("iPhone13 Pro"), "iphone13 pro");
        assert_eq!(said("iPhone 13 Pro"), "iphone13 pro");
        assert_eq!(said("Xbox Series X"), "xbox seriesx");
        assert_eq!(said("Xbox One S"), "xbox ones");
        assert_eq!(said("iPhone SE 2nd Gen"), "iphonese gen2");
        assert_eq!(said("Mariokart Wii"), "mario kart wii");
        assert_eq!(said("Canon 5D Mark IV"), said("Canon 5D mk 4"));
    }

    #[test]
    fn sizes_are_one_word() {
        assert_eq!(said("8 GB"), "8gb");
        assert_eq!(said("24G"), "24gb");
        assert_eq!(said("24Go"), "24gb");
        assert_eq!(said("64/128/256GB"), "64gb 128gb 256gb");
        assert_eq!(said("64GB-128GB"), "64gb 128gb");
        assert_eq!(said("iPhone 12 5G 64,128GB"), "iphone12 5g 64gb 128gb");
        assert_eq!(said("iPhone 256 GB"), "iphone 256gb");
        assert_eq!(said("4.6 GHz"), "4.6ghz");
    }

    #[test]
    fn a_part_number_is_one_word_and_a_name_in_it_is_heard() {
        assert_eq!(said("699-2H400-0201-520"), "6992h4000201520");
        assert_eq!(said("TUF-RTX3070-O8G-GAMING"), "rtx 3070 tufrtx3070o8ggaming");
        assert_eq!(said("Ryzen 7-5800X 8-core"), "ryzen 7 5800x 8 core");
    }

    #[test]
    fn letters_fold_and_signs_fall_away() {
        assert_eq!(said("Stüssy Men's ™ Café—Größe"), "stussy mens cafe grosse");
        assert_eq!(said("Radeon™ RX"), "radeon rx");
        assert_eq!(said("🔥🔥"), "");
        assert_eq!(said(""), "");
        assert_eq!(said("...--- . -"), "");
        assert_eq!(said("100-100…"), "100 100");
    }
}
