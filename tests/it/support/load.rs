//! Writers that go on whatever happens: each records one sale after the other through the API, and asks again with the
//! same key until it is told that the sale is recorded.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::server::Server;

/// The writers. They stop when they are dropped.
#[derive(Debug)]
pub(crate) struct Load {
    kept: Arc<Kept>,
    stop: CancellationToken,
    writers: JoinSet<()>,
}

#[derive(Debug, Default)]
struct Kept {
    /// Where the server is at present.
    base: Mutex<String>,
    /// Who they are; nobody at the first look.
    token: Option<String>,
    told: Mutex<Told>,
}

/// What the writers were told.
#[derive(Debug, Default, Clone)]
pub(crate) struct Told {
    /// The number of each sale that was acknowledged, by its title.
    pub(crate) recorded: BTreeMap<String, i64>,
    /// How often each status came.
    pub(crate) statuses: BTreeMap<u16, usize>,
    /// How often no answer came.
    pub(crate) broken: usize,
    /// A body of each status, to look into when it surprises.
    pub(crate) bodies: BTreeMap<u16, String>,
}

impl Told {
    /// How many answers had one of these statuses.
    pub(crate) fn count(&self, statuses: impl Fn(u16) -> bool) -> usize {
        self.statuses.iter().filter(|(status, _)| statuses(**status)).map(|(_, n)| n).sum()
    }

    /// Asserts that every sale that was acknowledged is there, and none is there twice.
    pub(crate) async fn assert_stored(&self, conn: &mut AsyncPgConnection) {
        let sales: Vec<Sale> =
            diesel::sql_query("SELECT id, title FROM comps WHERE title LIKE 'Load %'")
                .load(conn)
                .await
                .unwrap();
        let stored: BTreeMap<String, i64> =
            sales.iter().map(|sale| (sale.title.clone(), sale.id)).collect();
        assert_eq!(stored.len(), sales.len(), "none is there twice");
        for (title, id) in &self.recorded {
            assert_eq!(stored.get(title), Some(id), "{title} was acknowledged");
        }
    }
}

/// A sale that is stored.
#[derive(diesel::QueryableByName)]
struct Sale {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    id: i64,
    #[diesel(sql_type = diesel::sql_types::Text)]
    title: String,
}

impl Load {
    /// So many writers at `server`, which must be the first look.
    pub(crate) fn start(server: &Server, writers: usize) -> Self {
        let mut load = Self::with(Kept::default());
        load.turn_to(server);
        for writer in 0..writers {
            load.spawn(writer, client(true));
        }
        load
    }

    /// So many writers at `base`, where a token says who they are. Every other one takes a new connection for each
    /// sale, the others keep theirs as long as they may.
    pub(crate) fn at(base: &str, token: &str, writers: usize) -> Self {
        let base = Mutex::new(base.to_owned());
        let mut load =
            Self::with(Kept { base, token: Some(token.to_owned()), told: Mutex::default() });
        for writer in 0..writers {
            load.spawn(writer, client(writer % 2 == 0));
        }
        load
    }

    fn with(kept: Kept) -> Self {
        Self { kept: Arc::new(kept), stop: CancellationToken::new(), writers: JoinSet::new() }
    }

    fn spawn(&mut self, writer: usize, http: reqwest::Client) {
        self.writers.spawn(write(writer, http, Arc::clone(&self.kept), self.stop.clone()));
    }

    /// The server has moved.
    pub(crate) fn turn_to(&self, server: &Server) {
        server.base().clone_into(&mut self.kept.base.lock().unwrap());
    }

    /// What they were told so far.
    pub(crate) fn told(&self) -> Told {
        self.kept.told.lock().unwrap().clone()
    }

    /// Waits until so many more sales are acknowledged.
    pub(crate) async fn more(&self, sales: usize) {
        let wanted = self.told().recorded.len() + sales;
        let began = std::time::Instant::now();
        while self.told().recorded.len() < wanted {
            assert!(began.elapsed() < super::cluster::PATIENCE, "{:?}", self.told());
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Lets everybody finish what is under way, and tells what they were told.
    pub(crate) async fn end(mut self) -> Told {
        self.stop.cancel();
        while self.writers.join_next().await.transpose().unwrap().is_some() {}
        self.told()
    }
}

/// From one request of a writer to the next: a load, not a flood.
pub(crate) const PAUSE: Duration = Duration::from_millis(5);

/// A client that keeps its connection, or takes a new one for each request; it never sends a request twice.
pub(crate) fn client(keeps: bool) -> reqwest::Client {
    reqwest::Client::builder()
        .timeout(Duration::from_secs(20))
        .pool_max_idle_per_host(usize::from(keeps))
        .retry(reqwest::retry::never())
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

async fn write(writer: usize, http: reqwest::Client, kept: Arc<Kept>, stop: CancellationToken) {
    for number in 0.. {
        let title = format!("Load {writer} {number}");
        loop {
            if ask(&http, &kept, &title).await {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
        if stop.is_cancelled() {
            return;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Records the sale; false when it must be asked for again.
async fn ask(http: &reqwest::Client, kept: &Kept, title: &str) -> bool {
    let base = kept.base.lock().unwrap().clone();
    let body =
        json!({"title": title, "price": {"amount": 10_000, "currency": "USD"}, "basis": "sold"});
    let request = http.post(format!("{base}/api/v1/comps")).header("Idempotency-Key", title);
    let request = match &kept.token {
        Some(token) => request.bearer_auth(token),
        None => request,
    };
    let Ok(response) = request.json(&body).send().await else {
        kept.told.lock().unwrap().broken += 1;
        return false;
    };
    let answer = (response.status().as_u16(), response.text().await);
    let mut told = kept.told.lock().unwrap();
    let (status, Ok(body)) = answer else {
        told.broken += 1;
        return false;
    };
    *told.statuses.entry(status).or_default() += 1;
    if status != 201 {
        told.bodies.insert(status, body);
        return false;
    }
    let made: Value = serde_json::from_str(&body).unwrap();
    told.recorded.insert(title.to_owned(), made["id"].as_i64().unwrap());
    true
}
