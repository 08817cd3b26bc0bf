//! The one HTTP client, and every way past its guards that was thought of. All servers are on loopback.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex},
};

use chrono::Utc;
use deal_scout::{
    clock::Clock,
    config::{Env, OutboundSettings, Overrides, load},
    outbound::{Answer, Fault, Names, Outbound, Reach, Request, parse},
};
use futures_util::future::BoxFuture;

use crate::support::database::silent;

mod limits;
mod networks;
mod polite;
mod redirects;

/// What names mean in a scene: each lookup takes the next answer, the last one stays.
#[derive(Debug, Default)]
struct Book {
    pages: Mutex<HashMap<String, Vec<Vec<IpAddr>>>>,
    lookups: Mutex<Vec<String>>,
}

impl Book {
    fn of(names: &[(&str, &[&str])]) -> Arc<Self> {
        let one = |(name, answers): &(&str, &[&str])| {
            let addresses = |answer: &&str| answer.split(' ').map(|a| a.parse().unwrap()).collect();
            ((*name).to_owned(), answers.iter().map(addresses).collect())
        };
        let pages = Mutex::new(names.iter().map(one).collect());
        Arc::new(Self { pages, lookups: Mutex::default() })
    }

    fn lookups(&self) -> usize {
        self.lookups.lock().unwrap().len()
    }
}

impl Names for Book {
    fn look_up(&self, name: String) -> BoxFuture<'static, std::io::Result<Vec<IpAddr>>> {
        self.lookups.lock().unwrap().push(name.clone());
        let mut pages = self.pages.lock().unwrap();
        let found = match pages.get_mut(&name) {
            Some(answers) if answers.len() > 1 => Ok(answers.remove(0)),
            Some(answers) => Ok(answers[0].clone()),
            None => Err(std::io::Error::other("no such name")),
        };
        Box::pin(async move { found })
    }
}

fn settings(variables: &[(&str, &str)]) -> OutboundSettings {
    let env = Env::of(std::env::temp_dir(), variables);
    load(&Overrides::new(None), &env).unwrap().settings.outbound
}

/// One that may reach `allow`, and knows the names of `book`.
fn outbound(allow: &str, book: &Arc<Book>) -> Outbound {
    let settings = settings(&[
        ("DEAL_SCOUT__OUTBOUND__ALLOW", allow),
        ("DEAL_SCOUT__OUTBOUND__PACE_MS", "0"),
        ("DEAL_SCOUT__PUBLIC_URL", "https://deals.example.org"),
    ]);
    let names: Arc<dyn Names> = Arc::<Book>::clone(book);
    Outbound::with_names(&settings, Clock::fixed(Utc::now()), &silent(), &names).unwrap()
}

fn public(url: &str) -> Request {
    Request::get(parse(url).unwrap(), Reach::Public)
}

async fn get(outbound: &Outbound, url: &str) -> Result<Answer, Fault> {
    outbound.send(public(url)).await
}
