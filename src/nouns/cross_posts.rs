//! Cross-posts: an item for sale on one marketplace.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Noun,
    fields::Fields,
    params::Params,
    shape::{id, object, one_of, slug, text, time, url},
};
use crate::{
    db::cross_posts::{CrossPost, CrossPostFields, Filter},
    error::Result,
    model::{
        cross_post::CrossPostStatus,
        id::{CrossPostId, MyItemId, UserId},
        money::{Currency, Money},
    },
};

/// The noun.
#[derive(Debug)]
pub struct CrossPosts;

/// A posting of an item on a marketplace.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CrossPost")]
pub struct View {
    id: CrossPostId,
    /// What is for sale.
    my_item_id: MyItemId,
    platform: String,
    /// The marketplace's own id of the posting.
    external_id: Option<String>,
    /// Where people see it.
    url: Option<String>,
    /// What is asked there; null means the item's own price.
    price: Option<Money>,
    status: CrossPostStatus,
    /// How often the present step was tried.
    attempts: i32,
    /// When it is tried next.
    next_try_at: Option<DateTime<Utc>>,
    /// Why the last try failed.
    error: Option<String>,
    details: serde_json::Value,
    posted_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<CrossPost> for View {
    fn from(row: CrossPost) -> Self {
        Self {
            id: row.id,
            my_item_id: row.my_item_id,
            platform: row.platform,
            external_id: row.external_id,
            url: row.url,
            price: row.price_amount.map(|amount| Money::new(amount, row.currency)),
            status: row.status,
            attempts: row.attempts,
            next_try_at: row.next_try_at,
            error: row.error,
            details: row.details,
            posted_at: row.posted_at,
            ended_at: row.ended_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl Noun for CrossPosts {
    const ONE: &'static str = "cross-post";
    const MANY: &'static str = "cross-posts";
    const ABOUT: &'static str = "Where an item is for sale: one posting on one marketplace each.";
    const TABLES: &'static [&'static str] = &["cross_posts"];

    type Row = CrossPost;
    type View = View;
    type Whole = View;

    fn read(fields: &mut Fields<'_>) -> CrossPostFields {
        CrossPostFields {
            my_item_id: fields.need("my_item_id", id()),
            platform: fields.need("platform", slug()),
            external_id: fields.nullable("external_id", text(1..=200)),
            url: fields.nullable("url", url()),
            price_amount: fields.nullable_amount("price"),
            currency: fields.currency(),
            status: fields.may("status", one_of()),
            details: fields.may("details", object()),
            posted_at: fields.nullable("posted_at", time()),
            ended_at: fields.nullable("ended_at", time()),
        }
    }

    fn filter(params: &mut Params) -> Filter {
        Filter {
            my_item_id: params.take("my_item_id", id()),
            platform: params.take("platform", slug()),
            external_id: params.take("external_id", text(1..=200)),
            status: params.take("status", one_of()),
            since: params.take("since", time()),
            until: params.take("until", time()),
        }
    }

    async fn whole(_: &mut AsyncPgConnection, _: UserId, row: CrossPost) -> Result<View> {
        Ok(row.into())
    }

    fn currency(row: &CrossPost) -> Option<Currency> {
        row.price_amount.map(|_| row.currency)
    }
}
