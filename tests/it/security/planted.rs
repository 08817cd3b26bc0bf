//! Secrets that are recognised wherever they turn up, and a book of everything that was said.

use std::fmt::Write;

use base64::{
    Engine,
    prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD},
};
use deal_scout::db::sealed;
use diesel::{
    QueryableByName,
    sql_types::{Binary, Text},
};
use diesel_async::RunQueryDsl;

use crate::support::{
    TestDb,
    http::{Asked, Reply},
    server::{Answer, Builder},
};

/// What an operator gives the program, each with a secret of its own.
pub(super) const OPERATORS: [(&str, &str); 9] = [
    ("DEAL_SCOUT__SECRET_KEY", "a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90"),
    (
        "DEAL_SCOUT__SECRET_KEY_OLD",
        "b9b8c7c6d5d4e3e2f1f00f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a",
    ),
    ("EBAY_CERT_ID", "PLANTED-ebay-cert-71"),
    ("DEAL_SCOUT__REVERB__TOKEN", "PLANTED-reverb-token-72"),
    ("DEAL_SCOUT__ETSY__API_KEY", "PLANTED-etsy-key-73"),
    ("DEAL_SCOUT__METRICS__TOKEN", "PLANTED-metrics-token-74"),
    ("SMTP_PASSWORD", "PLANTED-smtp-password-75"),
    ("DEAL_SCOUT__OIDC__CLIENT_SECRET", "PLANTED-oidc-secret-76"),
    ("DISCORD_WEBHOOK_URL", "https://discord.com/api/webhooks/177/PLANTED-discord-hook-77"),
];
/// In addresses, where no variable is theirs alone.
pub(super) const DATABASE: &str = "PLANTED-database-password-78";
pub(super) const REDIS: &str = "PLANTED-redis-password-79";

/// What people give their channels: kind, address, secret; `{web}` is the server that they lead to.
pub(super) const CHANNELS: [(&str, &str, &str); 9] = [
    ("webhook", "{web}/hook", "PLANTED-signing-key-80"),
    ("discord", "", "{web}/api/webhooks/181/PLANTED-discord-81"),
    ("slack", "", "{web}/services/T182/B182/PLANTED-slack-82"),
    ("telegram", "123456789", "183183:PLANTED_telegram_83"),
    ("ntfy", "{web}/deals", "tk_PLANTED84ntfy"),
    ("gotify", "{web}/", "PLANTED.gotify.85"),
    ("pushover", "u86u86u86u86u86u86u86u86u86u86", "PLANTED86pushoverPLANTED86push"),
    ("apprise", "{web}/notify", "mailto://me:PLANTED-apprise-87@example.org"),
    ("email", "ann@example.org", "PLANTED-email-88"),
];

/// Whoever is asked refuses, and says again everything that it was sent: the worst that a server can do.
pub(super) fn echo(asked: &Asked) -> Reply {
    let headers: Vec<_> =
        asked.headers.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let body = String::from_utf8_lossy(&asked.body);
    let said = format!("no {} {} {} {body}", asked.method, asked.target, headers.join(" "));
    let said: String = said.chars().filter(|c| !c.is_control()).take(1_500).collect();
    // Each way of failing in turn.
    let status = [401, 403, 404, 400, 500][said.len() % 5];
    if said.len().is_multiple_of(7) {
        return Reply::redirect(&format!("http://127.0.0.9:9{}", asked.target)).status(307);
    }
    Reply::json(&serde_json::json!({
        "message": said, "error": said, "description": said, "errorDescription": said, "error_description": said,
        "errors": [{"errorId": 1, "longMessage": said, "message": said}],
    }))
    .status(status)
}

/// What was said, and to whom.
#[derive(Debug, Default)]
pub(super) struct Book(Vec<(String, String)>);

impl Book {
    /// Notes a text.
    pub(super) fn note(&mut self, about: impl Into<String>, text: impl Into<String>) {
        self.0.push((about.into(), text.into()));
    }

    /// Notes an answer whole.
    pub(super) fn answer(&mut self, about: &str, answer: &Answer) {
        self.note(about, format!("{} {:?} {}", answer.status, answer.headers, answer.body));
    }

    /// Notes what a command said.
    pub(super) fn command(&mut self, about: &str, command: Builder) {
        let (_, out, err) = command.finish();
        self.note(format!("`{about}` on standard output"), out);
        self.note(format!("`{about}` on standard error"), err);
    }

    /// How much was noted.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Where a secret stands that must not be there: what it is of, then the text around it.
    pub(super) fn leaks(
        &self,
        secrets: &[(String, Vec<u8>)],
        may: impl Fn(&str, &str) -> bool,
    ) -> Vec<String> {
        let mut leaks = Vec::new();
        for (name, secret) in secrets {
            let spellings = spellings(secret);
            for (about, text) in &self.0 {
                let at = spellings.iter().find_map(|spelling| text.find(spelling.as_str()));
                if let Some(at) = at.filter(|_| !may(name, about)) {
                    let start = text.floor_char_boundary(at.saturating_sub(200));
                    let end = text.ceil_char_boundary(at + 200);
                    leaks.push(format!("{name} in {about}: … {} …", &text[start..end]));
                }
            }
        }
        leaks
    }
}

/// A secret in every way in which a program may write it.
fn spellings(secret: &[u8]) -> Vec<String> {
    let hex = secret.iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    });
    let numbers: Vec<_> = secret.iter().map(u8::to_string).collect();
    let mut all = vec![
        hex.to_uppercase(),
        hex,
        BASE64_STANDARD_NO_PAD.encode(secret),
        BASE64_URL_SAFE_NO_PAD.encode(secret),
        numbers.join(","),
        numbers.join(", "),
    ];
    all.extend(String::from_utf8(secret.to_vec()));
    all
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    text: String,
}

#[derive(QueryableByName)]
struct Kept {
    #[diesel(sql_type = Binary)]
    value: Vec<u8>,
}

/// What the tables hold in place of secrets, with the names of their columns: digests of tokens, hashes of passwords,
/// and what is sealed. Whoever has a copy of one may try to guess or to open it.
pub(super) async fn kept(db: &TestDb) -> Vec<(String, Vec<u8>)> {
    let mut conn = db.conn().await;
    let columns: Vec<Row> = diesel::sql_query(
        "SELECT table_name || '.' || column_name AS text FROM information_schema.columns
         WHERE table_schema = 'public' AND column_name IN ('token_digest', 'password_hash')",
    )
    .load(&mut conn)
    .await
    .unwrap();
    let digests = columns.into_iter().map(|row| row.text);
    let columns: Vec<_> = digests.chain(sealed::COLUMNS.iter().map(sealed::Column::name)).collect();
    let mut all = Vec::new();
    for name in columns {
        let (table, column) = name.split_once('.').unwrap();
        let as_bytes =
            if column == "password_hash" { "convert_to(password_hash, 'UTF8')" } else { column };
        let query = format!("SELECT {as_bytes} AS value FROM {table} WHERE {column} IS NOT NULL");
        let found: Vec<Kept> = diesel::sql_query(query).load(&mut conn).await.unwrap();
        all.extend(found.into_iter().map(|row| (name.clone(), row.value)));
    }
    all
}

/// Every row of every table as text, with the name of its table.
pub(super) async fn rows(db: &TestDb) -> Vec<(String, String)> {
    let mut conn = db.conn().await;
    let tables: Vec<Row> = diesel::sql_query(
        "SELECT tablename::text AS text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
    )
    .load(&mut conn)
    .await
    .unwrap();
    let mut all = Vec::new();
    for Row { text: table } in tables {
        let found: Vec<Row> =
            diesel::sql_query(format!("SELECT t::text AS text FROM {table} AS t ORDER BY 1"))
                .load(&mut conn)
                .await
                .unwrap();
        all.extend(found.into_iter().map(|row| (table.clone(), row.text)));
    }
    all
}
