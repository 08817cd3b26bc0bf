//! Guards the layout: arrows between modules point down only, the engine is pure, files are short and well named.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The layers of the diagram in `src/lib.rs`, top first: a module may use what stands below it.
const LAYERS: &[&[&str]] = &[
    &["main"],
    &["cli"],
    &["app"],
    &["web", "workers"],
    &["state"],
    &["startup", "import", "scan", "export", "delivery", "worth", "rotation", "backup"],
    &["nouns"],
    &["market", "notify", "oidc", "db", "cache", "photos", "ticket"],
    &["scout"],
    &["model"],
    &["sealing", "outbound", "mail"],
    &["error", "config", "telemetry", "metrics", "clock", "disk", "runtime", "systemd"],
];

/// What stands below and must not be known all the same: the database sees no setting, the engine no clock.
const HIDDEN: &[(&str, &[&str])] = &[
    ("db", &["config", "telemetry", "metrics", "scout", "sealing", "outbound", "mail"]),
    ("scout", &["config", "telemetry", "metrics", "clock", "disk", "sealing", "outbound", "mail"]),
    ("model", &["config", "telemetry", "metrics", "clock", "disk", "sealing", "outbound", "mail"]),
];

/// The one arrow to the side: logging starts before anything else and takes its settings.
const BESIDE: (&str, &str) = ("telemetry", "config");

/// What the pure modules must not name: clocks, disks, networks, databases.
const IMPURE: &str = "diesel_async tokio tokio_postgres reqwest redis actix_web slog Utc::now Local::now SystemTime \
                      Instant std::fs std::env std::net std::process rand::rng";

/// Names that say nothing about what a file holds.
const EMPTY_NAMES: &str = "utils util common helpers helper manager service misc";

/// The longest that a file may be, in lines.
const LONGEST: usize = 400;

#[test]
fn arrows_point_down_only() {
    let mut wrong = Vec::new();
    for file in sources("src").iter().filter(|file| file.module() != "lib") {
        for path in file.uses() {
            let used = path.split("::").next().unwrap();
            if layer(used).is_some() && !may_use(file.module(), used) {
                wrong.push(format!("{} uses crate::{path}, which it must not know", file.name()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_has_its_layer_and_its_place_in_the_diagram() {
    let diagram = include_str!("../../src/lib.rs");
    for file in sources("src").iter().filter(|file| file.module() != "lib") {
        let module = file.module();
        assert!(layer(module).is_some(), "{} stands in no layer", file.name());
        let is_drawn = diagram
            .lines()
            .filter(|line| line.starts_with("//!"))
            .any(|line| has_word(line, module));
        assert!(is_drawn, "the diagram in src/lib.rs does not show {module}");
    }
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

fn may_use(module: &str, used: &str) -> bool {
    let is_hidden = HIDDEN.iter().any(|(from, hidden)| *from == module && hidden.contains(&used));
    let is_below = layer(used) > layer(module);
    module == used || (module, used) == BESIDE || (is_below && !is_hidden)
}

#[test]
fn pages_and_api_do_not_know_each_other() {
    for (side, other) in [("web/pages", "api"), ("web/api", "pages")] {
        for file in
            sources("src").iter().filter(|file| file.name().starts_with(&format!("src/{side}")))
        {
            for path in file.uses() {
                let crosses = path.starts_with(&format!("web::{other}"));
                assert!(
                    !crosses,
                    "{} uses crate::{path}; what both need belongs below them",
                    file.name()
                );
            }
        }
    }
}

#[test]
fn the_model_and_the_engine_are_pure() {
    for file in sources("src").iter().filter(|file| ["model", "scout"].contains(&file.module())) {
        let used = IMPURE.split_whitespace().find(|word| has_word(&file.program, word));
        assert_eq!(used, None, "{} is pure, so it takes this as an argument", file.name());
    }
}

#[test]
fn files_are_short_and_named_for_what_they_hold() {
    let mut wrong = Vec::new();
    for file in sources("src").into_iter().chain(sources("tests")) {
        let is_generated = file.name() == "src/db/schema.rs";
        let lines = file.text.lines().count();
        if !is_generated && lines > LONGEST {
            wrong.push(format!("{} has {lines} lines; split it by noun", file.name()));
        }
        let folder = file.path.parent().unwrap();
        for name in [file.path.file_stem(), folder.file_name()] {
            if has_word(EMPTY_NAMES, name.unwrap().to_str().unwrap()) {
                wrong.push(format!("{}: a name that says nothing", file.name()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn uses_are_found_in_every_form() {
    let file = Source::of(
        "src/web/pages/deals.rs",
        r#"
        //! Not crate::cli, which is a comment.
        use crate::{db::{self, listings::{find, list}}, error::Result, state};
        use super::super::api::x;
        fn f() -> crate::model::Money { let s = "crate::telemetry"; crate::worth::of() }
        #[cfg(test)]
        mod tests { use crate::cli; }
    "#,
    );
    assert_eq!(
        file.uses(),
        [
            "db::self",
            "db::listings::find",
            "db::listings::list",
            "error::Result",
            "state",
            "model::Money",
            "worth::of",
            "web::api::x",
        ]
    );
}

/// One source file: as it is, and as the program sees it, without comments, texts and tests.
struct Source {
    path: PathBuf,
    text: String,
    program: String,
}

impl Source {
    fn of(path: &str, text: &str) -> Self {
        let program = without_comments_and_texts(text);
        let program = program.split("#[cfg(test)]\n").next().unwrap().to_owned();
        Self { path: path.into(), text: text.to_owned(), program }
    }

    /// Its path from the manifest's folder, with forward slashes.
    fn name(&self) -> String {
        self.path.to_str().unwrap().replace('\\', "/")
    }

    /// Where it stands in the tree of modules: `["web", "pages", "deals"]`.
    fn place(&self) -> Vec<&str> {
        let parts = self.path.with_extension("");
        let count = parts.components().count();
        let names = self.path.components().skip(1).map(|part| part.as_os_str().to_str().unwrap());
        names
            .take(count - 1)
            .map(|name| name.trim_end_matches(".rs"))
            .filter(|name| *name != "mod")
            .collect()
    }

    fn module(&self) -> &str {
        self.place()[0]
    }

    /// Every path into the crate that it names, from the root on: by `crate::` and by `super::`.
    fn uses(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (at, start) in self.program.match_indices("crate::") {
            let is_whole =
                !self.program[..at].ends_with(|c: char| c.is_alphanumeric() || "_$".contains(c));
            if is_whole {
                paths(&self.program[at + start.len()..], "", &mut found);
            }
        }
        let place = self.place();
        for (at, _) in self.program.match_indices("super::") {
            if self.program[..at].ends_with("super::") {
                continue;
            }
            let rest = self.program[at..].trim_start_matches("super::");
            let ups = (self.program.len() - at - rest.len()) / "super::".len();
            let above = place[..place.len().saturating_sub(ups)].join("::");
            paths(rest, &above, &mut found);
        }
        found
    }
}

/// Reads one path, or a group of them in braces, from the start of `text`; answers with what is left.
fn paths<'a>(text: &'a str, before: &str, found: &mut Vec<String>) -> &'a str {
    let mut text = text.trim_start();
    if let Some(inside) = text.strip_prefix('{') {
        text = inside.trim_start();
        while !text.is_empty() && !text.starts_with('}') {
            let left = paths(text, before, found).trim_start();
            let left = left.strip_prefix(',').unwrap_or(left).trim_start();
            if left.len() == text.len() {
                return left;
            }
            text = left;
        }
        return text.strip_prefix('}').unwrap_or(text);
    }
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if name.is_empty() {
        return rest;
    }
    let path = if before.is_empty() { name.to_owned() } else { format!("{before}::{name}") };
    match rest.strip_prefix("::") {
        Some(rest) if rest.starts_with(|c: char| c.is_alphabetic() || "_{".contains(c)) => {
            paths(rest, &path, found)
        }
        _ => {
            found.push(path);
            rest
        }
    }
}

fn without_comments_and_texts(text: &str) -> String {
    let mut program = String::new();
    for line in text.lines() {
        let mut in_text = false;
        let mut before = ' ';
        for (at, c) in line.char_indices() {
            if !in_text && line[at..].starts_with("//") {
                break;
            }
            let is_quote =
                c == '"' && before != '\\' && !(before == '\'' && line[at + 1..].starts_with('\''));
            if is_quote {
                in_text = !in_text;
            } else if !in_text {
                program.push(c);
            }
            before = if before == '\\' && c == '\\' { ' ' } else { c };
        }
        program.push('\n');
    }
    program
}

fn has_word(program: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    program.match_indices(word).any(|(at, _)| {
        !program[..at].ends_with(is_part) && !program[at + word.len()..].starts_with(is_part)
    })
}

fn sources(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap();
                found.push(Source::of(name, &fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found
}
