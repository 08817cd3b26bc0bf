//! `/`: the ads, best deals first.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use askama::Template;

use super::view::{self, Card};
use crate::{
    db::{
        self,
        listings_list::{Filter, Sort},
        listings_view::Facets,
    },
    error::{FieldError, Result},
    model::condition::Condition,
    nouns::params::Params,
    state::App,
    web::{
        auth::Viewer,
        listing_query::{self, Prices},
        respond,
        shell::Shell,
    },
};

const PER_PAGE: i64 = 24;

/// `GET /`
pub(in crate::web) async fn list(
    app: Data<App>,
    request: HttpRequest,
    shell: Shell,
    viewer: Viewer,
) -> Result<HttpResponse> {
    let mut params = Params::of(request.query_string());
    let mut filter = listing_query::filter(&mut params, Prices::Major);
    filter.available.get_or_insert(true);
    let (sort, after) = listing_query::order(&mut params);

    let conn = app.conn().await?;
    let facets = db::listings_view::facets(&conn, viewer.user).await?;
    let total = db::listings_list::count(&conn, viewer.user, &filter).await?;
    let found =
        db::listings_list::list(&conn, viewer.user, &filter, sort, after, PER_PAGE + 1).await?;
    drop(conn);

    let has_more = found.len() > usize::try_from(PER_PAGE).unwrap_or(usize::MAX);
    let mut found = found;
    if has_more {
        found.pop();
    }
    let next = found.last().filter(|_| has_more).map(|last| {
        let cursor = listing_query::cursor(sort, sort.position(last));
        link(&request, &[("cursor", &cursor)])
    });
    let cards: Vec<Card> = found.into_iter().map(Card::from).collect();
    // In the order of deals the unjudged come last: they get a heading of their own.
    let judged = match sort {
        Sort::Best => cards.iter().take_while(|card| card.badge.is_some()).count(),
        _ => cards.len(),
    };
    let is_later_page = after.is_some();
    let faults = params.into_faults();
    respond::page(&DealsPage {
        shell,
        cards,
        judged,
        total,
        facets,
        filter,
        sort,
        next,
        faults,
        is_later_page,
    })
}

#[derive(Template)]
#[template(path = "deals/list.html")]
struct DealsPage {
    shell: Shell,
    cards: Vec<Card>,
    /// How many of the cards have a score.
    judged: usize,
    /// How many ads the filter finds in all.
    total: i64,
    facets: Facets,
    filter: Filter,
    sort: Sort,
    next: Option<String>,
    faults: Vec<FieldError>,
    is_later_page: bool,
}

impl DealsPage {
    fn words(&self) -> String {
        self.filter.words.join(" ")
    }

    fn price(&self, amount: Option<i64>) -> String {
        let currency = self.filter.currency.unwrap_or(crate::model::money::Currency::USD);
        let money = amount.map(|amount| crate::model::money::Money::new(amount, currency));
        money.map_or_else(String::new, listing_query::as_typed)
    }

    /// Whether anything narrows the list.
    fn is_filtered(&self) -> bool {
        is_filtered(&self.filter)
    }

    /// Whether anything beyond the words narrows the list.
    fn is_narrowed(&self) -> bool {
        let without_words = Filter { words: Vec::new(), ..self.filter.clone() };
        is_filtered(&without_words)
    }
}

/// The orders with their names, as the form offers them.
const SORTS: [(Sort, &str); 5] = [
    (Sort::Best, "Best deals"),
    (Sort::Newest, "Newest"),
    (Sort::Cheapest, "Cheapest"),
    (Sort::Dearest, "Dearest"),
    (Sort::Oldest, "Oldest"),
];

fn is_filtered(filter: &Filter) -> bool {
    let Filter { words, category, condition, kind, source, currency, .. } = filter;
    let has_range = filter.min_price.or(filter.max_price).is_some();
    !words.is_empty()
        || category.is_some()
        || condition.is_some()
        || kind.is_some()
        || source.is_some()
        || currency.is_some()
        || has_range
        || filter.min_score.is_some()
}

/// This page with some parameters replaced.
fn link(request: &HttpRequest, replaced: &[(&str, &str)]) -> String {
    let pairs = actix_web::web::Query::<Vec<(String, String)>>::from_query(request.query_string())
        .map(actix_web::web::Query::into_inner)
        .unwrap_or_default();
    let kept = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).filter(
        |(name, value)| !value.is_empty() && replaced.iter().all(|(other, _)| other != name),
    );
    let query: Vec<String> = kept
        .chain(replaced.iter().copied())
        .map(|(name, value)| format!("{}={}", respond::encoded(name), respond::encoded(value)))
        .collect();
    format!("{}?{}", request.path(), query.join("&"))
}
