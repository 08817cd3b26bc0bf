//! What a statement may not do to tables that the release before uses, and the word that allows it.

use std::collections::BTreeSet;

use super::Statement;

/// What migrations that are released together add: the release before knows nothing of it.
#[derive(Debug, Default)]
pub(super) struct Added {
    tables: BTreeSet<String>,
    columns: BTreeSet<(String, String)>,
}

impl Added {
    pub(super) fn by<'a>(statements: impl Iterator<Item = &'a Statement>) -> Self {
        let mut added = Self::default();
        for statement in statements {
            let words: Vec<&str> = plain(statement);
            if let ["create", "table", table, ..] = words[..] {
                added.tables.insert(table.to_owned());
            }
            for action in actions(&words) {
                if let (Some(table), Some(column)) = (altered(&words), new_column(&action)) {
                    added.columns.insert((table.to_owned(), column.to_owned()));
                }
            }
        }
        added
    }

    fn is_in(&self, table: &str, words: &[&str]) -> bool {
        words.iter().any(|word| self.columns.contains(&(table.to_owned(), (*word).to_owned())))
    }
}

/// What would be wrong, and whether a release before must have prepared it.
struct Fault {
    why: String,
    takes_away: bool,
}

fn taken(why: String) -> Option<Fault> {
    Some(Fault { why, takes_away: true })
}

fn narrowed(why: String) -> Option<Fault> {
    Some(Fault { why, takes_away: false })
}

/// What is wrong with a statement, with what to do about it.
pub(super) fn faults(statement: &Statement, added: &Added) -> Vec<String> {
    let words = plain(statement);
    let found: Vec<Fault> = match altered(&words) {
        Some(table) if added.tables.contains(table) => Vec::new(),
        Some(table) => {
            actions(&words).iter().filter_map(|action| of_action(table, action, added)).collect()
        }
        None => of_statement(&words, added).into_iter().collect(),
    };
    let allowed = |fault: &Fault| says(statement, fault.takes_away);
    found.into_iter().filter(|fault| !allowed(fault)).map(|fault| told(&words, &fault)).collect()
}

fn told(words: &[&str], fault: &Fault) -> String {
    let start = words.iter().take(8).copied().collect::<Vec<_>>().join(" ");
    let or = if fault.takes_away {
        ""
    } else {
        " (or `-- expand: why whatever the release before writes fits`)"
    };
    format!(
        "`{start} …`: {}. Only add now; once a release no longer does so, a later one takes this step and says so above \
         the statement: `-- contract: since <release> nothing …`{or}",
        fault.why
    )
}

/// Whether a comment of the statement says why the step is safe.
fn says(statement: &Statement, takes_away: bool) -> bool {
    statement.comments.iter().any(|comment| {
        let prepared = comment.strip_prefix("contract: since ");
        let fits = comment.strip_prefix("expand: ").filter(|_| !takes_away);
        prepared.or(fits).is_some_and(|words| words.split_whitespace().count() >= 3)
    })
}

fn of_statement(words: &[&str], added: &Added) -> Option<Fault> {
    let is_new = |table: &str| added.tables.contains(table);
    match *words {
        ["drop", "index", name, ..] if name.ends_with("_key") => conflict(name),
        ["drop", "index", ..] => None,
        ["drop", "table", name, ..] if is_new(name) => None,
        ["drop", kind, name, ..] => {
            taken(format!("the release before still uses {} {name}", kind.to_uppercase()))
        }
        ["create", "unique", "index", _, "on", table, ref columns @ ..]
            if !is_new(table) && !added.is_in(table, columns) =>
        {
            written(table)
        }
        ["create", "trigger", _, ..] | ["create", "or", "replace", ..] | ["create", "rule", ..] => {
            let table = words.iter().position(|word| *word == "on").map(|at| words[at + 1]);
            if table.is_some_and(is_new) { None } else { written(table.unwrap_or("others")) }
        }
        ["truncate", ref tables @ ..] => {
            let table = tables.iter().find(|word| **word != "table")?;
            taken(format!("the release before still needs the rows of {table}"))
        }
        ["alter", _, name, ..] if words.contains(&"rename") => named(name),
        _ => None,
    }
}

fn of_action(table: &str, action: &[&str], added: &Added) -> Option<Fault> {
    match *action {
        ["drop", "constraint", name, ..] if is_key(name) => conflict(name),
        ["drop", "constraint", ..] => None,
        ["drop", "column", column, ..] | ["drop", column, ..] => {
            taken(format!("the release before still reads and writes {table}.{column}"))
        }
        ["rename", ..] => named(table),
        ["alter", "column", column, ref rest @ ..] | ["alter", column, ref rest @ ..] => {
            of_column(table, column, rest, added)
        }
        ["add", ..] => match new_column(action) {
            Some(column) => {
                let has = |word| action.contains(&word);
                let is_required = action.windows(2).any(|pair| pair == ["not", "null"]);
                let is_given = has("default") || has("generated");
                if is_required && !is_given {
                    return narrowed(format!("the release before leaves {table}.{column} out"));
                }
                None
            }
            None if added.is_in(table, action) => None,
            None => written(table),
        },
        _ => None,
    }
}

fn of_column(table: &str, column: &str, change: &[&str], added: &Added) -> Option<Fault> {
    match *change {
        ["type", ..] | ["set", "data", ..] => {
            narrowed(format!("the release before knows the type of {table}.{column} as it was"))
        }
        ["set", "not", "null"] => {
            narrowed(format!("the release before leaves {table}.{column} empty"))
        }
        _ if added.is_in(table, &[column]) => None,
        ["drop", "not", "null"] => {
            taken(format!("the release before cannot read {table}.{column} where it is empty"))
        }
        ["drop", "default"] => narrowed(format!("the release before leaves {table}.{column} out")),
        _ => None,
    }
}

fn written(table: &str) -> Option<Fault> {
    narrowed(format!("the release before may write rows of {table} that break this"))
}

fn conflict(name: &str) -> Option<Fault> {
    taken(format!("an ON CONFLICT of the release before needs {name}"))
}

fn named(what: &str) -> Option<Fault> {
    taken(format!("the release before knows {what} and all that belongs to it under its name"))
}

fn is_key(name: &str) -> bool {
    name.ends_with("_key") || name.ends_with("_pkey")
}

/// The words without those that change nothing of what is meant.
fn plain(statement: &Statement) -> Vec<&str> {
    let words: Vec<&str> = statement.words.iter().map(String::as_str).collect();
    let mut plain = Vec::new();
    let mut rest = &words[..];
    while let [first, after @ ..] = rest {
        rest = match *rest {
            ["if", "not", "exists", ref after @ ..]
            | ["if", "exists", ref after @ ..]
            | ["concurrently" | "only" | "begin" | "then" | "else", ref after @ ..] => after,
            _ => {
                plain.push(*first);
                after
            }
        };
    }
    plain
}

/// The table that an ALTER TABLE is about.
fn altered<'a>(words: &[&'a str]) -> Option<&'a str> {
    match *words {
        ["alter", "table", table, ..] => Some(table),
        _ => None,
    }
}

/// What an ALTER TABLE does, one by one.
fn actions<'a>(words: &[&'a str]) -> Vec<Vec<&'a str>> {
    if altered(words).is_none() {
        return Vec::new();
    }
    let mut actions = vec![Vec::new()];
    let mut depth = 0;
    for word in &words[3..] {
        match *word {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        if *word == "," && depth == 0 {
            actions.push(Vec::new());
        } else if let Some(action) = actions.last_mut() {
            action.push(*word);
        }
    }
    actions
}

/// The column that an action adds.
fn new_column<'a>(action: &[&'a str]) -> Option<&'a str> {
    match *action {
        ["add", "column", column, ..] => Some(column),
        ["add", "constraint" | "check" | "unique" | "primary" | "foreign" | "exclude", ..] => None,
        ["add", column, ..] => Some(column),
        _ => None,
    }
}
