//! Style sheet, script and icons: inside the binary, named by their content.

use std::{collections::HashMap, sync::LazyLock};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    middleware::from_fn,
    web::{Bytes, Path, ServiceConfig, resource, scope},
};
use rust_embed::RustEmbed;

use super::{failure, respond, routes::read};
use crate::error::{Error, Result};

#[derive(RustEmbed)]
#[folder = "static/"]
struct Files;

struct Asset {
    body: Bytes,
    etag: String,
    version: String,
    media_type: String,
}

static ASSETS: LazyLock<HashMap<String, Asset>> = LazyLock::new(|| {
    Files::iter().filter_map(|name| Some((name.to_string(), load(&name)?))).collect()
});

/// Where an asset is, with its content's version: `/static/app.css?v=0a1b2c3d`.
pub(super) fn href(name: &str) -> String {
    ASSETS.get(name).map_or_else(
        || format!("/static/{name}"),
        |asset| format!("/static/{name}?v={}", asset.version),
    )
}

/// Files that are the same for everybody.
pub(super) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(
        scope("/static")
            .wrap(from_fn(failure::as_page))
            .service(resource("/{name:.*}").route(read().to(serve))),
    )
    .service(resource("/favicon.ico").route(read().to(favicon)))
    .service(resource("/robots.txt").route(read().to(robots)));
}

/// `GET /static/{name}`
async fn serve(request: HttpRequest, name: Path<String>) -> Result<HttpResponse> {
    answer(&request, &name)
}

/// `GET /favicon.ico`, which browsers ask for unasked.
async fn favicon(request: HttpRequest) -> Result<HttpResponse> {
    answer(&request, "icon.svg")
}

/// `GET /robots.txt`: what is in here is its owner's business.
async fn robots() -> &'static str {
    "User-agent: *\nDisallow: /\n"
}

fn answer(request: &HttpRequest, name: &str) -> Result<HttpResponse> {
    let asset = ASSETS.get(name).ok_or(Error::NotFound("file"))?;
    let asks_for_this_version =
        request.query_string().strip_prefix("v=").is_some_and(|version| version == asset.version);
    let freshness =
        if asks_for_this_version { "public, max-age=31536000, immutable" } else { "no-cache" };
    let known = respond::client_has(request, &asset.etag);
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((header::ETAG, asset.etag.clone()))
        .insert_header((header::CACHE_CONTROL, freshness));
    Ok(if known {
        response.finish()
    } else {
        response.content_type(asset.media_type.as_str()).body(asset.body.clone())
    })
}

fn load(name: &str) -> Option<Asset> {
    let file = Files::get(name)?;
    let digest = file.metadata.sha256_hash();
    let media_type = file.metadata.mimetype();
    let is_text = media_type.starts_with("text/") || media_type.ends_with("javascript");
    Some(Asset {
        etag: respond::etag(&digest),
        version: respond::hex(&digest[..4]),
        media_type: format!("{media_type}{}", if is_text { "; charset=utf-8" } else { "" }),
        body: match file.data {
            std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
            std::borrow::Cow::Owned(bytes) => bytes.into(),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_carry_the_version_of_the_content() {
        let link = href("app.css");
        let version = link.strip_prefix("/static/app.css?v=").unwrap();
        assert_eq!(version.len(), 8);
    }

    #[test]
    fn an_unknown_asset_is_linked_plainly() {
        assert_eq!(href("nothing.css"), "/static/nothing.css");
    }
}
