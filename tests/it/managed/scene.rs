//! A data directory of a scene's own. Whatever was started in it is ended with it.

use std::{
    fs::{self, File, Permissions},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use deal_scout::db::managed::Managed;
use rustix::process::{Pid, Signal, kill_process};
use tokio_postgres::{Client, Config, NoTls, config::Host};

use super::super::support::database::silent;

/// The folder, and the data directory in it.
#[derive(Debug)]
pub(super) struct Scene {
    dir: tempfile::TempDir,
    pub(super) data_dir: PathBuf,
}

impl Scene {
    /// A data directory that is not there yet.
    pub(super) fn new() -> Self {
        Self::at("data")
    }

    /// A data directory at `path` below a folder that everybody can pass through.
    pub(super) fn at(path: &str) -> Self {
        let dir = tempfile::Builder::new().prefix("ds-managed").tempdir_in("/tmp").unwrap();
        fs::set_permissions(dir.path(), Permissions::from_mode(0o777)).unwrap();
        let data_dir = dir.path().join(path);
        Self { dir, data_dir }
    }

    /// The folder that everything of the scene is in.
    pub(super) fn dir(&self) -> &Path {
        self.dir.path()
    }

    pub(super) fn cluster(&self) -> PathBuf {
        self.data_dir.join("postgres")
    }

    pub(super) fn managed(&self) -> Managed {
        Managed::new(&self.data_dir, None, silent())
    }

    /// The server that the cluster's own record names.
    pub(super) fn server(&self) -> Option<Pid> {
        let text = fs::read_to_string(self.cluster().join("postmaster.pid")).ok()?;
        Pid::from_raw(text.lines().next()?.trim().parse().ok()?)
    }

    /// SIGKILL to the server alone; its children notice by themselves.
    pub(super) fn kill_server(&self) {
        kill_process(self.server().expect("a server runs"), Signal::KILL).unwrap();
    }

    /// No process of a server that was started for this cluster lives.
    pub(super) fn is_down(&self) -> bool {
        File::open(self.data_dir.join("postgres.alive")).is_ok_and(|file| file.try_lock().is_ok())
    }

    /// The names in the data directory, in order.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(&self.data_dir)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// The end of PostgreSQL's log, for the message of a failing test.
    pub(super) fn log(&self) -> String {
        fs::read_to_string(self.data_dir.join("postgres.log")).unwrap_or_default()
    }
}

impl Scene {
    /// Ends the server, in no order.
    pub(super) fn end(&self) {
        let until = Instant::now() + Duration::from_secs(20);
        while self.data_dir.join("postgres.alive").exists()
            && !self.is_down()
            && Instant::now() < until
        {
            if let Some(server) = self.server() {
                let _ = kill_process(server, Signal::QUIT);
            }
            std::thread::yield_now();
        }
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        self.end();
        if let Some(outside) = outside(&socket_dir(&self.managed().config())) {
            let _ = fs::remove_dir_all(outside);
        }
    }
}

/// A connection to the cluster's database.
pub(super) async fn connect(config: &Config) -> Client {
    let (client, connection) = config.connect(NoTls).await.expect("the database answers");
    tokio::spawn(connection);
    client
}

/// Writes a row that has to be there for ever after.
pub(super) async fn write_row(managed: &Managed, text: &str) {
    let client = connect(&managed.config()).await;
    client.batch_execute("CREATE TABLE IF NOT EXISTS kept (row TEXT)").await.unwrap();
    client.execute("INSERT INTO kept VALUES ($1)", &[&text]).await.unwrap();
}

/// The rows that are there.
pub(super) async fn rows(managed: &Managed) -> Vec<String> {
    let client = connect(&managed.config()).await;
    let rows = client.query("SELECT row FROM kept ORDER BY row", &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// What one statement says.
pub(super) async fn ask(managed: &Managed, statement: &str) -> String {
    let client = connect(&managed.config()).await;
    let row = client.query_one(statement, &[]).await.unwrap();
    row.get(0)
}

/// The folder of the socket.
pub(super) fn socket_dir(config: &Config) -> PathBuf {
    match config.get_hosts() {
        [Host::Unix(path)] => path.clone(),
        other => panic!("one socket was expected, not {other:?}"),
    }
}

/// Whether the tests run as root. Scenes that need it are skipped with a message otherwise.
pub(super) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// The folder outside the data directory that this socket is in, if it is.
fn outside(socket_dir: &Path) -> Option<PathBuf> {
    if socket_dir.starts_with("/var/lib/deal-scout") {
        return socket_dir.parent().map(Path::to_owned);
    }
    socket_dir.to_str()?.starts_with("/tmp/deal-scout-").then(|| socket_dir.to_owned())
}
