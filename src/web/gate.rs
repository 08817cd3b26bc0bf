//! What may be served in which phase. Each route says which tables it needs; the gate decides before the handler runs.

use std::{
    future::{Ready, ready},
    rc::Rc,
    time::Duration,
};

use actix_web::{
    body::{BoxBody, MessageBody},
    dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
    web::Data,
};
use futures_util::future::{FutureExt, LocalBoxFuture};

use super::copies::Copies;
use crate::{
    error::{Error, Result},
    startup::readiness::{Phase, Status, Trouble},
    state::App,
};

/// When whoever was refused is asked to come back.
const COME_BACK: Duration = Duration::from_secs(5);
/// How long a request under way may still take once the database is known to be gone: it may hear of it by itself.
const LAST_WORD: Duration = Duration::from_secs(1);

/// The tables that a route needs, and whether people or programs ask for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Needs {
    tables: &'static [&'static str],
    keeps_copies: bool,
}

impl Needs {
    /// A page: its last good copy stands in for it while the database is away.
    pub(super) const fn page(tables: &'static [&'static str]) -> Self {
        Self { tables, keeps_copies: true }
    }

    /// An endpoint: programs are told to come back.
    pub(super) const fn endpoint(tables: &'static [&'static str]) -> Self {
        Self { tables, keeps_copies: false }
    }
}

/// Decides whether what needs `tables` can be served.
fn check(status: &Status, tables: &[&str], demo: bool) -> Result<()> {
    if status.phase.is_starting() {
        let reason = status.reason.clone();
        return Err(Error::unavailable(
            reason.unwrap_or_else(|| "Deal Scout is starting; try again in a moment".to_owned()),
        ));
    }
    match (status.phase, status.trouble) {
        (Phase::Degraded, Some(Trouble::SchemaIncomplete)) => {
            let needed = |table: &str| {
                // Whoever asks must be known first; in the first look only the owner's row is read.
                tables.contains(&table) || table == "users" || (table == "sessions" && !demo)
            };
            let mut missing = status.schema.missing_tables();
            missing.retain(|table| needed(table));
            if missing.is_empty() { Ok(()) } else { Err(Error::SchemaIncomplete { missing }) }
        }
        (Phase::Degraded, _) => {
            Err(Error::Unavailable { reason: unreachable(status), retry_after: COME_BACK })
        }
        _ => Ok(()),
    }
}

/// What is said when the database has gone while a request is served. A write that was under way is told apart by its
/// `Idempotency-Key`.
fn gone(app: &App) -> Error {
    Error::Unavailable { reason: unreachable(&app.readiness.status()), retry_after: COME_BACK }
}

fn unreachable(status: &Status) -> String {
    status.reason.clone().unwrap_or_else(|| "the database is not reachable".to_owned())
}

impl<S, B> Transform<S, ServiceRequest> for Needs
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = actix_web::Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = actix_web::Error;
    type InitError = ();
    type Transform = Gate<S>;
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(Gate { needs: *self, service: Rc::new(service) }))
    }
}

/// A route behind its gate.
#[derive(Debug)]
pub(super) struct Gate<S> {
    needs: Needs,
    service: Rc<S>,
}

impl<S, B> Service<ServiceRequest> for Gate<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = actix_web::Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self::Response, Self::Error>>;

    forward_ready!(service);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let needs = self.needs;
        let service = Rc::clone(&self.service);
        async move {
            let Some(app) = request.app_data::<Data<App>>().cloned() else {
                return Ok(request.error_response(Error::internal("the application has no state")));
            };
            let status = app.readiness.status();
            let copies = Copies::of(&request).filter(|_| needs.keeps_copies);
            let response = match check(&status, needs.tables, app.settings.demo.enabled) {
                Ok(()) => {
                    let asked = request.request().clone();
                    tokio::select! {
                        response = service.call(request) => response?.map_into_boxed_body(),
                        () = app.readiness.left_alone(&app.clock, LAST_WORD) => {
                            ServiceResponse::from_err(gone(&app), asked)
                        }
                    }
                }
                Err(error) => request.error_response(error),
            };
            match copies {
                Some(copies) if !status.phase.is_starting() => {
                    copies.keep_or_use(&app, response).await
                }
                _ => Ok(response),
            }
        }
        .boxed_local()
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::startup::readiness::{DatabaseMode, Readiness, RedisMode};

    fn status(change: impl FnOnce(&mut Status)) -> Status {
        let start = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let readiness = Readiness::new(DatabaseMode::External, RedisMode::InProcess, start);
        readiness.update(change);
        Status::clone(&readiness.status())
    }

    fn lacking(missing: &[&str]) -> Status {
        status(|s| {
            s.phase = Phase::Degraded;
            s.trouble = Some(Trouble::SchemaIncomplete);
            s.db = true;
            s.schema.missing = missing.iter().map(|&m| m.to_owned()).collect();
        })
    }

    #[test]
    fn nothing_that_needs_tables_is_served_while_starting() {
        let error = check(&status(|_| ()), &["listings"], false).unwrap_err();
        assert_eq!(error.code(), "unavailable");
    }

    #[test]
    fn everything_is_served_when_ready() {
        assert!(check(&status(|s| s.phase = Phase::Ready), &["listings"], false).is_ok());
    }

    #[test]
    fn a_missing_table_stops_only_who_needs_it() {
        let status = lacking(&["comps", "orders.total_amount (bigint expected, text found)"]);
        assert!(check(&status, &["listings"], false).is_ok());
        match check(&status, &["listings", "comps"], false) {
            Err(Error::SchemaIncomplete { missing }) => assert_eq!(missing, ["comps"]),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn without_sessions_nobody_is_known_but_in_the_first_look() {
        let status = lacking(&["sessions"]);
        assert!(check(&status, &[], false).is_err());
        assert!(check(&status, &[], true).is_ok());
    }

    #[test]
    fn a_lost_database_stops_all() {
        let status = status(|s| {
            s.phase = Phase::Degraded;
            s.trouble = Some(Trouble::DatabaseUnreachable);
        });
        assert_eq!(check(&status, &["listings"], false).unwrap_err().code(), "unavailable");
    }
}
