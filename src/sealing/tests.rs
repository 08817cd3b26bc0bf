//! What opens and what does not, and where the key comes from.

use std::{fs, path::Path};

use slog::{Discard, Logger, o};

use super::*;
use crate::config::{Env, Overrides, load};

const ONE: &str = "0101010101010101010101010101010101010101010101010101010101010aaa";
const TWO: &str = "0202020202020202020202020202020202020202020202020202020202020bbb";
const CONTEXT: &str = "channels/secret/7";

fn sealer(dir: &Path, variables: &[(&str, &str)]) -> Result<Sealer, NoKey> {
    let mut env = vec![("DEAL_SCOUT__DATA_DIR", dir.to_str().unwrap())];
    env.extend(variables);
    let settings = load(&Overrides::default(), &Env::of("/nonexistent", &env)).unwrap().settings;
    Sealer::new(&settings, &Logger::root(Discard, o!()))
}

fn with_key(key: &str) -> Sealer {
    sealer(Path::new("/nonexistent"), &[("DEAL_SCOUT__SECRET_KEY", key)]).unwrap()
}

fn secret() -> Secret {
    Secret::new("hunter2 ключ 🔑")
}

#[test]
fn what_was_sealed_opens() {
    let keeper = with_key(ONE);
    for plain in [secret(), Secret::new(""), Secret::new("x".repeat(100_000))] {
        let sealed = keeper.seal(CONTEXT, &plain).unwrap();
        assert_eq!(keeper.open(CONTEXT, &sealed).unwrap(), plain);
        assert!(keeper.is_current(&sealed));
    }
}

#[test]
fn the_same_secret_never_looks_the_same() {
    let keeper = with_key(ONE);
    let [a, b] = [(); 2].map(|()| keeper.seal(CONTEXT, &secret()).unwrap());
    assert_ne!(a, b);
    assert!(!String::from_utf8_lossy(&a).contains("hunter2"));
}

#[test]
fn one_altered_byte_anywhere_or_a_lost_one_opens_nothing() {
    let keeper = with_key(ONE);
    let sealed = keeper.seal(CONTEXT, &secret()).unwrap();
    for at in 0..sealed.len() {
        let mut altered = sealed.clone();
        altered[at] ^= 1;
        assert!(keeper.open(CONTEXT, &altered).is_err(), "byte {at}");
        assert!(keeper.open(CONTEXT, &sealed[..at]).is_err(), "cut at {at}");
    }
    let mut altered = sealed;
    *altered.last_mut().unwrap() ^= 1;
    assert_eq!(keeper.open(CONTEXT, &altered), Err(Unsealable::Damaged));
    assert_eq!(keeper.open(CONTEXT, b"hunter2"), Err(Unsealable::UnknownForm));
}

#[test]
fn one_persons_secret_opens_in_no_other_row() {
    let keeper = with_key(ONE);
    let sealed = keeper.seal(CONTEXT, &secret()).unwrap();
    for other in ["channels/secret/8", "marketplace_accounts/credentials/7", ""] {
        assert_eq!(keeper.open(other, &sealed), Err(Unsealable::Damaged));
    }
}

#[test]
fn another_key_opens_nothing_and_an_old_one_still_does() {
    let sealed = with_key(ONE).seal(CONTEXT, &secret()).unwrap();
    let told = with_key(TWO).open(CONTEXT, &sealed).unwrap_err();
    assert!(matches!(told, Unsealable::UnknownKey(_)));
    assert!(told.to_string().contains("give the key that was used as secret_key_old"), "{told}");

    let both = [("DEAL_SCOUT__SECRET_KEY", TWO), ("DEAL_SCOUT__SECRET_KEY_OLD", ONE)];
    let keeper = sealer(Path::new("/nonexistent"), &both).unwrap();
    assert_eq!(keeper.open(CONTEXT, &sealed).unwrap(), secret());
    assert!(!keeper.is_current(&sealed));
}

#[test]
fn a_key_is_made_once_and_kept() {
    let dir = tempfile::tempdir().unwrap();
    let data_dir = dir.path().join("not/there/yet");
    let sealed = sealer(&data_dir, &[]).unwrap().seal(CONTEXT, &secret()).unwrap();
    let next = sealer(&data_dir, &[]).unwrap();
    assert_eq!(next.open(CONTEXT, &sealed).unwrap(), secret());
    assert!(next.is_current(&sealed));
}

#[test]
fn a_key_that_is_set_seals_and_the_file_still_opens() {
    let dir = tempfile::tempdir().unwrap();
    let sealed = sealer(dir.path(), &[]).unwrap().seal(CONTEXT, &secret()).unwrap();
    let set = sealer(dir.path(), &[("DEAL_SCOUT__SECRET_KEY", ONE)]).unwrap();
    assert_eq!(set.open(CONTEXT, &sealed).unwrap(), secret());
    assert!(!set.is_current(&sealed));
    assert_eq!(
        set.keys().unwrap().iter().map(|key| key.1).collect::<Vec<_>>(),
        [Place::SecretKey, Place::File]
    );
}

#[test]
fn a_new_key_reaches_those_who_run_already_and_old_ones_go_when_nothing_uses_them() {
    let dir = tempfile::tempdir().unwrap();
    let (server, command) = (sealer(dir.path(), &[]).unwrap(), sealer(dir.path(), &[]).unwrap());
    let before = server.seal(CONTEXT, &secret()).unwrap();
    let old = server.current().unwrap().id();
    let mark = command.renew().unwrap();
    let after = command.seal(CONTEXT, &secret()).unwrap();
    assert!(after.starts_with(mark.as_bytes()));
    assert_eq!(server.open(CONTEXT, &after).unwrap(), secret(), "the server reads the file again");
    assert!(command.is_current(&server.seal(CONTEXT, &secret()).unwrap()));

    assert_eq!(command.forget(|id| id == old).unwrap(), []);
    assert_eq!(command.open(CONTEXT, &before).unwrap(), secret());
    assert_eq!(command.forget(|_| false).unwrap(), [old]);
    assert_eq!(command.open(CONTEXT, &before), Err(Unsealable::UnknownKey(old)));
    assert_eq!(command.keys().unwrap(), [(mark.id(), Place::File)]);
}

#[test]
fn nothing_is_sealed_with_a_key_that_nobody_would_find_again() {
    let dir = tempfile::tempdir().unwrap();
    let keeper = sealer(dir.path(), &[]).unwrap();
    let sealed = keeper.seal(CONTEXT, &secret()).unwrap();
    fs::remove_file(keeper.file()).unwrap();
    assert!(matches!(keeper.seal(CONTEXT, &secret()), Err(NoKey::Gone(_))));
    assert_eq!(keeper.open(CONTEXT, &sealed).unwrap(), secret(), "reading goes on");
}

#[test]
fn a_garbled_key_file_is_told_and_hinders_only_who_needs_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = sealer(dir.path(), &[]).unwrap().file().to_owned();
    for (text, what) in [
        ("", "holds no key;"),
        ("# nothing\n", "holds no key;"),
        (&ONE[..62], "holds no key in line 1;"),
        ("# mine\nhunter2\n", "holds no key in line 2;"),
    ] {
        fs::write(&path, text).unwrap();
        let told = sealer(dir.path(), &[]).unwrap_err();
        assert!(told.is_fatal());
        let told = told.to_string();
        assert!(told.contains(what) && !told.contains("hunter2"), "{told}");
        assert!(sealer(dir.path(), &[("DEAL_SCOUT__SECRET_KEY", TWO)]).is_ok());
    }
    fs::write(&path, format!("{ONE}\n")).unwrap();
    assert!(sealer(dir.path(), &[]).is_ok(), "a key written by hand is one");
}

#[cfg(unix)]
#[test]
fn a_key_file_that_others_may_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let path = sealer(dir.path(), &[]).unwrap().file().to_owned();
    for mode in [0o644, 0o640, 0o604, 0o620] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let told = sealer(dir.path(), &[]).unwrap_err().to_string();
        assert!(
            told.contains(&format!("(mode {mode:04o})")) && told.contains("chmod 600"),
            "{told}"
        );
    }
}

#[test]
fn a_disk_that_takes_no_key_hinders_only_storing() {
    // A file where the folder should be stands in for every disk that does not take it; root writes anywhere else.
    let dir = tempfile::tempdir().unwrap();
    let data_dir = dir.path().join("data");
    fs::write(&data_dir, "").unwrap();
    let keeper = sealer(&data_dir, &[]).unwrap();
    let told = keeper.seal(CONTEXT, &secret()).unwrap_err().to_string();
    assert!(told.contains("or set DEAL_SCOUT__SECRET_KEY to 32 random bytes"), "{told}");
    fs::remove_file(&data_dir).unwrap();
    assert!(keeper.seal(CONTEXT, &secret()).is_ok(), "mended, it goes on by itself");
}

#[test]
fn nothing_that_is_shown_holds_a_secret() {
    let keeper = with_key(ONE);
    let sealed = keeper.seal(CONTEXT, &secret()).unwrap();
    let opened = keeper.open(CONTEXT, &sealed);
    let shown = format!("{keeper:?} {opened:?} {:?} {}", opened.clone().unwrap(), secret());
    assert!(!shown.contains("hunter2") && !shown.contains("0101"), "{shown}");
    assert!(shown.contains("***"), "{shown}");
}

#[test]
fn a_tag_fits_what_it_was_made_of_for_its_purpose_and_nothing_else() {
    let keeper = with_key(ONE);
    let tag = keeper.tag("links/snooze", b"7").unwrap();
    assert_eq!(tag, keeper.tag("links/snooze", b"7").unwrap());
    assert!(keeper.is_tagged("links/snooze", b"7", &tag));
    assert!(!keeper.is_tagged("links/snooze", b"8", &tag));
    assert!(!keeper.is_tagged("links/ignore", b"7", &tag));
    assert!(!keeper.is_tagged("links/snooze", b"7", &tag[..31]));
    assert!(!keeper.is_tagged("links/snooze", b"7", b""));
    assert!(!with_key(TWO).is_tagged("links/snooze", b"7", &tag));
}

#[test]
fn a_tag_outlives_the_rotation_of_its_key() {
    let tag = with_key(ONE).tag("links/snooze", b"7").unwrap();
    let both = [("DEAL_SCOUT__SECRET_KEY", TWO), ("DEAL_SCOUT__SECRET_KEY_OLD", ONE)];
    assert!(sealer(Path::new("/nonexistent"), &both).unwrap().is_tagged(
        "links/snooze",
        b"7",
        &tag
    ));

    let folder = tempfile::tempdir().unwrap();
    let keeper = sealer(folder.path(), &[]).unwrap();
    let other = sealer(folder.path(), &[]).unwrap();
    let before = keeper.tag("links/snooze", b"7").unwrap();
    keeper.renew().unwrap();
    let after = keeper.tag("links/snooze", b"7").unwrap();
    assert_ne!(before, after);
    assert!(
        other.is_tagged("links/snooze", b"7", &before)
            && other.is_tagged("links/snooze", b"7", &after)
    );
}
