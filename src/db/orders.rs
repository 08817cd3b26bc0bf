//! Sales, from a marketplace or by hand. Each is a comparable of its owner, so that one that is recorded, changed or
//! removed makes the ads due for scoring that it concerns.

use chrono::{DateTime, Utc};
use diesel::{dsl::IntoBoxed, pg::Pg, prelude::*};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{
    completed::Completed,
    comps_write::mark_concerned,
    json::Json,
    owned::owned,
    schema::{cross_posts, my_items, orders},
};
use crate::model::{
    id::{CrossPostId, MyItemId, OrderId, UserId},
    money::Currency,
    order::OrderStatus,
};

/// A stored order. Amounts are minor units of its currency.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = orders, check_for_backend(Pg))]
pub struct Order {
    /// Its row.
    pub id: OrderId,
    /// The posting that was bought from, if it is known.
    pub cross_post_id: Option<CrossPostId>,
    /// What was sold, if it is known.
    pub my_item_id: Option<MyItemId>,
    /// Where it was sold.
    pub platform: String,
    /// The marketplace's own id of it.
    pub platform_order_id: String,
    /// How far it has come.
    pub status: OrderStatus,
    /// What the buyer paid in all.
    pub total_amount: i64,
    /// What of it was for shipping, if it is known.
    pub shipping_amount: Option<i64>,
    /// What the marketplace kept, if it is known.
    pub fee_amount: Option<i64>,
    /// The currency of the amounts.
    pub currency: Currency,
    /// What else the marketplace tells.
    #[diesel(deserialize_as = Json)]
    pub details: serde_json::Value,
    /// When it was made.
    pub ordered_at: DateTime<Utc>,
    /// When the row was made.
    pub created_at: DateTime<Utc>,
    /// When the row last changed.
    pub updated_at: DateTime<Utc>,
}

/// What can be written of an order.
#[derive(Debug, Default, Insertable, AsChangeset)]
#[diesel(table_name = orders)]
#[expect(missing_docs, reason = "the columns of Order; Some(None) clears")]
pub struct OrderFields {
    pub cross_post_id: Option<Option<CrossPostId>>,
    pub my_item_id: Option<Option<MyItemId>>,
    pub platform: Option<String>,
    pub platform_order_id: Option<String>,
    pub status: Option<OrderStatus>,
    pub total_amount: Option<i64>,
    pub shipping_amount: Option<Option<i64>>,
    pub fee_amount: Option<Option<i64>>,
    pub currency: Option<Currency>,
    pub details: Option<serde_json::Value>,
    pub ordered_at: Option<DateTime<Utc>>,
}

/// Which orders are wanted. Empty means all of the user's.
#[derive(Debug, Default)]
pub struct Filter {
    /// Where it was sold.
    pub platform: Option<String>,
    /// How far it has come.
    pub status: Option<OrderStatus>,
    /// What was sold.
    pub my_item_id: Option<MyItemId>,
    /// The posting that was bought from.
    pub cross_post_id: Option<CrossPostId>,
    /// Made then or later.
    pub since: Option<DateTime<Utc>>,
    /// Made before then.
    pub until: Option<DateTime<Utc>>,
}

owned! {
    orders: Order(OrderId), OrderFields, Filter, filtered;
    sorts {
        OrderedAt = "ordered_at": ordered_at as time,
        CreatedAt = "created_at": created_at as time,
        UpdatedAt = "updated_at": updated_at as time,
    }
}

fn filtered<'a>(
    mut query: IntoBoxed<'a, orders::table, Pg>,
    filter: &'a Filter,
) -> IntoBoxed<'a, orders::table, Pg> {
    if let Some(platform) = &filter.platform {
        query = query.filter(orders::platform.eq(platform));
    }
    if let Some(status) = filter.status {
        query = query.filter(orders::status.eq(status));
    }
    if let Some(item) = filter.my_item_id {
        query = query.filter(orders::my_item_id.eq(item));
    }
    if let Some(post) = filter.cross_post_id {
        query = query.filter(orders::cross_post_id.eq(post));
    }
    if let Some(since) = filter.since {
        query = query.filter(orders::ordered_at.ge(since));
    }
    if let Some(until) = filter.until {
        query = query.filter(orders::ordered_at.lt(until));
    }
    query
}

/// An order that is a comparable of its owner.
#[derive(Debug, Clone)]
pub struct Sale(pub Order);

impl Completed for Sale {
    type Base = Order;

    fn base(&self) -> &Order {
        &self.0
    }

    async fn complete(
        _: &mut AsyncPgConnection,
        _: UserId,
        rows: Vec<Order>,
    ) -> QueryResult<Vec<Self>> {
        Ok(rows.into_iter().map(Self).collect())
    }

    async fn written(
        conn: &mut AsyncPgConnection,
        user: UserId,
        id: OrderId,
        _: &OrderFields,
    ) -> QueryResult<()> {
        mark_ads(conn, user, id).await
    }

    async fn removing(conn: &mut AsyncPgConnection, user: UserId, id: OrderId) -> QueryResult<()> {
        mark_ads(conn, user, id).await
    }
}

/// Makes the ads due that what was sold may concern, where it is known.
async fn mark_ads(conn: &mut AsyncPgConnection, user: UserId, id: OrderId) -> QueryResult<()> {
    let order = orders::table.filter(orders::user_id.eq(user).and(orders::id.eq(id)));
    let (item, post): (Option<MyItemId>, Option<CrossPostId>) =
        order.select((orders::my_item_id, orders::cross_post_id)).first(conn).await?;
    let posted = cross_posts::table
        .filter(cross_posts::user_id.eq(user).and(cross_posts::id.nullable().eq(post)))
        .select(cross_posts::my_item_id);
    let item = match item {
        Some(item) => Some(item),
        None => posted.first(conn).await.optional()?,
    };
    let title: Option<String> = my_items::table
        .filter(my_items::user_id.eq(user).and(my_items::id.nullable().eq(item)))
        .select(my_items::title)
        .first(conn)
        .await
        .optional()?;
    if let Some(title) = title {
        mark_concerned(conn, user, &title).await?;
    }
    Ok(())
}
