//! A real PgBouncer before the database: by session everything works, by transaction the program says what to change.

use std::time::Instant;

use super::assert_one_migrated;
use crate::support::{
    Server,
    load::Load,
    pgbouncer::PgBouncer,
    postgres::OwnPostgres,
    server::{Builder, program},
};

fn on(url: &str) -> Builder {
    program("demo")
        .env("DEAL_SCOUT__DEMO__SAMPLE", "false")
        .env("DEAL_SCOUT__STARTUP__PACE", "0.2")
        .env("DATABASE_URL", url)
}

const PATHS: [&str; 8] = [
    "/",
    "/comps",
    "/searches",
    "/status",
    "/pricing?title=camera",
    "/pricing/backtest",
    "/api/v1/listings?q=camera&count=true",
    "/api/v1/comps?sort=-observed_at",
];

async fn assert_served(server: &Server) {
    for _ in 0..3 {
        for path in PATHS {
            let answer = server.get(path).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pooled_by_session_everything_works() {
    let postgres = OwnPostgres::started().await;
    let Some(mut pooler) = PgBouncer::before(&postgres, "session").await else { return };
    // Two at once on an empty database: the lock of the migrations holds through the pooler.
    let servers = [on(&pooler.url()).start(), on(&pooler.url()).start()];
    for server in &servers {
        server.ready().await;
    }
    assert_one_migrated(servers.iter());
    for server in &servers {
        assert_served(server).await;
    }
    let load = Load::start(&servers[0], 6);
    load.more(60).await;

    // The pooler goes and comes back.
    pooler.stop();
    servers[0].health_until(|health| health["db"] == false).await;
    pooler.start().await;
    let began = Instant::now();
    servers[0].ready().await;
    eprintln!("time to heal: pooler restarted: {} ms", began.elapsed().as_millis());
    load.more(60).await;
    let told = load.end().await;
    assert_eq!(told.count(|status| status != 201 && status != 503), 0, "{:#?}", told.bodies);
    told.assert_stored(&mut postgres.conn().await).await;
    for server in &servers {
        server.ready().await;
        assert_served(server).await;
    }
    let (code, out, err) =
        program("migrate").arg("status").env("DATABASE_URL", pooler.url()).finish();
    assert_eq!(code, Some(0), "{err}");
    assert!(!out.contains("pending"), "{out}");
    eprintln!("{} sales through PgBouncer, by session", told.recorded.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pooled_by_transaction_it_says_what_to_change_and_goes_on_when_that_is_done() {
    let postgres = OwnPostgres::started().await;
    let Some(mut pooler) = PgBouncer::before(&postgres, "transaction").await else { return };
    let server = on(&pooler.url()).start();
    let health = server
        .health_until(|health| {
            health["reason"].as_str().is_some_and(|told| told.contains("pool_mode=session"))
        })
        .await;
    assert_eq!((&health["ok"], &health["db"]), (&false.into(), &false.into()));
    server.wait_for_line("pool_mode=session");
    let tables = "SELECT count(*) AS n FROM pg_tables WHERE schemaname = 'public'";
    assert_eq!(postgres.number(tables).await, 0, "nothing is begun there");
    let (code, _, told) = program("migrate").arg("up").env("DATABASE_URL", pooler.url()).finish();
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("pool_mode=session"), "{told}");

    pooler.stop();
    pooler.pool_by("session");
    pooler.start().await;
    server.ready().await;
    assert_served(&server).await;
}
