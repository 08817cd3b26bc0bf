//! A real streaming replica for heavy reads: it is asked when it will do, and nobody notices when it will not.

use diesel_async::SimpleAsyncConnection;
use serde_json::{Value, json};

use crate::support::{
    Server,
    postgres::OwnPostgres,
    server::{Answer, Builder, program},
};

/// A statement that only loading comparables has.
const HEAVY: &str = "ORDER BY \"comps\".\"observed_at\"";
const BEGUN: &str = "heavy reads go to the replica at";
const ENDED: &str = "heavy reads go to the primary until";

/// A primary and its replica, both running, both with their statements in their logs.
async fn pair() -> (OwnPostgres, OwnPostgres) {
    let mut primary = OwnPostgres::prepared();
    primary.tell_statements();
    primary.start().await;
    let mut replica = OwnPostgres::prepared_after(&primary);
    replica.start().await;
    (primary, replica)
}

fn on(primary: &OwnPostgres, read_url: &str) -> Builder {
    program("demo")
        .env("DEAL_SCOUT__DEMO__SAMPLE", "false")
        .env("DEAL_SCOUT__STARTUP__PACE", "0.2")
        .env("DATABASE_URL", primary.url())
        .env("DATABASE_READ_URL", read_url)
        .env("DEAL_SCOUT__DATABASE__READ_LAG_S", "1")
}

/// Records a sale, which makes what is known of the comparables old, and asks what such a thing is worth at once.
async fn sale_and_estimate(server: &Server, sales: usize) {
    let sale = json!({"title": "Leica M6 camera body", "basis": "sold",
                      "price": {"amount": 200_000, "currency": "USD"}});
    let made = post(server, "/api/v1/comps", &sale).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let question = json!({"title": "Leica M6 camera body", "currency": "USD"});
    let answer = post(server, "/api/v1/pricing/estimate", &question).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.json()["n"], sales, "what was just written is known: {}", answer.body);
}

async fn post(server: &Server, path: &str, body: &Value) -> Answer {
    let request = server.http().post(format!("{}{path}", server.base())).json(body);
    crate::support::web::send(request).await
}

async fn is_used(server: &Server, wanted: bool) -> Value {
    let health = server.health_until(|health| health["read_replica"]["ok"] == wanted).await;
    health["read_replica"].clone()
}

fn told(server: &Server, text: &str) -> usize {
    server.story().iter().filter(|line| line.contains(text)).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heavy_reads_go_to_the_replica_and_miss_nothing_that_was_just_written() {
    let (primary, replica) = pair().await;
    let server = on(&primary, &replica.url()).start();
    server.ready().await;
    let state = is_used(&server, true).await;
    assert_eq!(state["reason"], Value::Null, "{state:#}");
    let (at_primary, at_replica) = (primary.log_length(), replica.log_length());
    for sales in 1..=20 {
        sale_and_estimate(&server, sales).await;
    }
    assert_eq!(server.get("/pricing/backtest").await.status, 200);

    let (csv, out) = (server.data_dir.path().join("out"), "--out");
    let (code, _, said) = on_command("export", &primary, &replica).arg(out).arg(&csv).finish();
    assert_eq!((code, said.as_str()), (Some(0), ""));
    let comps = std::fs::read_to_string(csv.join("comps.csv")).unwrap();
    assert_eq!(comps.lines().count(), 21, "a head and each sale: {comps}");
    let (code, said, _) = on_command("backtest", &primary, &replica).arg("--json").finish();
    assert_eq!(code, Some(0), "{said}");

    let counted = replica.log_from(at_replica).matches(HEAVY).count();
    let elsewhere = primary.log_from(at_primary).matches(HEAVY).count();
    assert!(counted >= 20, "they were done there: {counted}");
    assert!(elsewhere <= 2, "on a busy machine the replica may be late now and then: {elsewhere}");
    let reads = metric(&server, "reads_total").await;
    assert!(reads >= 19, "and counted: {reads}");
    let said = replica.log_from(at_replica);
    assert!(!said.contains("INSERT INTO") && !said.contains("UPDATE "), "nothing is written there");
    eprintln!("{counted} heavy reads on the replica, {elsewhere} on the primary");
}

/// A command that has the replica, too.
fn on_command(command: &str, primary: &OwnPostgres, replica: &OwnPostgres) -> Builder {
    program(command).env("DATABASE_URL", primary.url()).env("DATABASE_READ_URL", replica.url())
}

/// A number that `/metrics` tells of the replica.
async fn metric(server: &Server, name: &str) -> u64 {
    let text = server.get("/metrics").await.body;
    let name = format!("deal_scout_read_replica_{name} ");
    let line = text.lines().find_map(|line| line.strip_prefix(&name));
    line.unwrap_or_else(|| panic!("no {name} in {text}")).parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_falls_behind_dies_or_says_nothing_is_done_without() {
    let (primary, mut replica) = pair().await;
    let server = on(&primary, &replica.url()).start();
    server.ready().await;
    is_used(&server, true).await;
    let mut sales = 0;
    let mut go_on = async |times: usize| {
        for _ in 0..times {
            sales += 1;
            sale_and_estimate(&server, sales).await;
        }
    };
    go_on(3).await;
    assert_eq!((told(&server, BEGUN), told(&server, ENDED)), (1, 0));

    let mut conn = replica.conn().await;
    conn.batch_execute("SELECT pg_wal_replay_pause()").await.unwrap();
    go_on(5).await;
    let state = is_used(&server, false).await;
    assert!(state["reason"].as_str().unwrap().contains("s behind"), "{state:#}");
    assert!(state["lag_s"].as_f64().unwrap() > 1.0, "{state:#}");
    let status = server.get("/status").await.body;
    assert!(status.contains("Replica for heavy reads") && status.contains("not used"), "{status}");
    assert_eq!((metric(&server, "configured").await, metric(&server, "up").await), (1, 0));
    assert!(metric(&server, "missed_total").await >= 5);
    go_on(3).await;
    assert_eq!(server.health().await["ok"], true, "it is no reason to take people elsewhere");
    conn.batch_execute("SELECT pg_wal_replay_resume()").await.unwrap();
    is_used(&server, true).await;
    go_on(3).await;
    assert_eq!((told(&server, BEGUN), told(&server, ENDED)), (2, 1), "{:#?}", server.story());

    // Killed while it is asked.
    replica.kill();
    go_on(3).await;
    let state = is_used(&server, false).await;
    assert!(state["reason"].as_str().is_some(), "{state:#}");
    go_on(3).await;
    replica.start().await;
    is_used(&server, true).await;
    go_on(3).await;
    assert_eq!((told(&server, BEGUN), told(&server, ENDED)), (3, 2), "{:#?}", server.story());

    // It takes the call and says nothing.
    replica.freeze();
    go_on(3).await;
    is_used(&server, false).await;
    go_on(3).await;
    replica.thaw();
    is_used(&server, true).await;
    go_on(3).await;
    assert_eq!((told(&server, BEGUN), told(&server, ENDED)), (4, 3), "{:#?}", server.story());
    assert_eq!(primary.number("SELECT count(*) AS n FROM comps").await, 32);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_has_no_tables_yet_is_waited_for_by_nobody() {
    let (primary, replica) = pair().await;
    let mut conn = replica.conn().await;
    conn.batch_execute("SELECT pg_wal_replay_pause()").await.unwrap();
    let server = on(&primary, &replica.url()).start();
    server.ready().await;
    for sales in 1..=3 {
        sale_and_estimate(&server, sales).await;
    }
    is_used(&server, false).await;
    let tables = "SELECT count(*) AS n FROM pg_tables WHERE tablename = 'comps'";
    assert_eq!(replica.number(tables).await, 0);
    conn.batch_execute("SELECT pg_wal_replay_resume()").await.unwrap();
    is_used(&server, true).await;
    sale_and_estimate(&server, 4).await;
    assert_eq!(replica.number(tables).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_replica_of_the_database_is_not_asked_and_the_reason_is_told() {
    let (primary, stranger) = (OwnPostgres::started().await, OwnPostgres::started().await);
    for (url, why) in [
        (primary.url(), "takes writes itself"),
        (stranger.url(), "takes writes itself"),
        (primary.url_with("wrong"), "password authentication failed"),
    ] {
        let server = on(&primary, &url).start();
        server.ready().await;
        let told = format!("{:#}", server.health().await["read_replica"]);
        let state = server
            .health_until(|health| {
                health["read_replica"]["reason"].as_str().is_some_and(|told| told.contains(why))
            })
            .await;
        assert_eq!(
            (&state["ok"], &state["read_replica"]["ok"]),
            (&json!(true), &json!(false)),
            "{told}"
        );
        assert!(!server.story().join("\n").contains("right%20horse"));
        server.wait_for_line(ENDED);
    }
    let server = program("demo").env("DATABASE_URL", primary.url()).start();
    server.ready().await;
    assert_eq!(server.health().await.get("read_replica"), None, "none is set");
    let (code, _, said) = program("serve").env("DATABASE_READ_URL", primary.url()).finish();
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("database.read_url") && said.contains("set database.url"), "{said}");
}
