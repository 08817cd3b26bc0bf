//! The PostgreSQL that all tests share: the product's own managed one, started by the first test that asks and adopted
//! by the others, whatever process they run in.

use std::{
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{Command, Stdio},
    time::Duration,
};

use deal_scout::db::{connect::Target, managed::Managed};
use tokio::sync::OnceCell;

static SHARED: OnceCell<Shared> = OnceCell::const_new();

struct Shared {
    url: String,
    /// Held for as long as this process runs, so that no other test process stops the cluster.
    _managed: Option<Managed>,
}

/// A `postgres://` address of the shared cluster for `database`.
pub(crate) async fn url(database: &str) -> String {
    let shared = SHARED.get_or_init(start).await;
    format!("{}/{database}", shared.url)
}

/// How to connect to `database` in the shared cluster.
pub(crate) async fn target(database: &str) -> Target {
    Target::from_url(&url(database).await).expect("the cluster's address is one")
}

/// Where the shared cluster lives.
pub(crate) fn data_dir() -> PathBuf {
    std::env::var_os("DEAL_SCOUT_TEST_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cluster"), PathBuf::from)
}

async fn start() -> Shared {
    if let Ok(url) = std::env::var("DEAL_SCOUT_TEST_DATABASE_URL") {
        return Shared { url: url.trim_end_matches('/').to_owned(), _managed: None };
    }
    let managed = Managed::new(&data_dir(), None, slog::Logger::root(slog::Discard, slog::o!()));
    let started = managed.ensure_running().await.expect("the shared PostgreSQL starts");
    if !started.adopted {
        stop_after_the_run();
    }
    let config = managed.config();
    let host = match config.get_hosts().first() {
        Some(tokio_postgres::config::Host::Unix(path)) => {
            path.display().to_string().replace('/', "%2F")
        }
        other => panic!("a private socket was expected, not {other:?}"),
    };
    let user = config.get_user().expect("the managed cluster has a user").to_owned();
    Shared { url: format!("postgres://{user}@{host}"), _managed: Some(managed) }
}

/// Leaves a process behind that stops the cluster when the test runner has ended and nobody uses the cluster any more.
/// A test cannot: the next one wants it still, and may run in another process.
#[expect(clippy::zombie_processes, reason = "it outlives this process on purpose")]
fn stop_after_the_run() {
    const SCRIPT: &str = r#"
        while kill -0 "$0" 2>/dev/null; do sleep 1; done
        exec flock -x "$1/postgres.users" sh -c '
            read -r pid < "$0/postgres/postmaster.pid" && kill -INT "$pid"
        ' "$1"
    "#;
    let runner = rustix::process::getppid().expect("a runner").as_raw_nonzero().to_string();
    Command::new("sh")
        .args(["-c", SCRIPT, &runner])
        .arg(data_dir())
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .expect("the caretaker starts");
}

/// Long enough for a loaded machine, short enough to notice.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);
