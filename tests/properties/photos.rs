//! Pictures that people and ads bring: decoded within limits, written anew, and told apart by fingerprints.

use deal_scout::{
    photos::{self, MAX_SIDE, Photo},
    scout::picture::{self, Likeness, SIDE},
};

/// Uploads, and what fingerprints are made of.
pub(super) fn photos(bytes: &[u8]) {
    match Photo::read(bytes) {
        Ok(photo) => {
            assert!(
                (1..=MAX_SIDE).contains(&photo.width) && (1..=MAX_SIDE).contains(&photo.height)
            );
            assert!(photo.jpeg.starts_with(b"\xff\xd8") && photo.digest.len() == 64);
        }
        Err(why) => assert!(!why.is_empty()),
    }
    let Ok(shades) = photos::shades(bytes) else { return };
    assert_eq!(shades.len(), SIDE * SIDE);
    if let Some(print) = picture::fingerprint(&shades) {
        assert_eq!(picture::likeness(print, print), Likeness::Alike);
    }
}
