//! PgBouncer before a PostgreSQL of a test's own, on a port of its own.

use std::{
    fs,
    path::Path,
    process::{Child, Stdio},
    time::Instant,
};

use deal_scout::db::connect::Target;
use rustix::process::{Pid, Signal, kill_process};

use super::{
    cluster::PATIENCE,
    postgres::{OwnPostgres, PASSWORD, free_port, give_away, server_command_at},
};

/// Where Debian has it.
const PROGRAM: &str = "/usr/sbin/pgbouncer";

/// The pooler. Killed and removed at the end.
#[derive(Debug)]
pub(crate) struct PgBouncer {
    dir: tempfile::TempDir,
    before: u16,
    port: u16,
    running: Option<Child>,
}

impl PgBouncer {
    /// One before `postgres` that pools by `session` or `transaction`, once it answers; `None`, and a message, where it
    /// is not installed.
    pub(crate) async fn before(postgres: &OwnPostgres, pool_mode: &str) -> Option<Self> {
        if !Path::new(PROGRAM).exists() {
            eprintln!("skipped: there is no {PROGRAM} (apt-get install pgbouncer)");
            return None;
        }
        let dir = tempfile::Builder::new().prefix("ds-pgb").tempdir_in("/tmp").expect("a folder");
        give_away(dir.path());
        let mut pooler = Self { dir, before: postgres.port, port: free_port(), running: None };
        pooler.pool_by(pool_mode);
        pooler.start().await;
        Some(pooler)
    }

    /// Its address for clients.
    pub(crate) fn url(&self) -> String {
        OwnPostgres::url_by(self.port)
    }

    /// Has it pool otherwise from its next start on.
    pub(crate) fn pool_by(&mut self, pool_mode: &str) {
        let Self { before, port, .. } = self;
        let settings = format!(
            "[databases]\n\
             * = host=127.0.0.1 port={before} user=deals password='{PASSWORD}'\n\
             [pgbouncer]\n\
             listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n\
             pool_mode = {pool_mode}\ndefault_pool_size = 60\nmax_client_conn = 200\n"
        );
        fs::write(self.dir.path().join("pgbouncer.ini"), settings).expect("its settings");
    }

    /// Starts it and waits until it answers.
    pub(crate) async fn start(&mut self) {
        let child = server_command_at(Path::new(PROGRAM))
            .arg("-q")
            .arg(self.dir.path().join("pgbouncer.ini"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("pgbouncer starts");
        self.running = Some(child);
        let target = Target::from_url(&self.url()).expect("its address is one");
        let began = Instant::now();
        while target.establish().await.is_err() {
            assert!(began.elapsed() < PATIENCE, "pgbouncer answers in time");
            tokio::task::yield_now().await;
        }
    }

    /// SIGTERM: it drops everybody.
    pub(crate) fn stop(&mut self) {
        if let Some(mut child) = self.running.take() {
            let _ = kill_process(Pid::from_child(&child), Signal::TERM);
            child.wait().expect("it ends");
        }
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        self.stop();
    }
}
