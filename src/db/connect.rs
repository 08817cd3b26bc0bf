//! How to reach PostgreSQL: one target for the pool, the probe and the migrations, TLS by rustls included.

mod sessions;
mod tls;

use std::{fmt, str::FromStr, sync::Arc, time::Duration};

use diesel::{ConnectionError, result::DatabaseErrorKind};
use diesel_async::{
    AsyncPgConnection, SimpleAsyncConnection,
    pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod},
};
use futures_util::FutureExt;
use slog::{Logger, warn};
use tls::TlsMode;
use tokio_postgres::{Client, Config, NoTls, config::Host};
use tokio_util::sync::CancellationToken;

use super::Pool;
use crate::{error::Chain, runtime::MainRuntime};

/// How long one attempt to connect may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// How long looking the name up, connecting and signing in may take together, at the least. Short, so that a call which
/// was lost on the way does not keep the program from noticing that the database is back.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(3);
/// How long sent data may stay unacknowledged before the network counts as broken.
const NETWORK_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a request waits for a connection out of the pool.
const POOL_TIMEOUT: Duration = Duration::from_secs(3);
/// How long a connection out of the pool may take to show that it lives. One that does not is thrown away, and the next
/// is tried: a network that has forgotten a connection swallows what is sent on it, and says nothing.
const SIGN_OF_LIFE: Duration = Duration::from_millis(900);

/// Where a database is and how to get in. Cheap to clone.
#[derive(Clone)]
pub struct Target {
    config: Config,
    tls: TlsMode,
}

/// Why an address cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// The address does not parse.
    #[error("not a PostgreSQL address; postgres://user:password@host:5432/database is one")]
    Address(#[source] tokio_postgres::Error),
    /// The sslmode or the root certificate cannot be used.
    #[error("{0}")]
    Tls(String),
}

impl Target {
    /// A target that needs no TLS, such as a private socket.
    pub fn plain(mut config: Config) -> Self {
        config.connect_timeout(CONNECT_TIMEOUT).application_name("deal-scout");
        Self { config, tls: TlsMode::Disable }
    }

    /// Reads `postgres://…?sslmode=disable|prefer|require|verify-ca|verify-full&sslrootcert=FILE`.
    pub fn from_url(url: &str) -> Result<Self, TargetError> {
        let (url, tls) = tls::take_from_url(url)?;
        let mut config = Config::from_str(&url).map_err(TargetError::Address)?;
        config.ssl_mode(tls.negotiation());
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(NETWORK_TIMEOUT);
        }
        config
            .keepalives_idle(NETWORK_TIMEOUT / 2)
            .keepalives_interval(NETWORK_TIMEOUT / 6)
            .keepalives_retries(3);
        if config.get_application_name().is_none() {
            config.application_name("deal-scout");
        }
        Ok(Self { config, tls })
    }

    /// `host:port`, for people; the folder of the socket where there is one.
    pub fn address(&self) -> String {
        let host = match self.config.get_hosts().first() {
            Some(Host::Tcp(name)) => name.clone(),
            #[cfg(unix)]
            Some(Host::Unix(path)) => path.display().to_string(),
            None => "localhost".to_owned(),
        };
        format!("{host}:{}", self.config.get_ports().first().copied().unwrap_or(5432))
    }

    /// A connection of its own, outside the pool: for the probe and the migrations. A server that takes the call and
    /// then says nothing is given up on.
    pub async fn establish(&self) -> Result<AsyncPgConnection, ConnectionError> {
        self.in_time(self.connect()).await
    }

    async fn in_time<T>(
        &self,
        connect: impl Future<Output = Result<T, ConnectionError>>,
    ) -> Result<T, ConnectionError> {
        let connecting = self.config.get_connect_timeout().copied().unwrap_or(CONNECT_TIMEOUT);
        let limit = HANDSHAKE_TIMEOUT.max(connecting + Duration::from_secs(1));
        let silence = |_| {
            Err(ConnectionError::BadConnection(format!(
                "no answer within {} s, name look-up, connecting and signing in together",
                limit.as_secs()
            )))
        };
        tokio::time::timeout(limit, connect).await.unwrap_or_else(silence)
    }

    async fn connect(&self) -> Result<AsyncPgConnection, ConnectionError> {
        let bad = |e: tokio_postgres::Error| ConnectionError::BadConnection(Chain(&e).to_string());
        match &self.tls {
            TlsMode::Disable => {
                let (client, connection) = self.config.connect(NoTls).await.map_err(bad)?;
                AsyncPgConnection::try_from_client_and_connection(client, connection).await
            }
            TlsMode::Encrypt { connector, .. } => {
                let (client, connection) =
                    self.config.connect(connector.clone()).await.map_err(bad)?;
                AsyncPgConnection::try_from_client_and_connection(client, connection).await
            }
        }
    }

    /// A connection that moves whole tables. It takes COPY, which [`Target::establish`]'s does not.
    pub async fn client(&self) -> Result<Client, tokio_postgres::Error> {
        match &self.tls {
            TlsMode::Disable => {
                let (client, connection) = self.config.connect(NoTls).await?;
                // It ends with the client; what went wrong by then, the client has been told.
                tokio::spawn(connection);
                Ok(client)
            }
            TlsMode::Encrypt { connector, .. } => {
                let (client, connection) = self.config.connect(connector.clone()).await?;
                tokio::spawn(connection);
                Ok(client)
            }
        }
    }

    /// A connection of its own that can be broken off from here: whatever waits for an answer on it fails at once.
    pub async fn breakable(&self) -> Result<(Client, CancellationToken), ConnectionError> {
        let line = CancellationToken::new();
        let bad = |e: tokio_postgres::Error| ConnectionError::BadConnection(Chain(&e).to_string());
        let connect = async {
            match &self.tls {
                TlsMode::Disable => {
                    let (client, connection) = self.config.connect(NoTls).await.map_err(bad)?;
                    tokio::spawn(line.clone().run_until_cancelled_owned(connection));
                    Ok(client)
                }
                TlsMode::Encrypt { connector, .. } => {
                    let (client, connection) =
                        self.config.connect(connector.clone()).await.map_err(bad)?;
                    tokio::spawn(line.clone().run_until_cancelled_owned(connection));
                    Ok(client)
                }
            }
        };
        Ok((self.in_time(connect).await?, line))
    }

    /// A pool that connects when it is asked, never before. Its failures are logged with their cause.
    pub fn pool(&self, size: u32, statement_timeout_s: u32, log: &Logger) -> Pool {
        self.pool_that_sets("", size, statement_timeout_s, log)
    }

    /// The same for a replica. What it is asked cannot write, wherever the address leads; its failures are told by who
    /// watches it.
    pub(super) fn reading_pool(&self, size: u32, statement_timeout_s: u32) -> Pool {
        let silent = Logger::root(slog::Discard, slog::o!());
        let set = "; SET default_transaction_read_only = on";
        self.pool_that_sets(set, size, statement_timeout_s, &silent)
    }

    fn pool_that_sets(
        &self,
        more: &str,
        size: u32,
        statement_timeout_s: u32,
        log: &Logger,
    ) -> Pool {
        let (target, main) = (self.clone(), MainRuntime::current());
        // PostgreSQL's own guess of what a look into an index costs is for spinning disks.
        let setup = Arc::new(format!(
            "SET statement_timeout = '{statement_timeout_s}s'; SET random_page_cost = 1.1; \
             SET idle_in_transaction_session_timeout = '60s'; SET TIME ZONE 'UTC'{more}"
        ));
        let mut manager = ManagerConfig::default();
        manager.custom_setup = Box::new(move |_| {
            let (target, setup) = (target.clone(), Arc::clone(&setup));
            let connecting = async move {
                let mut conn = target.establish().await?;
                conn.batch_execute(&setup)
                    .await
                    .map_err(ConnectionError::CouldntSetupConfiguration)?;
                Ok(conn)
            };
            let cut_off = |e| Err(ConnectionError::BadConnection(Chain(&e).to_string()));
            let main = main.clone();
            async move { main.run(connecting).await.unwrap_or_else(cut_off) }.boxed()
        });
        manager.recycling_method = RecyclingMethod::CustomFunction(Box::new(|conn| {
            async move {
                let asked = tokio::time::timeout(SIGN_OF_LIFE, conn.batch_execute("SELECT 1"));
                asked.await.unwrap_or_else(|_| Err(silent_connection()))
            }
            .boxed()
        }));
        Pool::builder()
            .max_size(size)
            .connection_timeout(POOL_TIMEOUT)
            .error_sink(Box::new(PoolErrors(log.clone())))
            .build_unchecked(AsyncDieselConnectionManager::new_with_config("", manager))
    }
}

fn silent_connection() -> diesel::result::Error {
    let said = format!("the connection said nothing for {} ms", SIGN_OF_LIFE.as_millis());
    diesel::result::Error::DatabaseError(DatabaseErrorKind::ClosedConnection, Box::new(said))
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Target").field(&self.address()).finish()
    }
}

/// Tells why the pool could not connect; without it, callers see a time-out only.
#[derive(Debug, Clone)]
struct PoolErrors(Logger);

impl bb8::ErrorSink<diesel_async::pooled_connection::PoolError> for PoolErrors {
    fn sink(&self, error: diesel_async::pooled_connection::PoolError) {
        warn!(self.0, "a database connection could not be had"; "error" => %Chain(&error));
    }

    fn boxed_clone(&self) -> Box<dyn bb8::ErrorSink<diesel_async::pooled_connection::PoolError>> {
        Box::new(self.clone())
    }
}
