//! `/listings/{id}`: one ad, with what it is worth and why.

use std::collections::HashMap;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use askama::Template;

use super::{
    chart::{Gauge, Steps, Strip},
    view::{self, Badge, Distance},
    watch::{
        self, Controls,
        note::{self, Note},
    },
};
use crate::{
    db::{self, listings_around::Alike, listings_view::ListingRow},
    error::{Error, Result},
    model::{
        comp::Basis,
        estimate::{Comparable, Estimate, EstimateBasis},
        id::{CompId, ListingId},
        money::Money,
        score::{Part, Score},
    },
    state::App,
    web::{auth::Viewer, respond, shell::Shell},
};

/// `GET /listings/{id}`
pub(in crate::web) async fn show(
    app: Data<App>,
    request: HttpRequest,
    shell: Shell,
    viewer: Viewer,
    id: Path<ListingId>,
) -> Result<HttpResponse> {
    let conn = app.conn().await?;
    let found = db::listings_view::find(&conn, viewer.user, *id).await?;
    let found = found.ok_or(Error::NotFound("ad"))?;
    let history = db::listings_view::price_history(&conn, viewer.user, *id).await?;
    let comparables = found.score.iter().map(|score| &score.estimate.comparables);
    let comps: Vec<CompId> = comparables.flat_map(|all| view::comps_of(all)).collect();
    let links = db::comps_list::urls(&conn, viewer.user, &comps).await?;
    let alike = db::listings_around::same(&conn, viewer.user, *id).await?;
    let (gone_at, gone_reason) = db::listings_around::gone(&conn, viewer.user, *id).await?;
    let item = db::watching::of_listings(&conn, viewer.user, &[*id]).await?.remove(&*id);
    let zone = watch::zone(&conn, viewer.user).await?;
    let note = Note::of(&conn, viewer.user, &request).await?;
    drop(conn);

    let ad = found.listing;
    let here = note::here(&request);
    let controls = Controls::of(*id, item.as_ref(), zone, shell.now, &here);
    let total = ad.total();
    let estimate = found.score.as_ref().map(|score| &score.estimate);
    let fair = estimate.and_then(|estimate| estimate.fair_value);
    let page = ListingPage {
        badge: found.score.as_ref().and_then(|score| score.value).map(Badge::of),
        picture: view::picture(&ad),
        distance: total.zip(fair).and_then(|(total, fair)| Distance::of(total, fair)),
        gauge: total.zip(estimate).and_then(|(total, estimate)| Gauge::of(total, estimate)),
        strip: estimate.and_then(|estimate| Strip::of(estimate, total)),
        steps: Steps::of(&history, shell.now),
        links: links.into_iter().collect(),
        scored_at: found.scored_at,
        score: found.score,
        watch: controls.whole(item.as_ref(), ad.currency),
        alike,
        gone_at,
        gone_reason,
        note,
        shell,
        total,
        ad,
    };
    respond::page(&page)
}

#[derive(Template)]
#[template(path = "listings/show.html")]
struct ListingPage {
    shell: Shell,
    ad: ListingRow,
    /// Price and shipping together.
    total: Option<Money>,
    score: Option<Score>,
    scored_at: Option<chrono::DateTime<chrono::Utc>>,
    badge: Option<Badge>,
    picture: Option<String>,
    distance: Option<Distance>,
    gauge: Option<Gauge>,
    strip: Option<Strip>,
    steps: Option<Steps>,
    links: HashMap<CompId, Option<String>>,
    watch: Controls,
    /// Other ads of the same thing.
    alike: Vec<Alike>,
    gone_at: Option<chrono::DateTime<chrono::Utc>>,
    gone_reason: Option<String>,
    note: Option<Note>,
}

impl ListingPage {
    fn estimate(&self) -> Option<&Estimate> {
        self.score.as_ref().map(|score| &score.estimate)
    }

    fn link(&self, comparable: &Comparable) -> Option<String> {
        view::comparable_link(comparable.id, &self.links)
    }

    fn seller(&self) -> Option<&str> {
        self.ad.details.get("seller").and_then(serde_json::Value::as_str)
    }
}

/// A part of a score as a bar: whole points, and how long the bar is of 100.
struct Bar {
    points: String,
    length: i64,
    class: &'static str,
}

impl Bar {
    fn of(part: &Part) -> Self {
        // A risk has no maximum: its bar is as long as the points it costs.
        let of = if part.max > 0.0 { part.max } else { 25.0 };
        let length = (part.points.abs() / of * 100.0).clamp(0.0, 100.0);
        Self {
            points: format!("{:+.0}", part.points),
            length: format!("{length:.0}").parse().unwrap_or(0),
            class: if part.points < 0.0 { "minus" } else { "plus" },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_share_of_the_points() {
        let bar = |points, max| {
            let part = Part { name: "price".into(), points, max, words: String::new() };
            let bar = Bar::of(&part);
            (bar.points, bar.length, bar.class)
        };
        assert_eq!(bar(30.0, 60.0), ("+30".to_owned(), 50, "plus"));
        assert_eq!(bar(-10.0, 0.0), ("-10".to_owned(), 40, "minus"));
        assert_eq!(bar(90.0, 60.0), ("+90".to_owned(), 100, "plus"));
    }
}
