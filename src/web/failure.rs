//! The one place where a failure becomes an answer: a page for people, problem+json (RFC 9457) for programs.

use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse,
    body::{BodySize, BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{StatusCode, header},
    middleware::Next,
    web::Data,
};
use askama::Template;
use serde_json::json;

use super::{auth, edge::RequestId, respond, shell::Shell};
use crate::{
    error::{Chain, Error, FieldError},
    state::App,
};

/// A failure as those outside are told of it: no internals.
struct Failure {
    status: StatusCode,
    code: &'static str,
    detail: String,
    errors: Vec<FieldError>,
    missing: Vec<String>,
    retry_after: Option<Duration>,
}

/// Turns failures under `/api` into problem+json.
pub(super) async fn as_problem(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let response = next.call(request).await?.map_into_boxed_body();
    Ok(match Failure::of(&response, "resource") {
        Some(failure) => {
            let problem = failure.problem(response.request());
            replace(&response, failure.head(), |head| {
                head.content_type("application/problem+json").body(problem)
            })
        }
        None => response,
    })
}

/// Turns failures under pages into pages.
pub(super) async fn as_page(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let response = next.call(request).await?.map_into_boxed_body();
    let Some(failure) = Failure::of(&response, "page") else { return Ok(response) };
    let shell = Shell::of(response.request());
    if failure.status == StatusCode::UNAUTHORIZED {
        let door = respond::see_other(&auth::door(response.request()));
        return Ok(ServiceResponse::new(response.request().clone(), door));
    }
    if failure.status == StatusCode::SERVICE_UNAVAILABLE && shell.is_starting() {
        let html = StartingPage { shell: shell.refreshing(2) }.render();
        let mut head = HttpResponse::Ok();
        head.insert_header((header::CACHE_CONTROL, "no-store"));
        return Ok(replace(&response, head, |head| {
            with_html(head, html, "Deal Scout is starting")
        }));
    }
    let head = failure.head();
    let title = failure.title();
    let fallback = failure.detail.clone();
    let html = ErrorPage { shell: failure.refreshing(shell), title, failure }.render();
    Ok(replace(&response, head, |head| with_html(head, html, &fallback)))
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    shell: Shell,
    title: &'static str,
    failure: Failure,
}

#[derive(Template)]
#[template(path = "starting.html")]
struct StartingPage {
    shell: Shell,
}

impl Failure {
    /// `noun` is what an address stands for.
    fn of(response: &ServiceResponse<BoxBody>, noun: &'static str) -> Option<Self> {
        let status = response.status();
        if !(status.is_client_error() || status.is_server_error()) {
            return None;
        }
        if let Some(error) = response.response().error() {
            if let Some(ours) = error.as_error::<Error>() {
                log_fault(response.request(), ours);
                return Some(Self::from(ours));
            }
            return Some(Self::foreign(status, &error.to_string(), response.request(), noun));
        }
        // An answer with a body was made on purpose, such as a form with its faults marked.
        let is_bare =
            matches!(response.response().body().size(), BodySize::None | BodySize::Sized(0));
        is_bare.then(|| Self::foreign(status, "", response.request(), noun))
    }

    /// A failure that the framework found: a path or a body that it cannot read, a method that is not taken.
    fn foreign(status: StatusCode, cause: &str, request: &HttpRequest, noun: &'static str) -> Self {
        let error = match status.as_u16() {
            401 => Error::Unauthorized,
            403 => Error::Forbidden("this is not allowed".into()),
            404 => Error::NotFound(noun),
            405 => Error::MethodNotAllowed,
            // The framework does not say which limit; the only bodies it reads are forms.
            413 => {
                Error::TooLarge { limit: u64::try_from(respond::FORM_BYTES).unwrap_or(u64::MAX) }
            }
            415 => Error::UnsupportedMedia("this kind of content is not taken here".into()),
            400..=499 => Error::BadRequest("the request cannot be read".into()),
            _ => Error::internal(cause.to_owned()),
        };
        log_fault(request, &error);
        Self::from(&error)
    }

    fn title(&self) -> &'static str {
        match self.status.as_u16() {
            400 => "That request makes no sense to us",
            403 => "That is not allowed",
            404 => "Nothing here",
            405 => "That does not work here",
            409 => "That contradicts what is stored",
            412 => "That has changed meanwhile",
            413 => "That is too large",
            415 => "We cannot read that",
            422 => "Something in that is not right",
            429 => "Too fast",
            503 if self.code == "schema_incomplete" => "This page needs tables that are missing",
            503 => "Not available just now",
            _ => "Something went wrong",
        }
    }

    fn head(&self) -> actix_web::HttpResponseBuilder {
        let mut head = HttpResponse::build(self.status);
        head.insert_header((header::CACHE_CONTROL, "no-store"));
        if let Some(wait) = self.retry_after {
            head.insert_header((header::RETRY_AFTER, wait.as_secs().max(1).to_string()));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            let was_sent = self.code == "invalid_token";
            let challenge = if was_sent { "Bearer error=\"invalid_token\"" } else { "Bearer" };
            head.insert_header((header::WWW_AUTHENTICATE, challenge));
        }
        head
    }

    /// A page that is not available comes by itself when it is.
    fn refreshing(&self, shell: Shell) -> Shell {
        match self.retry_after {
            Some(wait) if self.status == StatusCode::SERVICE_UNAVAILABLE => {
                shell.refreshing(wait.as_secs().clamp(5, 30))
            }
            _ => shell,
        }
    }

    fn problem(&self, request: &HttpRequest) -> String {
        let mut problem = json!({
            "type": "about:blank",
            "title": self.status.canonical_reason().unwrap_or("Error"),
            "status": self.status.as_u16(),
            "detail": self.detail,
            "instance": request.path(),
            "code": self.code,
            "request_id": RequestId::of(request),
        });
        if !self.errors.is_empty() {
            problem["errors"] = json!(self.errors);
        }
        if !self.missing.is_empty() {
            problem["missing"] = json!(self.missing);
        }
        problem.to_string()
    }
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        Self {
            status: StatusCode::from_u16(error.status())
                .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            code: error.code(),
            detail: match error {
                // Its text is for whoever runs the program, and the log has it.
                Error::Failed(_) => "something went wrong on our side".to_owned(),
                other => other.to_string(),
            },
            errors: match error {
                Error::Invalid(errors) => errors.clone(),
                _ => Vec::new(),
            },
            missing: match error {
                Error::SchemaIncomplete { missing } => missing.clone(),
                _ => Vec::new(),
            },
            retry_after: error.retry_after(),
        }
    }
}

fn log_fault(request: &HttpRequest, error: &Error) {
    if let (500, Some(app)) = (error.status(), request.app_data::<Data<App>>()) {
        slog::error!(app.log, "a request failed: {}", Chain(error); "path" => request.path().to_owned());
    }
}

fn with_html(
    head: &mut actix_web::HttpResponseBuilder,
    html: askama::Result<String>,
    fallback: &str,
) -> HttpResponse {
    match html {
        Ok(html) => head.content_type("text/html; charset=utf-8").body(html),
        // The last line of defence: it renders nothing, so it cannot fail again.
        Err(_) => head.content_type("text/plain; charset=utf-8").body(fallback.to_owned()),
    }
}

fn replace(
    response: &ServiceResponse<BoxBody>,
    mut head: actix_web::HttpResponseBuilder,
    body: impl FnOnce(&mut actix_web::HttpResponseBuilder) -> HttpResponse,
) -> ServiceResponse<BoxBody> {
    // With a method that is not taken goes which ones are.
    if let Some(allowed) = response.headers().get(header::ALLOW) {
        head.insert_header((header::ALLOW, allowed.clone()));
    }
    ServiceResponse::new(response.request().clone(), body(&mut head))
}
