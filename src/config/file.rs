//! The layers that are TOML: the built-in defaults and the settings file.

use std::{fs, io, path::Path};

use config::{FileFormat, Map, Source, Value, ValueKind};

use super::{
    Env, Fault, Overrides,
    keys::{self, KEYS},
    layers::Layer,
};

/// The settings file that is looked for when none is named.
const FILE: &str = "deal-scout.toml";
/// The variable that names another.
pub(super) const FILE_VARIABLE: &str = "DEAL_SCOUT_CONFIG";

/// The defaults, which document every key.
pub(super) fn built_in() -> Layer {
    let mut faults = Vec::new();
    let layer = parse(include_str!("../../config/default.toml"), None, &mut faults);
    debug_assert_eq!(faults, [], "config/default.toml is part of the program");
    layer
}

/// The settings file: the one that was named, else the one in the working directory if it is there.
pub(super) fn from_disk(overrides: &Overrides, env: &Env, faults: &mut Vec<Fault>) -> Layer {
    let named = match (&overrides.file, env.get(FILE_VARIABLE)) {
        (Some(path), _) => Some((path.clone(), "--config")),
        (None, Some(path)) => Some((path.into(), FILE_VARIABLE)),
        (None, None) => None,
    };
    let (path, named_by) = match &named {
        Some((path, by)) => (env.dir().join(path), Some(*by)),
        None => (env.dir().join(FILE), None),
    };
    let shown = named.as_ref().map_or_else(|| FILE.into(), |(path, _)| path.display().to_string());
    match fs::read_to_string(&path) {
        Ok(text) => parse(&text, Some(&shown), faults),
        Err(e) if e.kind() == io::ErrorKind::NotFound && named_by.is_none() => Layer::default(),
        Err(e) => {
            let source = named_by.unwrap_or(FILE);
            faults.push(Fault::new("settings file", source, unreadable(&path, &e)));
            Layer::default()
        }
    }
}

fn unreadable(path: &Path, error: &io::Error) -> String {
    let what = match error.kind() {
        io::ErrorKind::InvalidData => "it is not UTF-8 text".to_owned(),
        _ => error.to_string(),
    };
    format!("cannot read {}: {what}; name a readable TOML file", path.display())
}

/// Reads TOML. `name` is the file's name for messages; `None` is the built-in one.
fn parse(text: &str, name: Option<&str>, faults: &mut Vec<Fault>) -> Layer {
    let mut layer = Layer::default();
    match config::File::from_str(text, FileFormat::Toml).collect() {
        Ok(table) => flatten("", table, &mut |key, value| {
            let origin = name.map_or_else(|| "default".to_owned(), |name| place(name, text, key));
            match accept(key, &value) {
                Ok(()) => layer.put(key, value, &origin),
                Err(message) => faults.push(Fault::new(key, origin, message)),
            }
        }),
        Err(error) => {
            let name = name.unwrap_or("default");
            faults.push(Fault::new("settings file", name, syntax(&error.to_string())));
        }
    }
    layer
}

/// Calls `each` for every leaf with its dotted key. An empty section that is unknown counts as a leaf.
fn flatten(prefix: &str, table: Map<String, Value>, each: &mut impl FnMut(&str, ValueKind)) {
    let mut entries: Vec<_> = table.into_iter().collect();
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    for (name, value) in entries {
        let key = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
        match value.kind {
            ValueKind::Table(inner) if inner.is_empty() && keys::is_section(&key) => {}
            ValueKind::Table(inner) if !inner.is_empty() && keys::find(&key).is_none() => {
                flatten(&key, inner, each);
            }
            kind => each(&key, kind),
        }
    }
}

fn accept(key: &str, value: &ValueKind) -> Result<(), String> {
    if keys::is_section(key) {
        return Err(format!("is a section, not a value; write [{key}] and its keys below"));
    }
    if keys::find(key).is_none() {
        let known = KEYS.iter().map(|key| key.name.to_owned());
        return Err(format!("there is no such key{}", keys::did_you_mean(key, known)));
    }
    match value {
        ValueKind::Table(_) | ValueKind::Array(_) => Err("takes one value, not several".into()),
        _ => Ok(()),
    }
}

/// `deal-scout.toml line 3`, or the bare name when the line is not plain to see.
fn place(name: &str, text: &str, key: &str) -> String {
    let mut section = "";
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(rest) = line.strip_prefix('[') {
            section = rest.split(']').next().unwrap_or_default().trim();
            if section == key {
                return format!("{name} line {}", index + 1);
            }
        } else if let Some((left, _)) = line.split_once('=') {
            let left = left.trim();
            let full =
                if section.is_empty() { left.to_owned() } else { format!("{section}.{left}") };
            if full == key {
                return format!("{name} line {}", index + 1);
            }
        }
    }
    name.to_owned()
}

/// The place and the reason of a syntax error, without the excerpt: the line may hold a password.
fn syntax(error: &str) -> String {
    let place = error
        .lines()
        .find_map(|line| line.find("at line").map(|at| line[at..].trim_end_matches(" in")))
        .unwrap_or("somewhere");
    let reason = error.lines().rev().find(|line| !line.trim().is_empty() && !line.contains('|'));
    let reason = reason.filter(|line| !line.contains("at line")).unwrap_or("not readable");
    format!("is not valid TOML {place}: {}", reason.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults_of(text: &str) -> Vec<String> {
        let mut faults = Vec::new();
        parse(text, Some("x.toml"), &mut faults);
        faults.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_defaults_name_every_key_and_no_other() {
        let mut faults = Vec::new();
        let text = include_str!("../../config/default.toml");
        let layer = parse(text, None, &mut faults);
        assert_eq!(faults, []);
        let mut named: Vec<_> = layer.collect().unwrap().into_keys().collect();
        let mut known: Vec<_> = KEYS.iter().map(|key| key.name.to_owned()).collect();
        named.sort();
        known.sort();
        assert_eq!(named, known);
    }

    #[test]
    fn an_unknown_key_is_told_with_its_line_and_its_neighbour() {
        assert_eq!(
            faults_of("# mine\nprot = 3000\n\n[log]\nlevle = \"info\"\n"),
            [
                "log.levle (from x.toml line 5): there is no such key; did you mean log.level?",
                "prot (from x.toml line 2): there is no such key; did you mean port?",
            ]
        );
    }

    #[test]
    fn a_section_given_a_value_and_a_value_given_a_section_are_told() {
        assert_eq!(
            faults_of("database = \"postgres://x\"\n[port]\nnumber = 1\n"),
            [
                "database (from x.toml line 1): is a section, not a value; write [database] and its keys below",
                "port (from x.toml line 2): takes one value, not several",
            ]
        );
    }

    #[test]
    fn a_syntax_error_is_told_without_the_line_that_may_hold_a_password() {
        let faults = faults_of("[database]\nurl = \"postgres://me:hunter2@here\nport = 1\n");
        assert_eq!(faults.len(), 1);
        assert!(faults[0].contains("line 2"), "{faults:?}");
        assert!(!faults[0].contains("hunter2"), "{faults:?}");
    }
}
