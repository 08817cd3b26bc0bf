//! Readers that go on whatever happens: pages with a session, lists with a token, files with neither.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::load;

/// What they read, one after the other.
const PATHS: [&str; 8] = [
    "/",
    "/api/v1/comps?limit=5",
    "/comps",
    "/api/v1/listings?count=true",
    "/searches",
    "/robots.txt",
    "/status",
    "/api/v1/comps?sort=-observed_at&limit=3",
];

/// The readers. They stop when they are dropped.
#[derive(Debug)]
pub(crate) struct Crowd {
    seen: Arc<Mutex<Seen>>,
    stop: CancellationToken,
    readers: JoinSet<()>,
}

/// What the readers saw.
#[derive(Debug, Default, Clone)]
pub(crate) struct Seen {
    /// How many answers were whole and as they should be.
    pub(crate) answered: usize,
    /// Answers that were none: the path, the status, and what was said.
    pub(crate) odd: Vec<(String, u16, String)>,
    /// Requests without an answer: the path and why.
    pub(crate) broken: Vec<(String, String)>,
    /// How long the slowest answer took.
    pub(crate) slowest: Duration,
}

impl Crowd {
    /// So many readers of what stands at `base`. Every other one takes a new connection for each request, the others
    /// keep theirs as long as they may.
    pub(crate) fn at(base: &str, token: &str, cookie: &str, readers: usize) -> Self {
        let mut crowd =
            Self { seen: Arc::default(), stop: CancellationToken::new(), readers: JoinSet::new() };
        for reader in 0..readers {
            let (base, token, cookie) = (base.to_owned(), token.to_owned(), cookie.to_owned());
            let (seen, stop) = (Arc::clone(&crowd.seen), crowd.stop.clone());
            crowd.readers.spawn(async move {
                let http = load::client(reader % 2 == 0);
                for path in PATHS.iter().cycle().skip(reader) {
                    if stop.is_cancelled() {
                        return;
                    }
                    let began = Instant::now();
                    let request = http.get(format!("{base}{path}"));
                    let request = if path.starts_with("/api/") {
                        request.bearer_auth(&token)
                    } else {
                        request.header("cookie", &cookie)
                    };
                    let answer = read(request).await;
                    seen.lock().unwrap().note(path, answer, began.elapsed());
                    tokio::time::sleep(load::PAUSE).await;
                }
            });
        }
        crowd
    }

    /// What they saw so far.
    pub(crate) fn seen(&self) -> Seen {
        self.seen.lock().unwrap().clone()
    }

    /// Lets everybody finish what is under way, and tells what they saw.
    pub(crate) async fn end(mut self) -> Seen {
        self.stop.cancel();
        while self.readers.join_next().await.transpose().unwrap().is_some() {}
        self.seen()
    }
}

impl Seen {
    fn note(&mut self, path: &str, answer: reqwest::Result<(u16, String)>, took: Duration) {
        match answer {
            Ok((200, _)) => self.answered += 1,
            Ok((status, said)) => self.odd.push((path.to_owned(), status, said)),
            Err(why) => self.broken.push((path.to_owned(), format!("{why:?}"))),
        }
        self.slowest = self.slowest.max(took);
    }
}

/// The status of an answer that has come whole, and what it says.
async fn read(request: reqwest::RequestBuilder) -> reqwest::Result<(u16, String)> {
    let answer = request.send().await?;
    Ok((answer.status().as_u16(), answer.text().await?))
}
