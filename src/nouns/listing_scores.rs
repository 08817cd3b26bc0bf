//! Listing scores: how good an ad is, worked out or rated by a person.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::{
    Noun,
    fields::Fields,
    params::Params,
    shape::{Shape, id, object, slug, whole},
};
use crate::{
    db::listing_scores_list::{Filter, ListingScore, ListingScoreFields, WORKED_OUT},
    error::Result,
    model::id::{ListingId, ListingScoreId, UserId},
};

/// The noun. `deal_score` is worked out by the program; every other metric is a person's own.
#[derive(Debug)]
pub struct ListingScores;

/// A score of an ad.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ListingScore")]
pub struct View {
    id: ListingScoreId,
    listing_id: ListingId,
    /// What is rated. `deal_score` is worked out; others are a person's own.
    metric: String,
    /// 0 to 100, higher is better; null says that too little is known.
    value: Option<i32>,
    /// Why, in the manner of the metric.
    parts: serde_json::Value,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<ListingScore> for View {
    fn from(ListingScore(row): ListingScore) -> Self {
        Self {
            id: row.id,
            listing_id: row.listing_id,
            metric: row.metric,
            value: row.value,
            parts: row.parts,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl Noun for ListingScores {
    const ONE: &'static str = "score";
    const MANY: &'static str = "listing-scores";
    const ABOUT: &'static str = "How good an ad is. deal_score is worked out; removing one lets it be worked out anew. \
                                 Other metrics are a person's own ratings.";
    const TABLES: &'static [&'static str] = &["listing_scores", "listings"];

    type Row = ListingScore;
    type View = View;
    type Whole = View;

    fn read(fields: &mut Fields<'_>) -> ListingScoreFields {
        ListingScoreFields {
            listing_id: fields.need("listing_id", id()),
            metric: fields.need("metric", own_metric()),
            value: fields.need("value", whole(0..=100)),
            parts: fields.may("parts", object()),
        }
    }

    fn check(fields: &mut Fields<'_>, _: &mut ListingScoreFields, stored: Option<&ListingScore>) {
        if stored.is_some_and(|row| row.0.metric == WORKED_OUT) {
            fields.fault("metric", IS_WORKED_OUT);
        }
    }

    fn filter(params: &mut Params) -> Filter {
        Filter {
            listing_id: params.take("listing_id", id()),
            metric: params.take("metric", slug()),
            min_value: params.take("min_value", whole(0..=100)),
            max_value: params.take("max_value", whole(0..=100)),
        }
    }

    async fn whole(_: &mut AsyncPgConnection, _: UserId, row: ListingScore) -> Result<View> {
        Ok(row.into())
    }
}

/// Said to those who would write a score that is worked out.
const IS_WORKED_OUT: &str = "deal_score is worked out by Deal Scout and cannot be written; remove the score to have \
                             it worked out anew, or rate the ad under a metric of your own";

/// The name of a rating of a person's own.
fn own_metric() -> Shape<String> {
    let any = slug();
    let mut schema = any.schema.clone();
    schema["not"] = json!({"const": WORKED_OUT});
    Shape::new(schema, move |value| match any.read(value)? {
        metric if metric == WORKED_OUT => Err(IS_WORKED_OUT.to_owned()),
        metric => Ok(metric),
    })
}
