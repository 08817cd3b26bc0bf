//! My items: things that people own and sell.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Noun, cross_posts,
    fields::Fields,
    orders,
    params::Params,
    photos,
    shape::{id, object, one_of, text, time, whole},
};
use crate::{
    db::{
        self,
        my_items::{Filter, MyItem, MyItemFields},
        owned::{By, Owned},
    },
    error::Result,
    model::{
        condition::Condition,
        id::{ListingId, MyItemId, UserId},
        money::{Currency, Money},
        my_item::MyItemStatus,
    },
};

/// Posts and orders that come with an item, at most of each; the lists of those nouns have the rest.
const MOST: i64 = 100;

/// The noun.
#[derive(Debug)]
pub struct MyItems;

/// A thing that a person owns and sells.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "MyItem")]
pub struct View {
    id: MyItemId,
    /// The ad that it was bought from.
    listing_id: Option<ListingId>,
    title: String,
    description: String,
    category: Option<String>,
    attributes: serde_json::Value,
    condition: Option<Condition>,
    /// What it cost.
    cost: Option<Money>,
    /// What is asked for it.
    price: Option<Money>,
    /// Where it lies.
    place: String,
    status: MyItemStatus,
    /// The person's own number of it.
    sku: Option<String>,
    quantity: i32,
    acquired_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// An item with its photos, posts and orders.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "MyItemWithAll")]
pub struct Whole {
    #[serde(flatten)]
    item: View,
    /// In the order that the person gave them.
    photos: Vec<photos::View>,
    /// Where it is for sale, newest first; at most 100.
    cross_posts: Vec<cross_posts::View>,
    /// Its sales, newest first; at most 100.
    orders: Vec<orders::View>,
}

impl From<MyItem> for View {
    fn from(row: MyItem) -> Self {
        let money = |amount| Money::new(amount, row.currency);
        Self {
            id: row.id,
            listing_id: row.listing_id,
            title: row.title,
            description: row.description,
            category: row.category,
            attributes: row.attributes,
            condition: row.condition,
            cost: row.cost_amount.map(money),
            price: row.price_amount.map(money),
            place: row.place,
            status: row.status,
            sku: row.sku,
            quantity: row.quantity,
            acquired_at: row.acquired_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl Noun for MyItems {
    const ONE: &'static str = "item";
    const MANY: &'static str = "my-items";
    const ABOUT: &'static str = "Things that a person owns and sells.";
    const TABLES: &'static [&'static str] = &["my_items", "photos", "cross_posts", "orders"];

    type Row = MyItem;
    type View = View;
    type Whole = Whole;

    fn read(fields: &mut Fields<'_>) -> MyItemFields {
        MyItemFields {
            listing_id: fields.nullable("listing_id", id()),
            title: fields.need("title", text(1..=500)),
            description: fields.may("description", text(0..=20_000)),
            category: fields.nullable("category", text(1..=200)),
            attributes: fields.may("attributes", object()),
            condition: fields.nullable("condition", one_of()),
            cost_amount: fields.nullable_amount("cost"),
            price_amount: fields.nullable_amount("price"),
            currency: fields.currency(),
            place: fields.may("place", text(0..=200)),
            status: fields.may("status", one_of()),
            sku: fields.nullable("sku", text(1..=100)),
            quantity: fields.may("quantity", whole(0..=1_000_000)),
            acquired_at: fields.nullable("acquired_at", time()),
        }
    }

    fn filter(params: &mut Params) -> Filter {
        Filter {
            words: params
                .text("q")
                .iter()
                .flat_map(|q| q.split_whitespace())
                .map(str::to_owned)
                .collect(),
            status: params.take("status", one_of()),
            category: params.take("category", text(1..=200)),
            condition: params.take("condition", one_of()),
            listing_id: params.take("listing_id", id()),
            sku: params.take("sku", text(1..=100)),
            since: params.take("since", time()),
            until: params.take("until", time()),
        }
    }

    async fn whole(conn: &mut AsyncPgConnection, user: UserId, row: MyItem) -> Result<Whole> {
        use db::{cross_posts as of_posts, orders as of_orders};
        let item = Some(row.id);
        let photos = db::photos::of_my_item(conn, user, row.id).await?;
        let posts = of_posts::Filter { my_item_id: item, ..Default::default() };
        let posts =
            of_posts::CrossPost::list(conn, user, &posts, By::default(), None, MOST).await?;
        let orders = of_orders::Filter { my_item_id: item, ..Default::default() };
        let orders = of_orders::Order::list(conn, user, &orders, By::default(), None, MOST).await?;
        Ok(Whole {
            item: row.into(),
            photos: photos.into_iter().map(Into::into).collect(),
            cross_posts: posts.into_iter().map(Into::into).collect(),
            orders: orders.into_iter().map(Into::into).collect(),
        })
    }

    fn currency(row: &MyItem) -> Option<Currency> {
        row.cost_amount.or(row.price_amount).map(|_| row.currency)
    }
}
