//! The same thing on two sites, by its picture.

use std::{io::Cursor, sync::Arc};

use deal_scout::{
    model::listing::NewListing,
    photos,
    scout::picture::{Likeness, fingerprint, likeness},
    workers::{Outcome, sightings},
};
use image::{DynamicImage, ImageFormat, imageops::FilterType};
use serde_json::json;

use super::scene::{Scene, Script, card, last};
use crate::support::{
    http::{Reply, Web},
    shared,
};

/// A picture of something, as big as asked for: soft spots of light whose places depend on `seed`.
fn drawn(seed: u32, side: u32) -> DynamicImage {
    let mut state = seed.wrapping_mul(2_654_435_761);
    let mut chance = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 16) / 65_536.0
    };
    let spots: Vec<[f64; 3]> = (0..24).map(|_| [chance(), chance(), chance()]).collect();
    let shade = |x: u32, y: u32| {
        let (x, y) = (f64::from(x) / f64::from(side), f64::from(y) / f64::from(side));
        let light: f64 = spots
            .iter()
            .map(|[at, down, strength]| {
                let far = (x - at).powi(2) + (y - down).powi(2);
                (strength - 0.5) * (-far * 60.0).exp()
            })
            .sum();
        let light = (128.0 + 220.0 * light).clamp(0.0, 255.0).round();
        let light = (0..=255_u8).find(|shade| f64::from(*shade) >= light).unwrap_or(255);
        image::Rgb([light, light, light])
    };
    image::RgbImage::from_fn(side, side, shade).into()
}

fn written(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.to_rgb8().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn print(bytes: &[u8]) -> u64 {
    fingerprint(&photos::shades(bytes).unwrap()).unwrap()
}

fn on(site: &str, picture: &str, dollars: i64) -> NewListing {
    NewListing {
        source: site.to_owned(),
        title: "Gigabyte RTX 3070 Gaming OC 8GB".to_owned(),
        image_url: Some(picture.to_owned()),
        location: json!({"lat": 52.5, "lng": 13.4}),
        ..card("1", dollars)
    }
}

#[tokio::test]
async fn one_thing_on_two_sites_is_one_thing_and_told_once() {
    let web = Web::start(|asked| match asked.path() {
        "/big.png" => Reply::new(200, written(&drawn(1, 600), ImageFormat::Png)),
        "/small.jpg" => Reply::new(200, written(&drawn(1, 240), ImageFormat::Jpeg)),
        "/other.jpg" => Reply::new(200, written(&drawn(5, 240), ImageFormat::Jpeg)),
        _ => Reply::new(404, "nothing"),
    })
    .await;
    let scene = Scene::new().await;
    let one = Script::new("one", vec![Ok(last(vec![on("ebay", &web.url("/big.png"), 300)]))]);
    let same = on("reverb", &web.url("/small.jpg"), 290);
    let other =
        NewListing { source_id: "2".to_owned(), ..on("reverb", &web.url("/other.jpg"), 300) };
    let two = Script::new("two", vec![Ok(last(vec![same, other]))]);
    scene.run(0, &[&one, &two]).await;
    assert_eq!(scene.db.count("listings WHERE photo_due_at IS NOT NULL").await, 3);

    let app = scene.app(0);
    assert_eq!(sightings::tick(&app).await.unwrap(), Outcome::Worked);
    assert_eq!(sightings::tick(&app).await.unwrap(), Outcome::Idle);
    assert_eq!(scene.db.count("listings WHERE photo_hash IS NOT NULL").await, 3);
    let same = "listings s JOIN listings l ON l.id = s.same_as
                WHERE s.source = 'reverb' AND s.source_id = '1' AND l.source = 'ebay'";
    assert_eq!(scene.db.count(same).await, 1);
    assert_eq!(scene.db.count("listings WHERE same_as IS NOT NULL").await, 1, "another picture");
    let told = "notifications WHERE reason = 'find'";
    deal_scout::workers::estimate::run_until_idle(&app).await.unwrap();
    assert_eq!(scene.db.count(told).await, 2, "two things, two messages");
}

#[test]
fn real_pictures_stay_alike_when_scaled_saved_anew_or_cropped_and_differ_from_others() {
    let Some(data) = shared::data() else { return };
    let mut files = Vec::new();
    let mut folders = vec![data.join("photos")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    let mut prints: Vec<(String, u64)> = Vec::new();
    let (mut copies, mut known) = (0, 0);
    for file in files {
        let Ok(picture) = image::open(&file) else { continue };
        if picture.width() < 200 || picture.height() < 200 {
            continue;
        }
        let first = print(&written(&picture, ImageFormat::Png));
        let (w, h) = (picture.width(), picture.height());
        let changed = [
            picture.resize(w / 3, h / 3, FilterType::CatmullRom),
            picture.crop_imm(w / 50, h / 50, w - w / 25, h - h / 25),
        ];
        for copy in changed {
            copies += 1;
            let alike = likeness(first, print(&written(&copy, ImageFormat::Jpeg)));
            known += usize::from(alike == Likeness::Alike);
            assert_ne!(alike, Likeness::Different, "{}", file.display());
        }
        prints.push((file.display().to_string(), first));
    }
    eprintln!("{known} of {copies} copies of {} pictures were known again", prints.len());
    assert!(known * 100 >= copies * 90, "{known} of {copies}");
    let folder = |name: &str| name.rsplit_once('/').map(|(folder, _)| folder.to_owned());
    let mut mistaken = 0;
    let mut pairs = 0;
    for (at, (name, print)) in prints.iter().enumerate() {
        for (other, second) in &prints[at + 1..] {
            // Some folders hold one picture turned eight ways.
            if folder(name) == folder(other) && name.contains("exif") {
                continue;
            }
            pairs += 1;
            mistaken += usize::from(likeness(*print, *second) == Likeness::Alike);
        }
    }
    eprintln!("{mistaken} of {pairs} pairs of different pictures were mistaken for one");
    assert!(mistaken * 50 <= pairs, "{mistaken} of {pairs}");
}

#[tokio::test]
async fn a_picture_that_cannot_be_had_holds_nothing_up() {
    let web = Web::start(|_| Reply::new(404, "nothing")).await;
    let scene = Scene::new().await;
    let one = Script::new("one", vec![Ok(last(vec![on("ebay", &web.url("/gone.png"), 300)]))]);
    let two: Arc<Script> = Script::new("two", vec![Ok(last(Vec::new()))]);
    scene.run(0, &[&two, &one]).await;
    sightings::tick(&scene.app(0)).await.unwrap();
    assert_eq!(
        scene.db.count("listings WHERE photo_due_at IS NULL AND photo_hash IS NULL").await,
        1
    );
}
