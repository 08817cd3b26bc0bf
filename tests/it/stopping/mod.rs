//! The order of stopping, on the real program: nobody's request fails, what is under way ends, what does not is broken
//! off, and a service manager is told of each step.

mod after;
mod held;
mod load;
mod told;

use std::time::Instant;

use crate::support::{
    Server, TestDb,
    cluster::PATIENCE,
    server::{Builder, program},
};

/// The program on `db`, without sample data.
fn on(db: &TestDb) -> Builder {
    program("demo").env("DEAL_SCOUT__DEMO__SAMPLE", "false").env("DATABASE_URL", &db.url)
}

/// How many workers the server has: one a processor. None when the process has gone.
fn workers(server: &Server) -> usize {
    let is_worker = |task: &std::fs::DirEntry| {
        let name = std::fs::read_to_string(task.path().join("comm")).unwrap_or_default();
        name.starts_with("actix-server")
    };
    let tasks = std::fs::read_dir(format!("/proc/{}/task", server.pid()));
    tasks.map_or(0, |tasks| tasks.flatten().filter(is_worker).count())
}

/// Waits until only so many of the server's workers are left: those without a request end at once.
fn until_workers(server: &Server, left: usize) {
    let began = Instant::now();
    while workers(server) > left {
        assert!(began.elapsed() < PATIENCE, "workers without a request end");
    }
}
