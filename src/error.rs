//! What can go wrong, said once. The web layer renders it as a page or as problem+json; commands print it.

use std::{error::Error as StdError, fmt, time::Duration};

/// The result of anything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A fault in one field of an input, in words for the person who sent it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FieldError {
    /// The field's name as the sender wrote it, dots for nesting.
    pub field: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl FieldError {
    /// A fault in `field`, with what would be right.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

/// Every failure that a person or a program outside is told of. The texts are for them: no internals.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// 400: the request cannot be read at all.
    #[error("{0}")]
    BadRequest(String),
    /// 401: who is asking is not known.
    #[error("sign in, or send a token")]
    Unauthorized,
    /// 401: the token that was sent is not one that is taken. Says why, and what would be right.
    #[error("{0}")]
    InvalidToken(String),
    /// 403: known, and not allowed.
    #[error("{0}")]
    Forbidden(String),
    /// 404: there is no such thing, or it is somebody else's. Names the noun.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// 405: the address exists, this method does not.
    #[error("this address does not take that method")]
    MethodNotAllowed,
    /// 409: it contradicts what is stored.
    #[error("{0}")]
    Conflict(String),
    /// 412: it has changed since the caller read it.
    #[error("it has changed since you read it; read it again and send its ETag as If-Match")]
    PreconditionFailed,
    /// 413: larger than the limit, in bytes.
    #[error("larger than the limit of {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// 415: a kind of content that is not taken here.
    #[error("{0}")]
    UnsupportedMedia(String),
    /// 422: readable, but not valid; one entry a fault.
    #[error("{}", first_message(.0))]
    Invalid(Vec<FieldError>),
    /// 429: too many requests.
    #[error("too many requests; try again in {} s", .retry_after.as_secs())]
    TooManyRequests {
        /// How long to wait.
        retry_after: Duration,
    },
    /// 503: what is needed is not there at present.
    #[error("{reason}")]
    Unavailable {
        /// Why, for people.
        reason: String,
        /// When to try again.
        retry_after: Duration,
    },
    /// 503: the schema lacks what this request needs.
    #[error("the database schema is incomplete: {} missing", .missing.join(", "))]
    SchemaIncomplete {
        /// The tables that are missing or differ.
        missing: Vec<String>,
    },
    /// A failure that an operator is told of, with what to do next. Exit code 1 on the command line, 500 on the web.
    #[error("{0}")]
    Failed(String),
    /// 500: a fault of ours. The cause goes to the log, never to a client.
    #[error("something went wrong on our side")]
    Internal(#[source] Box<dyn StdError + Send + Sync>),
}

impl Error {
    /// A single fault in one field.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(field, message)])
    }

    /// Wraps a failure of ours, whatever it is.
    pub fn internal(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }

    /// A file could not be written: a full disk is no fault of ours, and passes.
    pub fn writing(cause: std::io::Error) -> Self {
        use std::io::ErrorKind as Kind;
        match cause.kind() {
            Kind::StorageFull | Kind::QuotaExceeded => Self::Unavailable {
                reason: "the disk of Deal Scout is full; nothing was stored. Make room there, then try again".to_owned(),
                retry_after: Duration::from_secs(30),
            },
            _ => Self::internal(cause),
        }
    }

    /// What is needed is not there; try again in a few seconds.
    pub fn unavailable(reason: impl Into<String>) -> Self {
        Self::Unavailable { reason: reason.into(), retry_after: Duration::from_secs(2) }
    }

    /// The HTTP status that says this.
    pub fn status(&self) -> u16 {
        match self {
            Self::BadRequest(_) => 400,
            Self::Unauthorized | Self::InvalidToken(_) => 401,
            Self::Forbidden(_) => 403,
            Self::NotFound(_) => 404,
            Self::MethodNotAllowed => 405,
            Self::Conflict(_) => 409,
            Self::PreconditionFailed => 412,
            Self::TooLarge { .. } => 413,
            Self::UnsupportedMedia(_) => 415,
            Self::Invalid(_) => 422,
            Self::TooManyRequests { .. } => 429,
            Self::Unavailable { .. } | Self::SchemaIncomplete { .. } => 503,
            Self::Failed(_) | Self::Internal(_) => 500,
        }
    }

    /// Every word that [`Error::code`] can say.
    pub const CODES: &'static [&'static str] = &[
        "bad_request",
        "unauthorized",
        "invalid_token",
        "forbidden",
        "not_found",
        "method_not_allowed",
        "conflict",
        "precondition_failed",
        "too_large",
        "unsupported_media_type",
        "invalid",
        "too_many_requests",
        "unavailable",
        "schema_incomplete",
        "internal",
    ];

    /// A word for programs; stable.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadRequest(_) => "bad_request",
            Self::Unauthorized => "unauthorized",
            Self::InvalidToken(_) => "invalid_token",
            Self::Forbidden(_) => "forbidden",
            Self::NotFound(_) => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::Conflict(_) => "conflict",
            Self::PreconditionFailed => "precondition_failed",
            Self::TooLarge { .. } => "too_large",
            Self::UnsupportedMedia(_) => "unsupported_media_type",
            Self::Invalid(_) => "invalid",
            Self::TooManyRequests { .. } => "too_many_requests",
            Self::Unavailable { .. } => "unavailable",
            Self::SchemaIncomplete { .. } => "schema_incomplete",
            Self::Failed(_) | Self::Internal(_) => "internal",
        }
    }

    /// How long a client had better wait before it tries again.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::TooManyRequests { retry_after } | Self::Unavailable { retry_after, .. } => {
                Some(*retry_after)
            }
            Self::SchemaIncomplete { .. } => Some(Duration::from_secs(30)),
            _ => None,
        }
    }
}

impl From<diesel::result::Error> for Error {
    fn from(cause: diesel::result::Error) -> Self {
        use diesel::result::{DatabaseErrorKind as Kind, Error as Diesel};
        match cause {
            Diesel::NotFound => Self::NotFound("row"),
            Diesel::DatabaseError(Kind::ClosedConnection | Kind::UnableToSendCommand, _) => {
                Self::unavailable("the database is not reachable")
            }
            // What PostgreSQL says to everybody when it is stopped or dies.
            Diesel::DatabaseError(_, ref info)
                if info.message().starts_with("terminating connection") =>
            {
                Self::unavailable("the database is not reachable")
            }
            Diesel::DatabaseError(_, ref info) if is_too_slow(info.message()) => {
                Self::unavailable("the database took too long to answer; try again in a moment")
            }
            Diesel::DatabaseError(_, ref info) if is_full(info.message()) => Self::Unavailable {
                reason: "the disk of the database is full; nothing was stored. Make room there, then try again".to_owned(),
                retry_after: Duration::from_secs(30),
            },
            Diesel::DatabaseError(Kind::UniqueViolation, ref info) => {
                Self::Conflict(match constrained(info.as_ref(), "_key") {
                    Some(field) => format!("there is one with this {field} already"),
                    None => "it exists already".to_owned(),
                })
            }
            Diesel::DatabaseError(Kind::ForeignKeyViolation, ref info) => {
                match constrained(info.as_ref(), "_fkey") {
                    Some(field) => Self::invalid(field, "refers to nothing that is yours"),
                    None => Self::internal(cause),
                }
            }
            Diesel::DatabaseError(Kind::CheckViolation, ref info) => {
                match constrained(info.as_ref(), "_check") {
                    Some(field) => Self::invalid(field, "has a value that is not possible here"),
                    None => Self::internal(cause),
                }
            }
            Diesel::DatabaseError(_, info)
                if let Some(name) = missing_in_schema(info.message()) =>
            {
                Self::SchemaIncomplete { missing: vec![name] }
            }
            other => Self::internal(other),
        }
    }
}

/// `my_item_id` of the constraint `orders_my_item_id_fkey` on `orders`: constraints are named for the field that people
/// know.
fn constrained(
    info: &dyn diesel::result::DatabaseErrorInformation,
    suffix: &str,
) -> Option<String> {
    let name = info.constraint_name()?.strip_suffix(suffix)?;
    let name = name.strip_prefix(info.table_name()?)?.strip_prefix('_')?;
    (!name.is_empty()).then(|| name.to_owned())
}

/// What PostgreSQL adds to whatever it could not write.
fn is_full(message: &str) -> bool {
    message.ends_with("No space left on device") || message.ends_with("Disk quota exceeded")
}

/// What PostgreSQL says when it gives up at one of the limits that we set.
fn is_too_slow(message: &str) -> bool {
    matches!(
        message,
        "canceling statement due to statement timeout" | "canceling statement due to lock timeout"
    )
}

/// `comps` of `relation "comps" does not exist`: somebody took it away since it was last looked at.
fn missing_in_schema(message: &str) -> Option<String> {
    let name = message.strip_suffix(" does not exist")?;
    let name = name.strip_prefix("relation ").or_else(|| name.strip_prefix("column "))?;
    Some(name.replace('"', ""))
}

impl From<diesel_async::pooled_connection::bb8::RunError> for Error {
    fn from(_: diesel_async::pooled_connection::bb8::RunError) -> Self {
        // The pool's error sink has logged the true cause; what reaches here is mostly "timed out".
        Self::unavailable("the database is not reachable")
    }
}

/// Prints an error with all its causes on one line: `what: why: why`.
pub struct Chain<'a>(pub &'a (dyn StdError + 'a));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut said = self.0.to_string();
        let mut cause = self.0.source();
        while let Some(error) = cause {
            let text = error.to_string();
            // Wrappers that repeat their cause's text would say it twice.
            if !said.contains(&text) {
                write!(f, ": {text}")?;
            }
            said = text;
            cause = error.source();
        }
        Ok(())
    }
}

impl fmt::Debug for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn first_message(errors: &[FieldError]) -> String {
    errors.first().map_or_else(
        || "the input is not valid".to_owned(),
        |e| format!("{}: {}", e.field, e.message),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_takes_too_long_is_unavailable() {
        let told = |message: &str| {
            let cause = diesel::result::DatabaseErrorKind::Unknown;
            let cause = diesel::result::Error::DatabaseError(cause, Box::new(message.to_owned()));
            Error::from(cause).code()
        };
        assert_eq!(told("canceling statement due to statement timeout"), "unavailable");
        assert_eq!(told("canceling statement due to lock timeout"), "unavailable");
        assert_eq!(told("division by zero"), "internal");
    }

    #[test]
    fn what_is_missing_in_the_schema_is_named() {
        let name = |message| missing_in_schema(message);
        assert_eq!(name(r#"relation "comps" does not exist"#), Some("comps".to_owned()));
        assert_eq!(name("column comps.kind does not exist"), Some("comps.kind".to_owned()));
        assert_eq!(name("division by zero"), None);
        assert_eq!(name("function nothing() does not exist"), None);
    }
}
