//! The work that there is, counted.

use deal_scout::db::catalog;

use crate::support::TestDb;

#[tokio::test]
async fn work_is_counted_by_kind_and_state_with_the_age_of_the_oldest() {
    let db = TestDb::new().await;
    let counted = async || {
        let queues = catalog::queues(&mut db.conn().await).await.unwrap();
        let short = queues
            .iter()
            .map(|it| format!("{} {} {} {:.0}", it.queue, it.state, it.rows, it.oldest_s / 60.0));
        short.collect::<Vec<_>>()
    };
    assert!(counted().await.iter().all(|queue| queue.ends_with(" 0 0")), "{:?}", counted().await);
    db.run(
        "INSERT INTO users (email, name, disabled_at) VALUES ('gone@example.org', 'Gone', now());
         INSERT INTO listings (user_id, source, source_id, title, currency, score_due_at)
         SELECT 1, 'csv', 'a' || n, 'ad', 'USD', now() + n * INTERVAL '10 min' FROM generate_series(-3, 2) n;
         INSERT INTO searches (id, user_id, name, enabled, next_scan_at) VALUES
             (1, 1, 'due', TRUE, now() - INTERVAL '5 min'), (2, 1, 'later', TRUE, now() + INTERVAL '5 min'),
             (3, 1, 'off', FALSE, now() - INTERVAL '5 min'), (4, 1, 'runs', TRUE, now() - INTERVAL '9 min'),
             (5, 1, 'left behind', TRUE, now() - INTERVAL '9 min'), (6, 1, 'never', TRUE, NULL),
             (7, (SELECT max(id) FROM users), 'of somebody gone', TRUE, now() - INTERVAL '99 min');
         INSERT INTO scans (user_id, search_id, status, leased_until, created_at) VALUES
             (1, 4, 'running', now() + INTERVAL '3 min', now() - INTERVAL '2 min'),
             (1, 5, 'running', now() - INTERVAL '7 min', now() - INTERVAL '20 min');
         INSERT INTO channels (id, user_id, name, kind, enabled, wait_until) VALUES
             (1, 1, 'fine', 'webhook', TRUE, NULL), (2, 1, 'off', 'webhook', FALSE, NULL),
             (3, 1, 'waits', 'webhook', TRUE, now() + INTERVAL '1 h');
         INSERT INTO notifications (user_id, channel_id, channel, reason, payload, status, next_try_at, leased_until)
         SELECT 1, c, 'webhook', 'find', '{}', 'pending', now() + t * INTERVAL '1 min',
                CASE WHEN l THEN now() + INTERVAL '1 min' END
         FROM (VALUES (1, -4, FALSE), (1, -2, TRUE), (1, 6, FALSE), (2, -50, FALSE), (3, -50, FALSE)) AS n (c, t, l)",
    )
    .await;
    assert_eq!(
        counted().await,
        [
            "estimates due 4 30",
            "estimates later 2 0",
            "imports running 0 0",
            "notifications due 1 4",
            "notifications later 2 50",
            "notifications running 1 2",
            "scans due 2 7",
            "scans later 1 0",
            "scans running 1 2",
        ]
    );
}
