//! Loading a user's comparables for estimates, and telling cheaply whether they have changed: sales, what the person
//! sold, and what the ads that still stand ask.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    pg::Pg,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Bool, Nullable, Text, Timestamptz},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{
    reads::HeavyRead,
    schema::{comps, listings},
};
use crate::{
    error::Result,
    model::{
        comp::{Basis, Comp, ComparableId},
        condition::Condition,
        id::{CompId, ListingId, OrderId, UserId},
        kind::Kind,
        money::{Currency, Money},
    },
};

/// The most comps that are loaded for one user: the latest ones.
const MOST_COMPS: i64 = 250_000;
/// The most ads: those that changed last.
const MOST_ADS: i64 = 50_000;
/// The most orders: the latest ones.
const MOST_ORDERS: i64 = 50_000;

/// What a user's comparables were at one moment: how many, and when they were changed, added up, for comps, for
/// available ads, and for orders with what they sold. Two equal versions mean that nothing has changed between them, in whichever order transactions
/// committed. That an ad was scored or seen again is no change.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
#[diesel(check_for_backend(Pg))]
pub struct Version {
    #[diesel(sql_type = BigInt)]
    count: i64,
    #[diesel(sql_type = Text)]
    changes: String,
    #[diesel(sql_type = BigInt)]
    ads: i64,
    #[diesel(sql_type = Text)]
    ad_changes: String,
    #[diesel(sql_type = BigInt)]
    orders: i64,
    #[diesel(sql_type = Text)]
    order_changes: String,
}

/// The version of a user's comparables, read from indexes alone: about 15 ms for each 100,000.
pub async fn version(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Version> {
    sql_query(
        "SELECT * FROM
            (SELECT count(*) AS count, coalesce(sum(extract(epoch FROM updated_at)), 0)::text AS changes
             FROM comps WHERE user_id = $1) AS c,
            (SELECT count(*) AS ads, coalesce(sum(extract(epoch FROM updated_at)), 0)::text AS ad_changes
             FROM listings WHERE user_id = $1 AND available) AS l,
            (SELECT count(*) AS orders,
                    coalesce(sum(extract(epoch FROM o.updated_at) + extract(epoch FROM i.updated_at)), 0)::text
                        AS order_changes
             FROM orders o
             LEFT JOIN cross_posts p ON p.user_id = o.user_id AND p.id = o.cross_post_id
             JOIN my_items i ON i.user_id = o.user_id AND i.id = coalesce(o.my_item_id, p.my_item_id)
             WHERE o.user_id = $1) AS o",
    )
    .bind::<BigInt, _>(user)
    .get_result(conn)
    .await
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = comps, check_for_backend(Pg))]
struct Row {
    id: CompId,
    title: String,
    kind: Kind,
    basis: Basis,
    price_amount: i64,
    shipping_amount: Option<i64>,
    currency: Currency,
    condition: Option<Condition>,
    category: Option<String>,
    observed_at: DateTime<Utc>,
}

/// Everything that a user's estimates compare with, as a heavy read.
#[derive(Debug, Clone, Copy)]
pub struct Comparables(pub UserId);

impl HeavyRead for Comparables {
    /// Sales and what ads ask, and what the person sold.
    type Found = (Vec<Comp>, Vec<OwnSale>);

    async fn run(&self, conn: &mut AsyncPgConnection) -> Result<Self::Found> {
        Ok((load_latest(conn, self.0).await?, load_own(conn, self.0).await?))
    }
}

/// A user's latest dated sales, at most 250,000, each with where it was sold, as a heavy read.
#[derive(Debug, Clone, Copy)]
pub struct Sales(pub UserId);

impl HeavyRead for Sales {
    type Found = Vec<(String, Comp)>;

    async fn run(&self, conn: &mut AsyncPgConnection) -> Result<Self::Found> {
        Ok(load_sales(conn, self.0).await?)
    }
}

/// The latest comparables of a user: at most 250,000 comps and what at most 50,000 ads ask, each latest first.
async fn load_latest(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Vec<Comp>> {
    let mut comparables = load_comps(conn, user).await?;
    comparables.extend(load_ads(conn, user).await?);
    Ok(comparables)
}

async fn load_comps(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Vec<Comp>> {
    let is_undated =
        diesel::dsl::sql::<Bool>("coalesce(details -> 'date_unknown' = 'true'::jsonb, FALSE)");
    let rows: Vec<(Row, bool)> = comps::table
        .filter(comps::user_id.eq(user))
        .order((comps::observed_at.desc(), comps::id.desc()))
        .limit(MOST_COMPS)
        .select((Row::as_select(), is_undated))
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(row, is_undated)| row.comp(!is_undated)).collect())
}

async fn load_sales(
    conn: &mut AsyncPgConnection,
    user: UserId,
) -> QueryResult<Vec<(String, Comp)>> {
    let is_dated =
        diesel::dsl::sql::<Bool>("coalesce(details -> 'date_unknown', 'false') <> 'true'::jsonb");
    let rows: Vec<(Row, String)> = comps::table
        .filter(comps::user_id.eq(user))
        .filter(comps::basis.eq(Basis::Sold))
        .filter(is_dated)
        .order((comps::observed_at.desc(), comps::id.desc()))
        .limit(MOST_COMPS)
        .select((Row::as_select(), comps::source))
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(row, source)| (source, row.comp(true))).collect())
}

impl Row {
    fn comp(self, has_date: bool) -> Comp {
        let shipping = self.shipping_amount.unwrap_or(0);
        Comp {
            id: ComparableId::Comp(self.id),
            title: self.title,
            kind: self.kind,
            basis: self.basis,
            total: Money::new(self.price_amount.saturating_add(shipping), self.currency),
            condition: self.condition,
            category: self.category,
            observed_at: self.observed_at,
            has_date,
            is_choice: false,
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = listings, check_for_backend(Pg))]
struct AdRow {
    id: ListingId,
    title: String,
    kind: Kind,
    price_amount: Option<i64>,
    shipping_amount: Option<i64>,
    currency: Currency,
    condition: Option<Condition>,
    category: Option<String>,
    last_seen_at: DateTime<Utc>,
}

/// What available ads ask. A bid is not what anybody asks for in the end, so running auctions are left out.
async fn load_ads(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Vec<Comp>> {
    let is_for_sale = diesel::dsl::sql::<Bool>(
        r#"NOT (details @> '{"price_is": "current_bid"}'
                OR (details @> '{"buying_options": ["AUCTION"]}'
                    AND NOT details @> '{"buying_options": ["FIXED_PRICE"]}'))"#,
    );
    let is_choice = diesel::dsl::sql::<Bool>(r#"details @> '{"item_group": true}'"#);
    let rows: Vec<(AdRow, bool)> = listings::table
        .filter(listings::user_id.eq(user))
        .filter(listings::available)
        .filter(listings::price_amount.gt(0))
        .filter(is_for_sale)
        .order((listings::updated_at.desc(), listings::id.desc()))
        .limit(MOST_ADS)
        .select((AdRow::as_select(), is_choice))
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(row, is_choice)| row.comp(is_choice)).collect())
}

impl AdRow {
    fn comp(self, is_choice: bool) -> Comp {
        let total =
            self.price_amount.unwrap_or(0).saturating_add(self.shipping_amount.unwrap_or(0));
        Comp {
            id: ComparableId::Listing(self.id),
            title: self.title,
            kind: self.kind,
            basis: Basis::Asking,
            total: Money::new(total, self.currency),
            condition: self.condition,
            category: self.category,
            observed_at: self.last_seen_at,
            has_date: true,
            is_choice,
        }
    }
}

#[derive(QueryableByName)]
#[diesel(check_for_backend(Pg))]
struct OwnRow {
    #[diesel(sql_type = BigInt)]
    id: OrderId,
    #[diesel(sql_type = Text)]
    title: String,
    #[diesel(sql_type = Text)]
    description: String,
    #[diesel(sql_type = Nullable<Text>)]
    condition: Option<Condition>,
    #[diesel(sql_type = Nullable<Text>)]
    category: Option<String>,
    #[diesel(sql_type = BigInt)]
    total_amount: i64,
    #[diesel(sql_type = Text)]
    currency: Currency,
    #[diesel(sql_type = Timestamptz)]
    ordered_at: DateTime<Utc>,
}

/// Something that the person sold.
#[derive(Debug)]
pub struct OwnSale {
    /// As a comparable. What its words say it really was is still to be told: it counts as the thing itself.
    pub comp: Comp,
    /// How the person described it.
    pub description: String,
}

/// What the person sold: orders that were paid and not undone, where it is known what of; at most 50,000, latest first.
async fn load_own(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Vec<OwnSale>> {
    let rows: Vec<OwnRow> = sql_query(
        "SELECT o.id, i.title, i.description, i.condition, i.category, o.total_amount, o.currency, o.ordered_at
         FROM orders o
         LEFT JOIN cross_posts p ON p.user_id = o.user_id AND p.id = o.cross_post_id
         JOIN my_items i ON i.user_id = o.user_id AND i.id = coalesce(o.my_item_id, p.my_item_id)
         WHERE o.user_id = $1 AND o.status IN ('paid', 'shipped', 'completed') AND o.total_amount > 0
         ORDER BY o.ordered_at DESC, o.id DESC LIMIT $2",
    )
    .bind::<BigInt, _>(user)
    .bind::<BigInt, _>(MOST_ORDERS)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(OwnRow::sale).collect())
}

impl OwnRow {
    fn sale(self) -> OwnSale {
        let comp = Comp {
            id: ComparableId::Order(self.id),
            kind: Kind::Item,
            title: self.title,
            basis: Basis::Sold,
            total: Money::new(self.total_amount, self.currency),
            condition: self.condition,
            category: self.category,
            observed_at: self.ordered_at,
            has_date: true,
            is_choice: false,
        };
        OwnSale { comp, description: self.description }
    }
}
