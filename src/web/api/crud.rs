//! What can be done with every noun, alike: list, show, create, change, remove.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Payload},
};

use super::{
    body::{self, LARGEST},
    page::{self, Page},
    write::{self, Written},
};
use crate::{
    config::Secret,
    db::owned::{By, Owned, Sort},
    error::{Error, Result},
    nouns::{Noun, fields::Fields, params::Params},
    state::App,
    web::{auth::Viewer, respond},
};

type Id<N> = <<N as Noun>::Row as Owned>::Id;
type SortOf<N> = <<N as Noun>::Row as Owned>::Sort;

/// `GET /api/v1/<nouns>`
pub(super) async fn list<N: Noun>(
    app: Data<App>,
    request: HttpRequest,
    viewer: Viewer,
) -> Result<HttpResponse> {
    let mut params = Params::of(request.query_string());
    let filter = N::filter(&mut params);
    let by: By<SortOf<N>> = params.order();
    let after = params.after(&by.to_string(), by.sort.is_by_time());
    let (limit, counts) = page::size(&mut params);
    params.finish()?;

    let mut conn = app.conn().await?;
    let total =
        if counts { Some(N::Row::count(&mut conn, viewer.user, &filter).await?) } else { None };
    let rows = N::Row::list(&mut conn, viewer.user, &filter, by, after, limit + 1).await?;
    let did_you_mean = if rows.is_empty() && after.is_none() {
        N::did_you_mean(&mut conn, viewer.user, &filter).await?
    } else {
        None
    };
    let cursor = |last: &N::Row| Params::cursor(&by.to_string(), last.position(by.sort));
    let page = Page::of(rows, limit, total, cursor, N::View::from);
    respond::json(&Page { did_you_mean, ..page })
}

/// `GET /api/v1/<nouns>/{id}`
pub(super) async fn show<N: Noun>(
    app: Data<App>,
    request: HttpRequest,
    viewer: Viewer,
    id: Path<String>,
) -> Result<HttpResponse> {
    Params::of(request.query_string()).finish()?;
    let id = id_of::<N>(&id)?;
    let mut conn = app.conn().await?;
    let row = N::Row::find(&mut conn, viewer.user, id).await?.ok_or(Error::NotFound(N::ONE))?;
    let whole = N::whole(&mut conn, viewer.user, row).await?;
    respond::resource(&request, &whole)
}

/// `POST /api/v1/<nouns>`
pub(super) async fn create<N: Noun>(
    app: Data<App>,
    request: HttpRequest,
    viewer: Viewer,
    payload: Payload,
) -> Result<HttpResponse> {
    Params::of(request.query_string()).finish()?;
    let body = body::read(&request, payload, LARGEST).await?;
    let input = {
        let seal = sealing(&app, &viewer);
        let mut fields = Fields::create(body::object(body.json)?, &seal);
        let mut input = N::read(&mut fields);
        N::check(&mut fields, &mut input, None);
        fields.finish()?;
        input
    };
    write::once(&app, &request, viewer.user, &body.bytes, async |conn| {
        let row = N::Row::insert(conn, viewer.user, &input).await?;
        N::followed(conn, viewer.user, app.clock.now()).await?;
        let location = format!("/api/v1/{}/{}", N::MANY, row.id());
        Written::created(location, &N::whole(conn, viewer.user, row).await?)
    })
    .await
}

/// `PATCH /api/v1/<nouns>/{id}`
pub(super) async fn change<N: Noun>(
    app: Data<App>,
    request: HttpRequest,
    viewer: Viewer,
    id: Path<String>,
    payload: Payload,
) -> Result<HttpResponse> {
    Params::of(request.query_string()).finish()?;
    let id = id_of::<N>(&id)?;
    let body = body::read(&request, payload, LARGEST).await?;
    let given = body::object(body.json)?;
    write::once(&app, &request, viewer.user, &body.bytes, async |conn| {
        let row = N::Row::lock(conn, viewer.user, id).await?.ok_or(Error::NotFound(N::ONE))?;
        let input = {
            let seal = sealing(&app, &viewer);
            let mut fields = Fields::change(given, N::currency(&row), &seal);
            let mut input = N::read(&mut fields);
            N::check(&mut fields, &mut input, Some(&row));
            fields.finish().map(|()| input)
        };
        // Who has lost a race learns that first.
        write::check_match(&request, &N::whole(conn, viewer.user, row).await?)?;
        let input = input?;
        let row = N::Row::update(conn, viewer.user, id, &input).await?;
        let row = row.ok_or(Error::NotFound(N::ONE))?;
        N::followed(conn, viewer.user, app.clock.now()).await?;
        Written::changed(&N::whole(conn, viewer.user, row).await?)
    })
    .await
}

/// `DELETE /api/v1/<nouns>/{id}`
pub(super) async fn remove<N: Noun>(
    app: Data<App>,
    request: HttpRequest,
    viewer: Viewer,
    id: Path<String>,
) -> Result<HttpResponse> {
    Params::of(request.query_string()).finish()?;
    let id = id_of::<N>(&id)?;
    write::once(&app, &request, viewer.user, &[], async |conn| {
        let row = N::Row::lock(conn, viewer.user, id).await?.ok_or(Error::NotFound(N::ONE))?;
        write::check_match(&request, &N::whole(conn, viewer.user, row).await?)?;
        N::Row::delete(conn, viewer.user, id).await?;
        N::followed(conn, viewer.user, app.clock.now()).await?;
        Ok(Written::removed())
    })
    .await
}

/// For bodies that hold no secret to keep.
pub(super) fn seals_nothing(context: &str, _: &str) -> Result<Vec<u8>> {
    Err(Error::internal(format!("{context} is not meant to be stored")))
}

/// What is no id names no row.
pub(super) fn id_of<N: Noun>(text: &str) -> Result<Id<N>> {
    text.parse::<i64>().map(Id::<N>::from).map_err(|_| Error::NotFound(N::ONE))
}

/// How secrets in a body are sealed: for their owner, so that nobody else's row can carry them.
fn sealing<'a>(app: &'a App, viewer: &'a Viewer) -> impl Fn(&str, &str) -> Result<Vec<u8>> + 'a {
    move |context, text| {
        let context = format!("{context}/{}", viewer.user);
        app.sealer.seal(&context, &Secret::new(text)).map_err(Error::from)
    }
}
