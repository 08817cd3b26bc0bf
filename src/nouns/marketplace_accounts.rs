//! Marketplace accounts: where people sell, and as whom.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Noun,
    fields::Fields,
    params::Params,
    shape::{boolean, slug, text},
};
use crate::{
    db::marketplace_accounts::{Filter, MarketplaceAccount, MarketplaceAccountFields},
    error::Result,
    model::id::{MarketplaceAccountId, UserId},
};

/// The noun. A person says which account it is and gives its credentials; whether it is connected is what the
/// marketplace says to them, so nobody writes that by hand.
#[derive(Debug)]
pub struct MarketplaceAccounts;

/// An account at a marketplace.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "MarketplaceAccount")]
pub struct View {
    id: MarketplaceAccountId,
    platform: String,
    /// The account's name at the marketplace.
    account_name: String,
    /// Whether credentials are stored. They can be written, and never read.
    has_credentials: bool,
    /// Whether the marketplace has accepted the credentials.
    connected: bool,
    connected_at: Option<DateTime<Utc>>,
    last_synced_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<MarketplaceAccount> for View {
    fn from(row: MarketplaceAccount) -> Self {
        Self {
            id: row.id,
            platform: row.platform,
            account_name: row.account_name,
            has_credentials: row.has_credentials,
            connected: row.connected,
            connected_at: row.connected_at,
            last_synced_at: row.last_synced_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

impl Noun for MarketplaceAccounts {
    const ONE: &'static str = "marketplace account";
    const MANY: &'static str = "marketplace-accounts";
    const ABOUT: &'static str =
        "Accounts at marketplaces. Credentials are sealed, and never shown.";
    const TABLES: &'static [&'static str] = &["marketplace_accounts"];

    type Row = MarketplaceAccount;
    type View = View;
    type Whole = View;

    fn read(fields: &mut Fields<'_>) -> MarketplaceAccountFields {
        let context = "marketplace_accounts/credentials";
        MarketplaceAccountFields {
            platform: fields.need("platform", slug()),
            account_name: fields.may("account_name", text(0..=200)),
            credentials: fields.secret("credentials", context, text(1..=8000)),
        }
    }

    fn filter(params: &mut Params) -> Filter {
        Filter {
            platform: params.take("platform", slug()),
            connected: params.take("connected", boolean()),
        }
    }

    async fn whole(_: &mut AsyncPgConnection, _: UserId, row: MarketplaceAccount) -> Result<View> {
        Ok(row.into())
    }
}
