//! Snap jobs: photos in, a draft out.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Noun,
    fields::Fields,
    params::Params,
    photos,
    shape::{id, object, one_of, slug, text, time},
};
use crate::{
    db::{
        self,
        snap_jobs::{Filter, SnapJob, SnapJobFields},
    },
    error::Result,
    model::{
        condition::Condition,
        id::{MyItemId, SnapJobId, UserId},
        money::{Currency, Money},
        snap_job::SnapJobStatus,
    },
};

/// The noun.
#[derive(Debug)]
pub struct SnapJobs;

/// A way from photos to a draft.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "SnapJob")]
pub struct View {
    id: SnapJobId,
    /// The item that it became.
    my_item_id: Option<MyItemId>,
    status: SnapJobStatus,
    /// What is done at present.
    step: String,
    /// Where the photos came from.
    source: String,
    /// What the person said about the thing.
    notes: String,
    title: Option<String>,
    description: Option<String>,
    category: Option<String>,
    attributes: serde_json::Value,
    condition: Option<Condition>,
    /// What the draft asks.
    price: Option<Money>,
    /// How often the present step was tried.
    attempts: i32,
    /// When it is tried next.
    next_try_at: Option<DateTime<Utc>>,
    /// Why the last try failed.
    error: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// A snap job with its photos.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "SnapJobWithPhotos")]
pub struct Whole {
    #[serde(flatten)]
    job: View,
    /// In the order that the person gave them.
    photos: Vec<photos::View>,
}

impl From<SnapJob> for View {
    fn from(row: SnapJob) -> Self {
        Self {
            id: row.id,
            my_item_id: row.my_item_id,
            status: row.status,
            step: row.step,
            source: row.source,
            notes: row.notes,
            title: row.title,
            description: row.description,
            category: row.category,
            attributes: row.attributes,
            condition: row.condition,
            price: row.price_amount.map(|amount| Money::new(amount, row.currency)),
            attempts: row.attempts,
            next_try_at: row.next_try_at,
            error: row.error,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl Noun for SnapJobs {
    const ONE: &'static str = "snap job";
    const MANY: &'static str = "snap-jobs";
    const ABOUT: &'static str = "From photos to a draft that can be put up for sale, step by step.";
    const TABLES: &'static [&'static str] = &["snap_jobs", "photos"];

    type Row = SnapJob;
    type View = View;
    type Whole = Whole;

    fn read(fields: &mut Fields<'_>) -> SnapJobFields {
        SnapJobFields {
            my_item_id: fields.nullable("my_item_id", id()),
            status: fields.may("status", one_of()),
            source: fields.may("source", slug()),
            notes: fields.may("notes", text(0..=20_000)),
            title: fields.nullable("title", text(1..=500)),
            description: fields.nullable("description", text(0..=20_000)),
            category: fields.nullable("category", text(1..=200)),
            attributes: fields.may("attributes", object()),
            condition: fields.nullable("condition", one_of()),
            price_amount: fields.nullable_amount("price"),
            currency: fields.currency(),
        }
    }

    fn filter(params: &mut Params) -> Filter {
        Filter {
            status: params.take("status", one_of()),
            my_item_id: params.take("my_item_id", id()),
            source: params.take("source", slug()),
            since: params.take("since", time()),
            until: params.take("until", time()),
        }
    }

    async fn whole(conn: &mut AsyncPgConnection, user: UserId, row: SnapJob) -> Result<Whole> {
        let photos = db::photos::of_snap_job(conn, user, row.id).await?;
        Ok(Whole { job: row.into(), photos: photos.into_iter().map(Into::into).collect() })
    }

    fn currency(row: &SnapJob) -> Option<Currency> {
        row.price_amount.map(|_| row.currency)
    }
}
