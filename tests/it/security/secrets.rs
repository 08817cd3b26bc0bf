//! Secrets that were planted wherever one can be turn up nowhere: in no answer but the one that hands each out, in no
//! line of the log at its most talkative, in no column, no command and no failure.

use std::time::Instant;

use reqwest::Method;
use serde_json::json;

use super::{
    planted::{self, Book},
    routes::{self, Route},
};
use crate::{
    api::openapi::{document::Document, scene::Person},
    backup::altered::members,
    support::{
        Server, TestDb,
        browser::{self, Browser, PASSWORD, between},
        cluster::PATIENCE,
        http::Web,
        people::{self, ANN, BOB},
        provider::{CLIENT, FakeProvider},
        redis::OwnRedis,
        server::{Builder, program},
        smtp::free_port,
        web::{self, header, send},
    },
};

/// An installation that has a secret in every place.
struct Scene {
    db: TestDb,
    web: Web,
    /// It asks for another password than the one that the program has.
    redis: OwnRedis,
    provider: FakeProvider,
    /// What is looked for, and what it is.
    secrets: Vec<(String, String)>,
    book: Book,
}

impl Scene {
    async fn new() -> Self {
        let db = people::two().await;
        web::with_ads(&db, 3).await;
        let mut redis = OwnRedis::prepared();
        redis.start_with(&["--requirepass", "another"]);
        let mut secrets: Vec<_> = planted::OPERATORS
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect();
        secrets.push(("the database's password".to_owned(), planted::DATABASE.to_owned()));
        secrets.push(("the password of Redis".to_owned(), planted::REDIS.to_owned()));
        secrets.push(("Ann's password".to_owned(), PASSWORD.to_owned()));
        Self {
            db,
            web: Web::start(planted::echo).await,
            redis,
            provider: FakeProvider::start().await,
            secrets,
            book: Book::default(),
        }
    }

    /// A command with every setting that holds a secret.
    fn program(&self, subcommand: &str) -> Builder {
        self.program_at(subcommand, &with_password(&self.db.url))
    }

    fn program_at(&self, subcommand: &str, database: &str) -> Builder {
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

    fn plant(&mut self, name: &str, secret: &str) {
        assert!(secret.len() >= 8, "{name}: {secret}");
        self.secrets.push((name.to_owned(), secret.to_owned()));
    }

    /// What Ann is handed once: a token, a link, an address. The answers that hand them out are not noted.
    async fn hand_out(&mut self, server: &Server, ann: &Browser<'_>, bob: i64) {
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
    async fn let_services_fail(&mut self, server: &Server, ann: &Browser<'_>, token: &str) {
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

    /// Every operation with right and wrong input, and every page and form, as Ann, Bob and nobody.
    async fn walk(&mut self, server: &Server, ann: &Browser<'_>, bob: &Browser<'_>, token: &str) {
        let document = Document::of(server).await;
        let person = Person::new(server, &document, token.to_owned());
        for operation in document.operations().iter().filter(|one| one.method != Method::DELETE) {
            let answer = person.call(operation, 1, &person.rows).await;
            self.book.answer(&format!("{} by Ann", operation.id), &answer);
        }
        let all = routes::all(server).await;
        for route in all.iter().filter(|one| !ends_sessions(&one.path)) {
            self.try_one(server, route, Some(ann), "Ann").await;
            self.try_one(server, route, Some(bob), "Bob").await;
            self.try_one(server, route, None, "nobody").await;
        }
    }

    async fn try_one(
        &mut self,
        server: &Server,
        route: &Route,
        who: Option<&Browser<'_>>,
        name: &str,
    ) {
        let address = format!("{}{}", server.base(), route.path);
        let request = || {
            let request = server.http().request(route.method.clone(), &address);
            match who {
                Some(who) => {
                    request.header("cookie", &who.cookie).header("x-csrf-token", &who.csrf)
                }
                None => request,
            }
        };
        let about = format!("{} {} by {name}", route.method, route.path);
        if route.method == Method::GET {
            self.book.answer(&about, &send(request()).await);
            self.book.answer(
                &about,
                &send(request().query(&[
                    ("q", "\u{0}'"),
                    ("cursor", "x"),
                    ("limit", "-1"),
                    ("next", "//x"),
                ]))
                .await,
            );
            return;
        }
        self.book.answer(
            &about,
            &send(request().form(&[
                ("a", "b"),
                ("email", "x"),
                ("password", "short"),
                ("token", "x"),
            ]))
            .await,
        );
        self.book.answer(
            &about,
            &send(request().header("content-type", "application/json").body("{\"secret\": 7"))
                .await,
        );
        self.book.answer(&about, &send(request().json(&json!({"secret": ["x"], "name": 7}))).await);
    }

    /// What the commands say, and what they write.
    fn run_commands(&mut self) {
        for words in [
            "config show",
            "config show --json",
            "config check",
            "config check --json",
            "secrets status",
            "secrets status --json",
            "user list",
            "user list --json",
            "token list",
            "token list --json",
            "migrate status",
            "openapi",
            "--help",
            "serve --help",
            "export listings",
            "export channels --format jsonl",
            "healthcheck",
        ] {
            let mut parts = words.split(' ');
            let command =
                parts.clone().skip(1).fold(self.program(parts.next().unwrap()), Builder::arg);
            self.book.command(words, command);
        }
        let folder = tempfile::tempdir().unwrap();
        let archive = folder.path().join("all.tar.gz");
        self.book.command("backup", self.program("backup").arg(&archive));
        for (name, bytes) in members(archive.to_str().unwrap()) {
            self.book.note(format!("{name} of a backup"), String::from_utf8_lossy(&bytes));
        }
        // What cannot be reached or read is told without it.
        let nowhere =
            format!("postgres://deals:{}@127.0.0.1:1/nothing?password={0}", planted::DATABASE);
        let strange = format!("postgres://deals:{}@[::bad/nothing", planted::DATABASE);
        let other = format!("mysql://deals:{}@127.0.0.1/nothing", planted::DATABASE);
        for address in [nowhere, strange, other] {
            for command in ["migrate", "user", "config"] {
                let action = match command {
                    "migrate" => "status",
                    "user" => "list",
                    _ => "show",
                };
                let started =
                    self.program_at(command, &address).env("DEAL_SCOUT__STARTUP__PACE", "0.001");
                self.book.command(
                    &format!("{command} {action}, with a wrong address"),
                    started.arg(action),
                );
            }
        }
        for (name, secret) in planted::OPERATORS {
            // A value that no setting of this kind has: it is told of, not repeated.
            let started =
                self.program("config").env(name, format!("{secret}\n\u{7}{secret}")).arg("check");
            self.book.command(&format!("config check, with a wrong {name}"), started);
        }
    }
}

/// What ends the sessions that the walk needs.
fn ends_sessions(path: &str) -> bool {
    path == "/logout"
        || path.contains("end-others")
        || path.contains("/end")
        || path.contains("/disable")
        || path.contains("revoke")
        || path == "/account/finds/off"
        || path == "/account/finds/renew"
        || path.contains("/users/1")
}

/// The address with the planted password, which a server that trusts its own machine does not ask for.
fn with_password(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap();
    let (user, place) = rest.split_once('@').unwrap();
    let user = user.split(':').next().unwrap();
    format!("{scheme}://{user}:{}@{place}", planted::DATABASE)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_planted_secret_turns_up_anywhere() {
    let mut scene = Scene::new().await;
    // A cluster that wants the right password cannot be told another one.
    if !scene.db.url.contains('@')
        || scene.db.url.split('@').next().unwrap().matches(':').count() > 1
    {
        eprintln!("skipped: the tests' own PostgreSQL has a password of its own");
        return;
    }
    scene.db.run("UPDATE users SET email = NULL WHERE role = 'owner'").await;
    let server = scene.program("serve").start();
    server.ready().await;
    let ann = browser::owner(&server).await;
    let bob = Browser::with(&server, &people::session(&scene.db, BOB).await).await;
    let token = people::token(&scene.db, ANN, "admin").await;
    scene.plant("Ann's other token", &token);
    let id = format!("generate_series(1, (SELECT id FROM users WHERE email = '{BOB}'))");
    let id = scene.db.count(&id).await;
    scene.hand_out(&server, &ann, id).await;
    scene.let_services_fail(&server, &ann, &token).await;
    scene.walk(&server, &ann, &bob, &token).await;

    for path in ["/metrics", "/health", "/health/ready", "/status", "/login/oidc"] {
        scene.book.answer(path, &server.get(path).await);
    }
    // Somebody comes back from the provider, which knows another secret.
    let begun = server.get("/login/oidc").await;
    let there = server.http().get(header(&begun, "location")).send().await.unwrap();
    let back = there.headers()["location"].to_str().unwrap().to_owned();
    let back = server
        .get_with(
            back.strip_prefix(server.base()).unwrap(),
            &[("cookie", &browser::cookie(&begun))],
        )
        .await;
    assert!(back.status >= 400, "{}", back.body);
    scene.book.answer("coming back from the provider", &back);
    send(web::post_form(&server, "/forgot", &[("email", ANN)])).await;
    server.wait_for_line("a mail was not sent");

    for (table, row) in planted::rows(&scene.db).await {
        scene.book.note(format!("a row of {table}"), row);
    }
    scene.run_commands();

    // Everything is lost.
    scene.redis.kill();
    let mut admin =
        deal_scout::db::connect::Target::from_url(&crate::support::cluster::url("postgres").await)
            .unwrap()
            .establish()
            .await
            .unwrap();
    let lost = format!(
        "ALTER DATABASE {name} ALLOW_CONNECTIONS false;
         SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
        name = scene.db.name
    );
    diesel_async::SimpleAsyncConnection::batch_execute(&mut admin, &lost).await.unwrap();
    server.health_until(|health| health["db"] == false).await;
    for route in routes::pages().iter().filter(|one| one.method == Method::GET) {
        scene.try_one(&server, route, Some(&ann), "Ann, without a database").await;
    }
    for path in ["/health", "/status", "/metrics", "/api/v1/comps"] {
        scene.book.answer(&format!("{path} without a database"), &server.get(path).await);
    }
    let log = server.log();
    assert!(log.iter().any(|line| line.contains("\"asking\"")), "the log is at its most talkative");
    for line in log {
        scene.book.note("the log", line);
    }
    let allowed = format!("ALTER DATABASE {} ALLOW_CONNECTIONS true", scene.db.name);
    diesel_async::SimpleAsyncConnection::batch_execute(&mut admin, &allowed).await.unwrap();
    finish(&scene);
}

/// Nothing stands where it must not.
fn finish(scene: &Scene) {
    let may = |name: &str, about: &str| match name {
        // Whose it is sees it on this page.
        "the address of Ann's finds" => about.contains("/account/finds by Ann"),
        _ => false,
    };
    let leaks = scene.book.leaks(&scene.secrets, may);
    assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), leaks.join("\n\n"));
    assert!(scene.book.len() > 500, "{} texts were looked through", scene.book.len());
}
