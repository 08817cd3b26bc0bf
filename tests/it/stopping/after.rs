//! SIGTERM while something goes on whose request was answered long ago: it is finished first.

use std::fmt::Write;

use diesel_async::SimpleAsyncConnection;
use reqwest::multipart::{Form, Part};

use super::{on, until_workers};
use crate::support::{TestDb, web::send};

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_goes_on_after_its_answer_is_finished() {
    let db = TestDb::new().await;
    let server = on(&db).start();
    server.ready().await;
    let mut holder = db.conn().await;
    let lock = "BEGIN; LOCK TABLE comps IN ACCESS EXCLUSIVE MODE";
    holder.batch_execute(lock).await.unwrap();
    let mut csv = "Title,Price,Sold Date\n".to_owned();
    for number in 0..1_200 {
        writeln!(csv, "Camera number {number},{}.50,2026-10-01", number + 1).unwrap();
    }
    let form = Form::new().part("file", Part::text(csv).file_name("sold.csv"));
    let http = reqwest::Client::builder()
        .pool_max_idle_per_host(0)
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let taken = send(http.post(format!("{}/import", server.base())).multipart(form)).await;
    assert_eq!(taken.status, 303, "{}", taken.body);

    server.ask_to_stop();
    until_workers(&server, 0);
    holder.batch_execute("COMMIT").await.unwrap();

    let (status, story) = server.ended();
    assert!(status.success(), "{status}\n{}", story.join("\n"));
    assert!(story.iter().any(|line| line == "a file is imported"), "{}", story.join("\n"));
    assert_eq!(db.count("comps").await, 1_200);
    assert_eq!(db.count("imports WHERE finished_at IS NULL").await, 0);
}
