//! What the program speaks to in the name of its people: their mail server; and where they open it.

use std::time::Duration;

use super::{Secret, parse, read::Reader};

/// The mail server.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Who signs in there, and with what.
    pub login: Option<(String, Secret)>,
    /// How the way there is guarded.
    pub tls: SmtpTls,
    /// Whom mails come from.
    pub from: String,
    /// How long connecting, or one answer, may take.
    pub timeout: Duration,
}

/// How the way to the mail server is guarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpTls {
    /// TLS from the first byte.
    Implicit,
    /// TLS before anything is said.
    StartTls,
    /// Not at all.
    Off,
}

/// The mail server, when one is named.
pub(super) fn smtp(read: &mut Reader<'_>) -> Option<SmtpSettings> {
    let host = read.wanted("smtp.host", |text| plain(text, "is not the name of a server"));
    let port = read.needed("smtp.port", |text| parse::number(text, &(1..=u16::MAX)));
    let tls = read.needed("smtp.use_tls", tls);
    let seconds = read.needed("smtp.timeout_s", |text| parse::number(text, &(1..=300)));
    let user = read.wanted("smtp.user", |text| Ok(text.to_owned()));
    let password = read.wanted("smtp.password", |text| Ok(Secret::new(text)));
    let from = read.wanted("smtp.from", mailbox);
    let (host, port, tls) = (host?, port?, tls?);
    let tls = match tls {
        Some(tls) => tls,
        None if port == 465 => SmtpTls::Implicit,
        None => SmtpTls::StartTls,
    };
    let from = from.or_else(|| user.clone().filter(|user| mailbox(user).is_ok()));
    if from.is_none() {
        read.fault("smtp.from", "a mail needs a sender; give an address such as deals@example.org");
    }
    let login = match (user, password) {
        (Some(user), Some(password)) => Some((user, password)),
        (Some(_), None) => {
            read.fault("smtp.password", "smtp.user is set, so its password is needed, too");
            None
        }
        (None, _) => None,
    };
    let timeout = Duration::from_secs(seconds?);
    Some(SmtpSettings { host, port, login, tls, from: from?, timeout })
}

/// The address that people open, without a slash at its end.
pub(super) fn public_url(text: &str) -> Result<String, String> {
    web_address(text.trim_end_matches('/'))
}

fn web_address(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = rest.map(|rest| rest.split('/').next().unwrap_or_default());
    let is_one = host.is_some_and(|host| !host.is_empty() && !host.contains('@'))
        && !text.contains(|c: char| c.is_whitespace() || c.is_control() || "?#\"<>".contains(c));
    if is_one {
        Ok(text.to_owned())
    } else {
        Err(format!("\"{text}\" is not a web address; give one such as https://deals.example.org"))
    }
}

fn plain(text: &str, fault: &str) -> Result<String, String> {
    if text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '/') {
        return Err(format!("\"{text}\" {fault}; give one such as mail.example.org"));
    }
    Ok(text.to_owned())
}

/// None for what fits the port.
fn tls(text: &str) -> Result<Option<SmtpTls>, String> {
    match text.to_lowercase().as_str() {
        "starttls" => Ok(Some(SmtpTls::StartTls)),
        "implicit" => Ok(Some(SmtpTls::Implicit)),
        other => match parse::switch(other) {
            Ok(true) => Ok(None),
            Ok(false) => Ok(Some(SmtpTls::Off)),
            Err(_) => {
                Err(format!("\"{text}\" does not do; give true, starttls, implicit or false"))
            }
        },
    }
}

fn mailbox(text: &str) -> Result<String, String> {
    match text.parse::<lettre::message::Mailbox>() {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => Err(format!("\"{text}\" is not an address; give one such as deals@example.org")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_that_links_can_begin_with() {
        assert_eq!(
            public_url("https://deals.example.org/"),
            Ok("https://deals.example.org".to_owned())
        );
        assert_eq!(public_url("http://[::1]:3000/x"), Ok("http://[::1]:3000/x".to_owned()));
        for wrong in [
            "deals.example.org",
            "https://",
            "https://me@x",
            "ftp://x",
            "https://x/?a",
            "https://a b",
        ] {
            assert!(public_url(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_old_switch_and_the_exact_words_are_both_understood() {
        assert_eq!(tls("true"), Ok(None));
        assert_eq!(tls("False"), Ok(Some(SmtpTls::Off)));
        assert_eq!(tls("STARTTLS"), Ok(Some(SmtpTls::StartTls)));
        assert!(tls("maybe").is_err());
    }
}
