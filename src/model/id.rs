//! Ids, each its own type, so that one cannot be passed for another.

use std::{fmt, str::FromStr};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl From<i64> for $name {
            fn from(id: i64) -> Self {
                Self(id)
            }
        }

        impl From<$name> for i64 {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl diesel::serialize::ToSql<diesel::sql_types::BigInt, diesel::pg::Pg> for $name {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>,
            ) -> diesel::serialize::Result {
                <i64 as diesel::serialize::ToSql<diesel::sql_types::BigInt, diesel::pg::Pg>>::to_sql(&self.0, out)
            }
        }

        impl diesel::deserialize::FromSql<diesel::sql_types::BigInt, diesel::pg::Pg> for $name {
            fn from_sql(bytes: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
                <i64 as diesel::deserialize::FromSql<diesel::sql_types::BigInt, diesel::pg::Pg>>::from_sql(bytes)
                    .map(Self)
            }
        }
    )+};
}

ids! {
    /// A person with an account.
    UserId,
    /// An ad of somebody else.
    ListingId,
    /// A comparable sale.
    CompId,
    /// A file that was read in.
    ImportId,
    /// A signed-in browser.
    SessionId,
    /// A worked-out or given score of an ad.
    ListingScoreId,
    /// What a person prefers.
    UserPrefsId,
    /// Something told, or to be told.
    NotificationId,
    /// A thing that a person owns and sells.
    MyItemId,
    /// A person's account at a marketplace.
    MarketplaceAccountId,
    /// One posting of an item on one marketplace.
    CrossPostId,
    /// A sale.
    OrderId,
    /// A way from photos to a draft.
    SnapJobId,
    /// A saved search.
    SearchId,
    /// A way to tell a person.
    ChannelId,
    /// An ad that a person keeps an eye on.
    WatchlistItemId,
    /// A picture of a thing for sale.
    PhotoId,
    /// A feed or a page that a person watches.
    FeedId,
    /// One run of a search.
    ScanId,
    /// Whom a person believes about a site.
    PageChoiceId,
    /// A key for programs.
    ApiTokenId,
}
