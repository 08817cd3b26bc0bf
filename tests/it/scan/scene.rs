//! A search, and sources that answer what they are told to.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use chrono::{DateTime, TimeDelta, Utc};
use deal_scout::{
    clock::Clock,
    config::{Env, Overrides, load},
    market::source::{Fault, Next, Page, Source, Wanted},
    model::{kind::Kind, listing::NewListing, money::Currency, scan::Progress},
    scan::{self, Ended, Job},
    state::App,
};
use diesel::{
    QueryableByName, sql_query,
    sql_types::{Jsonb, Nullable, Text},
};
use diesel_async::RunQueryDsl;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use crate::support::{TestDb, database::silent};

/// A database with a search `1` for a graphics card, of user 1.
#[derive(Debug)]
pub(super) struct Scene {
    pub(super) db: TestDb,
    began: DateTime<Utc>,
}

impl Scene {
    pub(super) async fn new() -> Self {
        let db = TestDb::new().await;
        db.run(
            "INSERT INTO searches (id, user_id, name, words, excluded_words, max_price, currency)
             VALUES (1, 1, 'Cards', 'rtx 3070', '{broken}', 50000, 'USD')",
        )
        .await;
        let now = DateTime::from_timestamp_micros(Utc::now().timestamp_micros()).unwrap();
        Self { db, began: now + TimeDelta::seconds(2) }
    }

    /// So many minutes after the scene began.
    pub(super) fn time(&self, minute: i64) -> DateTime<Utc> {
        self.began + TimeDelta::minutes(minute)
    }

    /// The program as it is at that time. It does not wait.
    pub(super) fn app(&self, minute: i64) -> Arc<App> {
        let network = ("DEAL_SCOUT__OUTBOUND__ALLOW", "127.0.0.0/8");
        let env = Env::of(std::env::temp_dir(), &[("DATABASE_URL", &self.db.url), network]);
        let settings = load(&Overrides::new(None), &env).unwrap().settings;
        Arc::new(App::new(settings, Clock::fixed(self.time(minute)), silent()).unwrap())
    }

    /// Claims the run that is due at that time, if any.
    pub(super) async fn claimed(&self, app: &App) -> Option<Job> {
        let held = scan::claim(&app.desk(), true).await.unwrap()?;
        scan::open(&mut app.conn().await.unwrap(), held).await.unwrap()
    }

    /// Runs what is due at that time over `sources`.
    pub(super) async fn run(&self, minute: i64, sources: &[&Arc<Script>]) -> Ended {
        let app = self.app(minute);
        let job = self.claimed(&app).await.expect("the search is due");
        scan::run(&app.desk(), &job, &boxed(sources)).await.unwrap()
    }

    /// Makes the search due.
    pub(super) async fn due(&self) {
        self.db.run("UPDATE searches SET next_scan_at = NULL").await;
    }

    /// How far the latest run came.
    pub(super) async fn progress(&self) -> Progress {
        let row = self.text("SELECT progress::text AS said FROM scans ORDER BY id DESC LIMIT 1");
        serde_json::from_str(&row.await).unwrap()
    }

    /// One text out of the database; empty for NULL.
    pub(super) async fn text(&self, query: &str) -> String {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Nullable<Text>)]
            said: Option<String>,
        }
        let row: Row = sql_query(query).get_result(&mut self.db.conn().await).await.unwrap();
        row.said.unwrap_or_default()
    }

    /// Each ad with its price and whether it is there: `a 30000 t, b 20000 f`.
    pub(super) async fn ads(&self) -> String {
        self.text(
            "SELECT string_agg(source_id || ' ' || coalesce(price_amount::text, '?') || ' ' ||
                               left(available::text, 1), ', ' ORDER BY source_id) AS said FROM listings",
        )
        .await
    }

    /// What is remembered of a source.
    pub(super) async fn memory(&self, source: &str) -> Value {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Jsonb)]
            memory: Value,
        }
        let query = format!("SELECT memory FROM search_sources WHERE source = '{source}'");
        let row: Row = sql_query(query).get_result(&mut self.db.conn().await).await.unwrap();
        row.memory
    }
}

/// A source that answers one thing after the other, and the last for ever.
#[derive(Debug)]
pub(super) struct Script {
    name: String,
    answers: Mutex<VecDeque<Result<Page, Fault>>>,
    hangs: bool,
    /// Where each page was asked from, and what was remembered.
    pub(super) asked: Mutex<Vec<(String, Value)>>,
}

impl Script {
    pub(super) fn new(name: &str, answers: Vec<Result<Page, Fault>>) -> Arc<Self> {
        let answers = Mutex::new(answers.into());
        Arc::new(Self { name: name.to_owned(), answers, hangs: false, asked: Mutex::default() })
    }

    /// A source that never answers again when it has said what it is told to.
    pub(super) fn hanging(name: &str, answers: Vec<Result<Page, Fault>>) -> Arc<Self> {
        let answers = Mutex::new(answers.into());
        Arc::new(Self { name: name.to_owned(), answers, hangs: true, asked: Mutex::default() })
    }

    /// Waits until it was asked so many times.
    pub(super) async fn was_asked(&self, times: usize) {
        while self.times_asked() < times {
            tokio::task::yield_now().await;
        }
    }

    pub(super) fn times_asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

/// A source during whose answer the database changes.
pub(super) struct Meanwhile<'a> {
    pub(super) scene: &'a Scene,
    pub(super) sql: &'static str,
    pub(super) answer: Result<Page, Fault>,
}

impl Source for Meanwhile<'_> {
    fn name(&self) -> &'static str {
        "shop"
    }

    fn search<'a>(
        &'a self,
        _: &'a Wanted,
        _: Option<&'a Next>,
        _: &'a Value,
    ) -> BoxFuture<'a, Result<Page, Fault>> {
        Box::pin(async {
            self.scene.db.run(self.sql).await;
            self.answer.clone()
        })
    }
}

#[derive(Debug)]
struct Shared(Arc<Script>);

impl Source for Shared {
    fn name(&self) -> &str {
        &self.0.name
    }

    fn search<'a>(
        &'a self,
        _: &'a Wanted,
        next: Option<&'a Next>,
        memory: &'a Value,
    ) -> BoxFuture<'a, Result<Page, Fault>> {
        let from = next.map(|next| next.0.clone()).unwrap_or_default();
        self.0.asked.lock().unwrap().push((from, memory.clone()));
        let mut answers = self.0.answers.lock().unwrap();
        let goes_on = answers.len() > 1 || self.0.hangs;
        let answer = if goes_on { answers.pop_front() } else { answers.front().cloned() };
        Box::pin(async move {
            match answer {
                Some(answer) => answer,
                None => std::future::pending().await,
            }
        })
    }
}

pub(super) fn boxed(sources: &[&Arc<Script>]) -> Vec<Box<dyn Source>> {
    let boxed = |source: &&Arc<Script>| -> Box<dyn Source> { Box::new(Shared(Arc::clone(source))) };
    sources.iter().map(boxed).collect()
}

/// An ad of a graphics card at so many dollars.
pub(super) fn card(id: &str, dollars: i64) -> NewListing {
    NewListing {
        source: "shop-example-org".to_owned(),
        source_id: id.to_owned(),
        title: format!("RTX 3070 number {id}"),
        description: None,
        kind: Kind::Item,
        price_amount: Some(dollars * 100),
        shipping_amount: None,
        currency: Currency::USD,
        condition: None,
        category: None,
        url: None,
        image_url: None,
        location: json!({}),
        details: json!({}),
        posted_at: None,
    }
}

/// A page that goes on at `next`.
pub(super) fn page(listings: Vec<NewListing>, next: &str) -> Page {
    Page { listings, next: Some(Next(next.to_owned())), ..Page::default() }
}

/// The last page of everything there is.
pub(super) fn last(listings: Vec<NewListing>) -> Page {
    Page { listings, is_complete: true, ..Page::default() }
}

pub(super) fn down() -> Fault {
    Fault::Down("the answer broke off".to_owned())
}
