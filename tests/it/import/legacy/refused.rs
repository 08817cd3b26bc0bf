//! What is not the old system's database: said in clear text, exit 1, and nothing is stored.

use super::scene::Scene;
use crate::support::{
    TestDb,
    postgres::{OwnPostgres, free_port},
};

impl Scene {
    /// Refused, and what it said.
    fn refusal(&self, url: &str) -> String {
        let (code, out, err) = self.command(url).arg("--json").finish();
        assert_eq!((code, out.as_str()), (Some(1), ""), "{err}");
        err
    }

    async fn is_untouched(&self) -> bool {
        self.cell("SELECT count(*) FROM import_origins").await == "0"
            && self.cell("SELECT count(*) FROM listings").await == "0"
    }
}

#[tokio::test]
async fn addresses_that_lead_nowhere_are_told_without_the_password() {
    let scene = Scene::empty().await;
    let said = scene.refusal("mysql://deals:secret-word@h/d");
    assert!(said.contains("postgres://user:password@host:5432/database is one"), "{said}");
    let nobody = format!("postgres://deals:secret-word@127.0.0.1:{}/d", free_port());
    let said = scene.refusal(&nobody);
    assert!(said.contains("cannot be opened") && said.contains("refused"), "{said}");
    assert!(!said.contains("secret-word"));
    let said = scene.refusal("postgres://deals:secret-word@h/d?sslmode=perhaps");
    assert!(said.contains("sslmode=perhaps is not known"), "{said}");
    assert!(scene.is_untouched().await);
}

#[tokio::test]
async fn a_wrong_password_is_postgresqls_own_word() {
    let (scene, postgres) = (Scene::empty().await, OwnPostgres::started().await);
    let said = scene.refusal(&postgres.url_with("wrong horse"));
    assert!(said.contains("password authentication failed for user \"deals\""), "{said}");
    assert!(!said.contains("wrong horse"));
    let said = scene.refusal(&postgres.url());
    assert!(said.contains("none of its ten tables is there"), "{said}");
}

#[tokio::test]
async fn another_database_is_told_by_what_it_lacks() {
    let scene = Scene::new().await;
    scene
        .old
        .run("DROP TABLE orders; ALTER TABLE listings DROP COLUMN price; ALTER TABLE comps RENAME COLUMN title TO name")
        .await;
    let said = scene.refusal(&scene.old.url);
    for part in [
        "the table orders is missing",
        "listings has no column price",
        "comps has no column title",
        "Nothing was stored",
    ] {
        assert!(said.contains(part), "{said}");
    }
    let ours = TestDb::new().await;
    let said = scene.refusal(&ours.url);
    assert!(said.contains("a database of Deal Scout itself"), "{said}");
    assert!(scene.is_untouched().await);
}

#[tokio::test]
async fn the_old_database_is_never_written_to() {
    let scene = Scene::new().await;
    // A role that may do nothing but read, in a database that takes no write.
    let role = format!("reader_{}", scene.old.name);
    scene
        .old
        .run(&format!(
            "CREATE ROLE {role} LOGIN PASSWORD 'r'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role};
             ALTER DATABASE {} SET default_transaction_read_only = on",
            scene.old.name
        ))
        .await;
    let url = scene.old.url.replace("//deals@", &format!("//{role}:r@"));
    let (code, _, err) = scene.command(&url).finish();
    assert_eq!(code, Some(0), "{err}");
    let off = format!("BEGIN READ WRITE; REVOKE SELECT ON orders FROM {role}; COMMIT");
    scene.old.run(&off).await;
    let said = scene.refusal(&url);
    assert!(said.contains("this account may not read orders"), "{said}");
    scene
        .old
        .run(&format!("BEGIN READ WRITE; DROP OWNED BY {role}; DROP ROLE {role}; COMMIT"))
        .await;
}

#[test]
fn files_and_a_database_are_one_or_the_other() {
    let (code, _, err) = crate::support::server::program("import").finish();
    assert_eq!(code, Some(2), "{err}");
    let both = crate::support::server::program("import")
        .arg("a.csv")
        .arg("--legacy-database")
        .arg("postgres://h/d");
    let (code, _, err) = both.finish();
    assert_eq!(code, Some(2), "{err}");
}
