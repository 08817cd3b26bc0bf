//! A migrated database for each test, copied from a template that the first test makes.

use std::{
    fmt::Write,
    time::{SystemTime, UNIX_EPOCH},
};

use deal_scout::{
    db::{Pool, connect::Target},
    startup::migrate,
};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Bool},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use sha2::{Digest, Sha256};
use slog::{Discard, Logger, o};

use super::cluster;

/// Makes and drops of databases go one at a time: PostgreSQL refuses to copy a template that somebody uses.
const LOCK: i64 = 0x7465_6d70;

/// A database of a test's own; dropped with it.
#[derive(Debug)]
pub(crate) struct TestDb {
    /// Its name in the shared cluster.
    pub(crate) name: String,
    /// Its `postgres://` address.
    pub(crate) url: String,
    /// How to connect to it.
    pub(crate) target: Target,
    /// A pool on it.
    pub(crate) pool: Pool,
}

#[derive(QueryableByName)]
struct Exists {
    #[diesel(sql_type = Bool)]
    exists: bool,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

impl TestDb {
    /// A copy of the migrated template: the schema, and the owner's unclaimed row.
    pub(crate) async fn new() -> Self {
        let template = template().await;
        Self::create(&format!("TEMPLATE {template}")).await
    }

    /// A database with nothing in it, not even the record of migrations.
    pub(crate) async fn empty() -> Self {
        Self::create("TEMPLATE template0").await
    }

    async fn create(from: &str) -> Self {
        let nanos = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_nanos();
        let name =
            format!("t_{}_{nanos}_{:06x}", std::process::id(), rand::random::<u32>() & 0xff_ffff);
        let mut admin = admin().await;
        admin
            .batch_execute(&format!("CREATE DATABASE {name} {from}"))
            .await
            .expect("a test database is made");
        let target = cluster::target(&name).await;
        let pool = target.pool(8, 30, &silent());
        Self { url: cluster::url(&name).await, name, target, pool }
    }

    /// A connection of its own.
    pub(crate) async fn conn(&self) -> AsyncPgConnection {
        self.target.establish().await.expect("the test database answers")
    }

    /// Runs SQL for the scene.
    pub(crate) async fn run(&self, sql: &str) {
        self.conn().await.batch_execute(sql).await.expect("the scene's SQL runs");
    }

    /// How many rows a table has, or a part of it: `users WHERE role = 'owner'`.
    pub(crate) async fn count(&self, rows: &str) -> i64 {
        let counted: Counted = diesel::sql_query(format!("SELECT count(*) AS count FROM {rows}"))
            .get_result(&mut self.conn().await)
            .await
            .expect("the rows can be counted");
        counted.count
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        let name = self.name.clone();
        // A thread with a runtime of its own: drop may run inside another runtime, which must not block on itself.
        let dropping = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
            runtime.block_on(async {
                let url = cluster::url("postgres").await;
                let mut admin = Target::from_url(&url).ok()?.establish().await.ok()?;
                admin
                    .batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
                    .await
                    .ok()
            })
        });
        let _ = dropping.join();
    }
}

/// A logger that says nothing.
pub(crate) fn silent() -> Logger {
    Logger::root(Discard, o!())
}

/// A connection that holds the lock on making databases.
async fn admin() -> AsyncPgConnection {
    let mut admin =
        cluster::target("postgres").await.establish().await.expect("the cluster answers");
    admin
        .batch_execute(&format!("SELECT pg_advisory_lock({LOCK})"))
        .await
        .expect("the lock is had");
    admin
}

/// The template's name; it is made when no test with the same migrations has made it.
async fn template() -> String {
    let name = format!("template_{}", migrations_digest());
    let mut admin = admin().await;
    let found: Exists = diesel::sql_query(format!(
        "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = '{name}') AS exists"
    ))
    .get_result(&mut admin)
    .await
    .expect("the catalogue answers");
    if !found.exists {
        let building = format!("{name}_building");
        admin
            .batch_execute(&format!("DROP DATABASE IF EXISTS {building} WITH (FORCE)"))
            .await
            .expect("left-overs go");
        admin
            .batch_execute(&format!("CREATE DATABASE {building}"))
            .await
            .expect("the template begins");
        let target = cluster::target(&building).await;
        // Migrations block their thread, so they get one of their own.
        tokio::task::spawn_blocking(move || {
            tokio::runtime::Builder::new_multi_thread()
                .worker_threads(1)
                .enable_all()
                .build()
                .expect("a runtime")
                .block_on(
                    async move { tokio::spawn(async move { migrate::up(&target).await }).await },
                )
        })
        .await
        .expect("the migrations' thread lives")
        .expect("the migrations' task lives")
        .expect("the migrations apply");
        admin
            .batch_execute(&format!("ALTER DATABASE {building} RENAME TO {name}"))
            .await
            .expect("the template gets its name");
    }
    name
}

fn migrations_digest() -> String {
    let mut folders: Vec<_> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations"))
        .expect("there are migrations")
        .map(|entry| entry.expect("a folder").path().join("up.sql"))
        .collect();
    folders.sort();
    let mut digest = Sha256::new();
    for file in folders {
        digest.update(std::fs::read(file).expect("a migration can be read"));
    }
    let mut name = String::new();
    for byte in digest.finalize().iter().take(6) {
        write!(name, "{byte:02x}").expect("a string takes all");
    }
    name
}
