//! An installation: a data directory, and a database in it or outside.

use std::{
    collections::BTreeMap,
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::PathBuf,
};

use deal_scout::{
    config::{Env, Overrides, load},
    db::{connect::Target, managed::Managed},
    sealing::Sealer,
};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tokio_postgres::Client;

use crate::support::{
    TestDb,
    database::silent,
    server::{Builder, program},
};

/// Tables that are not taken.
pub(super) const LEFT_OUT: [&str; 3] = ["idempotency_keys", "password_resets", "sessions"];

pub(super) struct Place {
    home: tempfile::TempDir,
    db: Option<TestDb>,
    managed: Option<Managed>,
}

impl Place {
    /// A migrated database outside.
    pub(super) async fn external() -> Self {
        Self { home: home(), db: Some(TestDb::new().await), managed: None }
    }

    /// A database outside with nothing in it.
    pub(super) async fn bare() -> Self {
        Self { home: home(), db: Some(TestDb::empty().await), managed: None }
    }

    /// A managed database, which runs for as long as this lives.
    pub(super) async fn managed() -> Self {
        let home = home();
        let managed = Managed::new(&home.path().join("data"), None, silent());
        managed.ensure_running().await.unwrap();
        let place = Self { home, db: None, managed: Some(managed) };
        place.must("migrate", &["up"]);
        place
    }

    /// The same, with rows in every table and two photos.
    pub(super) async fn filled(self) -> Self {
        self.client().await.batch_execute(super::EVERY_TABLE).await.unwrap();
        fs::create_dir_all(self.photos().join("ab")).unwrap();
        fs::write(self.photos().join("ab/ab.jpg"), vec![7; 100_000]).unwrap();
        fs::write(self.photos().join("ab/empty.jpg"), []).unwrap();
        self
    }

    pub(super) fn data_dir(&self) -> PathBuf {
        self.home.path().join("data")
    }

    pub(super) fn photos(&self) -> PathBuf {
        self.data_dir().join("photos")
    }

    /// A file beside the data directory.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub(super) fn program(&self, subcommand: &str) -> Builder {
        let program = program(subcommand).env("DEAL_SCOUT__DATA_DIR", self.data_dir());
        match &self.db {
            Some(db) => program.env("DATABASE_URL", &db.url),
            None => program,
        }
    }

    /// The address of the database outside.
    pub(super) fn url(&self) -> &str {
        &self.db.as_ref().expect("it is outside").url
    }

    /// Runs a command: exit code, results, messages.
    pub(super) fn run(&self, command: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
        arguments.iter().fold(self.program(command), Builder::arg).finish()
    }

    /// Runs a command that works, and answers with its results.
    pub(super) fn must(&self, command: &str, arguments: &[&str]) -> String {
        let (code, out, err) = self.run(command, arguments);
        assert_eq!(code, Some(0), "{command} {arguments:?}: {out}{err}");
        out
    }

    /// Runs a command that fails, and answers with its messages.
    pub(super) fn fails(&self, command: &str, arguments: &[&str]) -> String {
        let (code, out, err) = self.run(command, arguments);
        assert_eq!((code, out.as_str()), (Some(1), ""), "{command} {arguments:?}: {err}");
        err
    }

    /// Makes a backup and answers with its path and what was said of it.
    pub(super) fn backup(&self, name: &str) -> (String, Value) {
        let path = self.file(name).display().to_string();
        let told = self.must("backup", &[&path, "--json"]);
        (path, serde_json::from_str(&told).unwrap())
    }

    pub(super) async fn client(&self) -> Client {
        let target = match (&self.db, &self.managed) {
            (Some(db), _) => db.target.clone(),
            (None, Some(managed)) => Target::plain(managed.config()),
            (None, None) => unreachable!("a place has a database"),
        };
        target.client().await.unwrap()
    }

    pub(super) fn sealer(&self) -> Sealer {
        let data_dir = self.data_dir().display().to_string();
        let env = Env::of(self.home.path(), &[("DEAL_SCOUT__DATA_DIR", &data_dir)]);
        Sealer::new(&load(&Overrides::new(None), &env).unwrap().settings, &silent()).unwrap()
    }

    /// Every row of every table but those that are left out, as text, without sealed columns.
    pub(super) async fn rows(&self) -> BTreeMap<String, Vec<String>> {
        let client = self.client().await;
        client.batch_execute("SET TIME ZONE 'UTC'; SET bytea_output = 'hex'").await.unwrap();
        let mut all = BTreeMap::new();
        let tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' \
                      AND tablename <> '__diesel_schema_migrations'";
        for table in client.query(tables, &[]).await.unwrap() {
            let name: String = table.get(0);
            let rows = format!(
                "SELECT line FROM (SELECT (to_jsonb(t) - ARRAY['secret', 'credentials'])::text AS line \
                 FROM \"{name}\" t) lines ORDER BY line COLLATE \"C\""
            );
            let rows = client.query(&rows, &[]).await.unwrap();
            if !LEFT_OUT.contains(&name.as_str()) {
                all.insert(name, rows.iter().map(|row| row.get(0)).collect());
            }
        }
        all
    }

    /// What one statement counts.
    pub(super) async fn number(&self, sql: &str) -> i64 {
        self.client().await.query_one(&format!("SELECT ({sql})::bigint"), &[]).await.unwrap().get(0)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let data = self.home.path().join("data");
        let record = fs::read_to_string(data.join("postgres/postmaster.pid")).unwrap_or_default();
        let pid = record.lines().next().and_then(|line| Pid::from_raw(line.trim().parse().ok()?));
        if let Some(pid) = pid.filter(|_| self.managed.is_some()) {
            let _ = kill_process(pid, Signal::QUIT);
            let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
            while rustix::process::test_kill_process(pid).is_ok()
                && std::time::Instant::now() < until
            {
                std::thread::yield_now();
            }
            // Run by root, the cluster itself is elsewhere.
            if let Ok(cluster) = fs::read_link(data.join("postgres")) {
                let _ = fs::remove_dir_all(cluster.parent().expect("a folder"));
            }
        }
    }
}

fn home() -> tempfile::TempDir {
    let home = tempfile::Builder::new().prefix("ds-backup").tempdir_in("/tmp").unwrap();
    fs::set_permissions(home.path(), Permissions::from_mode(0o777)).unwrap();
    home
}
