//! One replica is killed outright, at another moment each time, while many read and write.

use std::time::Instant;

use super::{REPLICAS, Replicas};
use crate::support::{balancer::Balancer, crowd::Crowd, load::Load};

const READERS: usize = 8;
const WRITERS: usize = 8;
const KILLS: usize = 9;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_killed_at_any_time_costs_what_it_had_under_way_and_no_acknowledged_sale() {
    let mut scene = Replicas::started().await;
    let balancer = Balancer::before(&scene.ports).await;
    let began = Instant::now();
    let load = Load::at(&balancer.base(), &scene.token, WRITERS);
    let crowd = Crowd::at(&balancer.base(), &scene.token, &scene.cookie, READERS);
    let mut under_way = 0;
    for kill in 0..KILLS {
        let at = kill % REPLICAS;
        load.more(10).await;
        // Another moment each time.
        for _ in 0..(kill * 37) % 100 {
            tokio::task::yield_now().await;
        }
        let mut server = scene.servers[at].take().expect("it runs");
        let before = balancer.open(at);
        server.kill();
        // Those that were opened between the count and the end are at most as many as there are people.
        under_way += before.max(balancer.open(at)) + 1;
        let answered = crowd.seen().answered;
        load.more(20).await;
        assert!(crowd.seen().answered > answered, "the others go on answering");
        scene.join(at, &balancer).await;
    }
    let (told, seen) = (load.end().await, crowd.end().await);
    let refused: usize = balancer.refused().iter().sum();
    let failed = told.broken + seen.broken.len();
    assert!(failed <= under_way + refused, "{failed} failed, {under_way} + {refused} could");
    assert_eq!(seen.odd, [], "whoever was answered was answered well");
    let odd = told.count(|status| status != 201 && status != 503);
    assert_eq!(odd, 0, "{:?} {:#?}", told.statuses, told.bodies);
    told.assert_stored(&mut scene.db.conn().await).await;
    eprintln!(
        "{KILLS} kills of one of {REPLICAS} replicas: {} reads and {} sales in {} ms; {failed} requests failed, of {} \
         connections that led to the killed one; 503: {}",
        seen.answered,
        told.recorded.len(),
        began.elapsed().as_millis(),
        under_way + refused,
        told.count(|status| status == 503)
    );
}
