//! Writers that go on whatever happens: each records one sale after the other through the API, and asks again with the
//! same key until it is told that the sale is recorded.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

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
}

impl Load {
    /// So many writers at `server`, which must be the first look.
    pub(crate) fn start(server: &Server, writers: usize) -> Self {
        let kept = Arc::new(Kept::default());
        let stop = CancellationToken::new();
        let mut load = Self { kept, stop, writers: JoinSet::new() };
        load.turn_to(server);
        for writer in 0..writers {
            load.writers.spawn(write(writer, Arc::clone(&load.kept), load.stop.clone()));
        }
        load
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
const PAUSE: Duration = Duration::from_millis(5);

async fn write(writer: usize, kept: Arc<Kept>, stop: CancellationToken) {
    let http = reqwest::Client::builder().timeout(Duration::from_secs(20)).build().unwrap();
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
