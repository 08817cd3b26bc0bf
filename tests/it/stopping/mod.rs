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

/// Waits until only so many of the server's workers are left: those without a request end at once.
fn until_workers(server: &Server, left: usize) {
    let tasks = format!("/proc/{}/task", server.pid());
    let is_worker = |task: &std::fs::DirEntry| {
        let name = std::fs::read_to_string(task.path().join("comm")).unwrap_or_default();
        name.starts_with("actix-server")
    };
    let began = Instant::now();
    // With the process, the folder is gone.
    while let Ok(tasks) = std::fs::read_dir(&tasks)
        && tasks.flatten().filter(is_worker).count() > left
    {
        assert!(began.elapsed() < PATIENCE, "workers without a request end");
    }
}
