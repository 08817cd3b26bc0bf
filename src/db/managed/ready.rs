//! Whether the server answers: asked by connecting to it, which is the only proof.

use std::time::Duration;

use tokio::{runtime::Handle, time::timeout};
use tokio_postgres::{Config, NoTls, error::SqlState};

use crate::error::Chain;

/// How long one question may take.
const LIMIT: Duration = Duration::from_secs(2);

/// Asks one cluster, from a blocking thread.
#[derive(Debug)]
pub(super) struct Ping {
    runtime: Handle,
    config: Config,
}

/// What came back.
#[derive(Debug)]
pub(super) enum Answer {
    /// The program's database answers.
    Ready,
    /// The server answers, and has no such database yet.
    NoDatabase,
    /// It is starting, stopping or recovering, or takes too long; in its words.
    Busy(String),
    /// It does not let us in, and never will.
    Refused(String),
    /// Nobody listens.
    Silent,
}

impl Ping {
    pub(super) fn new(runtime: Handle, config: Config) -> Self {
        Self { runtime, config }
    }

    /// Connects, and has one statement done.
    pub(super) fn ask(&self) -> Answer {
        match self.execute(&self.config, "SELECT 1") {
            Ok(()) => Answer::Ready,
            Err(Fault::TooSlow) => Answer::Busy("it takes connections, but is silent".to_owned()),
            Err(Fault::Postgres(error)) => classify(&error),
        }
    }

    /// Creates the program's database.
    pub(super) fn create_database(&self) -> Result<(), String> {
        let mut config = self.config.clone();
        let name = config.get_dbname().unwrap_or("deals").to_owned();
        config.dbname("postgres");
        match self.execute(&config, &format!("CREATE DATABASE \"{name}\"")) {
            Err(Fault::Postgres(error)) if error.code() != Some(&SqlState::DUPLICATE_DATABASE) => {
                Err(Chain(&error).to_string())
            }
            Err(Fault::TooSlow) => Err("it took too long".to_owned()),
            _ => Ok(()),
        }
    }

    fn execute(&self, config: &Config, statement: &str) -> Result<(), Fault> {
        let conversation = async {
            let (client, connection) = config.connect(NoTls).await?;
            let connection = tokio::spawn(connection);
            let done = client.simple_query(statement).await;
            drop(client);
            // Waited for, so that no session is left over that an adopted or a stopping server still counts.
            let _ = connection.await;
            done.map(|_| ())
        };
        let limit = if statement == "SELECT 1" { LIMIT } else { LIMIT * 15 };
        self.runtime
            .block_on(timeout(limit, conversation))
            .map_err(|_| Fault::TooSlow)?
            .map_err(Fault::Postgres)
    }
}

#[derive(Debug)]
enum Fault {
    TooSlow,
    Postgres(tokio_postgres::Error),
}

fn classify(error: &tokio_postgres::Error) -> Answer {
    let Some(code) = error.code() else { return Answer::Silent };
    if *code == SqlState::INVALID_CATALOG_NAME {
        Answer::NoDatabase
    } else if *code == SqlState::TOO_MANY_CONNECTIONS {
        // All its connections are in use: it is very much alive.
        Answer::Ready
    } else if *code == SqlState::INVALID_AUTHORIZATION_SPECIFICATION
        || *code == SqlState::INVALID_PASSWORD
    {
        Answer::Refused(Chain(error).to_string())
    } else {
        Answer::Busy(Chain(error).to_string())
    }
}
