//! The old system's database, one of ours, and the command between them.

use std::io::Cursor;

use base64::{Engine, engine::general_purpose::STANDARD};
use deal_scout::{
    config::{Env, Overrides, load},
    sealing::Sealer,
};
use diesel::{
    QueryableByName,
    sql_types::{Nullable, Text},
};
use diesel_async::RunQueryDsl;
use image::{ImageFormat, Rgb, RgbImage};
use serde_json::Value;

use crate::support::{
    TestDb,
    database::silent,
    server::{Builder, program},
};

/// The ten tables, without a row.
pub(super) const SCHEMA: &str = include_str!("old_system.sql");
const ROWS: &str = include_str!("old_rows.sql");

pub(super) struct Scene {
    pub(super) old: TestDb,
    pub(super) ours: TestDb,
    pub(super) home: tempfile::TempDir,
}

#[derive(QueryableByName)]
struct Cell {
    #[diesel(sql_type = Nullable<Text>)]
    cell: Option<String>,
}

impl Scene {
    /// With the ten tables and nothing in them.
    pub(super) async fn empty() -> Self {
        let (old, ours) = (TestDb::empty().await, TestDb::new().await);
        old.run(SCHEMA).await;
        Self { old, ours, home: tempfile::tempdir().unwrap() }
    }

    /// With all the rows.
    pub(super) async fn new() -> Self {
        let scene = Self::empty().await;
        let rows =
            ROWS.replace("PHOTO", &photo([200, 30, 30])).replace("PICTURE", &photo([9, 9, 200]));
        scene.old.run(&rows).await;
        scene
    }

    /// The command, over our database and a data directory that outlives it.
    pub(super) fn command(&self, url: &str) -> Builder {
        program("import")
            .env("DATABASE_URL", &self.ours.url)
            .env("DEAL_SCOUT__DATA_DIR", self.home.path())
            .arg("--legacy-database")
            .arg(url)
    }

    /// Moves in, and what it reports.
    pub(super) fn import(&self) -> Value {
        let (code, out, err) = self.command(&self.old.url).arg("--json").finish();
        assert_eq!(code, Some(0), "{err}");
        serde_json::from_str(&out).unwrap()
    }

    /// What SQL tells of our side, as text; `-` for NULL.
    pub(super) async fn cell(&self, sql: &str) -> String {
        let sql = format!("SELECT ({sql})::text AS cell");
        let row: Cell = diesel::sql_query(&sql)
            .get_result(&mut self.ours.conn().await)
            .await
            .unwrap_or_else(|e| panic!("{sql}: {e}"));
        row.cell.unwrap_or_else(|| "-".to_owned())
    }

    /// The row of ours that came from a row of an old table: `of("orders", 6, "status")`.
    pub(super) async fn of(&self, table: &str, id: i64, expression: &str) -> String {
        self.cell(&format!(
            "SELECT {expression} FROM {table} t JOIN import_origins o ON o.row_id = t.id AND o.noun = '{table}'
             WHERE o.origin LIKE '%/{table}/{id}'"
        ))
        .await
    }

    /// What opens what is sealed.
    pub(super) fn sealer(&self) -> Sealer {
        let env = Env::of(
            "/nonexistent",
            &[("DEAL_SCOUT__DATA_DIR", self.home.path().to_str().unwrap())],
        );
        Sealer::new(&load(&Overrides::default(), &env).unwrap().settings, &silent()).unwrap()
    }
}

/// A small picture of one colour as base64.
pub(super) fn photo(color: [u8; 3]) -> String {
    let mut out = Cursor::new(Vec::new());
    RgbImage::from_pixel(12, 8, Rgb(color)).write_to(&mut out, ImageFormat::Jpeg).unwrap();
    STANDARD.encode(out.into_inner())
}

/// The reasons that a report gives for a row, under `skipped` or `partly`.
pub(super) fn reasons(report: &Value, list: &str, table: &str, id: i64) -> Vec<String> {
    let of_it = |entry: &&Value| entry["file"] == table && entry["line"] == id;
    let entries = report[list].as_array().unwrap().iter().filter(of_it);
    entries.map(|entry| entry["reason"].as_str().unwrap().to_owned()).collect()
}
