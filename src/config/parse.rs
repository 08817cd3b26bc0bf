//! From a text to a typed value. Each function says what would be right when it fails; none repeats a secret.

use std::{
    fmt::Display,
    net::{IpAddr, Ipv4Addr},
    ops::RangeInclusive,
    path::{Path, PathBuf},
    str::FromStr,
};

use redis::IntoConnectionInfo;

use super::{A_KEY, LogFormat, Secret, SecretKey, mask_url};

/// An address to listen on; `localhost` is 127.0.0.1.
pub(super) fn host(text: &str) -> Result<IpAddr, String> {
    if text == "localhost" {
        return Ok(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    text.trim_matches(['[', ']']).parse().map_err(|_| {
        format!(
            "\"{text}\" is not an address to listen on; give one such as 127.0.0.1, 0.0.0.0 or ::1"
        )
    })
}

/// A number within `range`.
pub(super) fn number<T>(text: &str, range: &RangeInclusive<T>) -> Result<T, String>
where
    T: FromStr + PartialOrd + Display,
{
    let number = text.parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| {
        format!("\"{text}\" does not do; give a number from {} to {}", range.start(), range.end())
    })
}

/// A yes or a no.
pub(super) fn switch(text: &str) -> Result<bool, String> {
    match text.to_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Ok(true),
        "false" | "no" | "off" | "0" => Ok(false),
        _ => Err(format!("\"{text}\" is neither true nor false; give one of the two")),
    }
}

/// A folder, made absolute from `dir`.
pub(super) fn folder(text: &str, dir: &Path) -> Result<PathBuf, String> {
    if text.starts_with('~') {
        return Err(format!("\"{text}\": only a shell knows ~; write the whole path"));
    }
    Ok(dir.join(text))
}

/// The least level that is logged.
pub(super) fn level(text: &str) -> Result<slog::Level, String> {
    match text.to_lowercase().as_str() {
        "trace" => Ok(slog::Level::Trace),
        "debug" => Ok(slog::Level::Debug),
        "info" => Ok(slog::Level::Info),
        "warning" | "warn" => Ok(slog::Level::Warning),
        "error" => Ok(slog::Level::Error),
        "critical" => Ok(slog::Level::Critical),
        _ => Err(format!(
            "\"{text}\" is not a level; give trace, debug, info, warning, error or critical"
        )),
    }
}

/// The shape of a log line.
pub(super) fn format(text: &str) -> Result<LogFormat, String> {
    match text.to_lowercase().as_str() {
        "auto" => Ok(LogFormat::Auto),
        "json" => Ok(LogFormat::Json),
        "terminal" => Ok(LogFormat::Terminal),
        _ => Err(format!("\"{text}\" is not a format; give auto, json or terminal")),
    }
}

/// The address of a PostgreSQL.
pub(super) fn postgres(text: &str) -> Result<Secret, String> {
    const RIGHT: &str = "postgres://user:password@host:5432/database";
    const MODES: [&str; 5] = ["disable", "prefer", "require", "verify-ca", "verify-full"];
    let scheme = text.split_once("://").map(|(scheme, _)| scheme);
    match scheme {
        Some("postgres" | "postgresql") => {}
        Some(other) if other.starts_with("postgres") => {
            return Err(format!(
                "{other}:// names a driver of another program; write {}",
                mask_url(text).replacen(other, "postgresql", 1)
            ));
        }
        Some(other) => return Err(format!("{other}:// is no PostgreSQL; give {RIGHT}")),
        None => return Err(format!("is not an address; give {RIGHT}")),
    }
    let (bare, mode) = without_tls(text);
    if let Some(mode) = mode.filter(|mode| !MODES.contains(mode)) {
        return Err(format!("sslmode={mode} is unknown; give one of {}", MODES.join(", ")));
    }
    match bare.parse::<tokio_postgres::Config>() {
        Ok(config) if config.get_hosts().is_empty() => {
            Err(format!("{} names no host; give {RIGHT}", mask_url(text)))
        }
        Ok(_) => Ok(Secret::new(text)),
        // The driver's own words may repeat a part of the address, and with it the password.
        Err(_) => Err(format!(
            "{} cannot be read; give {RIGHT}, with %40 for @ and %2F for / in a password",
            mask_url(text)
        )),
    }
}

/// The address without what concerns TLS, which the driver does not read itself, and the `sslmode`.
fn without_tls(url: &str) -> (String, Option<&str>) {
    let Some((place, query)) = url.rsplit_once('?') else { return (url.to_owned(), None) };
    let is_tls = |pair: &&str| pair.starts_with("sslmode=") || pair.starts_with("sslrootcert=");
    let mode = query.split('&').find_map(|pair| pair.strip_prefix("sslmode="));
    let rest: Vec<_> = query.split('&').filter(|pair| !is_tls(pair)).collect();
    let bare =
        if rest.is_empty() { place.to_owned() } else { format!("{place}?{}", rest.join("&")) };
    (bare, mode)
}

/// Keys, with commas, blanks or line ends between them.
pub(super) fn secret_keys(text: &str) -> Result<Vec<SecretKey>, String> {
    let mut keys = Vec::new();
    let parts = text.split(|c: char| c == ',' || c.is_whitespace());
    for (n, part) in (1..).zip(parts.filter(|part| !part.is_empty())) {
        let key = SecretKey::parse(part).map_err(|_| {
            format!("number {n} is no key; give {A_KEY}, with commas between several")
        })?;
        keys.push(key);
    }
    Ok(keys)
}

/// The secret address of a webhook.
pub(super) fn webhook(text: &str) -> Result<Secret, String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    if rest.is_some_and(|rest| rest.contains('/') && rest.bytes().all(|b| b.is_ascii_graphic())) {
        Ok(Secret::new(text))
    } else {
        Err("is no address of a webhook; one such as https://discord.com/api/webhooks/1/abc is"
            .to_owned())
    }
}

/// A token that somebody makes up for a program.
pub(super) fn token(text: &str) -> Result<Secret, String> {
    const LEAST: usize = 16;
    let is_plain = text.bytes().all(|b| b.is_ascii_graphic());
    if is_plain && text.len() >= LEAST {
        Ok(Secret::new(text))
    } else {
        Err(format!(
            "is too easy to guess, or has blanks; give {LEAST} letters and digits or more, such as `openssl rand -hex 16` makes"
        ))
    }
}

/// The address of a Redis.
pub(super) fn redis(text: &str) -> Result<Secret, String> {
    const RIGHT: &str = "redis://host:6379/0, or rediss:// for TLS";
    let right_scheme = text.starts_with("redis://") || text.starts_with("rediss://");
    if right_scheme && text.into_connection_info().is_ok() {
        return Ok(Secret::new(text));
    }
    Err(format!("{} is not the address of a Redis; give {RIGHT}", mask_url(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_an_address_or_localhost() {
        assert_eq!(host("localhost").unwrap().to_string(), "127.0.0.1");
        assert_eq!(host("[::1]").unwrap().to_string(), "::1");
        assert!(host("example.org").is_err());
    }

    #[test]
    fn a_number_out_of_range_says_the_range() {
        assert_eq!(
            number("0", &(1..=1000_u32)).unwrap_err(),
            "\"0\" does not do; give a number from 1 to 1000"
        );
        assert!(number("70000", &(0..=u16::MAX)).is_err());
        assert!(number("NaN", &(0.0..=10.0_f64)).is_err());
        assert_eq!(number("3000", &(0..=u16::MAX)), Ok(3000));
    }

    #[test]
    fn a_switch_takes_the_usual_words() {
        assert_eq!(switch("Yes"), Ok(true));
        assert_eq!(switch("0"), Ok(false));
        assert!(switch("maybe").is_err());
    }

    #[test]
    fn a_database_is_a_postgresql() {
        for good in [
            "postgres://me:pw@db:5432/deals",
            "postgresql://me@db/deals?sslmode=verify-full&sslrootcert=/etc/ca.pem",
            "postgres://me:pw@%2Frun%2Fpostgresql/deals?connect_timeout=5",
        ] {
            assert_eq!(postgres(good).map(|url| url.reveal().to_owned()), Ok(good.to_owned()));
        }
        for bad in [
            "mysql://me:hunter2@db/deals",
            "hunter2",
            "postgres://me:hunter2@db:port/deals",
            "postgres://me:hunter2@db/deals?sslmode=maybe",
            "postgres://me:hunter2@db/deals?colour=red",
            "postgresql+psycopg://me:hunter2@db/deals",
        ] {
            let message = postgres(bad).unwrap_err();
            assert!(!message.contains("hunter2"), "{message}");
        }
    }

    #[test]
    fn an_address_for_another_driver_is_told_how_to_be_written() {
        assert_eq!(
            postgres("postgresql+psycopg://me:pw@db/deals").unwrap_err(),
            "postgresql+psycopg:// names a driver of another program; write postgresql://me:***@db/deals"
        );
    }

    #[test]
    fn keys_that_only_open_are_a_list() {
        let (one, two) = ("01".repeat(31) + "ff", "02".repeat(31) + "ff");
        assert_eq!(secret_keys(&format!("{one},\n {two}\n")).unwrap().len(), 2);
        let told = secret_keys(&format!("{one},hunter2")).unwrap_err();
        assert!(told.starts_with("number 2 is no key") && !told.contains("hunter2"), "{told}");
    }

    #[test]
    fn a_redis_has_its_own_scheme() {
        assert!(redis("redis://:pw@cache:6379/0").is_ok());
        assert!(redis("rediss://cache").is_ok());
        assert!(redis("http://cache").is_err());
        assert!(redis("redis://cache:port").is_err());
    }
}
