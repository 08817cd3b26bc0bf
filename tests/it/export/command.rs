//! `deal-scout export` and `deal-scout import`, as people type them.

use deal_scout::export::Format;
use serde_json::{Value, json};

use super::scene::Scene;
use crate::support::{
    people::BOB,
    server::{Builder, program},
};

#[tokio::test(flavor = "multi_thread")]
async fn exports_are_imported_beside_other_files_for_whom_it_is_said() {
    let (here, there) = (Scene::full().await, Scene::empty().await);
    let out = tempfile::tempdir().unwrap();
    let export = program("export").env("DATABASE_URL", &here.db.url).arg("--format").arg("jsonl");
    let (code, told, errors) = export.arg("--out").arg(out.path()).arg("--json").finish();
    assert_eq!(code, Some(0), "{errors}");
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["files"].as_array().unwrap().len(), 16);

    let ads = there.file("ads.csv", "title,price\nLeica M3,800\n");
    let import = |more: &[&str]| {
        let mut run = program("import").env("DATABASE_URL", &there.db.url).arg(&ads);
        for file in std::fs::read_dir(out.path()).unwrap() {
            run = run.arg(file.unwrap().path());
        }
        more.iter().fold(run.arg("--user").arg(BOB), Builder::arg).finish()
    };
    let (code, told, errors) = import(&["--json"]);
    assert_eq!(code, Some(0), "{errors}");
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(
        (&told["new"], &told["updated"], &told["unchanged"]),
        (&json!(29), &json!(0), &json!(1))
    );
    let skipped = told["skipped"].as_array().unwrap();
    assert_eq!((skipped.len(), &skipped[0]["line"]), (1, &json!(1)), "{skipped:?}");
    let bobs = "my_items i JOIN users u ON u.id = i.user_id WHERE u.email = 'bob@example.org'";
    assert_eq!(there.db.count(bobs).await, 2);
    // Whatever came was scored at once.
    assert_eq!(there.db.count("listings WHERE score_due_at <= now()").await, 0);

    let (code, told, _) = import(&[]);
    assert_eq!(code, Some(0));
    assert!(told.contains("my-items exported") && told.contains("CSV of ads"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_file_among_exports_stops_them_all() {
    let (here, there) = (Scene::full().await, Scene::empty().await);
    let files = here.export(Format::Csv, "out").await;
    let foreign = there.file("orders.csv", "id,platform,total\n1,ebay,5\n");
    let mut run = program("import").env("DATABASE_URL", &there.db.url);
    for file in files.iter().chain([&foreign]) {
        run = run.arg(file);
    }
    let (code, _, errors) = run.finish();
    assert_eq!(code, Some(1));
    assert!(errors.contains("a file that deal-scout export wrote"), "{errors}");
    assert_eq!(there.db.count("channels").await, 0);
}
