//! Every list that the document tells of: every order, with every filter by itself, on 100,000 rows. What there is to
//! ask comes from the document and from the rows, so a noun that is added later is asked by itself.

use serde_json::Value;

use super::Asked;
use crate::{
    api::openapi::{
        document::{Document, Operation},
        scene::Person,
    },
    support::plans::Explained,
};

/// How many rows each table gets.
const ROWS: u32 = 100_000;

/// What is searched by ranked words.
const WORDS: [&str; 2] = ["listings", "comps"];

/// What belongs to nobody's body but is listed: a signed-in browser, and a token for the scene.
const ELSEWHERE: &str = "
    INSERT INTO sessions (user_id, token_digest, expires_at) VALUES (1, sha256('x'), '2099-01-01Z');
";

/// The lists, each with the table it shows.
pub(super) struct Lists {
    document: Document,
    lists: Vec<(Operation, String)>,
}

impl Lists {
    /// Makes one row of everything, through the API where that makes it.
    pub(super) async fn settled(scene: &mut Explained) -> Self {
        let token = deal_scout::web::auth::token::NewToken::draw();
        scene.run(ELSEWHERE).await;
        scene
            .run(&format!(
                "INSERT INTO api_tokens (user_id, name, scope, prefix, token_digest)
                 VALUES (1, 'all', 'admin', '{}', sha256('{}'))",
                token.prefix, token.text
            ))
            .await;
        let document = Document::of(&scene.server).await;
        Person::new(&scene.server, &document, token.text).settle().await;
        let lists = document.operations().into_iter().filter(Operation::lists);
        let lists = lists.map(|list| (list.clone(), list.noun().replace('-', "_"))).collect();
        Self { document, lists }
    }

    /// Makes many of each, unless the scene has.
    pub(super) async fn multiply(&self, scene: &mut Explained) {
        // References need not be looked up: they are taken from the tables themselves.
        scene.run("SET session_replication_role = replica").await;
        for (_, table) in &self.lists {
            let few = format!("(SELECT count(*) FROM {table}) < {ROWS}");
            scene.run(&format!("SELECT many('{table}', {ROWS}) WHERE {few}")).await;
        }
        scene.run("SET session_replication_role = DEFAULT").await;
    }

    /// Asks for every order with every filter.
    pub(super) async fn ask(&self, asked: &mut Asked) {
        for (list, table) in &self.lists {
            let first = asked.check(&list.path, table).await["items"][0].clone();
            let mut sorts = Vec::new();
            let mut filters = Vec::new();
            for told in self.document.parameters(list, "query") {
                let name = told["name"].as_str().expect("a parameter has a name");
                let words = told["schema"]["enum"].as_array();
                match (name, words) {
                    // Their orders by words have scenes of their own.
                    ("q", _) if WORDS.contains(&table.as_str()) => {}
                    ("sort", Some(words)) => sorts.extend(words.iter().filter_map(Value::as_str)),
                    ("cursor" | "limit" | "count", _) => {}
                    (_, Some(words)) => {
                        let words = words.iter().filter_map(Value::as_str);
                        // A few of very many, as there are currencies, stand for all.
                        filters.extend(words.take(12).map(|word| format!("{name}={word}")));
                    }
                    _ => filters.extend(values(name, &told["schema"], &first)),
                }
            }
            for sort in sorts {
                let path = format!("{}?sort={sort}", list.path);
                let page = asked.check(&path, table).await;
                if let Some(cursor) = page["next_cursor"].as_str() {
                    asked.check(&format!("{path}&cursor={cursor}"), table).await;
                }
                for filter in &filters {
                    asked.check(&format!("{path}&{filter}"), table).await;
                }
            }
        }
    }
}

/// What a filter is asked for: what a row has, and what none has.
fn values(name: &str, schema: &Value, row: &Value) -> Vec<String> {
    let words: Vec<String> = match (&row[name], schema["type"].as_str()) {
        (_, Some("boolean")) => vec!["true".to_owned(), "false".to_owned()],
        (Value::Number(number), _) => vec![number.to_string(), "9223372036854775807".to_owned()],
        (Value::String(text), _) => vec![text.clone(), "nowhere".to_owned()],
        (_, Some("integer")) => vec![schema["maximum"].to_string()],
        _ if schema["format"] == "date-time" => {
            vec!["2026-02-01T00:00:00Z".to_owned(), "2099-02-01T00:00:00Z".to_owned()]
        }
        _ if name == "currency" => vec!["USD".to_owned()],
        _ if name == "q" => vec!["number".to_owned(), "nowhere".to_owned()],
        _ => vec!["nowhere".to_owned()],
    };
    let query = |word: &String| {
        form_urlencoded::Serializer::new(String::new()).append_pair(name, word).finish()
    };
    words.iter().map(query).collect()
}
