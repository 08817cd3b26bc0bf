//! Requests to the provider, through the one client.

use std::{error::Error as StdError, time::Duration};

use openidconnect::{HttpRequest, HttpResponse, http};

use super::Failure;
use crate::{
    error::Chain,
    outbound::{Fault, Outbound, Reach, Request, Url},
};

/// The most that one answer may have, in bytes.
const LARGEST: usize = 1024 * 1024;

/// The way to the provider. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Fetch {
    outbound: Outbound,
    patience: Duration,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoAnswer {
    #[error("{0}")]
    Fault(#[from] Fault),
    #[error("{0} is no address")]
    Address(http::Uri),
    #[error("{0}")]
    Malformed(#[from] http::Error),
}

impl Fetch {
    pub(super) fn new(outbound: Outbound, patience: Duration) -> Self {
        Self { outbound, patience }
    }

    /// Sends a request and reads the answer whole. Owns what it needs, so that it can be awaited anywhere.
    pub(super) fn send(
        &self,
        request: HttpRequest,
    ) -> impl Future<Output = Result<HttpResponse, NoAnswer>> + Send + use<> {
        let Self { outbound, patience } = self.clone();
        async move {
            let (head, body) = request.into_parts();
            let Ok(url) = Url::parse(&head.uri.to_string()) else {
                return Err(NoAnswer::Address(head.uri));
            };
            let mut request =
                Request::new(head.method, url, Reach::Configured).within(patience).at_most(LARGEST);
            request.body = body;
            for (name, value) in &head.headers {
                request = if *name == http::header::AUTHORIZATION {
                    request.secret_header(name.clone(), value.clone())
                } else {
                    request.header(name.clone(), value.clone())
                };
            }
            let answer = outbound.send(request).await?;
            let mut head = http::Response::builder().status(answer.status);
            for (name, value) in &answer.headers {
                head = head.header(name, value);
            }
            Ok(head.body(answer.body)?)
        }
    }
}

/// What a failure of the library's means: whether there was no answer at all, or one that nobody can use. What an answer
/// says is not repeated: it may hold a token.
pub(super) fn failure(cause: &(dyn StdError + 'static)) -> Failure {
    let mut inner = Some(cause);
    while let Some(error) = inner {
        if let Some(no_answer) = error.downcast_ref::<NoAnswer>() {
            let text = no_answer.to_string();
            return match no_answer {
                NoAnswer::Fault(fault) if fault.is_passing() => Failure::Away(text),
                _ => Failure::Nonsense(text),
            };
        }
        inner = error.source();
    }
    Failure::Nonsense(Chain(cause).to_string())
}
