//! The person who sits at a signed-in browser. What concerns the account itself is for them alone: a token that leaked
//! must not be able to change the password.

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use futures_util::future::{FutureExt, LocalBoxFuture};

use super::{Via, Viewer};
use crate::{
    error::{Error, Result},
    model::{
        id::{SessionId, UserId},
        role::Role,
    },
};

/// A person at a signed-in browser.
#[derive(Debug, Clone, Copy)]
pub struct SignedIn {
    /// Who it is.
    pub user: UserId,
    /// What they are here.
    pub role: Role,
    /// The session of this browser.
    pub session: SessionId,
}

/// An owner at a signed-in browser.
#[derive(Debug, Clone, Copy)]
pub struct SignedInOwner(pub SignedIn);

impl FromRequest for SignedIn {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let viewer = Viewer::from_request(request, payload);
        async move {
            let Viewer { user, role, via, .. } = viewer.await?;
            match via {
                Via::Session(session) => Ok(Self { user, role, session }),
                Via::Token(_) => Err(Error::Forbidden(
                    "this page is for a signed-in browser; programs use /api/v1".to_owned(),
                )),
                Via::FirstLook => Err(Error::Forbidden(
                    "the first look has no accounts: it shows invented data to this machine alone. `deal-scout serve` \
                     has them"
                        .to_owned(),
                )),
            }
        }
        .boxed_local()
    }
}

impl FromRequest for SignedInOwner {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let person = SignedIn::from_request(request, payload);
        async move {
            let person = person.await?;
            match person.role {
                Role::Owner => Ok(Self(person)),
                Role::Member => Err(Error::Forbidden(
                    "only an owner of this installation looks after its people; ask one of them"
                        .to_owned(),
                )),
            }
        }
        .boxed_local()
    }
}
