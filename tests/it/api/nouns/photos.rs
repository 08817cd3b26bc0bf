//! Photos: uploaded, shown, moved, and gone with their files.

use std::{fs, io::Cursor, path::PathBuf};

use image::{ImageFormat, RgbImage};
use reqwest::Method;
use serde_json::{Value, json};

use super::scene::{Scene, faults};
use crate::support::{
    people,
    server::Answer,
    web::{header, send},
};

fn png(width: u32, colour: u8) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    let picture = RgbImage::from_pixel(width, 2, image::Rgb([colour, 9, 9]));
    picture.write_to(&mut out, ImageFormat::Png).unwrap();
    out.into_inner()
}

async fn upload(scene: &Scene, query: &str, kind: &str, picture: Vec<u8>) -> Answer {
    let request = scene.request(Method::POST, &format!("/photos{query}"));
    send(request.header("content-type", kind).body(picture)).await
}

fn files(scene: &Scene) -> Vec<PathBuf> {
    let folders = fs::read_dir(scene.server.data_dir.path().join("photos"));
    let folders = folders.into_iter().flatten().map(|folder| folder.unwrap().path());
    folders.flat_map(|folder| fs::read_dir(folder).unwrap()).map(|f| f.unwrap().path()).collect()
}

#[tokio::test]
async fn a_picture_is_stored_anew_shown_and_removed() {
    let scene = Scene::new().await;
    let item = scene.made("/my-items", &json!({"title": "a"})).await;
    let query = format!("?my_item_id={item}&position=3&caption=From%20above");
    let made = upload(&scene, &query, "image/png", png(3, 1)).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let row = made.json();
    let path = format!("/photos/{}", row["id"]);
    assert_eq!(header(&made, "location"), format!("/api/v1{path}"));
    assert_eq!((&row["width"], &row["height"]), (&json!(3), &json!(2)));
    assert_eq!((&row["media_type"], &row["position"]), (&json!("image/jpeg"), &json!(3)));
    assert_eq!((&row["my_item_id"], &row["caption"]), (&json!(item), &json!("From above")));
    let whole = scene.get(&format!("/my-items/{item}")).await.json();
    assert_eq!(whole["photos"], json!([row]));
    assert_eq!(scene.get(&path).await.json(), row);

    let file = scene.request(Method::GET, &format!("{path}/file")).send().await.unwrap();
    assert_eq!(file.status(), 200);
    let told = |name: &str| file.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(told("content-type"), "image/jpeg");
    assert_eq!(told("cache-control"), "private, max-age=31536000, immutable");
    let etag = told("etag");
    let bytes = file.bytes().await.unwrap();
    assert_eq!(json!(bytes.len()), row["bytes"]);
    assert_eq!(image::guess_format(&bytes).unwrap(), ImageFormat::Jpeg);
    let again = scene.request(Method::GET, &format!("{path}/file")).header("if-none-match", etag);
    assert_eq!(send(again).await.status, 304);
    let bob = format!("/api/v1{path}/file");
    assert_eq!(people::get(&scene.server, &scene.bob, &bob).await.status, 404);

    let moved = scene.patch(&path, &json!({"position": 0, "my_item_id": null})).await.json();
    assert_eq!((&moved["position"], &moved["my_item_id"]), (&json!(0), &Value::Null));
    assert_eq!(faults(&scene.patch(&path, &json!({"width": 9})).await), ["width"]);
    assert_eq!(files(&scene).len(), 1);
    assert_eq!(scene.delete(&path).await.status, 204);
    assert_eq!(files(&scene), Vec::<PathBuf>::new());
    assert_eq!(scene.get(&format!("{path}/file")).await.status, 404);
}

#[tokio::test]
async fn a_file_stays_while_any_row_needs_it() {
    let scene = Scene::new().await;
    let first = upload(&scene, "", "image/png", png(5, 5)).await.json();
    let second = upload(&scene, "?position=1", "image/png", png(5, 5)).await.json();
    assert_eq!(first["digest"], second["digest"]);
    assert_eq!(files(&scene).len(), 1);
    assert_eq!(scene.delete(&format!("/photos/{}", first["id"])).await.status, 204);
    assert_eq!(files(&scene).len(), 1);
    let shown = format!("/photos/{}/file", second["id"]);
    let shown = scene.request(Method::GET, &shown).send().await.unwrap();
    assert_eq!(shown.status(), 200);
    assert_eq!(scene.delete(&format!("/photos/{}", second["id"])).await.status, 204);
    assert_eq!(files(&scene).len(), 0);
}

#[tokio::test]
async fn what_is_no_picture_is_refused_and_leaves_nothing() {
    let scene = Scene::new().await;
    let bobs = scene.made_by_bob("/my-items", &json!({"title": "b"})).await;
    let cut = png(9, 9)[..40].to_vec();
    for body in [b"hello".to_vec(), Vec::new(), cut, b"<svg/>".to_vec()] {
        assert_eq!(faults(&upload(&scene, "", "image/png", body).await), ["body"]);
    }
    for kind in ["image/gif", "image/svg+xml", "application/json", "text/plain"] {
        assert_eq!(upload(&scene, "", kind, png(1, 1)).await.status, 415, "{kind}");
    }
    let large = vec![0; (15 << 20) + 1];
    assert_eq!(upload(&scene, "", "image/jpeg", large).await.status, 413);
    for (query, field) in [
        (format!("?my_item_id={bobs}"), "my_item_id"),
        ("?snap_job_id=77".to_owned(), "snap_job_id"),
        ("?position=1001".to_owned(), "position"),
        ("?colour=red".to_owned(), "colour"),
    ] {
        let answer = upload(&scene, &query, "image/png", png(1, 1)).await;
        assert_eq!(faults(&answer), [field], "{query}");
    }
    let read = people::token(&scene.db, people::ANN, "read").await;
    let request = scene.server.http().post(format!("{}/api/v1/photos", scene.server.base()));
    let request = request.bearer_auth(read).header("content-type", "image/png").body(png(1, 1));
    assert_eq!(send(request).await.status, 403);
    assert_eq!(scene.db.count("photos").await, 0);
    assert_eq!(files(&scene).len(), 0);
}

#[tokio::test]
async fn an_upload_can_be_sent_again() {
    let scene = Scene::new().await;
    let send_it = |query: &'static str| {
        let request = scene.request(Method::POST, &format!("/photos{query}"));
        let request = request.header("idempotency-key", "k").header("content-type", "image/png");
        send(request.body(png(4, 4)))
    };
    let first = send_it("?position=1").await;
    let again = send_it("?position=1").await;
    assert_eq!((first.status, again.status, &first.body), (201, 201, &again.body));
    assert_eq!(faults(&send_it("?position=2").await), ["Idempotency-Key"]);
    assert_eq!(scene.db.count("photos").await, 1);
}

#[tokio::test]
async fn files_of_rows_that_went_with_their_item_are_swept() {
    let scene = Scene::new().await;
    let item = scene.made("/my-items", &json!({"title": "a"})).await;
    let query = format!("?my_item_id={item}");
    assert_eq!(upload(&scene, &query, "image/png", png(3, 1)).await.status, 201);
    assert_eq!(upload(&scene, "", "image/png", png(3, 200)).await.status, 201);
    assert_eq!(scene.delete(&format!("/my-items/{item}")).await.status, 204);
    assert_eq!(files(&scene).len(), 2);
    let app = super::scene::app(&scene);
    let hour = std::time::Duration::from_hours(1);
    assert_eq!(deal_scout::workers::photos::sweep(&app, hour).await.unwrap(), 0, "too young");
    let swept = deal_scout::workers::photos::sweep(&app, std::time::Duration::ZERO).await.unwrap();
    assert_eq!((swept, files(&scene).len()), (1, 1));
}
