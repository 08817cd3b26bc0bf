//! Writes: each in one transaction, together with the answer that its `Idempotency-Key` is to get again.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderName},
    },
};
use diesel_async::{AsyncConnection, AsyncPgConnection, TransactionManager};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{
    db::idempotency_keys::{self, Claim, Kept},
    error::{Error, Result},
    model::id::UserId,
    state::App,
    web::respond,
};

// A handler's future stays on its thread, which the library's own way to say this does not allow for.
type Transactions = <AsyncPgConnection as AsyncConnection>::TransactionManager;

/// The header that makes a write safe to send again.
pub(super) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// What a write answers.
#[derive(Debug)]
pub(super) struct Written(Kept);

impl Written {
    /// 201 with the new row and where it is.
    pub(super) fn created(location: String, row: &impl Serialize) -> Result<Self> {
        Self::with(StatusCode::CREATED, Some(location), row)
    }

    /// 202 with the work that was taken on and where it can be followed.
    pub(super) fn accepted(location: String, row: &impl Serialize) -> Result<Self> {
        Self::with(StatusCode::ACCEPTED, Some(location), row)
    }

    /// 200 with the row as it is now.
    pub(super) fn changed(row: &impl Serialize) -> Result<Self> {
        Self::with(StatusCode::OK, None, row)
    }

    /// 201 where the row is new, else 200; with where it is.
    pub(super) fn stored(is_new: bool, location: String, row: &impl Serialize) -> Result<Self> {
        let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
        Self::with(status, Some(location), row)
    }

    /// 204: it is gone.
    pub(super) fn removed() -> Self {
        let status = Some(i32::from(StatusCode::NO_CONTENT.as_u16()));
        Self(Kept { status, location: None, etag: None, body: None })
    }

    fn with(status: StatusCode, location: Option<String>, row: &impl Serialize) -> Result<Self> {
        let body = serde_json::to_vec(row).map_err(Error::internal)?;
        let etag = Some(respond::etag(&Sha256::digest(&body)));
        Ok(Self(Kept {
            status: Some(i32::from(status.as_u16())),
            location,
            etag,
            body: Some(body),
        }))
    }

    fn response(self) -> HttpResponse {
        let Kept { status, location, etag, body } = self.0;
        let status = status.and_then(|status| u16::try_from(status).ok());
        let status = status.and_then(|status| StatusCode::from_u16(status).ok());
        let mut response = HttpResponse::build(status.unwrap_or(StatusCode::OK));
        response.insert_header((header::CACHE_CONTROL, "private, no-cache"));
        if let Some(location) = location {
            response.insert_header((header::LOCATION, location));
        }
        if let Some(etag) = etag {
            response.insert_header((header::ETAG, etag));
        }
        match body {
            Some(body) => response.content_type("application/json").body(body),
            None => response.finish(),
        }
    }
}

/// Does `work` in one transaction, or answers as before when the request's `Idempotency-Key` has been used for the very
/// same request. What fails stores nothing, the key included.
pub(super) async fn once(
    app: &App,
    request: &HttpRequest,
    user: UserId,
    body: &[u8],
    work: impl AsyncFnOnce(&mut AsyncPgConnection) -> Result<Written>,
) -> Result<HttpResponse> {
    let key = key(request)?;
    let digest = digest(request, body);
    let mut conn = app.conn().await?;
    Transactions::begin_transaction(&mut *conn).await?;
    let written = match key {
        Some(key) => keyed(&mut conn, user, key, &digest, work).await,
        None => work(&mut conn).await,
    };
    match written {
        Ok(written) => {
            Transactions::commit_transaction(&mut *conn).await?;
            Ok(written.response())
        }
        Err(error) => {
            Transactions::rollback_transaction(&mut *conn).await?;
            Err(error)
        }
    }
}

async fn keyed(
    conn: &mut AsyncPgConnection,
    user: UserId,
    key: &str,
    digest: &[u8],
    work: impl AsyncFnOnce(&mut AsyncPgConnection) -> Result<Written>,
) -> Result<Written> {
    match idempotency_keys::claim(conn, user, key, digest).await? {
        Claim::Fresh => {
            let written = work(conn).await?;
            idempotency_keys::keep(conn, user, key, &written.0).await?;
            Ok(written)
        }
        Claim::Again(kept) => Ok(Written(kept)),
        Claim::Taken => Err(Error::invalid(
            "Idempotency-Key",
            "has been used for another request; take a new key for each",
        )),
    }
}

/// Refuses to go on when `If-Match` names other versions than the row as it is now.
pub(super) fn check_match(request: &HttpRequest, row: &impl Serialize) -> Result<()> {
    if !request.headers().contains_key(header::IF_MATCH) {
        return Ok(());
    }
    let body = serde_json::to_vec(row).map_err(Error::internal)?;
    let etag = respond::etag(&Sha256::digest(&body));
    let is_named = request
        .headers()
        .get_all(header::IF_MATCH)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|tag| tag.trim() == etag || tag.trim() == "*");
    if is_named { Ok(()) } else { Err(Error::PreconditionFailed) }
}

fn key(request: &HttpRequest) -> Result<Option<&str>> {
    let Some(key) = request.headers().get(IDEMPOTENCY_KEY) else { return Ok(None) };
    let is_plain = |key: &&str| key.bytes().all(|b| matches!(b, b' '..=b'~'));
    let key = key.to_str().ok().filter(|key| (1..=255).contains(&key.len())).filter(is_plain);
    let right = "needs 1 to 255 printable ASCII characters";
    key.map(Some).ok_or_else(|| Error::invalid("Idempotency-Key", right))
}

fn digest(request: &HttpRequest, body: &[u8]) -> Vec<u8> {
    let mut digest = Sha256::new();
    let (method, query) = (request.method().as_str(), request.query_string());
    for part in [method.as_bytes(), request.path().as_bytes(), query.as_bytes(), body] {
        digest.update(part.len().to_be_bytes());
        digest.update(part);
    }
    digest.finalize().to_vec()
}
