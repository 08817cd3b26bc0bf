//! Secrets that were planted wherever one can be turn up nowhere: in no answer but the one that hands each out, in no
//! line of the log at its most talkative, in no column, no command and no failure.

use reqwest::Method;
use serde_json::json;

use super::{
    planted,
    routes::{self, Route},
    scene::Scene,
};
use crate::{
    api::openapi::{document::Document, scene::Person},
    backup::altered::members,
    support::{
        Server,
        browser::{self, Browser},
        people::{self, ANN, BOB},
        server::Builder,
        web::{self, header, send},
    },
};

impl Scene {
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

/// How the names of what is kept in place of secrets begin.
const KEPT: &str = "what is kept in";

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
    let kept = planted::kept(&scene.db).await;
    assert!(kept.len() > 15, "{} digests, hashes and sealed values are kept", kept.len());
    scene.secrets.extend(kept.into_iter().map(|(name, value)| (format!("{KEPT} {name}"), value)));
    scene.run_commands();

    // Everything is lost.
    scene.redis.kill();
    let mut admin =
        deal_scout::db::connect::Target::from_url(&crate::support::cluster::url("postgres").await)
            .unwrap()
            .establish()
            .await
            .unwrap();
    // First nobody is let in any more: who was sent away would else be back before that holds.
    let shut = format!("ALTER DATABASE {} ALLOW_CONNECTIONS false", scene.db.name);
    let sent_away = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'",
        scene.db.name
    );
    for step in [shut, sent_away] {
        diesel_async::SimpleAsyncConnection::batch_execute(&mut admin, &step).await.unwrap();
    }
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
        name if name.starts_with(KEPT) => {
            about.starts_with("a row of") || about.ends_with(" of a backup")
        }
        _ => false,
    };
    let leaks = scene.book.leaks(&scene.secrets, may);
    assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), leaks.join("\n\n"));
    assert!(scene.book.len() > 500, "{} texts were looked through", scene.book.len());
}
