//! The photo store: pictures of things that people sell, as files named by the digest of what is in them.
//!
//! Whatever comes in is decoded and written anew as JPEG, the way up that it was taken: no GPS position, no camera's
//! number and no trailing data gets past. The rows of `photos` say whose they are; the same picture is one file.

use std::{
    fmt::Write as _,
    fs::{self, File},
    io::{self, Cursor, ErrorKind, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use image::{
    DynamicImage, ImageDecoder, ImageReader, Limits, RgbImage, codecs::jpeg::JpegEncoder,
    imageops::FilterType, metadata::Orientation,
};
use sha2::{Digest, Sha256};

use crate::scout::picture::SIDE;

/// The most bytes of a picture that comes in.
pub const MAX_BYTES: usize = 25 << 20;
/// The most pixels of a picture that comes in.
pub const MAX_PIXELS: u64 = 50_000_000;
/// The longer side of a stored picture, in pixels; larger ones are scaled down.
pub const MAX_SIDE: u32 = 3_000;
const QUALITY: u8 = 88;

/// A picture made ready to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    /// SHA-256 of `jpeg`, as 64 small hex digits: its name in the store.
    pub digest: String,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
    /// The picture.
    pub jpeg: Vec<u8>,
}

impl Photo {
    /// What `photos.media_type` says of it.
    pub const MEDIA_TYPE: &'static str = "image/jpeg";

    /// Decodes a JPEG, PNG or WebP picture, turns it the right way up and writes it anew. Slow: keep it off the async
    /// threads. The error says what is wrong with it.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let mut picture = decoded(bytes)?;
        if picture.width().max(picture.height()) > MAX_SIDE {
            picture = picture.resize(MAX_SIDE, MAX_SIDE, FilterType::Triangle);
        }
        let picture = on_white(&picture);
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, QUALITY)
            .encode_image(&picture)
            .map_err(|cause| format!("it cannot be written as JPEG: {cause}"))?;
        let (width, height) = picture.dimensions();
        Ok(Self { digest: digest(&jpeg), width, height, jpeg })
    }
}

/// A picture as a square of [`SIDE`] times [`SIDE`] shades of grey, line by line: what its fingerprint is made of. Slow:
/// keep it off the async threads.
///
/// # Errors
/// What is wrong with it.
pub fn shades(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let side = u32::try_from(SIDE).unwrap_or(32);
    let picture = DynamicImage::ImageRgb8(on_white(&decoded(bytes)?));
    Ok(picture.resize_exact(side, side, FilterType::Triangle).into_luma8().into_raw())
}

/// The picture in a file, the right way up, unless it is too large or no picture.
fn decoded(bytes: &[u8]) -> Result<DynamicImage, String> {
    if bytes.len() > MAX_BYTES {
        return Err(format!("{} bytes; at most {} MB are taken", bytes.len(), MAX_BYTES >> 20));
    }
    let unreadable = |cause: image::ImageError| format!("not a picture that can be read: {cause}");
    let reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|cause| format!("not a picture that can be read: {cause}"))?;
    if reader.format().is_none() {
        return Err("not a picture; JPEG, PNG and WebP are taken".into());
    }
    let mut decoder = reader.into_decoder().map_err(unreadable)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(format!(
            "{width} x {height} pixels; at most {} million are taken",
            MAX_PIXELS / 1_000_000
        ));
    }
    // Decoding needs a few times the pixels; a file that claims more is meant to hurt.
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_PIXELS * 16);
    decoder.set_limits(limits).map_err(unreadable)?;
    // A picture with broken notes about itself is a picture all the same.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// Where the files are: `<data_dir>/photos/<first two hex digits>/<digest>.jpg`.
#[derive(Debug, Clone)]
pub struct Photos {
    folder: PathBuf,
}

impl Photos {
    /// The store in a data directory. Touches nothing until it is used.
    pub fn new(data_dir: &Path) -> Self {
        Self { folder: data_dir.join("photos") }
    }

    /// The folder that they are in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Keeps a picture. It is on the disk when this returns, whole or not at all; one that is there already stays.
    /// Store it before the row that needs it is committed.
    pub fn put(&self, photo: &Photo) -> io::Result<()> {
        let path = self.path(&photo.digest)?;
        if path.metadata().is_ok_and(|about| about.len() == length(&photo.jpeg)) {
            return Ok(());
        }
        let folder = path.parent().ok_or(ErrorKind::InvalidInput)?;
        fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&photo.jpeg)?;
        file.as_file().sync_all()?;
        file.persist(&path).map_err(|failed| failed.error)?;
        // The name lives in the folder, so that has to reach the disk as well.
        #[cfg(unix)]
        for folder in [Some(folder), folder.parent()].into_iter().flatten() {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }

    /// The picture with this digest; `None` when it is not there.
    pub fn get(&self, digest: &str) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.path(digest)?) {
            Ok(jpeg) => Ok(Some(jpeg)),
            Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(cause),
        }
    }

    /// The digests of at most `limit` pictures that have lain there unchanged for `age`, from after the one before.
    /// In order, so that a sweep can go on where it stopped.
    pub fn older_than(
        &self,
        age: Duration,
        after: Option<&str>,
        limit: usize,
    ) -> io::Result<Vec<String>> {
        let mut found = Vec::new();
        for folder in names(&self.folder)? {
            if found.len() >= limit {
                break;
            }
            if after.is_some_and(|after| folder.as_str() < after.get(..2).unwrap_or("")) {
                continue;
            }
            let path = self.folder.join(&folder);
            for name in names(&path)? {
                let Some(digest) = name.strip_suffix(".jpg") else { continue };
                let changed = path.join(&name).metadata().and_then(|about| about.modified());
                let is_old = changed.ok().and_then(|at| at.elapsed().ok()) > Some(age);
                if is_old && after.is_none_or(|after| digest > after) && self.path(digest).is_ok() {
                    found.push(digest.to_owned());
                }
            }
        }
        found.truncate(limit);
        Ok(found)
    }

    /// Takes a picture away that no row needs any more (`db::photos::unneeded`). One that is gone already is no fault.
    pub fn remove(&self, digest: &str) -> io::Result<()> {
        match fs::remove_file(self.path(digest)?) {
            Err(cause) if cause.kind() != ErrorKind::NotFound => Err(cause),
            _ => Ok(()),
        }
    }

    /// Digests come from rows, but a path is never made of anything else than 64 hex digits.
    fn path(&self, digest: &str) -> io::Result<PathBuf> {
        let is_digest =
            digest.len() == 64 && digest.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if !is_digest {
            return Err(io::Error::new(ErrorKind::InvalidInput, "not the digest of a photo"));
        }
        Ok(self.folder.join(&digest[..2]).join(format!("{digest}.jpg")))
    }
}

/// JPEG knows no transparency: what lets the background through gets a white one, as on every marketplace's page.
fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let rgba = picture.to_rgba8();
    RgbImage::from_fn(rgba.width(), rgba.height(), |x, y| {
        let [r, g, b, alpha] = rgba.get_pixel(x, y).0;
        let over = |c: u8| {
            let mixed = u32::from(c) * u32::from(alpha) + 255 * (255 - u32::from(alpha));
            u8::try_from((mixed + 127) / 255).unwrap_or(u8::MAX)
        };
        image::Rgb([over(r), over(g), over(b)])
    })
}

/// The names in a folder in order; none when it is not there.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(cause) if matches!(cause.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        Err(cause) => return Err(cause),
    };
    let mut names: Vec<_> =
        entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort_unstable();
    Ok(names)
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use image::{ImageFormat, Rgba, RgbaImage};

    use super::*;

    fn png(width: u32, height: u32, color: [u8; 4]) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        RgbaImage::from_pixel(width, height, Rgba(color))
            .write_to(&mut out, ImageFormat::Png)
            .unwrap();
        out.into_inner()
    }

    /// A JPEG of 2 x 1 pixels whose EXIF says "turn me by 90 degrees" and holds a position.
    fn turned_jpeg() -> Vec<u8> {
        let mut plain = Vec::new();
        JpegEncoder::new_with_quality(&mut plain, 90).encode_image(&RgbImage::new(20, 10)).unwrap();
        let tiff: &[u8] =
            b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0GPS 37.3,-121.9";
        let mut out = plain[..2].to_vec();
        out.extend([0xff, 0xe1]);
        out.extend(u16::try_from(tiff.len() + 8).unwrap().to_be_bytes());
        out.extend(b"Exif\0\0");
        out.extend(tiff);
        out.extend(&plain[2..]);
        out
    }

    #[test]
    fn a_picture_is_turned_the_right_way_up_and_loses_what_it_tells_besides() {
        let photo = Photo::read(&turned_jpeg()).unwrap();
        assert_eq!((photo.width, photo.height), (10, 20));
        let has = |needle: &[u8]| photo.jpeg.windows(needle.len()).any(|part| part == needle);
        assert!(!has(b"GPS") && !has(b"Exif"));
        assert_eq!(
            photo,
            Photo::read(&turned_jpeg()).unwrap(),
            "the same picture is the same file"
        );
    }

    #[test]
    fn transparency_becomes_white_and_large_pictures_smaller() {
        let photo = Photo::read(&png(MAX_SIDE + 1000, 10, [0, 0, 0, 0])).unwrap();
        assert_eq!(photo.width, MAX_SIDE);
        let back = image::load_from_memory(&photo.jpeg).unwrap().to_rgb8();
        assert!(back.get_pixel(5, 0).0.iter().all(|c| *c > 250));
    }

    #[test]
    fn what_is_no_picture_or_too_large_is_refused_with_the_reason() {
        assert_eq!(
            Photo::read(b"hello").unwrap_err(),
            "not a picture; JPEG, PNG and WebP are taken"
        );
        assert!(
            Photo::read(&turned_jpeg()[..60]).unwrap_err().contains("picture that can be read"),
            "cut off"
        );
        assert!(Photo::read(&vec![0; MAX_BYTES + 1]).unwrap_err().contains("at most 25 MB"));
        let mut huge = png(1, 1, [0; 4]);
        // The header's width and height; their checksum is looked at before they are believed.
        huge[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
        assert!(Photo::read(&huge).is_err());
    }

    #[test]
    fn a_photo_is_kept_found_and_removed() {
        let home = tempfile::tempdir().unwrap();
        let photos = Photos::new(home.path());
        let photo = Photo::read(&png(3, 2, [9, 9, 9, 255])).unwrap();
        assert_eq!(photos.get(&photo.digest).unwrap(), None);
        photos.put(&photo).unwrap();
        photos.put(&photo).unwrap();
        let file = home
            .path()
            .join("photos")
            .join(&photo.digest[..2])
            .join(format!("{}.jpg", photo.digest));
        assert!(file.exists());
        assert_eq!(photos.get(&photo.digest).unwrap(), Some(photo.jpeg.clone()));
        let older = |age, after| photos.older_than(age, after, 10).unwrap();
        assert_eq!(older(Duration::ZERO, None), std::slice::from_ref(&photo.digest));
        assert_eq!(older(Duration::ZERO, Some(&photo.digest)), [""; 0], "the sweep is past it");
        assert_eq!(older(Duration::from_hours(1), None), [""; 0]);
        photos.remove(&photo.digest).unwrap();
        photos.remove(&photo.digest).unwrap();
        assert_eq!(photos.get(&photo.digest).unwrap(), None);
        assert!(photos.get("../../etc/passwd").is_err());
    }
}
