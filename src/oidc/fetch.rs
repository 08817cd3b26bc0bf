//! Requests to the provider: no redirects, a limit on time and on size.

use std::{error::Error as StdError, time::Duration};

use openidconnect::{HttpRequest, HttpResponse, http};
use reqwest::redirect::Policy;

use super::Failure;
use crate::error::Chain;

/// The most that one answer may have, in bytes.
const LARGEST: usize = 1024 * 1024;

/// The way to the provider. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Fetch(reqwest::Client);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoAnswer {
    #[error("{}", Chain(.0))]
    Http(#[from] reqwest::Error),
    #[error("its answer has more than {LARGEST} bytes")]
    TooLarge,
    #[error("{0}")]
    Malformed(#[from] http::Error),
}

impl Fetch {
    pub(super) fn new(patience: Duration) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .redirect(Policy::none())
            .timeout(patience)
            .user_agent(concat!("deal-scout/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self(client))
    }

    /// Sends a request and reads the answer whole. Owns what it needs, so that it can be awaited anywhere.
    pub(super) fn send(
        &self,
        request: HttpRequest,
    ) -> impl Future<Output = Result<HttpResponse, NoAnswer>> + Send + use<> {
        let client = self.0.clone();
        async move {
            let mut answer = client.execute(request.try_into()?).await?;
            let mut head = http::Response::builder().status(answer.status());
            for (name, value) in answer.headers() {
                head = head.header(name, value);
            }
            let mut body = Vec::new();
            while let Some(chunk) = answer.chunk().await? {
                if body.len() + chunk.len() > LARGEST {
                    return Err(NoAnswer::TooLarge);
                }
                body.extend_from_slice(&chunk);
            }
            Ok(head.body(body)?)
        }
    }
}

/// What a failure of the library's means: whether there was no answer at all, or one that nobody can use. What an answer
/// says is not repeated: it may hold a token.
pub(super) fn failure(cause: &(dyn StdError + 'static)) -> Failure {
    let mut inner = Some(cause);
    while let Some(error) = inner {
        if let Some(no_answer) = error.downcast_ref::<NoAnswer>() {
            return match no_answer {
                NoAnswer::Http(http) => Failure::Away(Chain(http).to_string()),
                other => Failure::Nonsense(other.to_string()),
            };
        }
        inner = error.source();
    }
    Failure::Nonsense(Chain(cause).to_string())
}
