//! The layers together: who wins, what is told, what stays hidden.

use std::fs;

use super::*;

fn loaded(env: &Env) -> Loaded {
    load(&Overrides::default(), env).unwrap()
}

fn faults(env: &Env) -> Vec<String> {
    let faults = load(&Overrides::default(), env).unwrap_err();
    faults.iter().map(ToString::to_string).collect()
}

fn source(loaded: &Loaded, key: &str) -> String {
    loaded.shown.iter().find(|shown| shown.key == key).unwrap().source.clone()
}

#[test]
fn nothing_set_gives_the_defaults() {
    let folder = tempfile::tempdir().unwrap();
    let settings = loaded(&Env::of(folder.path(), &[])).settings;
    assert_eq!(settings.host.to_string(), "127.0.0.1");
    assert_eq!(settings.port, 3000);
    assert!(settings.data_dir.ends_with("deal-scout"), "{:?}", settings.data_dir);
    assert_eq!(settings.database.url, None);
    assert_eq!(settings.redis_url, None);
    assert!(settings.startup.migrate);
    assert!(settings.demo.sample && !settings.demo.enabled);
}

#[test]
fn each_layer_beats_the_one_below() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("deal-scout.toml"), "port = 1\n[log]\nlevel = \"debug\"\n")
        .unwrap();
    let file = loaded(&Env::of(folder.path(), &[]));
    assert_eq!((file.settings.port, source(&file, "port").as_str()), (1, "deal-scout.toml line 1"));

    let plain = loaded(&Env::of(folder.path(), &[("PORT", "2")]));
    assert_eq!((plain.settings.port, source(&plain, "port").as_str()), (2, "PORT"));

    let env = Env::of(folder.path(), &[("PORT", "2"), ("DEAL_SCOUT__PORT", "3")]);
    let specific = loaded(&env);
    assert_eq!(
        (specific.settings.port, source(&specific, "port").as_str()),
        (3, "DEAL_SCOUT__PORT")
    );

    let flag = load(&Overrides::default().set("port", "4", "--port"), &env).unwrap();
    assert_eq!((flag.settings.port, source(&flag, "port").as_str()), (4, "--port"));
    assert_eq!(source(&flag, "log.level"), "deal-scout.toml line 3");
    assert_eq!(source(&flag, "log.format"), "default");
}

#[test]
fn how_it_stops_is_counted_in_seconds_within_bounds() {
    let folder = tempfile::tempdir().unwrap();
    let stop = loaded(&Env::of(folder.path(), &[])).settings.stop;
    assert_eq!((stop.drain.as_secs(), stop.grace.as_secs()), (0, 20));
    let env = [("DEAL_SCOUT__STOP__DRAIN_S", "15"), ("DEAL_SCOUT__STOP__GRACE_S", "0")];
    let told = faults(&Env::of(folder.path(), &env));
    assert_eq!(
        told,
        [
            "stop.grace_s (from DEAL_SCOUT__STOP__GRACE_S): \"0\" does not do; give a number from 1 to 600"
        ]
    );
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    let folder = tempfile::tempdir().unwrap();
    let env = Env::of(folder.path(), &[("PORT", ""), ("DATABASE_URL", " "), ("DB_HOST", "")]);
    let loaded = loaded(&env);
    assert_eq!(loaded.settings.port, 3000);
    assert_eq!(loaded.settings.database.url, None);
}

#[test]
fn every_fault_is_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("deal-scout.toml"), "host = 7\nprot = 1\n").unwrap();
    let env = Env::of(
        folder.path(),
        &[
            ("PORT", "seventy"),
            ("DEAL_SCOUT__LOG__LEVLE", "info"),
            ("DATABASE_URL", "mysql://me:hunter2@db/x"),
            ("MIGRATE_ON_START", "maybe"),
        ],
    );
    let told = faults(&env);
    for part in [
        "prot (from deal-scout.toml line 2): there is no such key; did you mean port?",
        "DEAL_SCOUT__LOG__LEVLE: there is no such setting; did you mean DEAL_SCOUT__LOG__LEVEL?",
        "host (from deal-scout.toml line 1): \"7\" is not an address",
        "port (from PORT): \"seventy\" does not do; give a number from 0 to 65535",
        "database.url (from DATABASE_URL): mysql:// is no PostgreSQL",
        "startup.migrate (from MIGRATE_ON_START): \"maybe\" is neither true nor false",
    ] {
        assert!(told.iter().any(|fault| fault.starts_with(part)), "{part}\nis not in {told:#?}");
    }
    assert_eq!(told.len(), 6, "{told:#?}");
}

#[test]
fn a_secret_may_come_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("url"), "postgres://me:hunter2@db/deals\n").unwrap();
    let loaded = loaded(&Env::of(folder.path(), &[("DEAL_SCOUT__DATABASE__URL_FILE", "url")]));
    let url = loaded.settings.database.url.clone().unwrap();
    assert_eq!(url.reveal(), "postgres://me:hunter2@db/deals");
    assert_eq!(source(&loaded, "database.url"), "DEAL_SCOUT__DATABASE__URL_FILE (url)");
    assert!(!format!("{loaded:?}").contains("hunter2"));
}

#[test]
fn a_secret_given_twice_or_in_no_file_is_a_fault() {
    let folder = tempfile::tempdir().unwrap();
    let env = Env::of(
        folder.path(),
        &[("REDIS_URL", "redis://cache"), ("REDIS_URL_FILE", "x"), ("DATABASE_URL_FILE", "absent")],
    );
    let told = faults(&env);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told[0].starts_with("database.url (from DATABASE_URL_FILE): cannot read absent"),
        "{told:?}"
    );
    assert_eq!(
        told[1],
        "redis.url (from REDIS_URL_FILE): REDIS_URL is set as well; keep one of the two"
    );
}

#[test]
fn an_empty_secret_file_is_a_fault_and_no_managed_database() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("url"), "\n").unwrap();
    let told = faults(&Env::of(folder.path(), &[("DATABASE_URL_FILE", "url")]));
    assert_eq!(
        told,
        [
            "database.url (from DATABASE_URL_FILE): url is empty; name a file that holds the value alone"
        ]
    );
}

#[test]
fn the_parts_make_an_address_only_without_a_whole_one() {
    let folder = tempfile::tempdir().unwrap();
    let parts = loaded(&Env::of(folder.path(), &[("DB_HOST", "db"), ("POSTGRES_USER", "me")]));
    assert_eq!(parts.settings.database.url.unwrap().reveal(), "postgres://me:deals@db:5432/deals");
    let env = [("DB_HOST", "db"), ("DB_PORT", "x"), ("DATABASE_URL", "postgres://me@whole/deals")];
    let whole = loaded(&Env::of(folder.path(), &env));
    assert_eq!(whole.settings.database.url.unwrap().reveal(), "postgres://me@whole/deals");
    let told = faults(&Env::of(folder.path(), &env[..2]));
    assert!(told[0].starts_with("database.url (from DB_PORT): \"x\" is not a port"), "{told:?}");
}

#[test]
fn the_password_among_the_parts_may_come_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    fs::write(&file, "hunter2\r\n").unwrap();
    let path = file.to_str().unwrap();
    let env = Env::of("/nonexistent", &[("DB_HOST", "db"), ("POSTGRES_PASSWORD_FILE", path)]);
    let url = loaded(&env).settings.database.url.unwrap();
    assert_eq!(url.reveal(), "postgres://deals:hunter2@db:5432/deals");
}

#[test]
fn the_demo_listens_on_loopback_only() {
    let folder = tempfile::tempdir().unwrap();
    let env = Env::of(folder.path(), &[("DEMO_MODE", "true"), ("HOST", "0.0.0.0")]);
    assert_eq!(
        faults(&env),
        ["host (from HOST): the demo has no login, so it listens on loopback only; give 127.0.0.1"]
    );
}

#[test]
fn a_named_file_must_be_there() {
    let folder = tempfile::tempdir().unwrap();
    let told = faults(&Env::of(folder.path(), &[("DEAL_SCOUT_CONFIG", "mine.toml")]));
    assert!(told[0].starts_with("settings file (from DEAL_SCOUT_CONFIG): cannot read"), "{told:?}");
    fs::write(folder.path().join("mine.toml"), "port = 9\n").unwrap();
    let named = loaded(&Env::of(folder.path(), &[("DEAL_SCOUT_CONFIG", "mine.toml")]));
    assert_eq!(source(&named, "port"), "mine.toml line 1");
}

#[test]
fn every_key_is_shown_and_secrets_are_masked() {
    let folder = tempfile::tempdir().unwrap();
    let env = Env::of(folder.path(), &[("DATABASE_URL", "postgres://me:hunter2@db/deals")]);
    let shown = loaded(&env).shown;
    let names: Vec<_> = shown.iter().map(|shown| shown.key).collect();
    let known: Vec<_> = keys::KEYS.iter().map(|key| key.name).collect();
    assert_eq!(names, known);
    let url = shown.iter().find(|shown| shown.key == "database.url").unwrap();
    assert_eq!(url.value, "postgres://me:***@db/deals");
    assert!(shown.iter().all(|shown| !shown.source.is_empty()));
}
