//! People's accounts at marketplaces.

use chrono::{DateTime, Utc};
use diesel::{
    dsl::{IntoBoxed, IsNotNull},
    pg::Pg,
    prelude::*,
};

use super::{owned::owned, schema::marketplace_accounts};
use crate::model::id::MarketplaceAccountId;

/// A stored account. Its credentials stay where they are; only whether there are some is told.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = marketplace_accounts, check_for_backend(Pg))]
pub struct MarketplaceAccount {
    /// Its row.
    pub id: MarketplaceAccountId,
    /// The marketplace.
    pub platform: String,
    /// The account's name there.
    pub account_name: String,
    /// Whether the marketplace has accepted the credentials.
    pub connected: bool,
    /// Whether credentials are stored.
    #[diesel(
        select_expression = marketplace_accounts::credentials.is_not_null(),
        select_expression_type = IsNotNull<marketplace_accounts::credentials>
    )]
    pub has_credentials: bool,
    /// When the marketplace accepted them.
    pub connected_at: Option<DateTime<Utc>>,
    /// When orders and posts were last compared.
    pub last_synced_at: Option<DateTime<Utc>>,
    /// When the row was made.
    pub created_at: DateTime<Utc>,
    /// When the row last changed.
    pub updated_at: DateTime<Utc>,
}

/// What can be written of an account.
#[derive(Debug, Default, Insertable, AsChangeset)]
#[diesel(table_name = marketplace_accounts)]
#[expect(missing_docs, reason = "the columns; Some(None) clears")]
pub struct MarketplaceAccountFields {
    pub platform: Option<String>,
    pub account_name: Option<String>,
    /// Sealed.
    pub credentials: Option<Option<Vec<u8>>>,
}

/// Which accounts are wanted. Empty means all of the user's.
#[derive(Debug, Default)]
pub struct Filter {
    /// At this marketplace.
    pub platform: Option<String>,
    /// Whether the marketplace has accepted their credentials.
    pub connected: Option<bool>,
}

owned! {
    marketplace_accounts: MarketplaceAccount(MarketplaceAccountId), MarketplaceAccountFields, Filter, filtered;
    sorts {
        CreatedAt = "created_at": created_at as time,
        UpdatedAt = "updated_at": updated_at as time,
    }
}

fn filtered<'a>(
    mut query: IntoBoxed<'a, marketplace_accounts::table, Pg>,
    filter: &'a Filter,
) -> IntoBoxed<'a, marketplace_accounts::table, Pg> {
    if let Some(platform) = &filter.platform {
        query = query.filter(marketplace_accounts::platform.eq(platform));
    }
    if let Some(connected) = filter.connected {
        query = query.filter(marketplace_accounts::connected.eq(connected));
    }
    query
}
