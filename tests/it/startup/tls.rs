//! A PostgreSQL that speaks TLS, with a certificate of its own authority.

use deal_scout::{db::connect::Target, error::Chain};

use crate::support::postgres::OwnPostgres;

async fn reach(url: &str) -> Result<(), String> {
    let target = Target::from_url(url).map_err(|e| e.to_string())?;
    target.establish().await.map(|_| ()).map_err(|e| Chain(&e).to_string())
}

#[tokio::test]
async fn each_sslmode_checks_as_much_as_it_promises() {
    let mut postgres = OwnPostgres::prepared();
    let authority = postgres.speak_tls(&["localhost"]);
    postgres.start().await;
    let url = |host: &str, mode: &str, root: bool| {
        let root =
            if root { format!("&sslrootcert={}", authority.display()) } else { String::new() };
        let base = postgres.url().replace("127.0.0.1", host);
        format!("{}?sslmode={mode}{root}", base.split('?').next().unwrap())
    };

    assert_eq!(
        reach(&url("localhost", "require", false)).await,
        Ok(()),
        "require takes any certificate"
    );
    assert_eq!(
        reach(&url("localhost", "verify-full", true)).await,
        Ok(()),
        "the name and the authority fit"
    );
    assert_eq!(
        reach(&url("127.0.0.1", "verify-ca", true)).await,
        Ok(()),
        "verify-ca takes another name"
    );
    let told = reach(&url("127.0.0.1", "verify-full", true)).await.unwrap_err();
    assert!(told.contains("certificate"), "another name is refused: {told}");
    let told = reach(&url("localhost", "verify-full", false)).await.unwrap_err();
    assert!(told.contains("certificate"), "an unknown authority is refused: {told}");
}

#[tokio::test]
async fn require_refuses_a_server_without_tls() {
    let postgres = OwnPostgres::started().await;
    let told =
        reach(&postgres.url().replace("sslmode=disable", "sslmode=require")).await.unwrap_err();
    assert!(told.to_lowercase().contains("tls"), "{told}");
    assert_eq!(reach(&postgres.url().replace("sslmode=disable", "sslmode=prefer")).await, Ok(()));
}
