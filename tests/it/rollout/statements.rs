//! SQL as a list of statements, each with the comments above it. What stands between dollar quotes is read as well.

/// One statement.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Statement {
    /// The lines of the comments above it and within, without their dashes.
    pub(super) comments: Vec<String>,
    /// Words in small letters and single signs; texts are `'`.
    pub(super) words: Vec<String>,
}

/// The statements of a script, those within dollar quotes after the one that they belong to.
pub(super) fn statements(sql: &str) -> Vec<Statement> {
    let mut all = Vec::new();
    let mut inner = Vec::new();
    let mut one = Statement::default();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '-' if rest.starts_with("--") => {
                let line = rest.find('\n').unwrap_or(rest.len());
                one.comments.push(rest[2..line].trim().to_owned());
                line
            }
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '\'' => {
                one.words.push("'".to_owned());
                quoted(rest, '\'')
            }
            '"' => {
                let length = quoted(rest, '"');
                one.words.push(rest[..length].trim_matches('"').to_owned());
                length
            }
            '$' => match dollar(rest) {
                Some((mark, body)) => {
                    inner.extend(statements(body));
                    one.words.push("'".to_owned());
                    body.len() + 2 * mark
                }
                None => 1,
            },
            ';' => {
                finish(&mut one, &mut all, &mut inner);
                1
            }
            c if is_word(c) => {
                let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                one.words.push(rest[..length].to_lowercase());
                length
            }
            c if c.is_whitespace() => c.len_utf8(),
            c => {
                one.words.push(c.to_string());
                c.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    finish(&mut one, &mut all, &mut inner);
    all
}

fn finish(one: &mut Statement, all: &mut Vec<Statement>, inner: &mut Vec<Statement>) {
    let done = std::mem::take(one);
    if !done.words.is_empty() {
        all.push(done);
    }
    all.append(inner);
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of what is in these quotes, with them; a doubled quote does not end it.
fn quoted(text: &str, quote: char) -> usize {
    let mut at = 1;
    while let Some(end) = text[at..].find(quote) {
        at += end + 1;
        if !text[at..].starts_with(quote) {
            return at;
        }
        at += 1;
    }
    text.len()
}

/// The length of the mark, and what stands between two of it.
fn dollar(text: &str) -> Option<(usize, &str)> {
    let mark = text[1..].find('$')? + 2;
    let name = &text[1..mark - 1];
    if !name.chars().all(is_word) {
        return None;
    }
    let body = &text[mark..];
    Some((mark, &body[..body.find(&text[..mark])?]))
}

#[test]
fn words_comments_and_texts_are_told_apart() {
    let sql =
        "-- why; not\nSELECT 'it''s; -- text', \"A b\" /* no; */ FROM t;\nDO $x$ BEGIN a; END $x$;";
    let found = statements(sql);
    let words: Vec<String> = found.iter().map(|one| one.words.join(" ")).collect();
    assert_eq!(words, ["select ' , A b from t", "do '", "begin a", "end"]);
    assert_eq!(found[0].comments, ["why; not"]);
}
