//! A database with sealed rows of two people, a data directory that outlives each command, and the commands.

use std::{collections::BTreeMap, fs, path::PathBuf};

use deal_scout::{
    config::{Env, Overrides, load},
    db::sealed::{CHANNEL_SECRET, COLUMNS, Column, MARKETPLACE_CREDENTIALS},
    model::id::UserId,
    sealing::{Sealer, Secret, Unsealable},
};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Binary},
};
use diesel_async::RunQueryDsl;
use serde_json::Value;

use crate::support::{
    TestDb,
    database::silent,
    server::{Builder, program},
};

/// What nobody may ever see.
pub(super) const PLAIN: &str = "hunter2";

pub(super) struct Scene {
    pub(super) db: TestDb,
    pub(super) home: tempfile::TempDir,
    /// Two people.
    pub(super) users: [UserId; 2],
}

#[derive(QueryableByName)]
pub(super) struct Row {
    #[diesel(sql_type = BigInt)]
    pub(super) user_id: i64,
    #[diesel(sql_type = Binary)]
    pub(super) sealed: Vec<u8>,
}

impl Scene {
    pub(super) async fn new() -> Self {
        let db = TestDb::new().await;
        db.run("INSERT INTO users (id, email, role) VALUES (4711, 'b@example.org', 'member')")
            .await;
        let owner = deal_scout::db::users::owner(&db.conn().await).await.unwrap();
        Self { db, home: tempfile::tempdir().unwrap(), users: [owner, UserId(4711)] }
    }

    /// The program over this database and data directory.
    pub(super) fn program(&self, subcommand: &str) -> Builder {
        program(subcommand)
            .env("DATABASE_URL", &self.db.url)
            .env("DEAL_SCOUT__DATA_DIR", self.home.path())
    }

    /// `secrets <action> --json` with further variables: exit code, what it says, its messages.
    pub(super) fn secrets(
        &self,
        action: &str,
        env: &[(&str, &str)],
    ) -> (Option<i32>, Value, String) {
        let mut builder = self.program("secrets").arg(action).arg("--json");
        for (name, value) in env {
            builder = builder.env(name, value);
        }
        let (code, out, err) = builder.finish();
        (code, serde_json::from_str(&out).unwrap_or_else(|e| panic!("{e}: {out}{err}")), err)
    }

    /// What a process holds that shares the data directory and has these variables.
    pub(super) fn sealer(&self, env: &[(&str, &str)]) -> Sealer {
        let mut variables = vec![("DEAL_SCOUT__DATA_DIR", self.home.path().to_str().unwrap())];
        variables.extend(env);
        let env = Env::of("/nonexistent", &variables);
        let settings = load(&Overrides::default(), &env).unwrap().settings;
        Sealer::new(&settings, &silent()).unwrap()
    }

    /// Stores `count` secrets for each person in each sealed column.
    pub(super) async fn store(&self, sealer: &Sealer, count: i64) {
        for user in self.users {
            let of = |column: Column| {
                let bytes = sealer.seal(&column.context(user), &Secret::new(PLAIN)).unwrap();
                bytes.iter().fold("\\x".to_owned(), |text, byte| format!("{text}{byte:02x}"))
            };
            self.db
                .run(&format!(
                    "INSERT INTO channels (user_id, name, kind, secret) \
                     SELECT {user}, 'c' || n, 'ntfy', '{}' FROM generate_series(1, {count}) AS n; \
                     INSERT INTO marketplace_accounts (user_id, platform, account_name, credentials) \
                     SELECT {user}, 'ebay', 'a' || n, '{}' FROM generate_series(1, {count}) AS n; \
                     INSERT INTO channels (user_id, name, kind) VALUES ({user}, 'no secret', 'email')",
                    of(CHANNEL_SECRET),
                    of(MARKETPLACE_CREDENTIALS),
                    user = user.0,
                ))
                .await;
        }
    }

    /// Every sealed value with its column.
    pub(super) async fn rows(&self) -> Vec<(Column, Row)> {
        let mut all = Vec::new();
        let mut conn = self.db.conn().await;
        for column in COLUMNS {
            let name = column.name();
            let (table, field) = name.split_once('.').unwrap();
            let rows: Vec<Row> = diesel::sql_query(format!(
                "SELECT user_id, {field} AS sealed FROM {table} WHERE {field} IS NOT NULL"
            ))
            .load(&mut conn)
            .await
            .unwrap();
            all.extend(rows.into_iter().map(|row| (*column, row)));
        }
        all
    }

    /// Opens every value; answers with how many opened, and how many with the key that seals.
    pub(super) async fn opened(&self, sealer: &Sealer) -> Result<(usize, usize), Unsealable> {
        let rows = self.rows().await;
        for (column, row) in &rows {
            let opened = sealer.open(&column.context(UserId(row.user_id)), &row.sealed)?;
            assert_eq!(opened.reveal(), PLAIN);
        }
        let current = rows.iter().filter(|(_, row)| sealer.is_current(&row.sealed)).count();
        Ok((rows.len(), current))
    }

    /// The key file.
    pub(super) fn key_file(&self) -> PathBuf {
        self.home.path().join("secret.key")
    }

    /// The keys in the key file, as text.
    pub(super) fn keys(&self) -> Vec<String> {
        let text = fs::read_to_string(self.key_file()).unwrap();
        text.lines().filter(|line| !line.starts_with('#')).map(ToOwned::to_owned).collect()
    }
}

/// How many secrets each key sealed, of what `secrets status --json` says.
pub(super) fn totals(status: &Value) -> BTreeMap<String, i64> {
    let total = |key: &Value| {
        key["secrets"].as_object().unwrap().values().map(|count| count.as_i64().unwrap()).sum()
    };
    let keys = status["keys"].as_array().unwrap().iter();
    keys.map(|key| (key["key"].as_str().unwrap().to_owned(), total(key))).collect()
}
