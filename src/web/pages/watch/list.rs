//! `/watchlist`: the ads that a person keeps an eye on, and those they have put aside.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use askama::Template;
use chrono::{DateTime, Utc};

use super::{
    super::cut::cut,
    Controls,
    note::{self, Note},
};
use crate::{
    db::{
        self,
        owned::{By, Owned, Sort as _},
        watchlist_items::{Filter, Sort, Stored, WatchlistItem},
    },
    error::{Error, Result},
    model::{id::ListingId, money::Money, watchlist_item::WatchlistStatus},
    nouns::params::Params,
    scout::watching::{self, Watch},
    state::App,
    web::{
        auth::Viewer,
        pages::{
            chart::Steps,
            view::{self, Card},
        },
        respond,
        shell::Shell,
    },
};

const PER_PAGE: i64 = 24;

/// `GET /watchlist`
pub(in crate::web) async fn show(
    app: Data<App>,
    request: HttpRequest,
    shell: Shell,
    viewer: Viewer,
) -> Result<HttpResponse> {
    let mut params = Params::of_form(request.query_string());
    let tab = params.read("tab").unwrap_or(WatchlistStatus::Saved);
    let by = By { sort: Sort::CreatedAt, down: true };
    let after = params.after(&by.to_string(), by.sort.is_by_time());
    let filter = Filter { status: Some(tab), listing_id: None };

    let mut conn = app.conn().await?;
    let counts = db::watching::counts(&conn, viewer.user).await?;
    let mut items =
        WatchlistItem::list(&mut conn, viewer.user, &filter, by, after, PER_PAGE + 1).await?;
    let next = cut(&mut items, PER_PAGE, |last| {
        let cursor = Params::cursor(&by.to_string(), last.position(by.sort));
        format!("/watchlist?tab={tab}&cursor={}", respond::encoded(&cursor))
    });
    let ids: Vec<ListingId> = items.iter().map(|row| row.item.listing_id).collect();
    let mut ads = db::watching::ads(&conn, viewer.user, &ids).await?;
    let mut histories = db::watching::price_histories(&conn, viewer.user, &ids).await?;
    let zone = super::zone(&conn, viewer.user).await?;
    let note = Note::of(&conn, viewer.user, &request).await?;
    drop(conn);

    let here = note::here(&request);
    let mut rows = Vec::with_capacity(items.len());
    for row in items {
        let id = row.item.listing_id;
        let ad = ads.remove(&id).ok_or_else(|| Error::internal("an item goes with its ad"))?;
        let controls = Controls::of(id, Some(&row.item), zone, shell.now, &here);
        let controls = controls.whole(Some(&row.item), ad.listing.currency);
        let history = histories.remove(&id).unwrap_or_default();
        rows.push(Row {
            steps: Steps::of(&history, shell.now),
            prices: Prices::of(&row, ad.listing.price()),
            since: row
                .saved
                .as_ref()
                .and_then(|saved| saved.saved_at)
                .unwrap_or(row.item.created_at),
            note: row.item.note.clone(),
            is_back: row.item.status == WatchlistStatus::Snoozed
                && row.item.standing().at(shell.now) != row.item.standing(),
            card: Card::of(ad, controls),
        });
    }
    let tabs = WatchlistStatus::ALL.iter().map(|status| {
        let count = counts.iter().find(|(of, _)| of == status).map_or(0, |(_, count)| *count);
        (*status, title(*status), count)
    });
    let tabs = tabs.collect();
    respond::page(&WatchlistPage {
        shell,
        tab,
        tabs,
        rows,
        next,
        note,
        is_later_page: after.is_some(),
    })
}

/// One ad of the list.
struct Row {
    card: Card,
    steps: Option<Steps>,
    prices: Prices,
    since: DateTime<Utc>,
    note: String,
    /// Whether its snooze is over.
    is_back: bool,
}

impl Row {
    fn card(&self) -> &Card {
        &self.card
    }
}

/// How the price went since it was saved, and how far it is from the target, in words.
struct Prices {
    since_saved: Option<(String, &'static str)>,
    told: Option<Money>,
    target: Option<Target>,
}

struct Target {
    price: Money,
    to_go: Option<String>,
    /// How far the price has come from where it was saved, of 100; unless the target was above that.
    done: Option<i64>,
}

impl Prices {
    fn of(row: &WatchlistItem, price: Option<Money>) -> Self {
        let Stored { target_amount, drop_percent, told_amount, currency, .. } = row.item;
        let money = |amount: Option<i64>| amount.map(|amount| Money::new(amount, currency));
        let saved = row.saved.as_ref().and_then(db::watchlist_items::Saved::price);
        let watch =
            Watch { saved, told: money(told_amount), target: money(target_amount), drop_percent };
        let since_saved = saved.zip(price).filter(|(saved, price)| saved != price);
        Self {
            since_saved: since_saved.map(|(saved, price)| {
                let side = if watching::change(saved, price) > 0 { "over" } else { "under" };
                (watching::words(saved, price), side)
            }),
            told: watch.told,
            target: watch.target.map(|target| Target::of(target, &watch, price)),
        }
    }
}

impl Target {
    fn of(target: Money, watch: &Watch, price: Option<Money>) -> Self {
        let is_comparable = price.is_some_and(|price| price.currency == target.currency);
        let to_go = match (watch.to_go(price), price) {
            (Some(to_go), Some(price)) => {
                let percent = -watching::change(price, target);
                Some(format!("{to_go} ({percent} %) to go"))
            }
            _ if is_comparable => None,
            _ => Some("cannot be compared: the price is not known in that currency".to_owned()),
        };
        let done = watch.saved.zip(price).and_then(|(saved, price)| {
            let way = saved.amount - target.amount;
            let same = saved.currency == target.currency && price.currency == target.currency;
            (same && way > 0).then(|| ((saved.amount - price.amount) * 100 / way).clamp(0, 100))
        });
        Self { price: target, to_go, done }
    }
}

/// A tab's name.
fn title(status: WatchlistStatus) -> &'static str {
    match status {
        WatchlistStatus::Saved => "Saved",
        WatchlistStatus::Ignored => "Ignored",
        WatchlistStatus::Snoozed => "Snoozed",
        WatchlistStatus::Bought => "Bought",
    }
}

/// What an empty tab says.
fn nothing(status: WatchlistStatus) -> (&'static str, &'static str) {
    match status {
        WatchlistStatus::Saved => (
            "Nothing saved yet",
            "Save an ad and you see here how its price goes. Set a target, or a drop in per cent, and you are told.",
        ),
        WatchlistStatus::Ignored => (
            "Nothing ignored",
            "Ads that you ignore are left out of your deals, and you are not told of them.",
        ),
        WatchlistStatus::Snoozed => (
            "Nothing snoozed",
            "Ads that you snooze are left out of your deals until the time that you choose.",
        ),
        WatchlistStatus::Bought => (
            "Nothing bought yet",
            "Ads that you mark as bought become things of yours, with what they cost.",
        ),
    }
}

#[derive(Template)]
#[template(path = "watch/list.html")]
struct WatchlistPage {
    shell: Shell,
    tab: WatchlistStatus,
    tabs: Vec<(WatchlistStatus, &'static str, i64)>,
    rows: Vec<Row>,
    next: Option<String>,
    note: Option<Note>,
    is_later_page: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
impl WatchlistPage {
    fn is_in(&self, tab: &WatchlistStatus) -> bool {
        self.tab == *tab
    }

    fn address(tab: &WatchlistStatus) -> String {
        match tab {
            WatchlistStatus::Saved => "/watchlist".to_owned(),
            other => format!("/watchlist?tab={other}"),
        }
    }
}
