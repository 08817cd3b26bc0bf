//! Whatever is put into them: no parser panics, hangs, or lets through what must not be stored. The properties are those
//! of the targets in `fuzz/`; `DEAL_SCOUT_FUZZ` says how many inputs each test makes.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use deal_scout::{
    market::{asked, identity},
    model::money::Currency,
};
use proptest::prelude::*;

use crate::{
    properties::{self, hold},
    support::shared,
};

/// The properties that the shared files of each folder are put into.
const SHARED: [(&str, &[&str]); 6] = [
    ("feeds", &["feeds", "imports"]),
    ("pages", &["pages", "imports"]),
    ("malformed", &["pages", "feeds", "photos"]),
    ("ebay", &["marketplaces", "imports"]),
    ("sold", &["imports", "exports"]),
    ("photos", &["photos"]),
];
/// Larger files are left out: they would take most of the time.
const LARGEST: usize = 50_000;

/// How many inputs each parser gets.
fn config(few: u32) -> ProptestConfig {
    let cases = std::env::var("DEAL_SCOUT_FUZZ").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig {
        cases: cases.unwrap_or(few),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Pieces that feeds, pages, tables and cookies are made of, put together as nobody would.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("<?xml version=\"1.0\"?>".to_owned()),
        prop::sample::select(vec![
            "<rss>", "</rss>", "<channel>", "</channel>", "<item>", "</item>", "<feed>", "</feed>", "<entry>", "</entry>",
            "<rdf:RDF>", "</rdf:RDF>", "<title>", "</title>", "<link>", "</link>", "<link href='/a'/>", "<guid>", "</guid>",
            "<description>", "</description>", "<![CDATA[", "]]>", "<g:price>", "</g:price>", "<media:content url='x.jpg'/>",
            "<georss:point>", "</georss:point>", "<g:shipping>", "</g:shipping>", "&amp;", "&#0;", "&#x1F600;", "&lol;", "<!--", "-->",
            "<script type=\"application/ld+json\">", "</script>", "{\"@type\":\"Product\",\"name\":\"A\",\"offers\":",
            "{\"price\":", "\"priceCurrency\":\"USD\"", "}", "]", "[", ",", "\"\\u0000\"", "-1", "1e308", "{\"@graph\":[",
            "<div itemscope itemtype='https://schema.org/Product'>", "<span itemprop=price content='5'>", "</span>", "</div>",
            "<meta property='product:price:amount' content='9,99'>", "<meta property='og:title' content='A\u{0}B'>",
            "<b class=price>$5</b>", "<s>", "<base href='//x'>", "<link rel=canonical href='javascript:1'>", "$5", "free", "€",
            "https://a.example.org/1", "http://sample/1", "\u{0}", "\u{202e}", "<a b='", "\"", "<", ">",
            "{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{\"id\":\"1\",\"url\":\"https://a.b/1\",\"title\":\"A $5\"}",
            "title,price\n", "title;sold price;sold date\n", "sep=;\n", "1.999,00", "\r\n", "\t", "2026-11-22", "\"\"",
            "deal_scout_session=", "Bearer ", "ds_", "; ", "=", "csrf=", "name=\"csrf\"\r\n\r\n", "k.", "r.", "~", "cursor=", "%00",
            "//", "/\\", "/l/", "i.1.2.3.", "User-agent: *\n", "Disallow: /*", "Crawl-delay: ",
        ])
        .prop_map(str::to_owned),
        "[ -~]{0,12}",
        any::<String>().prop_map(|text| text.chars().take(12).collect()),
        (0_u64..u64::MAX).prop_map(|number| format!("${number}")),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Files of one's own for each property, cut and stirred.
fn seeds() -> impl Strategy<Value = (String, Vec<u8>)> {
    let folder = manifest("fuzz/seeds");
    let all: Vec<_> = files(&folder)
        .into_iter()
        .map(|path| {
            let target = path.parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
            (target, fs::read(&path).unwrap())
        })
        .collect();
    let stirs = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 0..8);
    (prop::sample::select(all), stirs).prop_map(|((target, mut bytes), stirs)| {
        for (at, byte, how) in stirs {
            stir(&mut bytes, at, byte, how);
        }
        (target, bytes)
    })
}

fn stir(bytes: &mut Vec<u8>, at: prop::sample::Index, byte: u8, how: u8) {
    if bytes.is_empty() {
        return;
    }
    let at = at.index(bytes.len());
    match how {
        0 => bytes.truncate(at),
        1 => bytes.insert(at, b"<>\"'&{}[]\0$0/=\xFF,"[usize::from(byte % 16)]),
        2 => drop(bytes.drain(at..(at + usize::from(byte)).min(bytes.len()))),
        _ => bytes[at] = byte,
    }
}

proptest! {
    #![proptest_config(config(80))]

    #[test]
    fn fuzz_pieces(inner in pieces(), wrapped: bool) {
        let text = if wrapped {
            format!("<rss><channel><item>{inner}</item><item><title>A $5</title><link>https://a.b/1</link></item></channel></rss>")
        } else {
            inner
        };
        for (name, _) in properties::ALL {
            hold(name, text.as_bytes());
        }
    }

    #[test]
    fn fuzz_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for (name, _) in properties::ALL {
            hold(name, &bytes);
        }
    }

    #[test]
    fn fuzz_seeds_cut_and_stirred((target, bytes) in seeds()) {
        hold(&target, &bytes);
    }

    #[test]
    fn fuzz_words_about_prices(text in "[$€£ a-zA-Z0-9.,'(){}/+-]{0,60}", other in any::<String>()) {
        for text in [text, other] {
            if let Some(price) = asked::in_title(&text, Currency::USD).money(Currency::USD) {
                prop_assert!(price.amount >= 0, "{text}: {price}");
            }
            let _ = (asked::in_text(&text, Currency::EUR), asked::is_free(&text), asked::is_sold(&text), asked::is_offer(&text));
        }
    }

    #[test]
    fn fuzz_links(text in any::<String>(), path in "[!-~]{0,300}", host in "[a-zA-Z0-9.:@-]{1,80}") {
        for link in [text, format!("https://{host}/{path}"), format!("HTTP://www.ebay.com/itm/{path}")] {
            if let Some(known) = identity::of_link(&link) {
                let again = identity::of_link(&known.url).expect("what is canonical is an address");
                prop_assert_eq!(&again, &known, "{}", link);
                prop_assert!(known.source.len() <= 50 && known.source_id.len() <= 200 && known.source != "sample");
            }
        }
    }
}

#[test]
fn fuzz_real_files_cut_and_stirred() {
    let Some(data) = shared::data() else { return };
    let rounds = config(1).cases;
    let mut seed = 7_u64;
    let mut draw = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below.max(1)
    };
    for (folder, names) in SHARED {
        for path in files(&data.join(folder)) {
            let whole = fs::read(&path).unwrap();
            // Cutting a table short keeps its head.
            let whole = &whole[..whole.len().min(LARGEST)];
            for _ in 0..rounds {
                let mut bytes = whole.to_vec();
                match draw(3) {
                    0 => bytes.truncate(draw(whole.len())),
                    1 => {
                        let (from, length) = (draw(whole.len()), draw(4_000));
                        bytes.drain(from..(from + length).min(whole.len()));
                    }
                    _ => {
                        for _ in 0..draw(200) {
                            let at = draw(whole.len());
                            bytes[at] = b"<>\"'&{}[]\0$0/=\xFF"[draw(15)];
                        }
                    }
                }
                for name in names {
                    hold(name, &bytes);
                }
            }
        }
    }
}

#[test]
fn every_property_has_its_target_its_seeds_and_no_others_are_there() {
    let names: BTreeSet<String> =
        properties::ALL.iter().map(|(name, _)| (*name).to_owned()).collect();
    let stems = |folder: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(manifest(folder)).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
    };
    assert_eq!(stems("fuzz/fuzz_targets"), names);
    assert_eq!(stems("fuzz/seeds"), names);
    let own = fs::read_to_string(manifest("fuzz/Cargo.toml")).unwrap();
    assert_eq!(own.matches("[[bin]]").count(), names.len());
    for name in &names {
        let target = fs::read_to_string(manifest("fuzz/fuzz_targets").join(format!("{name}.rs")));
        let expected = format!(
            "#![no_main]\n\nlibfuzzer_sys::fuzz_target!(|bytes: &[u8]| deal_scout_fuzz::hold(\"{name}\", bytes));\n"
        );
        assert_eq!(target.unwrap(), expected);
        assert!(own.contains(&format!("name = \"{name}\"\npath = \"fuzz_targets/{name}.rs\"\n")));
    }
}

#[test]
fn the_targets_are_built_with_what_the_program_is_built_with() {
    let read = |path: &str| fs::read_to_string(manifest(path)).unwrap();
    let line = regex::Regex::new(r#"(?m)^([a-z_-]+) = (?:\{ version = )?"([0-9.]+)""#).unwrap();
    let versions = |text: &str| -> BTreeSet<(String, String)> {
        let (_, dependencies) = text.split_once("[dependencies]").unwrap();
        let found = line.captures_iter(dependencies);
        found.map(|found| (found[1].to_owned(), found[2].to_owned())).collect()
    };
    let own = versions(&read("fuzz/Cargo.toml"));
    assert!(own.len() > 5, "{own:?}");
    let programs = versions(&read("Cargo.toml"));
    let others: Vec<_> = own.difference(&programs).map(|(name, _)| name.as_str()).collect();
    assert_eq!(others, ["libfuzzer-sys"], "the versions of Cargo.toml, which has all the others");
}

fn manifest(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Every file in a folder and the folders in it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}
