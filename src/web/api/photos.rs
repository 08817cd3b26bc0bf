//! What photos have beside the rest of a noun: they come as files, are shown as files, and go with them.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, header},
    web::{self, Bytes, Data, Path, Payload},
};
use diesel_async::{AsyncConnection, AsyncPgConnection, TransactionManager};
use schemars::SchemaGenerator;
use serde_json::json;
use tokio::sync::Semaphore;

use super::{
    crud,
    endpoint::{self, Answer, Endpoint, Operation},
    write::{self, Written},
};
use crate::{
    db::{self, owned::Owned},
    error::{Error, Result},
    nouns::{
        Noun,
        params::Params,
        photos::{self, Photos},
    },
    photos::{Photo, Photos as Store},
    state::App,
    web::{auth::Viewer, respond, routes},
};

type Transactions = <AsyncPgConnection as AsyncConnection>::TransactionManager;

/// The largest picture that is taken, in bytes.
const LARGEST: usize = 15 << 20;
/// The kinds of picture that are taken.
const KINDS: [&str; 3] = ["image/jpeg", "image/png", "image/webp"];
/// A decoded picture takes hundreds of megabytes, so few are decoded at once.
static DECODING: Semaphore = Semaphore::const_new(2);

/// The operations.
pub(super) fn endpoints() -> [Endpoint; 3] {
    let (tables, many) = (Photos::TABLES, format!("/v1/{}", Photos::MANY));
    let one = format!("{many}/{{id}}");
    [
        Endpoint {
            path: many,
            method: Method::POST,
            tables,
            route: || web::post().to(create),
            describe: describe_create,
        },
        Endpoint {
            path: one.clone(),
            method: Method::DELETE,
            tables,
            route: || web::delete().to(remove),
            describe: endpoint::remove::<Photos>,
        },
        Endpoint {
            path: format!("{one}/file"),
            method: Method::GET,
            tables,
            route: || routes::read().to(file),
            describe: describe_file,
        },
    ]
}

/// `POST /api/v1/photos`: the picture itself as the body. It is stored the way up that it was taken, as JPEG, without
/// anything that the camera wrote into it.
async fn create(
    app: Data<App>,
    request: HttpRequest,
    viewer: Viewer,
    payload: Payload,
) -> Result<HttpResponse> {
    let mut params = Params::of(request.query_string());
    let about = photos::of_upload(&mut params);
    params.finish()?;
    let bytes = picture(&request, payload).await?;
    let photo = decoded(bytes.clone()).await?;
    write::once(&app, &request, viewer.user, &bytes, async |conn| {
        let row = photos::add(conn, viewer.user, store(&app), photo, about).await?;
        let location = format!("/api/v1/{}/{}", Photos::MANY, row.id);
        Written::created(location, &photos::View::from(row))
    })
    .await
}

/// `DELETE /api/v1/photos/{id}`
async fn remove(
    app: Data<App>,
    request: HttpRequest,
    viewer: Viewer,
    id: Path<String>,
) -> Result<HttpResponse> {
    Params::of(request.query_string()).finish()?;
    let id = crud::id_of::<Photos>(&id)?;
    let mut digest = None;
    let answer = write::once(&app, &request, viewer.user, &[], async |conn| {
        let row = db::photos::Photo::lock(conn, viewer.user, id).await?;
        let row = row.ok_or(Error::NotFound(Photos::ONE))?;
        digest = Some(row.digest.clone());
        write::check_match(&request, &photos::View::from(row))?;
        db::photos::Photo::delete(conn, viewer.user, id).await?;
        Ok(Written::removed())
    })
    .await?;
    if let Some(digest) = digest
        && let Err(cause) = forget(&app, digest).await
    {
        // The row is gone, which is what was asked for; the file goes with the next sweep.
        slog::warn!(app.log, "the file of a removed photo is still there"; "cause" => %crate::error::Chain(&cause));
    }
    Ok(answer)
}

/// `GET /api/v1/photos/{id}/file`. The picture of a row never changes, so browsers need not ask twice.
async fn file(
    app: Data<App>,
    request: HttpRequest,
    viewer: Viewer,
    id: Path<String>,
) -> Result<HttpResponse> {
    Params::of(request.query_string()).finish()?;
    let mut conn = app.conn().await?;
    let id = crud::id_of::<Photos>(&id)?;
    let row = db::photos::Photo::find(&mut conn, viewer.user, id).await?;
    let row = row.ok_or(Error::NotFound(Photos::ONE))?;
    drop(conn);
    let etag = format!("\"{}\"", row.digest.get(..32).unwrap_or(&row.digest));
    let mut response = HttpResponse::Ok();
    if respond::client_has(&request, &etag) {
        response = HttpResponse::NotModified();
    }
    response
        .insert_header((header::ETAG, etag.clone()))
        .insert_header((header::CACHE_CONTROL, "private, max-age=31536000, immutable"));
    if respond::client_has(&request, &etag) {
        return Ok(response.finish());
    }
    let (files, digest) = (store(&app), row.digest);
    let bytes = web::block(move || files.get(&digest)).await.map_err(Error::internal)?;
    let bytes = bytes.map_err(Error::internal)?.ok_or(Error::NotFound("file"))?;
    Ok(response.content_type(row.media_type).body(bytes))
}

/// The body, when it says that it is a picture.
async fn picture(request: &HttpRequest, payload: Payload) -> Result<Bytes> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or("").trim();
    if !KINDS.iter().any(|taken| kind.eq_ignore_ascii_case(taken)) {
        return Err(Error::UnsupportedMedia(format!("send one of {}", KINDS.join(", "))));
    }
    let too_large = |_| Error::TooLarge { limit: u64::try_from(LARGEST).unwrap_or(u64::MAX) };
    let bytes = payload.to_bytes_limited(LARGEST).await.map_err(too_large)?;
    bytes.map_err(|_| Error::BadRequest("the body did not arrive whole".to_owned()))
}

async fn decoded(bytes: Bytes) -> Result<Photo> {
    let _turn = DECODING.acquire().await.map_err(Error::internal)?;
    let photo = web::block(move || Photo::read(&bytes)).await.map_err(Error::internal)?;
    photo.map_err(|why| Error::invalid("body", why))
}

async fn forget(app: &App, digest: String) -> Result<()> {
    let mut conn = app.conn().await?;
    Transactions::begin_transaction(&mut *conn).await?;
    let forgotten = photos::forget(&mut conn, store(app), vec![digest]).await;
    // Nothing was written; the end of the transaction lets go of the file.
    Transactions::rollback_transaction(&mut *conn).await?;
    forgotten.map(|_| ())
}

fn store(app: &App) -> Store {
    Store::new(&app.settings.data_dir)
}

fn describe_create(made: &mut SchemaGenerator) -> Operation {
    let mut params = Params::describe();
    photos::of_upload(&mut params);
    let kinds = KINDS.map(|kind| json!({"contentMediaType": kind}));
    Operation {
        summary: "Stores a picture, up to 15 MB and 50 megapixels.".to_owned(),
        query: params.known().to_vec(),
        body: Some(endpoint::schema(json!({"anyOf": kinds}))),
        ..endpoint::create::<Photos>(made)
    }
}

fn describe_file(_: &mut SchemaGenerator) -> Operation {
    let picture = endpoint::schema(json!({"contentMediaType": Photo::MEDIA_TYPE}));
    Operation {
        id: "showPhotoFile".to_owned(),
        summary: "Shows the picture of one photo.".to_owned(),
        refusals: &[404],
        ..endpoint::operation::<Photos>("show", Answer::Resource(picture))
    }
}
