//! An installation that has a secret in every place where one can be, and services that repeat what they are sent.

use std::time::Instant;

use serde_json::json;

use super::planted::{self, Book};
use crate::support::{
    Server, TestDb,
    browser::{Browser, PASSWORD, between},
    cluster::PATIENCE,
    http::Web,
    people::{self, ANN},
    provider::{CLIENT, FakeProvider},
    redis::OwnRedis,
    server::{Builder, program},
    smtp::free_port,
    web::{self, header},
};

/// An installation that has a secret in every place.
pub(super) struct Scene {
    pub(super) db: TestDb,
    pub(super) web: Web,
    /// It asks for another password than the one that the program has.
    pub(super) redis: OwnRedis,
    pub(super) provider: FakeProvider,
    /// What is looked for, and what it is.
    pub(super) secrets: Vec<(String, Vec<u8>)>,
    pub(super) book: Book,
}

impl Scene {
    pub(super) async fn new() -> Self {
        let db = people::two().await;
        web::with_ads(&db, 3).await;
        let mut redis = OwnRedis::prepared();
        redis.start_with(&["--requirepass", "another"]);
        let others = [
            ("the database's password", planted::DATABASE),
            ("the password of Redis", planted::REDIS),
            ("Ann's password", PASSWORD),
        ];
        let secrets = planted::OPERATORS.iter().chain(&others);
        Self {
            db,
            web: Web::start(planted::echo).await,
            redis,
            provider: FakeProvider::start().await,
            secrets: secrets
                .map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_owned()))
                .collect(),
            book: Book::default(),
        }
    }

    /// A command with every setting that holds a secret.
    pub(super) fn program(&self, subcommand: &str) -> Builder {
        self.program_at(subcommand, &with_password(&self.db.url))
    }

    pub(super) fn program_at(&self, subcommand: &str, database: &str) -> Builder {
        let redis = format!("redis://:{}@127.0.0.1:{}/0", planted::REDIS, self.redis.port());
        let mut builder = program(subcommand)
            .env("DATABASE_URL", database)
            .env("REDIS_URL", redis)
            .env("DEAL_SCOUT__LOG__LEVEL", "debug")
            .env("DEAL_SCOUT__LIMITS__REQUESTS_PER_MINUTE", "100000")
            .env("DEAL_SCOUT__OUTBOUND__ALLOW", "127.0.0.0/29")
            .env("DEAL_SCOUT__OUTBOUND__TIMEOUT_S", "2")
            .env("DEAL_SCOUT__OUTBOUND__PACE_MS", "1")
            .env("EBAY_APP_ID", "the-app")
            .env("DEAL_SCOUT__EBAY__API_URL", self.web.url("/ebay"))
            .env("DEAL_SCOUT__REVERB__API_URL", self.web.url("/reverb"))
            .env("DEAL_SCOUT__ETSY__API_URL", self.web.url("/etsy"))
            .env("SMTP_HOST", "127.0.0.1")
            .env("SMTP_PORT", free_port().to_string())
            .env("SMTP_USER", "deals")
            .env("SMTP_USE_TLS", "false")
            .env("EMAIL_FROM", "deals@example.org")
            .env("DEAL_SCOUT__OIDC__ISSUER", &self.provider.issuer)
            .env("DEAL_SCOUT__OIDC__CLIENT_ID", CLIENT);
        for (name, secret) in planted::OPERATORS {
            builder = builder.env(name, secret);
        }
        builder
    }

    pub(super) fn plant(&mut self, name: &str, secret: &str) {
        assert!(secret.len() >= 8, "{name}: {secret}");
        self.secrets.push((name.to_owned(), secret.into()));
    }

    /// What Ann is handed once: a token, a link, an address. The answers that hand them out are not noted.
    pub(super) async fn hand_out(&mut self, server: &Server, ann: &Browser<'_>, bob: i64) {
        let session = ann.cookie.split_once('=').unwrap().1.to_owned();
        self.plant("Ann's session", &session);
        let made = ann
            .post("/account/tokens", &[("name", "mine"), ("scope", "read"), ("days", "30")])
            .await;
        assert!(made.body.contains("ds_"), "{}", made.body);
        let token = between(&made.body, "id=\"token\">", "<").to_owned();
        assert_eq!(people::get(server, &token, "/api/v1/listings").await.status, 200);
        self.plant("a token", &token);
        let link = ann.post(&format!("/users/{bob}/link"), &[]).await;
        let link = between(&link.body, "/reset?token=", "\"")[..64].to_owned();
        self.plant("Bob's link", &link);
        ann.post("/account/finds/renew", &[]).await;
        let page = ann.get("/account/finds").await;
        let address = between(&page.body, "id=\"finds-rss\">", ".rss<");
        let ticket = address.rsplit('.').next().unwrap().to_owned();
        self.plant("the address of Ann's finds", &ticket);
    }

    /// A channel of each kind, tried; and a search at each marketplace, run.
    pub(super) async fn let_services_fail(
        &mut self,
        server: &Server,
        ann: &Browser<'_>,
        token: &str,
    ) {
        for (kind, address, secret) in planted::CHANNELS {
            let (address, secret) = (
                address.replace("{web}", &self.web.url("")),
                secret.replace("{web}", &self.web.url("")),
            );
            let body = json!({"name": kind, "kind": kind, "address": address, "secret": secret, "settings": {"server": self.web.url("")}});
            let made = people::post(server, token, "/api/v1/channels", &body).await;
            assert_eq!(made.status, 201, "{kind}: {}", made.body);
            self.book.answer(&format!("making {kind}"), &made);
            let id = made.json()["id"].as_i64().unwrap();
            // Of an address the part that proves who sends.
            let part = secret.rsplit('/').next().unwrap();
            let part = part.split('@').next().unwrap().rsplit(':').next().unwrap().to_owned();
            self.plant(&format!("the secret of {kind}"), &part);
            let tried = ann.post(&format!("/channels/{id}/test"), &[]).await;
            self.book.answer(&format!("trying {kind}"), &tried);
            self.db
                .run(&format!(
                    "INSERT INTO notifications (user_id, channel, channel_id, payload, reason)
                 SELECT id, '{kind}', {id}, '{{}}', 'test' FROM users WHERE email = '{ANN}'"
                ))
                .await;
        }
        let search =
            json!({"name": "all", "words": "camera", "sources": ["ebay", "reverb", "etsy"]});
        let made = people::post(server, token, "/api/v1/searches", &search).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let id = made.json()["id"].as_i64().unwrap();
        let wanted =
            people::post(server, token, &format!("/api/v1/searches/{id}/scan"), &json!({})).await;
        let path = header(&wanted, "location").to_owned();
        let began = Instant::now();
        let ended = loop {
            let scan = people::get(server, token, &path).await;
            if !scan.json()["finished_at"].is_null() {
                break scan;
            }
            assert!(began.elapsed() < PATIENCE, "{}", scan.body);
        };
        assert!(ended.body.contains("error") || ended.body.contains("let us in"), "{}", ended.body);
        self.book.answer("a scan that failed", &ended);
        while self.db.count("notifications WHERE error IS NULL AND status = 'pending'").await > 0 {
            assert!(began.elapsed() < PATIENCE, "{}", server.story().join("\n"));
        }
        assert!(self.web.asked().len() > 8, "{:?}", self.web.paths());
    }
}

/// The address with the planted password, which a server that trusts its own machine does not ask for.
fn with_password(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap();
    let (user, place) = rest.split_once('@').unwrap();
    let user = user.split(':').next().unwrap();
    format!("{scheme}://{user}:{}@{place}", planted::DATABASE)
}
