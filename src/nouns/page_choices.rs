//! Page choices: whom a person believes about a site.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::{
    Noun,
    fields::Fields,
    params::Params,
    shape::{Shape, one_of},
};
use crate::{
    db::page_choices::{Filter, PageChoice, PageChoiceFields},
    error::Result,
    model::{
        id::{PageChoiceId, UserId},
        page_choice::Extractor,
    },
};

/// The noun.
#[derive(Debug)]
pub struct PageChoices;

/// Whom a person believes about a site when the ways of reading its pages disagree.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PageChoice")]
pub struct View {
    id: PageChoiceId,
    /// The site, without `www.`.
    host: String,
    /// Who is believed there.
    extractor: Extractor,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<PageChoice> for View {
    fn from(row: PageChoice) -> Self {
        Self {
            id: row.id,
            host: row.host,
            extractor: row.extractor,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl Noun for PageChoices {
    const ONE: &'static str = "page choice";
    const MANY: &'static str = "page-choices";
    const ABOUT: &'static str =
        "Whom a person believes about a site when the ways of reading its pages disagree.";
    const TABLES: &'static [&'static str] = &["page_choices"];

    type Row = PageChoice;
    type View = View;
    type Whole = View;

    fn read(fields: &mut Fields<'_>) -> PageChoiceFields {
        PageChoiceFields {
            host: fields.need("host", host()),
            extractor: fields.need("extractor", one_of()),
        }
    }

    fn filter(params: &mut Params) -> Filter {
        Filter { host: params.take("host", host()) }
    }

    async fn whole(_: &mut AsyncPgConnection, _: UserId, row: PageChoice) -> Result<View> {
        Ok(row.into())
    }
}

/// The host of a site, with its port where that is not the usual one.
fn host() -> Shape<String> {
    let pattern = "^[a-z0-9_-]{1,63}([.:][a-z0-9_-]{1,63}){0,12}$";
    Shape::new(json!({"type": "string", "maxLength": 253, "pattern": pattern}), |value| {
        let text = value.as_str().unwrap_or_default();
        let is_sign = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-');
        let is_label = |label: &str| (1..=63).contains(&label.len()) && label.bytes().all(is_sign);
        let labels: Vec<&str> = text.split(['.', ':']).collect();
        if labels.len() <= 13 && text.len() <= 253 && labels.into_iter().all(is_label) {
            return Ok(text.to_owned());
        }
        Err("is not a host such as shop.example.org, in small letters".to_owned())
    })
}
