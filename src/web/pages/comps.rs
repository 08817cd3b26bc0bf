//! `/comps`: what estimates compare with, as a list that words search, and one by one.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use askama::Template;
use chrono::TimeDelta;

use super::{cut::cut, view, wall::Wall};
use crate::{
    db::{
        comps_list::{self, CompRow, Filter, FoundComp, Sort},
        owned::{By, Owned, Sort as _},
    },
    error::{Error, FieldError, Result},
    model::{comp::Basis, id::CompId, money::Money},
    nouns::{Noun, comps::Comps, params::Params, shape::one_of},
    state::App,
    web::{auth::Viewer, respond, shell::Shell},
};

const PER_PAGE: i64 = 50;

/// `GET /comps`: the latest first; with words, the latest that have them.
pub(in crate::web) async fn list(
    app: Data<App>,
    request: HttpRequest,
    shell: Shell,
    viewer: Viewer,
) -> Result<HttpResponse> {
    let mut params = Params::of_form(request.query_string());
    let filter = Filter {
        words: params.read("q"),
        basis: params.take("basis", one_of()),
        ..Filter::default()
    };
    let by = By { sort: Sort::ObservedAt, down: true };
    let after = params.after(&by.to_string(), by.sort.is_by_time());
    let faults = params.into_faults();
    let mut conn = app.conn().await?;
    let mut rows =
        FoundComp::list(&mut conn, viewer.user, &filter, by, after, PER_PAGE + 1).await?;
    let did_you_mean = if rows.is_empty() && after.is_none() {
        Comps::did_you_mean(&mut conn, viewer.user, &filter).await?.flatten()
    } else {
        None
    };
    let wall = Wall::of(&conn, viewer.user).await?;
    drop(conn);
    let next = cut(&mut rows, PER_PAGE, |last| {
        let cursor = Params::cursor(&by.to_string(), by.sort.position(last));
        link(&filter, &cursor)
    });
    let rows = rows.into_iter().map(|row| row.comp).collect();
    let is_later_page = after.is_some();
    respond::page(&CompsPage {
        shell,
        wall,
        filter,
        rows,
        next,
        did_you_mean,
        faults,
        is_later_page,
    })
}

/// `GET /comps/{id}`
pub(in crate::web) async fn show(
    app: Data<App>,
    shell: Shell,
    viewer: Viewer,
    id: Path<CompId>,
) -> Result<HttpResponse> {
    let conn = app.conn().await?;
    let comp =
        comps_list::find(&conn, viewer.user, *id).await?.ok_or(Error::NotFound(Comps::ONE))?;
    let wall = Wall::of(&conn, viewer.user).await?;
    drop(conn);
    respond::page(&CompPage { shell, wall, comp })
}

/// `POST /comps/{id}/remove`: no estimate rests on it any more.
pub(in crate::web) async fn remove(
    app: Data<App>,
    viewer: Viewer,
    id: Path<CompId>,
) -> Result<HttpResponse> {
    if !FoundComp::delete(&mut *app.conn().await?, viewer.user, *id).await? {
        return Err(Error::NotFound(Comps::ONE));
    }
    Ok(respond::see_other("/comps"))
}

fn link(filter: &Filter, cursor: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if let Some(words) = &filter.words {
        query.append_pair("q", words.text());
    }
    if let Some(basis) = filter.basis {
        query.append_pair("basis", basis.as_str());
    }
    format!("/comps?{}", query.append_pair("cursor", cursor).finish())
}

#[derive(Template)]
#[template(path = "comps/list.html")]
struct CompsPage {
    shell: Shell,
    wall: Wall,
    filter: Filter,
    rows: Vec<CompRow>,
    next: Option<String>,
    /// The search as it may have been meant.
    did_you_mean: Option<String>,
    faults: Vec<FieldError>,
    is_later_page: bool,
}

impl CompsPage {
    fn words(&self) -> &str {
        self.filter.words.as_ref().map_or("", |words| words.text())
    }

    fn is_filtered(&self) -> bool {
        self.filter.words.is_some() || self.filter.basis.is_some()
    }
}

#[derive(Template)]
#[template(path = "comps/show.html")]
struct CompPage {
    shell: Shell,
    wall: Wall,
    comp: CompRow,
}

impl CompPage {
    fn price(&self) -> Money {
        Money::new(self.comp.price_amount, self.comp.currency)
    }

    fn shipping(&self) -> String {
        match self.comp.shipping_amount {
            None => "not known".to_owned(),
            Some(0) => "free".to_owned(),
            Some(amount) => Money::new(amount, self.comp.currency).to_string(),
        }
    }

    /// The list of those that the first few words of the title find.
    fn others_like_it(&self) -> String {
        let words = self.comp.title.split_whitespace();
        let plain = words.filter(|word| word.chars().all(char::is_alphanumeric)).take(3);
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("q", &plain.collect::<Vec<_>>().join(" "));
        format!("/comps?{}", query.finish())
    }

    /// The question that this would have answered, the day before.
    fn estimate_before(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("title", &self.comp.title);
        if let Some(condition) = self.comp.condition {
            query.append_pair("condition", condition.as_str());
        }
        query.append_pair("currency", self.comp.currency.as_str());
        let before = self.wall.today(self.comp.observed_at - TimeDelta::days(1));
        query.append_pair("at", &before.to_string());
        format!("/pricing?{}", query.finish())
    }
}
