//! Listings: ads of others, with what they are worth.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Noun,
    fields::Fields,
    params::Params,
    search,
    shape::{MOST_MONEY, boolean, currency, object, one_of, slug, text, time, url, whole},
    worth::Worth,
};
use crate::{
    db::{
        listing_scores,
        listings_list::Filter,
        listings_view::{self, Scored},
        listings_write::ListingFields,
        words::Searched,
    },
    error::Result,
    model::{
        condition::Condition,
        id::{ListingId, UserId},
        kind::Kind,
        money::{Currency, Money},
        score::Part,
        words::Words,
    },
    scout::normalize::kind_of,
};

/// The noun.
#[derive(Debug)]
pub struct Listings;

/// An ad of somebody else, with what it is worth.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Listing")]
pub struct View {
    id: ListingId,
    source: String,
    /// Its id there.
    source_id: String,
    title: String,
    description: Option<String>,
    /// What it really offers.
    kind: Kind,
    /// Null when it is not known; 0 is free.
    price: Option<Money>,
    shipping: Option<Money>,
    condition: Option<Condition>,
    category: Option<String>,
    url: Option<String>,
    image_url: Option<String>,
    location: serde_json::Value,
    details: serde_json::Value,
    /// Whether it can still be bought, as far as known.
    available: bool,
    posted_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    last_seen_at: DateTime<Utc>,
    /// 0 to 100; null while there is none.
    score: Option<i32>,
    /// Null until the ad was judged.
    judgement: Option<Judgement>,
}

/// How a score came about.
#[derive(Debug, Serialize, JsonSchema)]
struct Judgement {
    summary: String,
    parts: Vec<Part>,
    profit: Option<Money>,
    estimate: Worth,
    scored_at: Option<DateTime<Utc>>,
}

/// An ad with its price history, its scores, and the comparables that its worth rests on.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "WholeListing")]
pub struct Whole {
    #[serde(flatten)]
    listing: View,
    /// Oldest first, the latest 200.
    price_history: Vec<PricePoint>,
    /// Every metric, by its name.
    scores: Vec<Metric>,
}

/// A price that an ad was seen at.
#[derive(Debug, Serialize, JsonSchema)]
struct PricePoint {
    seen_at: DateTime<Utc>,
    price: Money,
}

/// A score by one metric.
#[derive(Debug, Serialize, JsonSchema)]
struct Metric {
    #[serde(rename = "metric")]
    name: String,
    /// 0 to 100; null when there is not enough data.
    value: Option<i32>,
    updated_at: DateTime<Utc>,
}

impl View {
    /// `whole` adds the comparables: too much for a list.
    fn of(row: Scored, whole: bool) -> Self {
        let Scored { listing: ad, value, score, scored_at, .. } = row;
        Self {
            price: ad.price(),
            shipping: ad.shipping(),
            id: ad.id,
            source: ad.source,
            source_id: ad.source_id,
            title: ad.title,
            description: ad.description,
            kind: ad.kind,
            condition: ad.condition,
            category: ad.category,
            url: ad.url,
            image_url: ad.image_url,
            location: ad.location,
            details: ad.details,
            available: ad.available,
            posted_at: ad.posted_at,
            created_at: ad.created_at,
            updated_at: ad.updated_at,
            last_seen_at: ad.last_seen_at,
            score: value,
            judgement: score.map(|score| Judgement {
                summary: score.summary,
                parts: score.parts,
                profit: score.profit,
                estimate: Worth::of(score.estimate, whole),
                scored_at,
            }),
        }
    }
}

impl From<Scored> for View {
    fn from(row: Scored) -> Self {
        Self::of(row, false)
    }
}

impl Noun for Listings {
    const ONE: &'static str = "listing";
    const MANY: &'static str = "listings";
    const ABOUT: &'static str = "Ads of others: imported, found by a search, or entered by hand. Each is judged by what \
                                 comparable things sell for.";
    const TABLES: &'static [&'static str] =
        &["listings", "listing_scores", "price_points", "watchlist_items"];

    type Row = Scored;
    type View = View;
    type Whole = Whole;

    fn read(fields: &mut Fields<'_>) -> ListingFields {
        let source = search::source(fields);
        let title = fields.need("title", text(1..=500));
        let description = fields.nullable("description", text(0..=20_000));
        let kind = fields.may("kind", one_of()).or_else(|| {
            let description = description.as_ref().and_then(Option::as_deref);
            title.as_deref().map(|title| kind_of(title, description))
        });
        ListingFields {
            source,
            source_id: fields.may("source_id", text(1..=200)),
            title,
            description,
            kind,
            price_amount: fields.nullable_amount("price"),
            shipping_amount: fields.nullable_amount("shipping"),
            currency: fields.currency(),
            condition: fields.nullable("condition", one_of()),
            category: fields.nullable("category", text(1..=200)),
            url: fields.nullable("url", url()),
            image_url: fields.nullable("image_url", url()),
            location: fields.may("location", object()),
            details: fields.may("details", object()),
            available: fields.may("available", boolean()),
            posted_at: fields.nullable("posted_at", time()),
            last_seen_at: fields.may("last_seen_at", time()),
        }
    }

    fn filter(params: &mut Params) -> Filter {
        let mut filter = Filter {
            words: params.read::<Words>("q"),
            category: params.text("category"),
            condition: params.take("condition", one_of()),
            kind: params.take("kind", one_of()),
            source: params.take("source", slug()),
            currency: params.take("currency", currency()),
            min_price: params.take("min_price", whole(0..=MOST_MONEY)),
            max_price: params.take("max_price", whole(0..=MOST_MONEY)),
            min_score: params.take("min_score", whole(0..=100)),
            available: params.take("available", boolean()),
            hidden: params.take("hidden", boolean()),
            dropped: params.take("dropped", boolean()),
            watched: params.take("watched", one_of()),
        };
        search::check_range(params, &mut filter);
        filter
    }

    async fn whole(conn: &mut AsyncPgConnection, user: UserId, row: Scored) -> Result<Whole> {
        let id = row.listing.id;
        let history = listings_view::price_history(conn, user, id).await?;
        let scores = listing_scores::of_listing(conn, user, id).await?;
        let metric = |(name, value, updated_at)| Metric { name, value, updated_at };
        Ok(Whole {
            listing: View::of(row, true),
            price_history: history
                .into_iter()
                .map(|(seen_at, price)| PricePoint { seen_at, price })
                .collect(),
            scores: scores.into_iter().map(metric).collect(),
        })
    }

    async fn did_you_mean(
        conn: &mut AsyncPgConnection,
        user: UserId,
        filter: &Filter,
    ) -> Result<Option<Option<String>>> {
        let Some(words) = &filter.words else { return Ok(None) };
        let with = |better| Filter { words: Some(better), ..filter.clone() };
        search::meant::<Scored>(conn, user, Searched::Listings, words, with).await.map(Some)
    }

    fn currency(row: &Scored) -> Option<Currency> {
        row.listing.price_amount.or(row.listing.shipping_amount).map(|_| row.listing.currency)
    }
}
