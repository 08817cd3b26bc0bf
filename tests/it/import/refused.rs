//! Files that are of no known kind, broken, or not files: a clear word, and nothing stored.

use serde_json::json;

use super::scene::Scene;
use crate::support::{TestDb, server, shared};

#[tokio::test]
async fn what_is_of_no_known_kind_is_named_and_nothing_is_stored() {
    let scene = Scene::new().await;
    for (name, bytes, looks_like) in [
        ("drawing.svg", b"<svg></svg>".as_slice(), "XML or a piece of HTML"),
        ("photo.csv", b"\xFF\xD8\xFF\xE0\0\x10JFIF", "a JPEG picture"),
        ("book.csv", b"PK\x03\x04....", "an Excel workbook"),
        ("noise.csv", b"\x01\x02\x03\0\0\xF0\xF1", "binary data"),
        ("empty.csv", b"", "an empty file"),
        ("blank.csv", b"\n \n", "blank"),
        ("words.txt", b"Once upon a time\nthere was a file.\n", "text that is no table"),
        (
            "people.csv",
            b"name,age\nAda,36\n",
            "a table without a price column (its columns: name, age)",
        ),
        ("other.json", br#"{"a":1,"b":2}"#, "a JSON object of another kind (it holds a, b)"),
        ("numbers.json", b"[1,2,3]", "a JSON array of something else"),
    ] {
        let why = scene.refusal(&scene.file(name, bytes)).await;
        assert!(why.starts_with(&format!("{name}: ")), "{why}");
        assert!(why.contains(looks_like), "{why}");
        assert!(why.contains("eBay Browse JSON") && why.contains("CSV of sold ads"), "{why}");
    }
    assert_eq!(scene.rows_in_all().await, 0);
}

#[tokio::test]
async fn a_folder_and_a_missing_file_are_told_apart() {
    let scene = Scene::new().await;
    let file = scene.file("a.csv", "title,price\n");
    assert!(scene.refusal(file.parent().unwrap()).await.contains("a folder"));
    assert!(scene.refusal(&file.with_file_name("b.csv")).await.contains("there is no such file"));
    assert_eq!(scene.rows_in_all().await, 0);
}

#[tokio::test]
async fn shared_files_of_other_kinds_are_refused() {
    let Some(data) = shared::data() else { return };
    let scene = Scene::new().await;
    let mut files: Vec<_> = ["facebook", "photos/exif", "photos/clothing"]
        .iter()
        .flat_map(|folder| std::fs::read_dir(data.join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .collect();
    files.extend(
        ["zero_results", "empty_page", "error"]
            .map(|name| data.join(format!("ebay/finding_{name}.json"))),
    );
    files.push(data.join("ebay/fulfillment_get_orders_masked.json"));
    assert!(files.len() > 20);
    files.push(data.join("malformed/67-0_length_string.jpg"));
    for path in files {
        let why = scene.refusal(&path).await;
        assert!(why.contains("expected is eBay Browse JSON"), "{}: {why}", path.display());
    }
    assert_eq!(scene.rows_in_all().await, 0);
}

#[tokio::test]
async fn json_that_is_cut_stores_nothing_and_the_whole_file_completes_it() {
    let scene = Scene::new().await;
    let ads: Vec<_> = (1..=40)
        .map(|n| json!({"itemId": format!("v1|{n}|0"), "title": format!("Camera {n}"), "price": {"value": "5.00", "currency": "USD"}}))
        .collect();
    let whole = json!({"total": 40, "itemSummaries": ads}).to_string();
    for cut in [1, whole.len() / 3, whole.len() / 2, whole.len() - 2] {
        let why = scene.refusal(&scene.file("cut.json", &whole[..cut])).await;
        assert!(why.contains("cut.json: the JSON is broken or cut off"), "{why}");
        assert!(why.contains("nothing of it was stored"), "{why}");
    }
    assert_eq!(scene.rows_in_all().await, 0);
    assert_eq!(scene.counts(&scene.file("cut.json", &whole)).await, [40, 0, 0, 0]);
}

#[tokio::test]
async fn a_response_without_ads_is_valid() {
    let scene = Scene::new().await;
    for json in [
        r#"{"href":"https://api.ebay.com/buy/browse/v1/item_summary/search?q=zzz","total":0,"limit":50,"offset":0}"#,
        r#"{"total":0,"itemSummaries":[]}"#,
        "title,price\n",
    ] {
        assert_eq!(scene.counts(&scene.file("none", json)).await, [0, 0, 0, 0], "{json}");
    }
}

#[tokio::test]
async fn one_unknown_file_among_good_ones_stops_the_command_before_anything_is_stored() {
    let scene = Scene::new().await;
    let good = scene.file("good.csv", "title,price\nLeica,5\n");
    let bad = scene.file("bad.csv", "no table at all\n");
    let (code, out, err) = server::program("import")
        .env("DATABASE_URL", &scene.db.url)
        .arg(&good)
        .arg(&bad)
        .arg("--json")
        .finish();
    assert_eq!(code, Some(1), "{err}");
    assert_eq!(out, "");
    assert!(err.contains("bad.csv: this looks like text that is no table; expected is"), "{err}");
    assert_eq!(scene.rows_in_all().await, 0);
}

#[tokio::test]
async fn a_hundred_megabytes_of_nonsense_cost_no_memory() {
    const SIZE: usize = 100 << 20;
    let scene = Scene::new().await;
    let unclosed = [b"title,price\n\"".as_slice(), &b"nonsense ".repeat(SIZE / 9)].concat();
    let string = [b"[{\"itemId\":\"".as_slice(), &b"nonsense ".repeat(SIZE / 9)].concat();
    let array = [b"[".as_slice(), &b"[1,2],".repeat(SIZE / 6)].concat();
    let object = [b"{\"a\":[".as_slice(), &b"\"b\",".repeat(SIZE / 4), b"1]}"].concat();
    let mut noise = vec![0_u8; SIZE];
    let mut seed = 7_u32;
    for byte in &mut noise {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *byte = seed.to_be_bytes()[0];
    }
    for (name, bytes, expected) in [
        ("noise", noise, 1),
        ("string.json", string, 1),
        ("array.json", array, 1),
        ("object.json", object, 1),
        // A table, with one row that is too long.
        ("unclosed.csv", unclosed, 0),
    ] {
        let path = scene.file(name, bytes);
        let (code, peak_kb, err) = import_measured(&scene.db, &path);
        std::fs::remove_file(&path).unwrap();
        assert_eq!(code, Some(expected), "{name}: {err}");
        assert!(peak_kb < 80 << 10, "{name}: {peak_kb} kB at most");
    }
    assert_eq!(scene.rows("listings").await, 0);
}

/// Imports a file with the real program, by way of `time`-like accounting: exit code, peak memory in kB, its words.
fn import_measured(db: &TestDb, path: &std::path::Path) -> (Option<i32>, i64, String) {
    let script = r#""$0" import "$1" --json & pid=$!; peak=0
        while read -r _ kb _ < <(grep VmHWM "/proc/$pid/status" 2>/dev/null); do peak=$kb; done
        wait $pid; code=$?; echo "peak $peak" >&2; exit $code"#;
    let home = tempfile::tempdir().unwrap();
    let output = std::process::Command::new("bash")
        .args(["-c", script, env!("CARGO_BIN_EXE_deal-scout")])
        .arg(path)
        .env("DATABASE_URL", &db.url)
        .env("DEAL_SCOUT__DATA_DIR", home.path())
        .env("HOME", home.path())
        .output()
        .unwrap();
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    let peak = err.lines().find_map(|line| line.strip_prefix("peak ")?.parse().ok()).unwrap();
    assert!(peak > 0, "the program was seen running: {err}");
    (output.status.code(), peak, err)
}
