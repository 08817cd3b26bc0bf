//! Every address, as the route tables have them, so that one that comes later is tried by itself.

use reqwest::Method;

use crate::{api::openapi::document::Document, support::Server};

/// An address and a method that it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) method: Method,
    /// With what stands in braces filled in.
    pub(super) path: String,
}

/// Addresses outside the two tables.
const BESIDE: [&str; 8] = [
    "/health",
    "/health/live",
    "/health/ready",
    "/health/startup",
    "/static/app.css",
    "/static/nothing",
    "/favicon.ico",
    "/robots.txt",
];

/// Every page, and every form that is sent.
pub(super) fn pages() -> Vec<Route> {
    let table = include_str!("../../../src/web/routes.rs");
    let mut all = Vec::new();
    for part in table.split("resource(\"").skip(1) {
        let (path, rest) = part.split_once('"').unwrap();
        // Up to the end of the statement that the resource stands in.
        let rest = rest.split(".service(").next().unwrap();
        for (mark, method) in [("read()", Method::GET), ("post()", Method::POST)] {
            if rest.contains(mark) {
                all.push(Route { method, path: filled(path) });
            }
        }
    }
    assert!(all.len() > 70, "{} routes were found in routes.rs", all.len());
    all
}

/// Every operation of the API.
pub(super) async fn operations(server: &Server) -> Vec<Route> {
    let document = Document::of(server).await;
    let route = |one: &crate::api::openapi::document::Operation| Route {
        method: one.method.clone(),
        path: filled(&one.path),
    };
    document.operations().iter().map(route).collect()
}

/// All of them, and what else answers.
pub(super) async fn all(server: &Server) -> Vec<Route> {
    let mut all = pages();
    all.extend(operations(server).await);
    let get = |path: &&str| Route { method: Method::GET, path: (*path).to_owned() };
    all.extend(BESIDE.iter().map(get));
    all.push(get(&"/nothing-here"));
    all.push(get(&"/api/v1/nothing-here"));
    all
}

/// Whether whoever sends this form need not be signed in.
pub(super) fn is_anonymous(path: &str) -> bool {
    ["/login", "/setup", "/forgot", "/reset"].contains(&path) || path.starts_with("/l/")
}

fn filled(path: &str) -> String {
    path.replace("{id}", "1")
        .replace("{ticket}", "i.1.1.29833344.AAAA")
        .replace("{name}", "1.1.AAAA")
}
