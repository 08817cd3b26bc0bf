//! Archives that no backup made: each is refused with its reason, and nothing is stored.

use std::{fs, io::Read};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tar::{Archive, Builder, EntryType, Header};

use super::place::Place;

/// The members of an archive: path and bytes.
pub(crate) fn members(archive: &str) -> Vec<(String, Vec<u8>)> {
    let mut archive = Archive::new(GzDecoder::new(fs::File::open(archive).unwrap()));
    let read = |entry: std::io::Result<tar::Entry<'_, _>>| {
        let mut entry = entry.unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        (entry.path().unwrap().display().to_string(), bytes)
    };
    archive.entries().unwrap().map(read).collect()
}

fn header(path: &str, size: usize) -> Header {
    let mut header = Header::new_ustar();
    // Straight into the field: the library refuses what is tried here.
    header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
    header.set_size(size.try_into().unwrap());
    header.set_mode(0o600);
    header.set_cksum();
    header
}

fn pack(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut tar = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (path, bytes) in members {
        tar.append(&header(path, bytes.len()), bytes.as_slice()).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

/// Has the manifest say what a table's bytes come to, so that only the database can object.
fn put_rows(members: &mut [(String, Vec<u8>)], table: &str, rows: &str) {
    let mut manifest: Value = serde_json::from_slice(&members[0].1).unwrap();
    let entries = manifest["tables"].as_array_mut().unwrap();
    let entry = entries.iter_mut().find(|entry| entry["name"] == table).unwrap();
    let digest =
        Sha256::digest(rows).iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    entry["rows"] = rows.lines().count().into();
    entry["bytes"] = rows.len().into();
    entry["sha256"] = digest.into();
    members[0].1 = manifest.to_string().into_bytes();
    let path = format!("tables/{table}.copy");
    members.iter_mut().find(|member| member.0 == path).unwrap().1 = rows.into();
}

fn manifest(members: &mut [(String, Vec<u8>)], change: impl Fn(&mut Value)) {
    let mut manifest = serde_json::from_slice(&members[0].1).unwrap();
    change(&mut manifest);
    members[0].1 = manifest.to_string().into_bytes();
}

type Members = Vec<(String, Vec<u8>)>;
/// What is done to an archive.
type Alter = Box<dyn Fn(&mut Members)>;

#[expect(clippy::too_many_lines, reason = "a few lines a case")]
#[tokio::test(flavor = "multi_thread")]
async fn archives_that_no_backup_made_are_refused_and_nothing_is_stored() {
    let (source, target) = (Place::external().await.filled().await, Place::external().await);
    let (whole, _) = source.backup("all.tar.gz");
    let place = |members: &Members, path: &str| members.iter().position(|m| m.0 == path).unwrap();
    let add = |path: &'static str| {
        move |m: &mut Members| m.insert(m.len() - 1, (path.into(), b"x".into()))
    };
    let cases: Vec<(&str, Alter)> = vec![
        ("is no place for a photo", Box::new(add("photos/../../evil.jpg"))),
        ("is no place for a photo", Box::new(add("/etc/evil"))),
        ("is no place for a photo", Box::new(add("photos/a\\b"))),
        ("more photos than its manifest says", Box::new(add("photos/zz.jpg"))),
        ("comes twice or out of order", Box::new(add("photos/ab/ab.jpg"))),
        (
            "\"tables/users.copy\" comes after its end",
            Box::new(|m| m.push(("tables/users.copy".into(), vec![]))),
        ),
        (
            "where tables/channels.copy should",
            Box::new(|m| {
                m.remove(2);
            }),
        ),
        ("where tables/channels.copy should", Box::new(|m| m.swap(2, 3))),
        (
            "where tables/channels.copy should",
            Box::new(|m| {
                let twice = m[1].clone();
                m.insert(2, twice);
            }),
        ),
        (
            "it is cut off",
            Box::new(|m| {
                m.pop();
            }),
        ),
        (
            "does not begin with a manifest",
            Box::new(|m| {
                m.remove(0);
            }),
        ),
        ("it is empty", Box::new(Vec::clear)),
        (
            "table users is not what its manifest says",
            Box::new(move |m| {
                let at = place(m, "tables/users.copy");
                let bytes = &mut m[at].1;
                let owner = bytes.windows(5).position(|w| w == b"owner").unwrap();
                bytes[owner] = b'O';
            }),
        ),
        (
            "a photo is not the one",
            Box::new(move |m| {
                let at = place(m, "photos/ab/ab.jpg");
                m[at].1[5] ^= 1;
            }),
        ),
        (
            "not as long as its manifest says",
            Box::new(move |m| {
                let at = place(m, "tables/users.copy");
                m[at].1.push(b'\n');
            }),
        ),
        ("fields instead of", Box::new(|m| put_rows(m, "search_channels", "1\t2\n"))),
        (
            "an escape that does not exist",
            Box::new(|m| put_rows(m, "search_channels", "1\t2\t\\.\n")),
        ),
        (
            "invalid input syntax",
            Box::new(|m| put_rows(m, "search_channels", "1\t2\tx; DROP TABLE users\n")),
        ),
        (
            "its rows do not fit together",
            Box::new(|m| put_rows(m, "search_channels", "1\t99\t7\n")),
        ),
        ("duplicate key", Box::new(|m| put_rows(m, "search_channels", "1\t3\t7\n1\t3\t7\n"))),
        (
            "violates check constraint",
            Box::new(|m| {
                put_rows(m, "price_points", "usd\t1\t5\t1\t2026-01-01 00:00:00+00\n");
            }),
        ),
        (
            "is none of this version's",
            Box::new(|m| {
                manifest(m, |manifest| manifest["tables"][0]["name"] = json!("pg_authid"));
            }),
        ),
        (
            "its column users.root is none",
            Box::new(|m| {
                manifest(m, |manifest| {
                    let tables = manifest["tables"].as_array_mut().unwrap();
                    tables.iter_mut().find(|t| t["name"] == "users").unwrap()["columns"][0] =
                        json!("root");
                });
            }),
        ),
        (
            "promises more than a file of this size",
            Box::new(|m| {
                manifest(m, |manifest| manifest["photos"]["bytes"] = json!(1_u64 << 60));
            }),
        ),
        (
            "newer than this program (29990101000001",
            Box::new(|m| {
                manifest(m, |manifest| {
                    manifest["migrations"].as_array_mut().unwrap().push(json!("29990101000001"));
                });
            }),
        ),
        ("has format 2", Box::new(|m| manifest(m, |manifest| manifest["format"] = json!(2)))),
    ];
    let before = target.rows().await;
    for (n, (reason, alter)) in cases.iter().enumerate() {
        let mut altered = members(&whole);
        alter(&mut altered);
        refuses(&target, &pack(&altered), reason, n);
    }
    assert_eq!(target.rows().await, before);
    assert!(!target.photos().exists() || fs::read_dir(target.photos()).unwrap().count() == 0);
    // What was not altered is taken all the same.
    fs::write(target.file("packed.tar.gz"), pack(&members(&whole))).unwrap();
    target.must("restore", &[target.file("packed.tar.gz").to_str().unwrap()]);
    assert_eq!(target.rows().await, source.rows().await);
}

fn refuses(target: &Place, archive: &[u8], reason: &str, n: usize) {
    let path = target.file("altered.tar.gz");
    fs::write(&path, archive).unwrap();
    let said = target.fails("restore", &[path.to_str().unwrap()]);
    assert!(said.contains(reason), "case {n}, {reason}: {said}");
    assert!(said.contains("nothing was changed"), "case {n}: {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_links_and_bombs_are_refused() {
    let (source, target) = (Place::external().await.filled().await, Place::external().await);
    let (path, _) = source.backup("all.tar.gz");
    let whole = fs::read(&path).unwrap();
    for part in 1..20 {
        refuses(&target, &whole[..whole.len() * part / 20], "it is cut off", part);
    }
    refuses(&target, &whole[..whole.len() - 1], "it is cut off", 20);
    refuses(&target, &[&whole[..], b"more"].concat(), "something comes after its end", 21);
    for part in 1..20 {
        let mut damaged = whole.clone();
        damaged[whole.len() * part / 20] ^= 0x10;
        refuses(&target, &damaged, "nothing was changed", part);
    }
    refuses(&target, b"just a text, and no archive at all", "it is no tar.gz", 22);

    for kind in [
        EntryType::Symlink,
        EntryType::Link,
        EntryType::Char,
        EntryType::GNULongName,
        EntryType::XHeader,
    ] {
        let mut tar = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        let all = members(&path);
        for (at, (name, bytes)) in all.iter().enumerate() {
            let mut header = header(name, bytes.len());
            if at + 2 == all.len() {
                header.set_entry_type(kind);
                header.set_link_name("/etc/passwd").unwrap();
                header.set_cksum();
            }
            tar.append(&header, bytes.as_slice()).unwrap();
        }
        refuses(&target, &tar.into_inner().unwrap().finish().unwrap(), "is no plain file", 23);
    }

    // A small file that unpacks to a large one: refused at its header, or at the first byte that is no row.
    let mut bomb = members(&path);
    bomb[0].1 = vec![b' '; 64 << 20];
    refuses(&target, &pack(&bomb), "does not begin with a manifest", 24);
    let mut bomb = members(&path);
    put_rows(&mut bomb, "search_channels", &"\0".repeat(64 << 20));
    refuses(&target, &pack(&bomb), "a byte that no row holds", 25);
    assert_eq!(target.number("SELECT count(*) FROM listings").await, 0);
}
