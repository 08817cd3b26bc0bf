//! `/page-choices`: whom a person believes about a site when the ways of reading its pages disagree.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Path},
};
use askama::Template;
use serde::Deserialize;

use super::{cut::cut, wall::Wall};
use crate::{
    db::{
        owned::{By, Owned, Sort},
        page_choices::{Filter, PageChoice, PageChoiceFields},
    },
    error::{Error, Result},
    model::{id::PageChoiceId, page_choice::Extractor},
    nouns::{Noun, page_choices::PageChoices, params::Params},
    state::App,
    web::{auth::Viewer, respond, shell::Shell},
};

const PER_PAGE: i64 = 50;

/// What the form of one choice sends.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Chosen {
    extractor: String,
}

/// `GET /page-choices`
pub(in crate::web) async fn list(
    app: Data<App>,
    request: HttpRequest,
    shell: Shell,
    viewer: Viewer,
) -> Result<HttpResponse> {
    let mut params = Params::of_form(request.query_string());
    let by = By::<<PageChoice as Owned>::Sort>::default();
    let after = params.after(&by.to_string(), by.sort.is_by_time());
    let done = match params.text("done").as_deref() {
        Some("changed") => Some("From now on its pages are read that way."),
        Some("removed") => Some("Forgotten. You will be asked again when its pages disagree."),
        _ => None,
    };
    let mut conn = app.conn().await?;
    let all = Filter::default();
    let mut rows = PageChoice::list(&mut conn, viewer.user, &all, by, after, PER_PAGE + 1).await?;
    let wall = Wall::of(&conn, viewer.user).await?;
    drop(conn);
    let next = cut(&mut rows, PER_PAGE, |last| {
        let cursor = Params::cursor(&by.to_string(), last.position(by.sort));
        format!("/page-choices?cursor={}", respond::encoded(&cursor))
    });
    respond::page(&ChoicesPage { shell, wall, rows, next, done })
}

/// `POST /page-choices/{id}`
pub(in crate::web) async fn change(
    app: Data<App>,
    viewer: Viewer,
    id: Path<PageChoiceId>,
    chosen: Form<Chosen>,
) -> Result<HttpResponse> {
    let extractor = chosen.extractor.parse().map_err(|why| Error::invalid("extractor", why))?;
    let fields = PageChoiceFields { extractor: Some(extractor), ..PageChoiceFields::default() };
    let row = PageChoice::update(&mut *app.conn().await?, viewer.user, *id, &fields).await?;
    row.ok_or(Error::NotFound(PageChoices::ONE))?;
    Ok(respond::see_other("/page-choices?done=changed"))
}

/// `POST /page-choices/{id}/remove`
pub(in crate::web) async fn remove(
    app: Data<App>,
    viewer: Viewer,
    id: Path<PageChoiceId>,
) -> Result<HttpResponse> {
    if !PageChoice::delete(&mut *app.conn().await?, viewer.user, *id).await? {
        return Err(Error::NotFound(PageChoices::ONE));
    }
    Ok(respond::see_other("/page-choices?done=removed"))
}

#[derive(Template)]
#[template(path = "page_choices/list.html")]
struct ChoicesPage {
    shell: Shell,
    wall: Wall,
    rows: Vec<PageChoice>,
    next: Option<String>,
    done: Option<&'static str>,
}
