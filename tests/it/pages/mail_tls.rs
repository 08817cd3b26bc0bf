//! Mail to servers that speak TLS, with a certificate that this system trusts or does not.

use crate::support::{
    TestDb,
    authority::identity,
    browser,
    people::ANN,
    smtp::{MailServer, with_mail},
    web::{post_form, send},
};

/// Starts a server that trusts `trusted` alone, and has a link sent to Ann.
async fn ask_for_a_link(
    db: &TestDb,
    port: u16,
    tls: &str,
    trusted: &std::path::Path,
) -> crate::support::Server {
    let server = with_mail(&db.url, port)
        .env("SMTP_USE_TLS", tls)
        .env("DEAL_SCOUT__SMTP__TIMEOUT_S", "10")
        .env("SSL_CERT_FILE", trusted)
        .start();
    server.ready().await;
    browser::claim(&server).await;
    let answer = send(post_form(&server, "/forgot", &[("email", ANN)])).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    server
}

#[tokio::test]
async fn mail_goes_by_starttls_and_by_tls_from_the_first_byte() {
    let folder = tempfile::tempdir().unwrap();
    let made = identity(folder.path(), &["127.0.0.1"]);
    for (tls, mail) in
        [("starttls", MailServer::start_tls(&made)), ("implicit", MailServer::start_smtps(&made))]
    {
        let Some(mut mail) = mail else { return };
        let db = TestDb::new().await;
        let server = ask_for_a_link(&db, mail.port, tls, &made.authority).await;
        let text = mail.next();
        assert!(text.contains("To: ann@example.org") && text.contains("/reset?token="), "{text}");
        server.wait_for_line("a mail was sent");
    }
}

#[tokio::test]
async fn a_mail_server_that_cannot_prove_who_it_is_gets_no_mail() {
    let folders = [(); 3].map(|()| tempfile::tempdir().unwrap());
    let made = identity(folders[0].path(), &["127.0.0.1"]);
    let other = identity(folders[1].path(), &["127.0.0.1"]);
    let elsewhere = identity(folders[2].path(), &["mail.example.org"]);
    for (tls, mail, trusted) in [
        ("starttls", MailServer::start_tls(&made), &other.authority),
        ("implicit", MailServer::start_smtps(&made), &other.authority),
        ("implicit", MailServer::start_smtps(&elsewhere), &elsewhere.authority),
    ] {
        let Some(mail) = mail else { return };
        let db = TestDb::new().await;
        let server = ask_for_a_link(&db, mail.port, tls, trusted).await;
        let line = server.wait_for_line("a mail was not sent");
        assert!(line.contains("certificate") && !line.contains(ANN), "{line}");
    }
}

#[tokio::test]
async fn a_mail_server_without_tls_is_told_nothing_where_tls_is_wanted() {
    let Some(mail) = MailServer::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let made = identity(folder.path(), &["127.0.0.1"]);
    let db = TestDb::new().await;
    let server = ask_for_a_link(&db, mail.port, "starttls", &made.authority).await;
    let line = server.wait_for_line("a mail was not sent");
    assert!(line.contains("SMTP_USE_TLS") && !line.contains(ANN), "{line}");
}
