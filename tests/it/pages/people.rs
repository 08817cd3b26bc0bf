//! The owner's account: claimed once, signed in, signed out; everybody else stays outside.

use crate::support::{
    TestDb,
    browser::{self, PASSWORD, claim, cookie},
    web::{self, header, post_form, send},
};

#[tokio::test]
async fn the_first_visit_makes_the_owners_account() {
    let db = TestDb::new().await;
    let server = web::serve(&db).await;

    let first = server.get("/").await;
    assert_eq!((first.status, header(&first, "location")), (303, "/setup"));
    assert_eq!(server.get("/api/v1/listings").await.status, 401);

    let short = [("email", "ann"), ("password", "short"), ("password_again", "shorter")];
    let refused = send(post_form(&server, "/setup", &short)).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("e-mail") && refused.body.contains("at least 10"));

    let claimed = claim(&server).await;
    assert_eq!((claimed.status, header(&claimed, "location")), (303, "/"));
    let set = header(&claimed, "set-cookie");
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax"), "{set}");
    let cookie = cookie(&claimed);
    assert_eq!(server.get_with("/", &[("cookie", &cookie)]).await.status, 200);
    assert_eq!(server.get_with("/api/v1/listings", &[("cookie", &cookie)]).await.status, 200);
    assert_eq!(claim(&server).await.status, 409, "it is claimed once");
}

#[tokio::test]
async fn through_a_proxy_the_account_wants_the_code_of_the_log() {
    let db = TestDb::new().await;
    let server = web::serve(&db).await;
    let from_elsewhere = [("x-forwarded-for", "203.0.113.9")];
    assert!(server.get_with("/setup", &from_elsewhere).await.body.contains("Set-up code"));
    let form = [
        ("email", "eve@example.org"),
        ("password", PASSWORD),
        ("password_again", PASSWORD),
        ("code", "0000-0000-0000-0000"),
    ];
    let request = post_form(&server, "/setup", &form).header("x-forwarded-for", "203.0.113.9");
    let refused = send(request).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("not the code that the log shows"));
}

#[tokio::test]
async fn signing_in_out_and_in_again() {
    let db = TestDb::new().await;
    let server = web::serve(&db).await;
    let first = browser::owner(&server).await;

    assert_eq!(first.post("/logout", &[]).await.status, 303);
    let gone = first.get("/listings/1?x=2").await;
    assert_eq!(header(&gone, "location"), "/login?next=/listings/1%3Fx%3D2");

    let wrong = [("email", "ann@example.org"), ("password", "wrong password")];
    let nobody = [("email", "bob@example.org"), ("password", "wrong password")];
    let wrong = send(post_form(&server, "/login", &wrong)).await;
    let nobody = send(post_form(&server, "/login", &nobody)).await;
    assert_eq!((wrong.status, nobody.status), (401, 401));
    assert_eq!(
        wrong.body.replace("ann@", "").replace(header(&wrong, "x-request-id"), ""),
        nobody.body.replace("bob@", "").replace(header(&nobody, "x-request-id"), "")
    );

    let right = [("email", " ANN@example.org"), ("password", PASSWORD), ("next", "//evil.example")];
    let signed_in = send(post_form(&server, "/login", &right)).await;
    assert_eq!((signed_in.status, header(&signed_in, "location")), (303, "/"));
    let second = cookie(&signed_in);
    assert_ne!(first.cookie, second);
    assert_eq!(server.get_with("/", &[("cookie", &second)]).await.status, 200);
}

#[tokio::test]
async fn guessing_passwords_becomes_too_fast() {
    let db = TestDb::new().await;
    let server = web::serve(&db).await;
    claim(&server).await;
    let form = [("email", "ann@example.org"), ("password", "")];
    let mut last = send(post_form(&server, "/login", &form)).await;
    for _ in 0..10 {
        last = send(post_form(&server, "/login", &form)).await;
    }
    assert_eq!(last.status, 429);
    assert!(!header(&last, "retry-after").is_empty());
}

#[tokio::test]
async fn another_site_cannot_write_in_a_visitors_name() {
    let db = TestDb::new().await;
    let server = web::demo(&db).await;
    let form = [("title", "x")];
    for (name, value) in [("origin", "http://evil.example"), ("sec-fetch-site", "cross-site")] {
        let answer = send(post_form(&server, "/import", &form).header(name, value)).await;
        assert_eq!(answer.status, 403, "{name}");
        let answer =
            send(post_form(&server, "/api/v1/pricing/estimate", &form).header(name, value)).await;
        assert_eq!(answer.status, 403, "{name}");
    }
}

#[tokio::test]
async fn the_first_look_answers_only_to_names_of_this_machine() {
    let db = TestDb::new().await;
    let server = web::demo(&db).await;
    for path in ["/", "/status", "/nothing", "/api/v1/listings", "/api/v1/nothing"] {
        let rebound = server.get_with(path, &[("host", "evil.example:3000")]).await;
        assert_eq!(rebound.status, 403, "{path}");
        assert!(rebound.body.contains("open localhost"), "{}", rebound.body);
    }
    for host in ["localhost", "localhost:3000", "deals.localhost:1", "[::1]:3000"] {
        assert_eq!(server.get_with("/", &[("host", host)]).await.status, 200, "{host}");
    }
    for path in ["/health", "/static/app.css", "/robots.txt"] {
        let answer = server.get_with(path, &[("host", "evil.example")]).await;
        assert_ne!(answer.status, 403, "{path}");
    }
}
