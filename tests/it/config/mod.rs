//! Settings as the whole program reads them.

use std::fs;

use serde_json::Value;

use crate::support::server::program;

#[test]
fn every_fault_is_told_before_anything_is_touched() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    for command in ["serve", "demo", "migrate"] {
        let mut builder = program(command)
            .env("DEAL_SCOUT__DATA_DIR", &data)
            .env("PORT", "none")
            .env("DATABASE_URL", "mysql://me:hunter2@db/deals")
            .env("DEAL_SCOUT__LOG__LEVLE", "debug");
        if command == "migrate" {
            builder = builder.arg("status");
        }
        let (code, out, messages) = builder.finish();
        assert_eq!((code, out.as_str()), (Some(2), ""), "{command}: {messages}");
        for part in [
            "3 faults",
            "port (from PORT): \"none\"",
            "database.url (from DATABASE_URL): mysql:// is no PostgreSQL",
            "did you mean DEAL_SCOUT__LOG__LEVEL?",
        ] {
            assert!(messages.contains(part), "{command}: {part} is not in {messages}");
        }
        assert!(!messages.contains("hunter2"), "{messages}");
        assert!(!data.exists(), "{command} made the data directory");
    }
}

#[test]
fn what_is_shown_has_its_source_and_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.toml");
    fs::write(&file, "[redis]\nurl = \"redis://:hunter2@cache:6379/0\"\n").unwrap();
    let show = || {
        program("config")
            .arg("show")
            .arg("--config")
            .arg(&file)
            .env("DB_HOST", "db")
            .env("POSTGRES_PASSWORD", "hunter2")
    };
    let (code, text, messages) = show().finish();
    assert_eq!((code, messages.as_str()), (Some(0), ""));
    let (_, json, _) = show().arg("--json").arg("--log-level").arg("error").finish();
    for output in [&text, &json] {
        assert!(!output.contains("hunter2"), "{output}");
    }
    let shown: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(shown["database.url"]["value"], "postgres://deals:***@db:5432/deals");
    assert_eq!(shown["database.url"]["source"], "DB_HOST");
    assert_eq!(shown["redis.url"]["value"], "redis://:***@cache:6379/0");
    assert_eq!(shown["redis.url"]["source"], format!("{} line 2", file.display()));
    assert_eq!(shown["log.level"]["source"], "--log-level");
    assert_eq!(shown["port"]["value"], 0);
    assert_eq!(shown["import.max_bytes"]["source"], "default");
}

#[test]
fn a_check_tells_faults_and_idle_names_to_programs() {
    let check = || program("config").arg("check").arg("--json");
    let (code, out, _) = check().env("EBAY_DEV_ID", "x").finish();
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &told["ok"]), (Some(0), &Value::Bool(true)));
    assert_eq!(told["notes"][0], "EBAY_DEV_ID is set, but nothing in this version uses it");

    let (code, out, _) = check().env("MIGRATE_ON_START", "perhaps").finish();
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &told["ok"]), (Some(2), &Value::Bool(false)));
    assert_eq!(told["faults"][0]["key"], "startup.migrate");
    assert_eq!(told["faults"][0]["source"], "MIGRATE_ON_START");
}

#[test]
fn the_demo_refuses_to_listen_beyond_loopback() {
    let (code, _, messages) = program("demo").arg("--host").arg("0.0.0.0").finish();
    assert_eq!(code, Some(2));
    assert!(messages.contains("host (from --host): the demo has no login"), "{messages}");
}

#[test]
fn the_readme_has_a_row_for_every_setting() {
    let (_, json, _) = program("config").arg("show").arg("--json").finish();
    let shown: Value = serde_json::from_str(&json).unwrap();
    let readme = include_str!("../../../README.md");
    for key in shown.as_object().unwrap().keys() {
        assert!(readme.contains(&format!("\n| `{key}` | ")), "README.md has no row for {key}");
    }
}
