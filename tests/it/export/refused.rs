//! Files that begin like an export and are none, and rows that no noun takes.

use deal_scout::export::Format;

use super::scene::{Scene, edit, of};

#[tokio::test]
async fn a_broken_line_of_json_refuses_every_file() {
    let (here, there) = (Scene::full().await, Scene::empty().await);
    let files = here.export(Format::Jsonl, "out").await;
    let text = std::fs::read_to_string(of(&files, "orders")).unwrap();
    std::fs::write(of(&files, "orders"), &text[..text.len() - 40]).unwrap();
    let told = there.import(&files).await.unwrap_err().to_string();
    assert!(told.contains("orders.jsonl: line 2 is no JSON object"), "{told}");
    assert!(told.contains("nothing was stored"), "{told}");
    assert_eq!(there.db.count("listings").await + there.db.count("channels").await, 0);
}

#[tokio::test]
async fn a_row_that_no_noun_takes_is_told_with_its_line_and_its_reason() {
    let (here, there) = (Scene::full().await, Scene::empty().await);
    let files = here.export(Format::Csv, "out").await;
    edit(of(&files, "comps"), "parts", "spoon");
    edit(of(&files, "channels"), "https://ntfy.sh/ann", "nowhere");
    edit(of(&files, "watchlist-items"), ",1500,USD,", ",15.5,USD,");
    let report = there.import(&files).await.unwrap();
    let reason = |file: &str| {
        let told = report.skipped.iter().find(|skipped| skipped.file == file);
        told.map(|skipped| (skipped.line, skipped.reason.clone())).unwrap()
    };
    assert!(reason("comps.csv").1.starts_with("kind 'spoon' is none of"), "{report:?}");
    assert!(reason("channels.csv").1.starts_with("address is not an address"), "{report:?}");
    assert!(
        reason("watchlist-items.csv").1.starts_with("target amount is not a whole"),
        "{report:?}"
    );
    // What refers to the channel that is not there says so.
    assert!(reason("searches.csv").1.contains("is not here; import channels"), "{report:?}");
}

#[tokio::test]
async fn ids_and_times_that_are_none_name_no_row() {
    let there = Scene::empty().await;
    let head = "id,address,created_at,enabled,failing_since,has_secret,kind,last_error,last_sent_at,name,settings,updated_at";
    let file = there.file(
        "channels.csv",
        &format!(
            "{head}\n,,2026-01-01T00:00:00Z,true,,false,email,,,a,{{}},\n1,,yesterday,true,,false,email,,,b,{{}},\n\
             99999999999999999999,,2026-01-01T00:00:00Z,true,,false,email,,,c,{{}},\n2,,2026-01-01T00:00:00Z,true,,false,email,,,d,{{}},\n"
        ),
    );
    let report = there.import(&[file]).await.unwrap();
    assert_eq!((report.new, report.skipped_rows), (1, 3), "{report:?}");
    assert_eq!(report.skipped.iter().map(|s| s.line).collect::<Vec<_>>(), [2, 3, 4]);
}
