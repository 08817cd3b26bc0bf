//! `/`: the ads, best deals first.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use askama::Template;

use super::{
    cut::cut,
    view::{self, Card},
    watch::{
        self, Controls,
        note::{self, Note},
    },
};
use crate::{
    db::{
        self,
        listings_list::{Filter, Sort},
        listings_view::{Facets, MOST_COUNTED, Scored},
        owned::By,
    },
    error::{FieldError, Result},
    model::{condition::Condition, id::ListingId, money::Currency},
    nouns::{Noun, listings::Listings, params::Params},
    state::App,
    web::{auth::Viewer, listing_query, respond, shell::Shell},
};

const PER_PAGE: i64 = 24;

/// `GET /`
pub(in crate::web) async fn list(
    app: Data<App>,
    request: HttpRequest,
    shell: Shell,
    viewer: Viewer,
) -> Result<HttpResponse> {
    let mut params = Params::of_form(request.query_string());
    let mut filter = listing_query::filter(&mut params);
    filter.available.get_or_insert(true);
    let (by, after) = listing_query::order(&mut params);

    let mut conn = app.conn().await?;
    let facets = db::listings_view::facets(&conn, viewer.user).await?;
    compare_in_one_currency(&mut filter, &facets);
    let total = db::listings_list::count_to(&conn, viewer.user, &filter, MOST_COUNTED).await?;
    let mut found =
        db::listings_list::list(&conn, viewer.user, &filter, by, after, PER_PAGE + 1).await?;
    let did_you_mean = if found.is_empty() && after.is_none() {
        Listings::did_you_mean(&mut conn, viewer.user, &filter).await?.flatten()
    } else {
        None
    };
    let ids: Vec<ListingId> = found.iter().map(|row| row.listing.id).collect();
    let items = db::watching::of_listings(&conn, viewer.user, &ids).await?;
    let zone = watch::zone(&conn, viewer.user).await?;
    let note = Note::of(&conn, viewer.user, &request).await?;
    drop(conn);

    let next = cut(&mut found, PER_PAGE, |last| {
        let cursor = Params::cursor(&by.to_string(), by.sort.position(last));
        link(&request, &[("cursor", &cursor)])
    });
    let here = note::here(&request);
    let card = |row: Scored| {
        let id = row.listing.id;
        let controls = Controls::of(id, items.get(&id), zone, shell.now, &here);
        Card::of(row, controls)
    };
    let cards: Vec<Card> = found.into_iter().map(card).collect();
    // In the order of deals the unjudged come last: they get a heading of their own.
    let judged = match by.sort {
        Sort::Score => cards.iter().take_while(|card| card.badge.is_some()).count(),
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
        by,
        next,
        did_you_mean: did_you_mean.map(|text| {
            let link = link(&request, &[("q", &text), ("cursor", "")]);
            (text, link)
        }),
        faults,
        is_later_page,
        note,
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
    by: By<Sort>,
    next: Option<String>,
    /// The search as it may have been meant, and its address.
    did_you_mean: Option<(String, String)>,
    faults: Vec<FieldError>,
    is_later_page: bool,
    note: Option<Note>,
}

impl DealsPage {
    fn words(&self) -> &str {
        self.filter.words.as_ref().map_or("", |words| words.text())
    }

    /// The orders that the form offers.
    fn sorts(&self) -> impl Iterator<Item = &'static (By<Sort>, &'static str)> {
        let has_words = self.filter.words.is_some();
        SORTS.iter().filter(move |(by, _)| has_words || by.sort != Sort::Relevance)
    }

    fn price(&self, amount: Option<i64>) -> String {
        let currency = self.filter.currency.unwrap_or(Currency::USD);
        let money = amount.map(|amount| crate::model::money::Money::new(amount, currency));
        money.map_or_else(String::new, listing_query::as_typed)
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    fn is_by(&self, by: &By<Sort>) -> bool {
        self.by == *by
    }

    fn is_in(&self, code: &str) -> bool {
        self.filter.currency.is_some_and(|currency| currency.as_str() == code)
    }

    /// What is shown of the ads that were put aside, as the form says it.
    fn hidden(&self) -> &'static str {
        match self.filter.hidden {
            Some(false) => "",
            Some(true) => "only",
            None => "too",
        }
    }

    /// What is shown of the ads that searches dropped, as the form says it.
    fn dropped(&self) -> &'static str {
        match self.filter.dropped {
            Some(false) => "",
            Some(true) => "only",
            None => "too",
        }
    }

    /// Whether anything narrows the list.
    fn is_filtered(&self) -> bool {
        is_filtered(&self.filter)
    }

    /// Whether anything beyond the words narrows the list.
    fn is_narrowed(&self) -> bool {
        let without_words = Filter { words: None, ..self.filter.clone() };
        is_filtered(&without_words)
    }
}

/// The orders with their names, as the form offers them.
const SORTS: [(By<Sort>, &str); 6] = [
    (By { sort: Sort::Score, down: true }, "Best deals"),
    (By { sort: Sort::Relevance, down: true }, "Best match"),
    (By { sort: Sort::CreatedAt, down: true }, "Newest"),
    (By { sort: Sort::Price, down: false }, "Cheapest"),
    (By { sort: Sort::Price, down: true }, "Dearest"),
    (By { sort: Sort::CreatedAt, down: false }, "Oldest"),
];

/// Amounts of several currencies do not compare: a range of prices is one of dollars, where there are any, until
/// another currency is chosen.
fn compare_in_one_currency(filter: &mut Filter, facets: &Facets) {
    let has_range = filter.min_price.or(filter.max_price).is_some();
    if filter.currency.is_none() && has_range && facets.currencies.len() > 1 {
        let usual = facets.currencies.iter().find(|code| *code == Currency::USD.as_str());
        filter.currency = usual.or(facets.currencies.first()).and_then(|code| code.parse().ok());
    }
}

fn is_filtered(filter: &Filter) -> bool {
    let Filter { words, category, condition, kind, source, currency, .. } = filter;
    let has_range = filter.min_price.or(filter.max_price).is_some();
    words.is_some()
        || category.is_some()
        || condition.is_some()
        || kind.is_some()
        || source.is_some()
        || currency.is_some()
        || has_range
        || filter.min_score.is_some()
        || filter.hidden != Some(false)
        || filter.dropped != Some(false)
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
        .chain(replaced.iter().copied().filter(|(_, value)| !value.is_empty()))
        .map(|(name, value)| format!("{}={}", respond::encoded(name), respond::encoded(value)))
        .collect();
    format!("{}?{}", request.path(), query.join("&"))
}
