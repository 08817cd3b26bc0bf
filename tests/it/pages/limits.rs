//! How often anybody may guess, however many processes answer.

use crate::support::{Server, TestDb, browser, redis::OwnRedis, server::program};

/// Guesses with addresses that nobody has, so that the peer alone is counted; tells the last answer's status.
async fn guess(server: &Server, times: usize) -> u16 {
    let mut status = 0;
    for n in 0..times {
        let email = format!("nobody-{n}@example.org");
        status = browser::try_sign_in(server, &email, "a wrong password").await.status;
    }
    status
}

#[tokio::test]
async fn two_processes_count_guesses_together_and_each_by_itself_while_redis_is_gone() {
    let db = TestDb::new().await;
    let mut redis = OwnRedis::started();
    let start =
        || program("serve").env("DATABASE_URL", &db.url).env("REDIS_URL", redis.url()).start();
    let [one, other] = [start(), start()];
    for server in [&one, &other] {
        server.ready().await;
        server.health_until(|health| health["redis"] == true).await;
    }
    browser::claim(&one).await;
    assert_eq!(guess(&one, 6).await, 401);
    assert_eq!(guess(&other, 4).await, 401, "ten in all are allowed");
    assert_eq!(guess(&other, 1).await, 429, "the eleventh is not, whoever answers it");
    assert_eq!(guess(&one, 1).await, 429);

    redis.kill();
    assert_eq!(guess(&one, 10).await, 401, "what Redis knew is gone with it");
    assert_eq!(guess(&one, 1).await, 429, "but the limit is not");
}
