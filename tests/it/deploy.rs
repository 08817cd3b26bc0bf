//! The files of `deploy/` and the compose file stay true to the program: settings, probes, times, what is built.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use regex::Regex;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn read(path: &str) -> String {
    fs::read_to_string(format!("{ROOT}/{path}")).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// Every file for operators, with its text.
fn files() -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { walk(&path, found) } else { found.push(path) }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(ROOT).join("deploy"), &mut found);
    let below =
        found.iter().map(|path| path.strip_prefix(ROOT).unwrap().to_str().unwrap().to_owned());
    let beside = ["Containerfile", "podman-compose.yml", ".env.example"].map(ToOwned::to_owned);
    below.chain(beside).map(|name| (name.clone(), read(&name))).collect()
}

fn matches(pattern: &str, text: &str) -> BTreeSet<String> {
    let pattern = Regex::new(pattern).unwrap();
    pattern.captures_iter(text).map(|found| found[1].to_owned()).collect()
}

/// What a file sets a key to, in seconds.
fn seconds(path: &str, key: &str) -> u64 {
    let found = matches(&format!(r#"(?m){key}[=:]\s*"?(\d+)"#), &read(path));
    let one = found.first().unwrap_or_else(|| panic!("{path} sets {key}"));
    one.parse().unwrap()
}

#[test]
fn every_setting_that_they_name_is_one() {
    // Each key has a long name, whatever else it is called.
    let keys = matches(r"(?m)^\| `([a-z_.0-9]+)` \| `[A-Z_]+` \|", &read("README.md"));
    let long = |key: &String| format!("DEAL_SCOUT__{}", key.replace('.', "__").to_uppercase());
    let known: BTreeSet<String> = keys.iter().map(long).collect();
    for (name, text) in files() {
        for variable in matches(r"\b(DEAL_SCOUT__[A-Z_]+)", &text) {
            let plain = variable.trim_end_matches("_FILE");
            assert!(known.contains(plain), "{name} sets {variable}, which is no setting");
        }
    }
}

#[test]
fn the_example_of_the_environment_tells_every_variable_of_the_compose_file() {
    let compose = read("podman-compose.yml");
    let (used, example) = (matches(r"\$\{([A-Z_]+)", &compose), read(".env.example"));
    let told = matches(r"(?m)^#?([A-Z][A-Z_]*)=", &example);
    assert_eq!(used.difference(&told).collect::<Vec<_>>(), Vec::<&String>::new());
    // What the compose file does not use itself goes to the service, which reads it.
    let read_me = read("README.md");
    for variable in told.difference(&used) {
        assert!(read_me.contains(&format!("`{variable}`")), "{variable} is no setting");
    }
    for variable in &used {
        let default = Regex::new(&format!(r"\$\{{{variable}:-([^}}]*)\}}")).unwrap();
        let default = &default.captures(&compose).unwrap_or_else(|| panic!("{variable}"))[1];
        let line = format!("#{variable}={default}\n");
        assert!(example.contains(&line), ".env.example says {line}");
    }
}

#[test]
fn whoever_ends_it_waits_longer_than_it_takes() {
    let sum = |path: &str, drain: &str, grace: &str| seconds(path, drain) + seconds(path, grace);
    let usual = sum("config/default.toml", "drain_s ", "grace_s ");
    assert!(usual < seconds("deploy/systemd/deal-scout.service", "^TimeoutStopSec"));
    assert!(usual < seconds("podman-compose.yml", "stop_grace_period"));
    assert!(usual < seconds("deploy/quadlets/deal-scout.container", "--stop-timeout"));
    let config = "deploy/kubernetes/configmap.yaml";
    let there = sum(config, "STOP__DRAIN_S", "STOP__GRACE_S");
    assert!(there < seconds("deploy/kubernetes/deployment.yaml", "terminationGracePeriodSeconds"));
}

#[test]
fn every_probe_asks_for_an_address_that_there_is() {
    let routes = read("src/web/health.rs");
    let asked = matches(r"(?m)^ +path: (/health\S*)$", &read("deploy/kubernetes/deployment.yaml"));
    assert_eq!(asked.len(), 3, "{asked:?}");
    for path in asked {
        assert!(routes.contains(&format!("\"{path}\"")), "{path} is not there");
    }
}

#[test]
fn the_kustomization_names_every_manifest_but_the_example() {
    let listed = matches(r"(?m)^  - (\S+\.yaml)$", &read("deploy/kubernetes/kustomization.yaml"));
    let there: BTreeSet<String> = fs::read_dir(format!("{ROOT}/deploy/kubernetes"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "kustomization.yaml" && name != "secret.example.yaml")
        .collect();
    assert_eq!(listed, there);
}

#[test]
fn every_name_that_a_quadlet_refers_to_is_a_quadlet() {
    for (name, text) in files().iter().filter(|(name, _)| name.starts_with("deploy/quadlets/")) {
        for other in matches(r"(?m)^(?:Network|Volume)=([a-z-]+\.(?:network|volume))\b", text) {
            let path = format!("deploy/quadlets/{other}");
            assert!(Path::new(ROOT).join(&path).exists(), "{name} refers to {path}");
        }
    }
}

#[test]
fn the_package_holds_files_that_are_there() {
    let manifest = read("Cargo.toml");
    let (_, deb) = manifest.split_once("[package.metadata.deb]").unwrap();
    for file in matches(r#"(?m)^  \["([^"]+)", "#, deb) {
        let is_built = file.starts_with("target/");
        assert!(is_built || Path::new(ROOT).join(&file).exists(), "{file} is not there");
    }
}

/// A volume that is mounted on a folder first takes its owner from it. Copying a folder's content leaves the folder itself
/// to root, so the folder has to be what is copied.
#[test]
fn the_data_folder_of_the_image_belongs_to_the_user_that_runs_it() {
    let image = read("Containerfile");
    let user = matches(r"(?m)^USER (\d+:\d+)$", &image);
    let folder = matches(r"DEAL_SCOUT__DATA_DIR=/(\S+)", &image);
    let (Some(user), Some(folder)) = (user.first(), folder.first()) else {
        panic!("it names a user and a data folder: {user:?} {folder:?}");
    };
    let copied = matches(&format!(r"(?m)^COPY .*--chown={user} (/\S+) /$"), &image);
    let Some(above) = copied.first() else { panic!("something is copied to / for {user}") };
    assert!(image.contains(&format!(" {above}/{folder} ")), "{above}/{folder} is made before");
}
