//! What a site asks of programs: robots.txt as RFC 9309 describes it, and the widespread `Crawl-delay`. Pure.

use std::{fmt::Write, time::Duration};

/// How much of the file is read, in bytes; what comes after is as if it were not there.
pub const MOST_BYTES: usize = 500 * 1024;

/// How many rules are kept.
const MOST_RULES: usize = 5000;

/// The rules for one program.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Robots {
    rules: Vec<Rule>,
    delay: Option<Duration>,
}

#[derive(Debug, Clone, PartialEq)]
struct Rule {
    is_allowed: bool,
    /// Percent-encoding made uniform, with `*` and a last `$` as they mean.
    pattern: String,
}

impl Robots {
    /// Reads the rules for the program named `agent` (`deal-scout`); those for everybody where it is not named.
    pub fn parse(file: &[u8], agent: &str) -> Self {
        let file = &file[..file.len().min(MOST_BYTES)];
        let text = String::from_utf8_lossy(file);
        let text = text.trim_start_matches('\u{feff}');
        let mut own: Option<Self> = None;
        let mut everybodys = Self::default();
        let (mut is_own, mut is_everybodys, mut in_rules) = (false, false, true);
        for line in text.split(['\n', '\r']) {
            let line = line.split('#').next().unwrap_or_default();
            let Some((name, value)) = line.split_once(':') else { continue };
            let (name, value) = (name.trim().to_ascii_lowercase(), value.trim());
            if name == "user-agent" {
                if in_rules {
                    (is_own, is_everybodys, in_rules) = (false, false, false);
                }
                is_own |=
                    token(value).eq_ignore_ascii_case(token(agent)) && !token(value).is_empty();
                is_everybodys |= value == "*";
                if is_own {
                    own.get_or_insert_default();
                }
                continue;
            }
            if !matches!(name.as_str(), "allow" | "disallow" | "crawl-delay") {
                continue;
            }
            in_rules = true;
            if let Some(own) = own.as_mut().filter(|_| is_own) {
                own.take(&name, value);
            }
            if is_everybodys {
                everybodys.take(&name, value);
            }
        }
        own.unwrap_or(everybodys)
    }

    /// Whether the program may read `path`, which is a path with its query.
    pub fn allows(&self, path: &str) -> bool {
        if path == "/robots.txt" {
            return true;
        }
        let path = uniform(path, true);
        let matching = self.rules.iter().filter(|rule| matches(&rule.pattern, &path));
        // The longest decides; of two that are as long, the one that allows.
        matching
            .max_by_key(|rule| (rule.pattern.len(), rule.is_allowed))
            .is_none_or(|rule| rule.is_allowed)
    }

    /// How long the site asks to wait from one request to the next.
    pub fn delay(&self) -> Option<Duration> {
        self.delay
    }

    fn take(&mut self, name: &str, value: &str) {
        if name == "crawl-delay" {
            let seconds = value.parse::<f32>().ok();
            self.delay = seconds.and_then(|s| Duration::try_from_secs_f32(s).ok()).or(self.delay);
        } else if !value.is_empty() && self.rules.len() < MOST_RULES {
            let pattern = uniform(value, false);
            self.rules.push(Rule { is_allowed: name == "allow", pattern });
        }
    }
}

/// The name of a program, without version and comment: `deal-scout` of `deal-scout/0.1.0 (+https://…)`.
fn token(name: &str) -> &str {
    let end = name.find(|c: char| !c.is_ascii_alphabetic() && c != '-' && c != '_');
    &name[..end.unwrap_or(name.len())]
}

/// The same bytes always written the same way. In a path, `*` and `$` are letters like others.
fn uniform(text: &str, is_path: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = (byte == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        at += if hex.is_some() { 3 } else { 1 };
        match hex {
            Some(byte) if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => {
                out.push(char::from(byte));
            }
            Some(byte) => push_hex(&mut out, byte),
            None if !byte.is_ascii() || (is_path && b"*$".contains(&byte)) => {
                push_hex(&mut out, byte);
            }
            None => out.push(char::from(byte)),
        }
    }
    out
}

fn push_hex(out: &mut String, byte: u8) {
    // Writing to a string cannot fail.
    let _ = write!(out, "%{byte:02X}");
}

/// Whether `path` begins as `pattern` says: `*` is anything, `$` at its end is the end of the path.
fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, to_end) = pattern.strip_suffix('$').map_or((pattern, false), |rest| (rest, true));
    let mut parts = pattern.split('*');
    let Some(mut rest) = path.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return !to_end || rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    if to_end { rest.ends_with(last) } else { rest.contains(last) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn robots(file: &str) -> Robots {
        Robots::parse(file.as_bytes(), "deal-scout/1.0 (+https://example.org)")
    }

    #[test]
    fn the_longest_rule_decides_and_of_two_equals_the_one_that_allows() {
        let robots = robots(
            "User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /a/b/c\nDisallow: /x\nAllow: /x\n",
        );
        for (path, may) in [
            ("/", true),
            ("/a", false),
            ("/ab", false),
            ("/a/b", true),
            ("/a/b/c/d", false),
            ("/x", true),
        ] {
            assert_eq!(robots.allows(path), may, "{path}");
        }
    }

    #[test]
    fn stars_and_ends_mean_what_they_say() {
        let robots = robots(
            "user-agent:*\ndisallow:/*.php$\ndisallow: /p/*/edit\ndisallow: *secret\ndisallow: /end$",
        );
        for (path, may) in [
            ("/a.php", false),
            ("/a.php?x", true),
            ("/a.phpx", true),
            ("/a.php.php", false),
            ("/p/1/edit/2", false),
            ("/p/edit", true),
            ("/x/secretly", false),
            ("/end", false),
            ("/end/", true),
            ("/endx", true),
        ] {
            assert_eq!(robots.allows(path), may, "{path}");
        }
    }

    #[test]
    fn a_program_that_is_named_follows_its_own_rules_alone() {
        let file = "User-agent: *\nDisallow: /\n\nUser-agent: other\nUser-agent: DEAL-SCOUT/2\nDisallow: /no\nCrawl-delay: 2.5\n\
                    User-agent: nobody\nDisallow: /\nUser-agent: deal-scout\nDisallow: /neither";
        let own = robots(file);
        assert!(own.allows("/yes") && !own.allows("/no") && !own.allows("/neither"));
        assert_eq!(own.delay(), Some(Duration::from_millis(2500)));
        assert!(!Robots::parse(file.as_bytes(), "somebody").allows("/yes"));
        assert!(robots("User-agent: deal-scout-image\nDisallow: /").allows("/"));
        assert!(!robots("User-agent: deal-scout\n\nUser-agent: *\nDisallow: /").allows("/a"));
    }

    #[test]
    fn encodings_are_compared_as_bytes() {
        let robots = robots(
            "User-agent: *\nDisallow: /%7ejoe\nDisallow: /ü\nDisallow: /a%2fb\nDisallow: /100%25\nDisallow: /%2a",
        );
        for (path, may) in [
            ("/~joe", false),
            ("/%7Ejoe", false),
            ("/%c3%bc", false),
            ("/a%2Fb", false),
            ("/a/b", true),
            ("/100%25", false),
            ("/*", false),
            ("/x", true),
        ] {
            assert_eq!(robots.allows(path), may, "{path}");
        }
    }

    #[test]
    fn what_is_not_understood_is_passed_over() {
        for file in [
            "",
            "\u{feff}",
            "<html>no such page</html>",
            "Disallow: /",
            "User-agent: *\nDisallow:\nNoindex: /",
            "\0\0",
        ] {
            assert!(robots(file).allows("/a"), "{file}");
        }
        assert!(!robots("\u{feff}User-agent: *#all\r\nSitemap: x\rDisallow: / # all").allows("/a"));
        assert_eq!(robots("User-agent: *\nCrawl-delay: -1\nCrawl-delay: soon").delay(), None);
    }

    #[test]
    fn a_file_without_an_end_is_read_to_the_limit() {
        let mut file = b"User-agent: *\nDisallow: /first\n".to_vec();
        file.resize(MOST_BYTES, b'#');
        file.extend_from_slice(b"\nDisallow: /last\n");
        let robots = Robots::parse(&file, "deal-scout");
        assert!(!robots.allows("/first") && robots.allows("/last"));
    }

    /// The plain meaning of a pattern, tried in every way.
    fn slowly(pattern: &[u8], path: &[u8]) -> bool {
        match pattern {
            [] => true,
            [b'$'] => path.is_empty(),
            [b'*', rest @ ..] => (0..=path.len()).any(|at| slowly(rest, &path[at..])),
            [first, rest @ ..] => path.first() == Some(first) && slowly(rest, &path[1..]),
        }
    }

    proptest! {
        #[test]
        fn matching_is_what_trying_every_way_finds(pattern in "/[ab*]{0,8}\\$?", path in "/[ab]{0,10}") {
            prop_assert_eq!(matches(&pattern, &path), slowly(pattern.as_bytes(), path.as_bytes()));
        }

        #[test]
        fn any_bytes_are_a_file(file: Vec<u8>, path in "/.{0,30}") {
            let _ = Robots::parse(&file, "deal-scout").allows(&path);
        }

        #[test]
        fn any_lines_are_a_file(file in "((user-agent|allow|disallow|crawl-delay): ?[*a-z/$%0-9.-]{0,9}\n){0,12}", path in "/[a-z/%]{0,9}") {
            let _ = robots(&file).allows(&path);
        }
    }
}
