//! API tokens: keys for programs. A new one is drawn where it is shown; here is all that is said of it afterwards.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Noun,
    fields::Fields,
    params::Params,
    shape::{boolean, one_of, text},
};
use crate::{
    db::api_tokens::{ApiToken, ApiTokenFields, Filter},
    error::Result,
    model::{
        id::{ApiTokenId, UserId},
        scope::Scope,
    },
};

/// The noun.
#[derive(Debug)]
pub struct ApiTokens;

/// A key for a program, without itself.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "ApiToken")]
pub struct View {
    id: ApiTokenId,
    /// What it is for.
    name: String,
    scope: Scope,
    /// How it begins, to tell it from others.
    prefix: String,
    /// When it was last used, to a minute.
    last_used_at: Option<DateTime<Utc>>,
    /// When it ends; null when it never does.
    expires_at: Option<DateTime<Utc>>,
    /// When it was taken back.
    revoked_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl View {
    /// Its row.
    pub fn id(&self) -> ApiTokenId {
        self.id
    }
}

impl From<ApiToken> for View {
    fn from(row: ApiToken) -> Self {
        Self {
            id: row.id,
            name: row.name,
            scope: row.scope,
            prefix: row.prefix,
            last_used_at: row.last_used_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl Noun for ApiTokens {
    const ONE: &'static str = "api token";
    const MANY: &'static str = "api-tokens";
    const ABOUT: &'static str = "Keys for programs. Each is shown once, when it is made.";
    const TABLES: &'static [&'static str] = &["api_tokens"];

    type Row = ApiToken;
    type View = View;
    type Whole = View;

    /// What can change later. Another reach or another end needs another token.
    fn read(fields: &mut Fields<'_>) -> ApiTokenFields {
        ApiTokenFields { name: fields.need("name", text(1..=200)), ..ApiTokenFields::default() }
    }

    fn filter(params: &mut Params) -> Filter {
        Filter { scope: params.take("scope", one_of()), revoked: params.take("revoked", boolean()) }
    }

    async fn whole(_: &mut AsyncPgConnection, _: UserId, row: ApiToken) -> Result<View> {
        Ok(row.into())
    }
}
