//! Comps: what comparable things went for.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Noun,
    fields::Fields,
    params::Params,
    search,
    shape::{currency, object, one_of, slug, text, time, url},
};
use crate::{
    db::{
        comps_list::{Filter, FoundComp},
        comps_write::CompFields,
        words::Searched,
    },
    error::Result,
    model::{
        comp::Basis,
        condition::Condition,
        id::{CompId, UserId},
        kind::Kind,
        money::{Currency, Money},
        words::Words,
    },
    scout::normalize::kind_of,
};

/// The noun.
#[derive(Debug)]
pub struct Comps;

/// A comparable sale, or what somebody asks.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Comp")]
pub struct View {
    id: CompId,
    source: String,
    /// Its id there.
    source_id: String,
    title: String,
    /// What was really sold.
    kind: Kind,
    basis: Basis,
    price: Money,
    /// What the buyer paid for shipping; null when it is not known.
    shipping: Option<Money>,
    /// Price and shipping together: what estimates compare.
    total: Money,
    condition: Option<Condition>,
    category: Option<String>,
    url: Option<String>,
    details: serde_json::Value,
    /// When it was sold, or seen.
    observed_at: DateTime<Utc>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<FoundComp> for View {
    fn from(row: FoundComp) -> Self {
        let row = row.comp;
        Self {
            price: Money::new(row.price_amount, row.currency),
            shipping: row.shipping_amount.map(|amount| Money::new(amount, row.currency)),
            total: row.total(),
            id: row.id,
            source: row.source,
            source_id: row.source_id,
            title: row.title,
            kind: row.kind,
            basis: row.basis,
            condition: row.condition,
            category: row.category,
            url: row.url,
            details: row.details,
            observed_at: row.observed_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl Noun for Comps {
    const ONE: &'static str = "comp";
    const MANY: &'static str = "comps";
    const ABOUT: &'static str = "Comparable sales, and what others ask: what estimates rest on.";
    const TABLES: &'static [&'static str] = &["comps"];

    type Row = FoundComp;
    type View = View;
    type Whole = View;

    fn read(fields: &mut Fields<'_>) -> CompFields {
        let source = search::source(fields);
        let title = fields.need("title", text(1..=500));
        let kind = fields.may("kind", one_of());
        CompFields {
            source,
            source_id: fields.may("source_id", text(1..=200)),
            kind: kind.or_else(|| title.as_deref().map(|title| kind_of(title, None))),
            title,
            basis: fields.may("basis", one_of()),
            price_amount: fields.need_amount("price"),
            shipping_amount: fields.nullable_amount("shipping"),
            currency: fields.currency(),
            condition: fields.nullable("condition", one_of()),
            category: fields.nullable("category", text(1..=200)),
            url: fields.nullable("url", url()),
            details: fields.may("details", object()),
            observed_at: fields.may("observed_at", time()),
        }
    }

    fn filter(params: &mut Params) -> Filter {
        Filter {
            words: params.read::<Words>("q"),
            category: params.text("category"),
            condition: params.take("condition", one_of()),
            kind: params.take("kind", one_of()),
            basis: params.take("basis", one_of()),
            source: params.take("source", slug()),
            currency: params.take("currency", currency()),
        }
    }

    async fn whole(_: &mut AsyncPgConnection, _: UserId, row: FoundComp) -> Result<View> {
        Ok(row.into())
    }

    async fn did_you_mean(
        conn: &mut AsyncPgConnection,
        user: UserId,
        filter: &Filter,
    ) -> Result<Option<Option<String>>> {
        let Some(words) = &filter.words else { return Ok(None) };
        let with = |better| Filter { words: Some(better), ..filter.clone() };
        search::meant::<FoundComp>(conn, user, Searched::Comps, words, with).await.map(Some)
    }

    fn currency(row: &FoundComp) -> Option<Currency> {
        Some(row.comp.currency)
    }
}
