//! A Redis of a test's own, to be killed and started at will.

use std::process::{Child, Stdio};

use super::{mortal, postgres::free_port};

/// The server and its port. Killed at the end.
#[derive(Debug)]
pub(crate) struct OwnRedis {
    port: u16,
    running: Option<Child>,
}

impl OwnRedis {
    /// Picks a free port; starts nothing.
    pub(crate) fn prepared() -> Self {
        Self { port: free_port(), running: None }
    }

    /// Picks a free port and starts it.
    pub(crate) fn started() -> Self {
        let mut redis = Self::prepared();
        redis.start();
        redis
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }

    /// Where it listens.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Starts it, in memory only.
    pub(crate) fn start(&mut self) {
        self.start_with(&[]);
    }

    /// The same with more settings.
    pub(crate) fn start_with(&mut self, settings: &[&str]) {
        let child = mortal::command("redis-server", mortal::End::Kill)
            .args([
                "--port",
                &self.port.to_string(),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
            ])
            .args(settings)
            .current_dir("/tmp")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server is installed");
        self.running = Some(child);
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.running.take() {
            child.kill().expect("redis is killed");
            child.wait().expect("redis is gone");
        }
    }
}

impl Drop for OwnRedis {
    fn drop(&mut self) {
        self.kill();
    }
}
