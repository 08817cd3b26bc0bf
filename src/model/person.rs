//! What an account needs: an address that can be written to, and a password that is not guessed.

/// The fewest characters of a password.
pub const SHORTEST_PASSWORD: usize = 10;
/// The most, so that nobody makes us hash a book.
pub const LONGEST_PASSWORD: usize = 1_000;
/// The longest name, in characters.
pub const LONGEST_NAME: usize = 200;
/// The longest address, in bytes, as mail servers take it.
const LONGEST_EMAIL: usize = 254;

/// An address as it is stored: trimmed, in lower case. An error says what is wrong.
pub fn email(text: &str) -> Result<String, String> {
    let text = text.trim().to_lowercase();
    let is_address = text.len() <= LONGEST_EMAIL
        && text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
        && !text.contains(|c: char| c.is_whitespace() || c.is_control());
    if is_address { Ok(text) } else { Err("is not an e-mail address".to_owned()) }
}

/// What is wrong with a password, if anything is.
pub fn password_fault(password: &str) -> Option<String> {
    let length = password.chars().count();
    if length < SHORTEST_PASSWORD {
        Some(format!("needs at least {SHORTEST_PASSWORD} characters"))
    } else if length > LONGEST_PASSWORD {
        Some(format!("has more than {LONGEST_PASSWORD} characters"))
    } else {
        None
    }
}

/// A name as it is stored: trimmed. An error says what is wrong.
pub fn name(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.chars().count() > LONGEST_NAME {
        Err(format!("has more than {LONGEST_NAME} characters"))
    } else if text.contains(char::is_control) {
        Err("contains a character that no name has".to_owned())
    } else {
        Ok(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_stored_in_lower_case() {
        assert_eq!(email(" Ann@Example.ORG "), Ok("ann@example.org".to_owned()));
    }

    #[test]
    fn an_address_has_a_name_and_a_host() {
        for wrong in ["", "ann", "@b", "a@", "a b@c", "a@b\0", "a@b\n.org"] {
            assert!(email(wrong).is_err(), "{wrong:?}");
        }
        assert!(email(&format!("{}@b", "a".repeat(253))).is_err());
    }

    #[test]
    fn a_password_is_neither_short_nor_a_book() {
        assert_eq!(password_fault("correct horse"), None);
        assert_eq!(password_fault("ähnliches!"), None, "characters count, not bytes");
        assert_eq!(password_fault("short").unwrap(), "needs at least 10 characters");
        assert!(password_fault(&"a".repeat(LONGEST_PASSWORD + 1)).is_some());
    }

    #[test]
    fn a_name_is_a_line() {
        assert_eq!(name(" Ann "), Ok("Ann".to_owned()));
        assert_eq!(name(""), Ok(String::new()));
        assert!(name("a\0b").is_err() && name(&"a".repeat(201)).is_err());
    }
}
