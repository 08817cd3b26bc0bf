//! Each replica in its turn is told to stop, ends in order, and is started again, while many read and write.

use std::time::Instant;

use super::{REPLICAS, Replicas};
use crate::support::{Server, balancer::Balancer, crowd::Crowd, load::Load};

const READERS: usize = 24;
const WRITERS: usize = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rolling_restart_under_load_shows_no_failed_request() {
    let mut scene = Replicas::started().await;
    let balancer = Balancer::before(&scene.ports).await;
    let began = Instant::now();
    let load = Load::at(&balancer.base(), &scene.token, WRITERS);
    let crowd = Crowd::at(&balancer.base(), &scene.token, &scene.cookie, READERS);
    load.more(100).await;
    let (mut trouble, mut steps) = (Vec::new(), Vec::new());

    for at in 0..REPLICAS {
        let server = scene.servers[at].take().expect("it runs");
        let asked = Instant::now();
        let stopping = tokio::task::spawn_blocking(|| server.terminate());
        let (status, story) = stopping.await.expect("it ends");
        assert!(status.success(), "replica {at}: {status}\n{}", story.join("\n"));
        assert_eq!(story.last().map(String::as_str), Some("stopped"), "{}", story.join("\n"));
        assert!(!story.iter().any(|line| line.contains("broken off")), "{}", story.join("\n"));
        trouble.extend(story.into_iter().filter(|line| is_trouble(line)));
        let stopped = asked.elapsed();
        load.more(50).await;
        let started = Instant::now();
        scene.join(at, &balancer).await;
        steps.push((stopped.as_millis(), started.elapsed().as_millis()));
        load.more(50).await;
    }

    let (told, seen) = (load.end().await, crowd.end().await);
    let took = began.elapsed();
    let stories = scene.servers.iter().flatten().flat_map(Server::story);
    trouble.extend(stories.filter(|line| is_trouble(line)));
    let left = balancer.left();
    assert_eq!(trouble, [""; 0], "{left:#?} {seen:#?}");
    assert_eq!((&seen.odd, &seen.broken), (&vec![], &vec![]), "readers unanswered: {left:#?}");
    assert_eq!(told.broken, 0, "every writer was answered");
    assert_eq!(told.count(|status| status != 201), 0, "{:?} {:#?}", told.statuses, told.bodies);
    assert_eq!(balancer.refused(), [0; REPLICAS], "nobody was sent to a closed door");
    told.assert_stored(&mut scene.db.conn().await).await;
    assert_eq!(
        scene.db.count("comps WHERE title LIKE 'Load %'").await,
        i64::try_from(told.recorded.len()).unwrap()
    );
    let carried = balancer.carried();
    assert!(carried.iter().all(|connections| *connections > 0), "{carried:?}");
    eprintln!(
        "rolling restart of {REPLICAS} replicas: {} reads and {} sales in {} ms, none failed; connections to each: \
         {carried:?}; slowest read: {} ms; each stopped and joined within ms: {steps:?}",
        seen.answered,
        told.recorded.len(),
        took.as_millis(),
        seen.slowest.as_millis()
    );
}

/// Whether a replica tells of a database that it lost, or of one that it finds again.
fn is_trouble(line: &str) -> bool {
    ["degraded", "Recovered", "could not be had"].iter().any(|word| line.contains(word))
}
