//! A scene for telling: a database with ads, searches and channels, and the program at any time that the test says.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use deal_scout::{
    clock::Clock,
    config::{Env, Overrides, load},
    db::telling,
    model::id::{ListingId, UserId},
    state::App,
    workers::notify,
};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Jsonb, Nullable, Text, Timestamptz},
};
use diesel_async::RunQueryDsl;
use serde_json::Value;

use crate::support::{
    TestDb,
    database::silent,
    http::{Asked, Reply, Web},
};

pub(super) const OWNER: UserId = UserId(1);

/// A notification as it is stored.
#[derive(Debug, Clone, QueryableByName)]
pub(super) struct Row {
    #[diesel(sql_type = Nullable<BigInt>)]
    pub(super) listing_id: Option<i64>,
    #[diesel(sql_type = Text)]
    pub(super) channel: String,
    #[diesel(sql_type = Text)]
    pub(super) reason: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub(super) price_amount: Option<i64>,
    #[diesel(sql_type = Text)]
    pub(super) status: String,
    #[diesel(sql_type = Jsonb)]
    pub(super) payload: Value,
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) error: Option<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub(super) next_try_at: Option<DateTime<Utc>>,
}

/// A database, and the server that takes what is told.
pub(super) struct Scene {
    pub(super) db: TestDb,
    pub(super) web: Web,
}

/// Noon of a Sunday in November; nothing in it is quiet unless a scene says so.
pub(super) fn noon() -> DateTime<Utc> {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

pub(super) fn minutes(count: i64) -> TimeDelta {
    TimeDelta::minutes(count)
}

impl Scene {
    /// Search 1 with a webhook as channel 1; the server takes everything.
    pub(super) async fn new() -> Self {
        Self::answering(|_| Reply::new(200, "ok")).await
    }

    pub(super) async fn answering(
        answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let scene = Self { db: TestDb::new().await, web: Web::start(answer).await };
        scene.search(1, "gpu", "NULL").await;
        scene.channel(1, "webhook", &scene.web.url("/hook")).await;
        scene.run("INSERT INTO search_channels VALUES (1, 1, 1)").await;
        scene
    }

    pub(super) async fn run(&self, sql: &str) {
        self.db.run(sql).await;
    }

    pub(super) async fn search(&self, id: i64, name: &str, min_score: &str) {
        self.run(&format!(
            "INSERT INTO searches (id, user_id, name, words, min_score) VALUES ({id}, 1, '{name}', '{name}', {min_score})"
        ))
        .await;
    }

    pub(super) async fn channel(&self, id: i64, kind: &str, address: &str) {
        self.run(&format!(
            "INSERT INTO channels (id, user_id, name, kind, address) VALUES ({id}, 1, '{kind} {id}', '{kind}', '{address}')"
        ))
        .await;
    }

    /// An ad of so many dollars, scored, that search 1 has found.
    pub(super) async fn find(&self, id: i64, dollars: i64, score: i64) {
        self.ad(id, dollars, score).await;
        self.found(1, id).await;
    }

    pub(super) async fn ad(&self, id: i64, dollars: i64, score: i64) {
        self.run(&format!(
            "INSERT INTO listings (id, user_id, source, source_id, title, price_amount, currency, posted_at, created_at,
                                   score_due_at)
             VALUES ({id}, 1, 'ebay', 'a{id}', 'RTX 3070 number {id}', {dollars}00, 'USD', '2026-11-22T10:00:00Z',
                     '2026-11-22T10:00:00Z', NULL);
             INSERT INTO listing_scores (user_id, listing_id, value, parts)
             VALUES (1, {id}, {score}, jsonb_build_object('summary', '38 % under the median of 10 sales', 'estimate',
                     jsonb_build_object('fair_value', jsonb_build_object('amount', 50000, 'currency', 'USD'))))"
        ))
        .await;
    }

    pub(super) async fn found(&self, search: i64, ad: i64) {
        self.run(&format!(
            "INSERT INTO finds (user_id, search_id, listing_id, source, matched, first_found_at, last_found_at)
             VALUES (1, {search}, {ad}, 'ebay', TRUE, '2026-11-22T11:00:00Z', '2026-11-22T11:00:00Z')"
        ))
        .await;
    }

    pub(super) async fn price(&self, id: i64, dollars: i64) {
        self.run(&format!("UPDATE listings SET price_amount = {dollars}00 WHERE id = {id}")).await;
    }

    /// Enqueues what there is to tell of these ads at `now`, and says how much that was.
    pub(super) async fn enqueue(&self, ids: &[i64], now: DateTime<Utc>) -> usize {
        let ids: Vec<_> = ids.iter().copied().map(ListingId).collect();
        telling::enqueue(&mut self.db.conn().await, OWNER, &ids, now).await.unwrap()
    }

    pub(super) fn app(&self, now: DateTime<Utc>) -> Arc<App> {
        self.app_with(now, &[])
    }

    pub(super) fn app_with(&self, now: DateTime<Utc>, more: &[(&str, &str)]) -> Arc<App> {
        let mut variables = vec![
            ("DATABASE_URL", self.db.url.as_str()),
            ("DEAL_SCOUT__OUTBOUND__ALLOW", "127.0.0.0/8"),
            ("DEAL_SCOUT__PUBLIC_URL", "https://deals.example.org"),
            (
                "DEAL_SCOUT__SECRET_KEY",
                "0101010101010101010101010101010101010101010101010101010101010aaa",
            ),
        ];
        variables.extend(more);
        let env = Env::of(std::env::temp_dir(), &variables);
        let settings = load(&Overrides::new(None), &env).unwrap().settings;
        Arc::new(App::new(settings, Clock::fixed(now), silent()).unwrap())
    }

    /// Sends what is due at `now`, until nothing more goes, and says how many messages came so far.
    pub(super) async fn tell(&self, now: DateTime<Utc>) -> usize {
        notify::tick(&self.app(now)).await.unwrap();
        self.web.asked().len()
    }

    pub(super) async fn rows(&self) -> Vec<Row> {
        diesel::sql_query("SELECT * FROM notifications ORDER BY id")
            .load(&mut self.db.conn().await)
            .await
            .unwrap()
    }

    /// What the rows say, in short: `1 find 31000 webhook pending`.
    pub(super) async fn told(&self) -> Vec<String> {
        let short = |row: Row| {
            let ad = row.listing_id.map_or_else(|| "-".to_owned(), |id| id.to_string());
            let price = row.price_amount.map_or_else(|| "-".to_owned(), |price| price.to_string());
            format!("{ad} {} {price} {} {}", row.reason, row.channel, row.status)
        };
        self.rows().await.into_iter().map(short).collect()
    }

    /// The bodies that came, as JSON.
    pub(super) fn bodies(&self) -> Vec<Value> {
        let asked = self.web.asked();
        asked.iter().map(|asked| serde_json::from_slice(&asked.body).unwrap()).collect()
    }
}
