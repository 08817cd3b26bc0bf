//! The photo files: which there are, and putting them in place.

use std::{
    fs::{self, File},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use super::archive::sync_folder;

/// What the folder of a restore under way is called at its beginning.
const STAGE: &str = ".restore-";
/// No photo is larger, in bytes.
pub(super) const LARGEST: u64 = 256 << 20;
/// How deep folders may be, and how long a path.
const DEEPEST: usize = 8;
const LONGEST: usize = 150;

/// A photo file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Photo {
    /// Where it is below the folder of photos, with forward slashes.
    pub(super) path: String,
    /// Its size.
    pub(super) bytes: u64,
}

/// The photos in a folder, by name, and how many files there are no photos: links, and names that no photo has.
/// What begins with a dot is a file on its way in, and none of them.
pub(super) fn list(folder: &Path) -> io::Result<(Vec<Photo>, u64)> {
    let (mut photos, mut others) = (Vec::new(), 0);
    let mut open = vec![String::new()];
    while let Some(below) = open.pop() {
        let entries = match fs::read_dir(folder.join(&below)) {
            Err(e) if e.kind() == ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name();
            if name.as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let path = name.to_str().map(|name| format!("{below}{name}"));
            let about = match entry.metadata() {
                Err(e) if e.kind() == ErrorKind::NotFound => continue,
                about => about?,
            };
            match path.filter(|path| is_path(path)) {
                Some(path) if about.is_dir() => open.push(format!("{path}/")),
                Some(path) if about.is_file() && about.len() <= LARGEST => {
                    photos.push(Photo { path, bytes: about.len() });
                }
                _ => others += 1,
            }
        }
    }
    photos.sort();
    Ok((photos, others))
}

/// Whether a path leads to a place below the folder and nowhere else, on every system.
pub(super) fn is_path(path: &str) -> bool {
    let is_name = |name: &str| {
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        !name.is_empty()
            && !name.starts_with('.')
            && !name.ends_with('.')
            && name.chars().all(is_part)
    };
    path.len() <= LONGEST && path.split('/').count() <= DEEPEST && path.split('/').all(is_name)
}

/// Photos on their way in: beside the others, in a folder that goes away by itself.
#[derive(Debug)]
pub(super) struct Stage {
    folder: PathBuf,
    waiting: Option<TempDir>,
    paths: Vec<String>,
}

impl Stage {
    /// Nothing is made before the first photo comes. What a restore that was killed left behind goes.
    pub(super) fn new(folder: &Path) -> io::Result<Self> {
        match fs::read_dir(folder) {
            Err(e) if e.kind() == ErrorKind::NotFound => {}
            entries => {
                for entry in entries? {
                    let entry = entry?;
                    if entry.file_name().as_encoded_bytes().starts_with(STAGE.as_bytes()) {
                        fs::remove_dir_all(entry.path())?;
                    }
                }
            }
        }
        Ok(Self { folder: folder.to_owned(), waiting: None, paths: Vec::new() })
    }

    /// A file to be filled. The path has been looked at by [`is_path`].
    pub(super) fn begin(&mut self, path: &str) -> io::Result<Staged> {
        let stage = if let Some(stage) = self.waiting.take() {
            stage
        } else {
            fs::create_dir_all(&self.folder)?;
            tempfile::Builder::new().prefix(STAGE).tempdir_in(&self.folder)?
        };
        let file = File::create_new(stage.path().join(self.paths.len().to_string()))?;
        self.waiting = Some(stage);
        self.paths.push(path.to_owned());
        Ok(Staged(file))
    }

    /// Puts all photos in place, to last. One that has the same name is replaced.
    pub(super) fn settle(self) -> io::Result<()> {
        let Some(stage) = self.waiting else { return Ok(()) };
        let mut last = None;
        for (number, path) in self.paths.iter().enumerate() {
            let place = self.folder.join(path);
            let parent = place.parent().unwrap_or(&self.folder).to_owned();
            fs::create_dir_all(&parent)?;
            fs::rename(stage.path().join(number.to_string()), &place)?;
            // The paths are in order, so each folder is done once.
            if last.as_ref() != Some(&parent)
                && let Some(done) = last.replace(parent)
            {
                sync_folder(&done)?;
            }
        }
        if let Some(done) = last {
            sync_folder(&done)?;
        }
        sync_folder(&self.folder)?;
        stage.close()
    }
}

/// One photo on its way in.
#[derive(Debug)]
pub(super) struct Staged(File);

impl Staged {
    /// Writes the next bytes.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    /// Makes the bytes last.
    pub(super) fn end(self) -> io::Result<()> {
        self.0.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_paths_below_the_folder_are_taken() {
        for path in ["a.jpg", "ab/abcd-1_2.webp", "a/b/c/d"] {
            assert!(is_path(path), "{path}");
        }
        let long = "a".repeat(151);
        for path in [
            "",
            "/a",
            "a/",
            "a//b",
            "..",
            "../a",
            "a/../b",
            ".a",
            "a/.b",
            "a.",
            "a\\b",
            "C:a",
            "a b",
            "ä",
            "a\nb",
            "a/b/c/d/e/f/g/h/i",
            &long,
        ] {
            assert!(!is_path(path), "{path}");
        }
    }

    #[test]
    fn photos_are_listed_by_name_and_what_is_none_is_counted() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("ab")).unwrap();
        for (name, text) in
            [("ab/2.jpg", "22"), ("ab/1.jpg", "1"), (".coming", ""), ("not one", "")]
        {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let (photos, others) = list(folder.path()).unwrap();
        let photo = |path: &str, bytes| Photo { path: path.into(), bytes };
        assert_eq!(photos, [photo("ab/1.jpg", 1), photo("ab/2.jpg", 2)]);
        assert_eq!(others, 1);
        assert_eq!(list(&folder.path().join("none")).unwrap(), (Vec::new(), 0));
    }

    #[test]
    fn photos_come_all_at_the_end_and_nothing_stays_of_those_that_do_not() {
        let folder = tempfile::tempdir().unwrap();
        let photos = folder.path().join("photos");
        let stage = |settle: bool| {
            let mut stage = Stage::new(&photos).unwrap();
            let mut photo = stage.begin("ab/1.jpg").unwrap();
            photo.bytes(b"one").unwrap();
            photo.end().unwrap();
            assert!(settle || !photos.join("ab/1.jpg").exists());
            if settle {
                stage.settle().unwrap();
            }
        };
        stage(false);
        assert_eq!(fs::read_dir(&photos).unwrap().count(), 0);
        fs::create_dir(photos.join(".restore-left")).unwrap();
        stage(true);
        stage(true);
        assert_eq!(fs::read(photos.join("ab/1.jpg")).unwrap(), b"one");
        assert_eq!(fs::read_dir(&photos).unwrap().count(), 1);
    }
}
