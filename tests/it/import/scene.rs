//! A database, a clock, and files to read in.

use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use deal_scout::{
    clock::Clock,
    db,
    error::Result,
    import::{self, Report},
    model::id::UserId,
};
use diesel::{QueryableByName, sql_types::BigInt};
use diesel_async::RunQueryDsl;

use crate::support::TestDb;

/// Where files are imported, on a day of the test's choice.
pub(crate) struct Scene {
    pub(crate) db: TestDb,
    pub(crate) user: UserId,
    pub(crate) now: DateTime<Utc>,
    folder: tempfile::TempDir,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

impl Scene {
    pub(crate) async fn new() -> Self {
        let db = TestDb::new().await;
        let user = db::users::owner(&db.conn().await).await.unwrap();
        let now = Utc.with_ymd_and_hms(2026, 11, 22, 12, 0, 0).unwrap();
        Self { db, user, now, folder: tempfile::tempdir().unwrap() }
    }

    /// A file with these bytes.
    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Imports a file.
    pub(crate) async fn import(&self, path: &Path) -> Result<Report> {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let clock = Clock::fixed(self.now);
        import::file(&self.db.pool, &clock, self.user, path, &name, 1 << 28, |_| {}).await
    }

    /// Imports a file that is taken: new, updated, unchanged, skipped.
    pub(crate) async fn counts(&self, path: &Path) -> [u64; 4] {
        counts(&self.import(path).await.unwrap())
    }

    /// Imports a file that is refused, and says why.
    pub(crate) async fn refusal(&self, path: &Path) -> String {
        self.import(path).await.expect_err("the file is refused").to_string()
    }

    /// A number that SQL tells.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        let query = diesel::sql_query(format!("SELECT ({sql})::bigint AS number"));
        query.get_result::<Number>(&mut self.db.conn().await).await.unwrap().number
    }

    /// How many rows a table has.
    pub(crate) async fn rows(&self, table: &str) -> i64 {
        self.number(&format!("SELECT count(*) FROM {table}")).await
    }

    /// Everything that an import may leave behind.
    pub(crate) async fn rows_in_all(&self) -> i64 {
        let mut all = 0;
        for table in ["listings", "comps", "price_points", "imports"] {
            all += self.rows(table).await;
        }
        all
    }

    /// Begins anew: nothing is stored.
    pub(crate) async fn clear(&self) {
        self.db.run("TRUNCATE listings, comps, price_points, imports CASCADE").await;
    }

    /// Lets a day pass.
    pub(crate) fn next_day(&mut self) {
        self.now += TimeDelta::days(1);
    }
}

/// New, updated, unchanged, skipped; the reasons are as many as the skipped.
pub(crate) fn counts(report: &Report) -> [u64; 4] {
    assert_eq!(u64::try_from(report.skipped.len()).unwrap(), report.skipped_rows);
    [report.new, report.updated, report.unchanged, report.skipped_rows]
}
