//! What the program speaks to in the name of its people: their mail server, and the provider that vouches for them.

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

/// The provider that vouches for people.
#[derive(Debug, Clone)]
pub struct OidcSettings {
    /// Its address, as it names itself.
    pub issuer: String,
    /// What it calls this program.
    pub client_id: String,
    /// What this program proves itself with there.
    pub client_secret: Option<Secret>,
    /// What people call it.
    pub name: String,
    /// What it is asked for.
    pub scopes: Vec<String>,
    /// Whether whoever it vouches for gets an account.
    pub sign_up: bool,
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

/// The provider, when one is named.
pub(super) fn oidc(read: &mut Reader<'_>) -> Option<OidcSettings> {
    let issuer = read.wanted("oidc.issuer", web_address);
    let client_id = read.wanted("oidc.client_id", |text| Ok(text.to_owned()));
    let client_secret = read.wanted("oidc.client_secret", |text| Ok(Secret::new(text)));
    let name = read.needed("oidc.name", |text| Ok(text.to_owned()));
    let scopes = read.needed("oidc.scopes", scopes);
    let sign_up = read.needed("oidc.sign_up", parse::switch);
    let issuer = issuer?;
    if client_id.is_none() {
        read.fault(
            "oidc.client_id",
            "oidc.issuer is set, so give what the provider calls this program",
        );
    }
    Some(OidcSettings {
        issuer,
        client_id: client_id?,
        client_secret,
        name: name?,
        scopes: scopes?,
        sign_up: sign_up?,
    })
}

/// Origins of scripts, with commas between them.
pub(super) fn origins(text: &str) -> Result<Vec<String>, String> {
    text.split(',').map(str::trim).filter(|origin| !origin.is_empty()).map(origin).collect()
}

fn origin(text: &str) -> Result<String, String> {
    let is_origin = text.split_once("://").is_some_and(|(scheme, rest)| {
        let is_scheme =
            !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        let is_host =
            |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']');
        is_scheme && !rest.is_empty() && rest.bytes().all(is_host)
    });
    if text == "*" || is_origin {
        return Ok(text.to_ascii_lowercase());
    }
    Err("needs origins with commas between them, such as https://example.org, or *".to_owned())
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

fn scopes(text: &str) -> Result<Vec<String>, String> {
    let scopes: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    if scopes.iter().any(|scope| scope == "openid") {
        Ok(scopes)
    } else {
        Err(format!("\"{text}\" lacks openid, without which the provider vouches for nobody"))
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

    #[test]
    fn openid_is_among_the_scopes() {
        assert!(scopes("openid  email").is_ok_and(|scopes| scopes.len() == 2));
        assert!(scopes("email").is_err());
    }
}
