//! How long an answer takes tells nobody who has an account.

use std::time::{Duration, Instant};

use crate::support::{
    Server, TestDb,
    browser::{self, PASSWORD},
    people::ANN,
    smtp::{free_port, with_mail},
    web::{post_form, send},
};

/// Attempts of each kind.
const ROUNDS: usize = 15;

/// The middle of what each of two ways takes, asked in turn, so that what else the machine does befalls both.
async fn medians(
    server: &Server,
    path: &str,
    [one, other]: [&dyn Fn(usize) -> Vec<(&'static str, String)>; 2],
) -> [Duration; 2] {
    let mut took = [Vec::new(), Vec::new()];
    for round in 0..ROUNDS {
        for (which, form) in [one(round), other(round)].into_iter().enumerate() {
            let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            // Each from elsewhere: guesses are counted.
            let peer = format!("198.51.{which}.{round}");
            let request = post_form(server, path, &form).header("x-forwarded-for", peer);
            let began = Instant::now();
            let answer = send(request).await;
            took[which].push(began.elapsed());
            assert!([200, 401].contains(&answer.status), "{path}: {}", answer.status);
        }
    }
    took.map(|mut took| {
        took.sort();
        took[ROUNDS / 2]
    })
}

fn ratio([one, other]: [Duration; 2]) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_person_take_as_long() {
    let db = TestDb::new().await;
    let server = with_mail(&db.url, free_port()).start();
    server.ready().await;
    browser::claim(&server).await;
    // What is made at the first sign-in of all is made.
    browser::try_sign_in(&server, "first@example.org", PASSWORD).await;

    let known = |_| vec![("email", ANN.to_owned()), ("password", "a wrong password".to_owned())];
    let unknown = |round| {
        let email = format!("nobody-{round}@example.org");
        vec![("email", email), ("password", "a wrong password".to_owned())]
    };
    let signing_in = medians(&server, "/login", [&known, &unknown]).await;
    assert!((0.5..2.0).contains(&ratio(signing_in)), "{signing_in:?}");

    // Neither is quick: the password is worked out for both.
    let mut page: Vec<Duration> = Vec::new();
    for _ in 0..ROUNDS {
        let began = Instant::now();
        assert_eq!(server.get("/login").await.status, 200);
        page.push(began.elapsed());
    }
    page.sort();
    let page = page[ROUNDS / 2];
    assert!(signing_in.iter().all(|took| *took > page * 2), "{signing_in:?} and {page:?}");
}

#[tokio::test]
async fn asking_for_a_new_password_takes_as_long_for_everybody() {
    let db = TestDb::new().await;
    let server = with_mail(&db.url, free_port()).start();
    server.ready().await;
    browser::claim(&server).await;
    // Somebody gets few mails an hour, so each round asks for another person.
    db.run(
        "INSERT INTO users (email, password_hash)
         SELECT 'somebody-' || n || '@example.org', 'x' FROM generate_series(0, 20) AS n",
    )
    .await;
    let known = |round| vec![("email", format!("somebody-{round}@example.org"))];
    let unknown = |round| vec![("email", format!("nobody-{round}@example.org"))];
    let asking = medians(&server, "/forgot", [&known, &unknown]).await;
    // Both are a few milliseconds, so the bounds are wide.
    let apart = asking[0].abs_diff(asking[1]);
    assert!(
        (0.25..4.0).contains(&ratio(asking)) || apart < Duration::from_millis(20),
        "{asking:?}"
    );
}
