//! The key: made once, private, checked, or given by a setting.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    process::{Command, Stdio},
};

use serde_json::Value;

use super::scene::Scene;
use crate::support::server::program;

const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

#[tokio::test]
async fn the_first_start_makes_a_private_key_and_later_ones_keep_it() {
    let scene = Scene::new().await;
    let server = scene.program("serve").start();
    server.ready().await;
    let made = scene.keys();
    assert_eq!((made.len(), made[0].len()), (1, 64));
    assert_eq!(fs::metadata(scene.key_file()).unwrap().permissions().mode() & 0o7777, 0o600);
    let (_, story) = server.terminate();
    assert!(!story.join("\n").contains(&made[0]), "the key is in the log");
    let server = scene.program("serve").start();
    server.ready().await;
    assert_eq!(scene.keys(), made);
}

#[tokio::test]
async fn processes_that_start_at_once_agree_on_one_key() {
    let scene = Scene::new().await;
    for _ in 0..3 {
        let start = || {
            Command::new(env!("CARGO_BIN_EXE_deal-scout"))
                .args(["secrets", "status", "--json"])
                .env("DATABASE_URL", &scene.db.url)
                .env("DEAL_SCOUT__DATA_DIR", scene.home.path().join("data"))
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        };
        let keys: Vec<String> = [(); 6]
            .map(|()| start())
            .into_iter()
            .map(|child| {
                let output = child.wait_with_output().unwrap();
                let told: Value = serde_json::from_slice(&output.stdout)
                    .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
                assert_eq!(told["keys"].as_array().unwrap().len(), 1, "{told}");
                told["keys"][0]["key"].as_str().unwrap().to_owned()
            })
            .collect();
        assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
        fs::remove_dir_all(scene.home.path().join("data")).unwrap();
    }
}

#[tokio::test]
async fn a_key_file_that_is_exposed_or_garbled_ends_the_program_with_advice() {
    let scene = Scene::new().await;
    fs::write(scene.key_file(), format!("{KEY}\n")).unwrap();
    fs::set_permissions(scene.key_file(), fs::Permissions::from_mode(0o644)).unwrap();
    let (code, out, err) = scene.program("serve").finish();
    assert_eq!((code, out.as_str()), (Some(1), ""), "{err}");
    assert!(err.contains("(mode 0644); close it to them: chmod 600 "), "{err}");

    fs::set_permissions(scene.key_file(), fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(scene.key_file(), &KEY[..40]).unwrap();
    let (code, _, err) = scene.program("serve").finish();
    assert_eq!(code, Some(1), "{err}");
    assert!(
        err.contains("secret.key holds no key in line 1; put the key back from a copy"),
        "{err}"
    );
    assert!(!err.contains(&KEY[..40]), "{err}");
}

#[tokio::test]
async fn a_key_that_is_set_needs_no_data_directory() {
    let scene = Scene::new().await;
    let serve = || scene.program("serve").env("DEAL_SCOUT__DATA_DIR", "/proc/not/writable");
    let server = serve().env("DEAL_SCOUT__SECRET_KEY", KEY).start();
    server.ready().await;
    let (status, story) = server.terminate();
    assert!(status.success(), "{status}");
    assert!(!story.join("\n").contains("secret"), "{story:#?}");

    let server = serve().start();
    server.ready().await;
    let told = server.story().join("\n");
    assert!(told.contains("secrets cannot be stored: cannot"), "it serves all the same: {told}");
    assert!(told.contains("or set DEAL_SCOUT__SECRET_KEY to 32 random bytes"), "{told}");
}

#[test]
fn a_wrong_key_in_the_settings_is_a_fault_that_does_not_repeat_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key");
    fs::write(&file, format!("{}\n", &KEY[..40])).unwrap();
    let (code, _, err) = program("serve")
        .env("DEAL_SCOUT__SECRET_KEY_FILE", &file)
        .env("DEAL_SCOUT__SECRET_KEY_OLD", format!("{KEY},hunter2"))
        .finish();
    assert_eq!(code, Some(2), "{err}");
    assert!(err.contains("secret_key (from DEAL_SCOUT__SECRET_KEY_FILE"), "{err}");
    assert!(err.contains("is no key; give 32 random bytes as 64 hexadecimal digits"), "{err}");
    assert!(
        err.contains("secret_key_old (from DEAL_SCOUT__SECRET_KEY_OLD): number 2 is no"),
        "{err}"
    );
    assert!(!err.contains("hunter2") && !err.contains(&KEY[..40]), "{err}");
}

#[test]
fn a_key_in_the_settings_is_masked_when_they_are_shown() {
    let shown = program("config")
        .arg("show")
        .arg("--json")
        .env("DEAL_SCOUT__SECRET_KEY", KEY)
        .env("DEAL_SCOUT__SECRET_KEY_OLD", KEY);
    let (code, out, err) = shown.finish();
    assert_eq!(code, Some(0), "{err}");
    assert!(!out.contains(KEY), "{out}");
    let shown: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(shown["secret_key"]["value"], "***");
    assert_eq!(shown["secret_key"]["source"], "DEAL_SCOUT__SECRET_KEY");
    assert_eq!(shown["secret_key_old"]["value"], "***");
}

#[tokio::test]
async fn what_root_makes_belongs_to_whom_the_data_directory_belongs() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: needs root");
        return;
    }
    let scene = Scene::new().await;
    std::os::unix::fs::chown(scene.home.path(), Some(65534), Some(65534)).unwrap();
    let (code, _, err) = scene.secrets("status", &[]);
    assert_eq!(code, Some(0), "{err}");
    for name in ["secret.key", "secret.lock"] {
        let meta = fs::metadata(scene.home.path().join(name)).unwrap();
        assert_eq!((meta.uid(), meta.permissions().mode() & 0o777), (65534, 0o600), "{name}");
    }
}
