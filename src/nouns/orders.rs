//! Orders: what was sold.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Noun,
    fields::Fields,
    params::Params,
    shape::{id, object, one_of, slug, text, time},
};
use crate::{
    db::orders::{Filter, Order, OrderFields, Sale},
    error::Result,
    model::{
        id::{CrossPostId, MyItemId, OrderId, UserId},
        money::{Currency, Money},
        order::OrderStatus,
    },
};

/// The noun.
#[derive(Debug)]
pub struct Orders;

/// A sale, from a marketplace or by hand.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Order")]
pub struct View {
    id: OrderId,
    /// The posting that was bought from.
    cross_post_id: Option<CrossPostId>,
    /// What was sold.
    my_item_id: Option<MyItemId>,
    platform: String,
    /// The marketplace's own id of the order.
    platform_order_id: String,
    status: OrderStatus,
    /// What the buyer paid in all.
    total: Money,
    /// What of the total was for shipping.
    shipping: Option<Money>,
    /// What the marketplace kept.
    fee: Option<Money>,
    details: serde_json::Value,
    ordered_at: DateTime<Utc>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<Order> for View {
    fn from(row: Order) -> Self {
        let money = |amount| Money::new(amount, row.currency);
        Self {
            id: row.id,
            cross_post_id: row.cross_post_id,
            my_item_id: row.my_item_id,
            platform: row.platform,
            platform_order_id: row.platform_order_id,
            status: row.status,
            total: money(row.total_amount),
            shipping: row.shipping_amount.map(money),
            fee: row.fee_amount.map(money),
            details: row.details,
            ordered_at: row.ordered_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl From<Sale> for View {
    fn from(sale: Sale) -> Self {
        sale.0.into()
    }
}

impl Noun for Orders {
    const ONE: &'static str = "order";
    const MANY: &'static str = "orders";
    const ABOUT: &'static str = "What was sold: from a marketplace, or entered by hand.";
    const TABLES: &'static [&'static str] = &["orders", "cross_posts", "my_items", "listings"];

    type Row = Sale;
    type View = View;
    type Whole = View;

    fn read(fields: &mut Fields<'_>) -> OrderFields {
        OrderFields {
            cross_post_id: fields.nullable("cross_post_id", id()),
            my_item_id: fields.nullable("my_item_id", id()),
            platform: fields.need("platform", slug()),
            platform_order_id: fields.need("platform_order_id", text(1..=200)),
            status: fields.may("status", one_of()),
            total_amount: fields.need_amount("total"),
            shipping_amount: fields.nullable_amount("shipping"),
            fee_amount: fields.nullable_amount("fee"),
            currency: fields.currency(),
            details: fields.may("details", object()),
            ordered_at: fields.may("ordered_at", time()),
        }
    }

    fn filter(params: &mut Params) -> Filter {
        Filter {
            platform: params.take("platform", slug()),
            status: params.take("status", one_of()),
            my_item_id: params.take("my_item_id", id()),
            cross_post_id: params.take("cross_post_id", id()),
            since: params.take("since", time()),
            until: params.take("until", time()),
        }
    }

    async fn whole(_: &mut AsyncPgConnection, _: UserId, row: Sale) -> Result<View> {
        Ok(row.into())
    }

    fn currency(row: &Sale) -> Option<Currency> {
        Some(row.0.currency)
    }
}
