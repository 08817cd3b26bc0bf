//! The environment as a layer: specific names, plain names, and secrets in files.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

use super::{
    Fault,
    keys::{self, KEYS, Key, PREFIX},
    layers::Layer,
};

/// The surroundings of the process: its variables and its working directory. Tests make their own.
#[derive(Debug, Clone, Default)]
pub struct Env {
    variables: BTreeMap<String, String>,
    dir: PathBuf,
}

impl Env {
    /// Those of this process. A variable that is not Unicode keeps its name and loses the odd bytes.
    pub fn of_process() -> Self {
        let text = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
        Self {
            variables: env::vars_os().map(|(name, value)| (text(name), text(value))).collect(),
            dir: env::current_dir().unwrap_or_default(),
        }
    }

    /// Made-up ones, with `dir` as the working directory.
    pub fn of(dir: impl Into<PathBuf>, variables: &[(&str, &str)]) -> Self {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self { variables: variables.iter().map(own).collect(), dir: dir.into() }
    }

    /// The value of a variable; an empty one counts as not set.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// The working directory.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }
}

/// Names that belong to parts of the product which this version does not have. A star stands for any ending.
const WITHOUT_EFFECT: &[&str] = &[
    "EBAY_DEV_ID",
    "EBAY_OAUTH_TOKEN",
    "EBAY_REFRESH_TOKEN",
    "EBAY_REDIRECT_URI",
    "EBAY_SCOPE",
    "TWILIO_*",
    "ALERT_SMS_TO",
    "OPENAI_*",
    "DEFAULT_CITY",
    "DEFAULT_RADIUS_MI",
];

/// The parts of a database address, their variables and defaults.
const PARTS: [(&str, &str); 4] = [
    ("DB_PORT", "5432"),
    ("POSTGRES_DB", "deals"),
    ("POSTGRES_USER", "deals"),
    ("POSTGRES_PASSWORD", "deals"),
];

/// Reads every variable that is ours.
pub(super) fn layer(env: &Env, faults: &mut Vec<Fault>) -> Layer {
    let mut layer = Layer::default();
    for key in KEYS {
        let specific = variable(env, &key.variable(), key.name, key.secret, faults);
        let plain = key.plain.and_then(|name| variable(env, name, key.name, key.secret, faults));
        let parts = || (key.name == "database.url").then(|| from_parts(env, faults)).flatten();
        if let Some((text, origin)) = specific.or(plain).or_else(parts) {
            layer.put(key.name, text, &origin);
        }
    }
    unknown(env, faults);
    layer
}

/// What is set and has no effect, in sentences.
pub(super) fn notes(env: &Env) -> Vec<String> {
    let is_idle = |name: &str| {
        WITHOUT_EFFECT.iter().any(|known| match known.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => *known == name,
        })
    };
    let idle = env.variables.keys().filter(|name| is_idle(name) && env.get(name).is_some());
    let mut notes: Vec<_> =
        idle.map(|name| format!("{name} is set, but nothing in this version uses it")).collect();
    if env.get("DB_HOST").is_none() {
        let parts = PARTS.iter().filter(|(name, _)| env.get(name).is_some());
        notes
            .extend(parts.map(|(name, _)| format!("{name} is set, but is used only with DB_HOST")));
    }
    notes
}

/// One variable, or the file that its `_FILE` twin names: the text and where it came from.
fn variable(
    env: &Env,
    name: &str,
    key: &str,
    secret: bool,
    faults: &mut Vec<Fault>,
) -> Option<(String, String)> {
    let direct = env.get(name).map(|text| (text.to_owned(), name.to_owned()));
    let file_name = format!("{name}_FILE");
    let Some(path) = env.get(&file_name).filter(|_| secret) else { return direct };
    if direct.is_some() {
        let message = format!("{name} is set as well; keep one of the two");
        faults.push(Fault::new(key, file_name, message));
        return direct;
    }
    match fs::read_to_string(env.dir.join(path)) {
        Ok(text) if text.trim().is_empty() => {
            let message = format!("{path} is empty; name a file that holds the value alone");
            faults.push(Fault::new(key, file_name, message));
            None
        }
        Ok(text) => {
            Some((text.trim_end_matches(['\r', '\n']).to_owned(), format!("{file_name} ({path})")))
        }
        Err(e) => {
            let message =
                format!("cannot read {path}: {e}; name a file that holds the value alone");
            faults.push(Fault::new(key, file_name, message));
            None
        }
    }
}

/// The address that `DB_HOST` and its companions describe.
fn from_parts(env: &Env, faults: &mut Vec<Fault>) -> Option<(String, String)> {
    let host = env.get("DB_HOST")?;
    let mut read = |(name, default): (&str, &str)| {
        let secret = name == "POSTGRES_PASSWORD";
        variable(env, name, "database.url", secret, faults)
            .map_or_else(|| default.to_owned(), |(text, _)| text)
    };
    let [port, database, user, password] = PARTS.map(&mut read);
    if port.parse::<u16>().is_err() {
        let message = format!("\"{port}\" is not a port; give a number from 1 to 65535");
        faults.push(Fault::new("database.url", "DB_PORT", message));
    }
    let host = if host.contains(':') && !host.starts_with('[') {
        format!("[{host}]")
    } else if host.starts_with('[') {
        host.to_owned()
    } else {
        percent(host)
    };
    let url = format!(
        "postgres://{}:{}@{host}:{port}/{}",
        percent(&user),
        percent(&password),
        percent(&database)
    );
    Some((url, "DB_HOST".to_owned()))
}

/// Percent-encodes all but letters, digits and `-._~`.
fn percent(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

/// Finds variables with our prefix that name no key, and `_FILE` names of keys that are no secrets.
fn unknown(env: &Env, faults: &mut Vec<Fault>) {
    let names = |key: &Key| {
        let name = key.variable();
        let file = key.secret.then(|| format!("{name}_FILE"));
        std::iter::once(name).chain(file)
    };
    let known: Vec<String> = KEYS.iter().flat_map(names).collect();
    for name in env.variables.keys().filter(|name| name.starts_with(PREFIX)) {
        if !known.contains(name) {
            let nearest = keys::did_you_mean(name, known.iter().cloned());
            faults.push(Fault::new(name, name, format!("there is no such setting{nearest}")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_an_address_are_encoded() {
        let env = Env::of(".", &[("DB_HOST", "db.internal"), ("POSTGRES_PASSWORD", "p@ss/w:rd")]);
        let (url, origin) = from_parts(&env, &mut Vec::new()).unwrap();
        assert_eq!(url, "postgres://deals:p%40ss%2Fw%3Ard@db.internal:5432/deals");
        assert_eq!(origin, "DB_HOST");
    }

    #[test]
    fn a_host_may_be_an_ipv6_address_or_a_socket_folder() {
        let of = |host| from_parts(&Env::of(".", &[("DB_HOST", host)]), &mut Vec::new()).unwrap().0;
        assert_eq!(of("::1"), "postgres://deals:deals@[::1]:5432/deals");
        assert_eq!(of("/run/postgresql"), "postgres://deals:deals@%2Frun%2Fpostgresql:5432/deals");
    }

    #[test]
    fn what_has_no_effect_is_said() {
        let env = Env::of(".", &[("EBAY_DEV_ID", "x"), ("SMTP_HOST", ""), ("POSTGRES_DB", "shop")]);
        assert_eq!(
            notes(&env),
            [
                "EBAY_DEV_ID is set, but nothing in this version uses it",
                "POSTGRES_DB is set, but is used only with DB_HOST",
            ]
        );
    }
}
