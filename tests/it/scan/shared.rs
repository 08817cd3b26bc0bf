//! Several workers over one database, and workers that are gone.

use chrono::{TimeDelta, Utc};
use deal_scout::{
    db::{
        self,
        scans::{self, Scan},
    },
    market::source::{Fault, Source},
    model::{
        id::{SearchId, UserId},
        scan::{ScanStatus, SourceState},
    },
    scan::{self, Ended},
};

use super::scene::{Meanwhile, Scene, Script, boxed, card, last, page};

#[tokio::test]
async fn however_many_ask_at_once_a_search_is_run_by_one() {
    let scene = Scene::new().await;
    scene
        .db
        .run(
            "INSERT INTO searches (id, user_id, name)
             SELECT n, 1, 'Search ' || n FROM generate_series(2, 12) n",
        )
        .await;
    let apps: Vec<_> = (0..3).map(|_| scene.app(0)).collect();
    let mut all = Vec::new();
    for _ in 0..6 {
        let claims = apps.iter().map(|app| scene.claimed(app));
        let jobs = futures_util::future::join_all(claims).await;
        all.extend(jobs.into_iter().flatten().map(|job| job.held.search_id));
    }
    let mut distinct = all.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!((all.len(), distinct.len()), (12, 12));
}

#[tokio::test]
async fn a_run_whose_holder_is_gone_is_gone_on_with_where_it_was() {
    let scene = Scene::new().await;
    let first = scene.app(0);
    let job = scene.claimed(&first).await.unwrap();
    let silent = Script::hanging("shop", vec![Ok(page(vec![card("a", 300)], "2"))]);
    let (sources, desk) = (boxed(&[&silent]), first.desk());
    tokio::select! {
        _ = scan::run(&desk, &job, &sources) => panic!("the second page never comes"),
        () = silent.was_asked(2) => {}
    }

    assert!(scene.claimed(&scene.app(3)).await.is_none(), "it may still be at work");
    let second = scene.app(5);
    let taken = scene.claimed(&second).await.expect("its time is up");
    assert_eq!((taken.held.id, taken.held.attempts), (job.held.id, 2));
    let shop = Script::new("shop", vec![Ok(last(vec![card("b", 200)]))]);
    let ended = scan::run(&second.desk(), &taken, &boxed(&[&shop])).await.unwrap();
    assert_eq!(ended, Ended::Over(ScanStatus::Done));
    assert_eq!(shop.asked.lock().unwrap()[0].0, "2", "it goes on at the second page");
    assert_eq!(scene.ads().await, "a 30000 t, b 20000 t");
    let progress = scene.progress().await;
    let shop = &progress.sources["shop"];
    assert_eq!((shop.state, shop.pages, shop.new), (SourceState::Done, 2, 2));
    assert_eq!(scene.db.count("scans").await, 1);
    assert_eq!(scene.db.count("finds WHERE missed > 0").await, 0);
}

#[tokio::test]
async fn a_run_that_is_left_off_because_the_program_stops_can_be_taken_up_at_once() {
    let scene = Scene::new().await;
    let app = scene.app(0);
    let job = scene.claimed(&app).await.unwrap();
    app.stop.cancel();
    let shop = Script::new("shop", vec![Ok(last(Vec::new()))]);
    let stopped = scan::run(&app.desk(), &job, &boxed(&[&shop])).await.unwrap();
    assert_eq!((stopped, shop.times_asked()), (Ended::LeftOff, 0));
    let job = scene.claimed(&scene.app(0)).await.unwrap();
    assert_eq!(job.held.attempts, 2);
}

#[tokio::test]
async fn who_has_lost_a_run_stores_nothing_more() {
    let scene = Scene::new().await;
    let slow = scene.app(0);
    let job = scene.claimed(&slow).await.unwrap();
    let second = scene.app(5);
    let taken = scene.claimed(&second).await.unwrap();
    let shop = Script::new("shop", vec![Ok(last(vec![card("a", 300)]))]);
    let lost = scan::run(&slow.desk(), &job, &boxed(&[&shop])).await.unwrap();
    assert_eq!((lost, scene.ads().await.as_str()), (Ended::Lost, ""));
    let ended = scan::run(&second.desk(), &taken, &boxed(&[&shop])).await.unwrap();
    assert_eq!(ended, Ended::Over(ScanStatus::Done));
    assert_eq!(scene.ads().await, "a 30000 t");
}

#[tokio::test]
async fn a_search_that_was_removed_or_switched_off_is_not_run() {
    let scene = Scene::new().await;
    scene.db.run("UPDATE searches SET enabled = FALSE").await;
    assert!(scene.claimed(&scene.app(0)).await.is_none());
    scene.db.run("UPDATE searches SET enabled = TRUE").await;
    let app = scene.app(0);
    let held = scan::claim(&app.desk(), true).await.unwrap().unwrap();
    scene.db.run("DELETE FROM searches").await;
    assert!(scan::open(&mut app.conn().await.unwrap(), held).await.unwrap().is_none());
}

#[tokio::test]
async fn a_search_that_is_removed_while_its_source_answers_is_left_without_a_failure() {
    for answer in
        [Ok(last(vec![card("a", 300)])), Err(Fault::Refused("it does not let us".to_owned()))]
    {
        let scene = Scene::new().await;
        let app = scene.app(0);
        let job = scene.claimed(&app).await.unwrap();
        let shop = Meanwhile { scene: &scene, sql: "DELETE FROM searches", answer };
        let sources: [Box<dyn Source + '_>; 1] = [Box::new(shop)];
        assert_eq!(scan::run(&app.desk(), &job, &sources).await.unwrap(), Ended::Lost);
        assert_eq!(scene.ads().await, "");
    }
}

#[tokio::test]
async fn old_runs_are_swept_but_for_the_latest_of_each_search() {
    let scene = Scene::new().await;
    scene
        .db
        .run(
            "INSERT INTO searches (id, user_id, name) VALUES (2, 1, 'seldom');
             INSERT INTO scans (user_id, search_id, status, created_at, finished_at)
             SELECT 1, search, 'done', t, t FROM (VALUES (1, TIMESTAMPTZ '2001-01-01Z'), (1, '2001-01-02Z'), (1, now()),
                                                         (2, '2001-01-01Z'), (2, '2001-01-02Z')) AS run (search, t)",
        )
        .await;
    let ids = [1, 2, 3].map(SearchId);
    let latest = scans::latest(&scene.db.conn().await, UserId(1), &ids).await.unwrap();
    let yesterday = Utc::now() - TimeDelta::days(1);
    let swept = db::tidy::old_scans(&mut scene.db.conn().await, yesterday).await.unwrap();
    assert_eq!(swept, 3);
    let left = scans::latest(&scene.db.conn().await, UserId(1), &ids).await.unwrap();
    let of = |scans: Vec<Scan>| {
        let mut of: Vec<_> = scans.iter().map(|scan| (scan.search_id.0, scan.id)).collect();
        of.sort_unstable();
        of
    };
    let left = of(left);
    assert_eq!((left.len(), of(latest)), (2, left));
    assert_eq!(scene.db.count("scans").await, 2);
}

#[tokio::test]
async fn without_any_source_a_search_waits() {
    let scene = Scene::new().await;
    let app = scene.app(0);
    assert_eq!(scan::claim(&app.desk(), false).await.unwrap(), None);
    scene
        .db
        .run("INSERT INTO feeds (user_id, name, address) VALUES (1, 'flats', 'https://example.org/rss')")
        .await;
    assert!(scan::claim(&app.desk(), false).await.unwrap().is_some());
}
