//! The documents stay true: what they name is there, and what is there is named.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use clap::CommandFactory;
use deal_scout::cli::Cli;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn read(path: &str) -> String {
    std::fs::read_to_string(format!("{ROOT}/{path}")).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The cells of every table row of a document whose first cell is code.
fn rows(document: &str) -> Vec<Vec<String>> {
    let cells =
        |line: &str| line.trim_matches('|').split('|').map(|c| c.trim().to_owned()).collect();
    document.lines().filter(|line| line.starts_with("| `")).map(cells).collect()
}

fn code(cell: &str) -> &str {
    cell.trim_matches('`')
}

/// Each key of the built-in settings with its value and the comment above it.
fn keys() -> BTreeMap<String, (String, String)> {
    let (mut section, mut comment, mut keys) = (String::new(), String::new(), BTreeMap::new());
    for line in read("config/default.toml").lines() {
        if let Some(name) = line.strip_prefix('[') {
            section = format!("{}.", name.trim_end_matches(']'));
        } else if let Some(words) = line.strip_prefix('#') {
            comment.push_str(words);
        } else if let Some((key, value)) = line.split_once(" = ") {
            let value = value.trim_matches('"').to_owned();
            keys.insert(format!("{section}{key}"), (value, std::mem::take(&mut comment)));
        } else {
            comment.clear();
        }
    }
    keys
}

#[test]
fn the_readme_tells_every_setting_with_its_environment_name_and_default() {
    let told: BTreeMap<String, Vec<String>> = rows(&read("README.md"))
        .into_iter()
        .filter(|row| row.len() == 4)
        .map(|row| (code(&row[0]).to_owned(), row))
        .collect();
    let keys = keys();
    assert_eq!(told.keys().collect::<Vec<_>>(), keys.keys().collect::<Vec<_>>());
    for (key, (value, comment)) in keys {
        let (variable, default) = (code(&told[&key][1]), code(&told[&key][2]));
        let specific = format!("DEAL_SCOUT__{}", key.replace('.', "__").to_uppercase());
        let is_plain = comment.contains(&format!("({variable})"))
            || comment.contains(&format!("({variable}, {variable}_FILE)"));
        assert!(variable == specific || is_plain, "{key} has no environment name {variable}");
        // An empty default is told in words.
        assert!(value.is_empty() || value == default, "{key} is {value}, not {default}");
    }
}

#[test]
fn the_readme_tells_every_command_and_none_that_is_not_there() {
    let cli = Cli::command();
    let known: BTreeSet<&str> = cli.get_subcommands().map(clap::Command::get_name).collect();
    let readme = read("README.md");
    let told: BTreeSet<&str> = readme
        .match_indices("deal-scout ")
        .filter_map(|(at, call)| {
            let rest = &readme[at + call.len()..];
            let word = rest.split(|c: char| !c.is_ascii_lowercase()).next()?;
            // `deal-scout` alone, or the name of the program in a sentence or a path.
            let in_code = readme[..at].matches('`').count() % 2 == 1;
            (in_code && !word.is_empty()).then_some(word)
        })
        .filter(|word| !matches!(*word, "alone" | "for"))
        .collect();
    assert_eq!(told, known);
}

#[test]
fn every_option_in_the_table_of_commands_is_one() {
    let cli = Cli::command();
    for row in rows(&read("README.md")).iter().filter(|row| row[0].starts_with("`deal-scout ")) {
        let name = code(&row[0]).split(' ').nth(1).unwrap();
        let command = cli.find_subcommand(name).unwrap();
        let actions = command.get_subcommands();
        let options: BTreeSet<String> = command
            .get_arguments()
            .chain(actions.flat_map(clap::Command::get_arguments))
            .filter_map(|argument| argument.get_long().map(|long| format!("--{long}")))
            .collect();
        for option in row[1].split('`').filter(|code| code.starts_with("--")) {
            assert!(options.contains(option), "{name} has no {option}, only {options:?}");
        }
    }
}

#[test]
fn links_lead_somewhere() {
    for document in [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "SECURITY.md",
        "docs/deploy.md",
    ] {
        if !Path::new(ROOT).join(document).exists() {
            continue;
        }
        for link in read(document).split("](").skip(1) {
            let target = link.split([')', '#']).next().unwrap();
            let is_elsewhere = target.is_empty() || target.contains("://");
            let folder = Path::new(ROOT).join(document).parent().unwrap().to_owned();
            assert!(
                is_elsewhere || folder.join(target).exists(),
                "{document} links to {target}, which is not there"
            );
        }
    }
}

#[test]
fn the_architecture_names_what_is_there() {
    let architecture = read("ARCHITECTURE.md");
    assert!(architecture.lines().count() <= 120);
    for path in architecture.split('`').skip(1).step_by(2) {
        let is_path = ["src/", "tests/", "static/", "templates/", "migrations/", "config/"]
            .iter()
            .any(|folder| path.starts_with(folder));
        if is_path && !path.contains(['<', ' ']) {
            assert!(Path::new(ROOT).join(path).exists(), "{path} is not there");
        }
    }
}

#[test]
fn the_diagram_is_the_one_in_the_source() {
    let diagram = |text: &str| -> Vec<String> {
        let fenced = text.split("```").find_map(|part| part.strip_prefix("text\n")).unwrap();
        let line = |line: &str| line.trim_start_matches("//!").trim().to_owned();
        fenced.lines().map(line).filter(|line| !line.is_empty()).collect()
    };
    assert_eq!(diagram(&read("ARCHITECTURE.md")), diagram(&read("src/lib.rs")));
}
