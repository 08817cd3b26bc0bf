//! Disks that are full: the database's, and our own.

use std::{io::Cursor, time::Instant};

use image::{ImageFormat, RgbImage};

use super::{assert_come_back, assert_nothing_lost, first_look, healed};
use crate::support::{TestDb, disk::Disk, load::Load, postgres::OwnPostgres, web::send};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_under_the_database_is_told_and_nothing_acknowledged_is_lost() {
    let folder = tempfile::Builder::new().prefix("ds-disk").tempdir_in("/tmp").unwrap();
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .unwrap();
    let Some(disk) = Disk::mount(&folder.path().join("disk"), "400m") else { return };
    let mut postgres = OwnPostgres::prepared_below(disk.path());
    postgres.start().await;
    let server = first_look(&postgres.url()).start();
    server.ready().await;
    let load = Load::start(&server, 4);
    load.more(50).await;

    disk.fill();
    let refused = load.told().count(|status| status == 503);
    while load.told().count(|status| status == 503) < refused + 8 {
        tokio::task::yield_now().await;
    }
    assert_eq!(server.get("/health").await.status, 200);

    disk.empty();
    let since = Instant::now();
    // Where PostgreSQL could not write its own log of changes, it ends; whoever looks after it starts it again.
    postgres.start_if_ended().await;
    healed(&server, "disk full under the database", since).await;
    load.more(50).await;
    let told = load.end().await;
    assert_eq!(told.broken, 0, "everybody had an answer");
    assert_nothing_lost(&postgres, &told).await;
    drop(server);
    drop(postgres);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_own_full_disk_refuses_a_photo_and_keeps_the_rest_going() {
    let db = TestDb::new().await;
    let folder = tempfile::tempdir_in("/tmp").unwrap();
    let Some(disk) = Disk::mount(&folder.path().join("data"), "4m") else { return };
    let server = first_look(&db.url).env("DEAL_SCOUT__DATA_DIR", disk.path()).start();
    server.ready().await;
    let mut picture = Vec::new();
    RgbImage::from_fn(600, 600, |x, y| {
        image::Rgb([x % 251, y % 241, (x * y) % 239].map(|shade| u8::try_from(shade).unwrap()))
    })
    .write_to(&mut Cursor::new(&mut picture), ImageFormat::Jpeg)
    .unwrap();
    let upload = || {
        let request = server.http().post(format!("{}/api/v1/photos", server.base()));
        send(request.header("content-type", "image/jpeg").body(picture.clone()))
    };

    disk.fill();
    let answer = upload().await;
    assert_come_back(&answer);
    assert!(answer.body.contains("disk of Deal Scout is full"), "{}", answer.body);
    assert_eq!(db.count("photos").await, 0, "no row without its file");
    for path in ["/health", "/", "/api/v1/listings"] {
        assert_eq!(server.get(path).await.status, 200, "{path}");
    }

    disk.empty();
    let since = Instant::now();
    let answer = upload().await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    healed(&server, "own disk full", since).await;
}
