//! Saved searches, and the channels that tell of what they find.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::{dsl::IntoBoxed, pg::Pg, prelude::*};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{
    completed::Completed,
    owned::owned,
    schema::{search_channels, searches},
};
use crate::model::{
    condition::Condition,
    id::{ChannelId, SearchId, UserId},
    money::Currency,
};

// The generated schema says this only of tables that refer to each other by one column.
diesel::allow_tables_to_appear_in_same_query!(search_channels, searches);

/// A stored search. Prices are minor units of its currency.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = searches, check_for_backend(Pg))]
pub struct Stored {
    /// Its row.
    pub id: SearchId,
    /// The person's name for it.
    pub name: String,
    /// What is looked for.
    pub words: String,
    /// What must not stand in an ad.
    pub excluded_words: Vec<Option<String>>,
    /// Where; everywhere when empty.
    pub sources: Vec<Option<String>>,
    /// The marketplace's category.
    pub category: Option<String>,
    /// How worn; anyhow when empty.
    pub conditions: Vec<Option<Condition>>,
    /// The least price.
    pub min_price: Option<i64>,
    /// The highest price.
    pub max_price: Option<i64>,
    /// The currency of both.
    pub currency: Currency,
    /// The least score worth telling.
    pub min_score: Option<i32>,
    /// Around here.
    pub place: String,
    /// In degrees north.
    pub latitude: Option<f64>,
    /// In degrees east.
    pub longitude: Option<f64>,
    /// So far around.
    pub radius_km: Option<i32>,
    /// How often it runs.
    pub every_minutes: i32,
    /// The hours of the day that it runs in; all when empty.
    pub hours: Vec<Option<i32>>,
    /// An ad is told again, cheaper, when at least so many minutes have gone by.
    pub rearm_minutes: i32,
    /// Whether it runs.
    pub enabled: bool,
    /// When it last ran.
    pub last_scan_at: Option<DateTime<Utc>>,
    /// When it runs next.
    pub next_scan_at: Option<DateTime<Utc>>,
    /// When the row was made.
    pub created_at: DateTime<Utc>,
    /// When the row last changed.
    pub updated_at: DateTime<Utc>,
}

/// A stored search with its channels.
#[derive(Debug, Clone)]
pub struct Search {
    /// The search.
    pub search: Stored,
    /// Who tells of it, in the order of their ids.
    pub channel_ids: Vec<ChannelId>,
}

/// What can be written of a search.
#[derive(Debug, Default, Insertable, AsChangeset)]
#[diesel(table_name = searches)]
#[expect(missing_docs, reason = "the columns of Stored; Some(None) clears")]
pub struct SearchFields {
    pub name: Option<String>,
    pub words: Option<String>,
    pub excluded_words: Option<Vec<Option<String>>>,
    pub sources: Option<Vec<Option<String>>>,
    pub category: Option<Option<String>>,
    pub conditions: Option<Vec<Option<Condition>>>,
    pub min_price: Option<Option<i64>>,
    pub max_price: Option<Option<i64>>,
    pub currency: Option<Currency>,
    pub min_score: Option<Option<i32>>,
    pub place: Option<String>,
    pub latitude: Option<Option<f64>>,
    pub longitude: Option<Option<f64>>,
    pub radius_km: Option<Option<i32>>,
    pub every_minutes: Option<i32>,
    pub hours: Option<Vec<Option<i32>>>,
    pub rearm_minutes: Option<i32>,
    pub enabled: Option<bool>,
    pub next_scan_at: Option<Option<DateTime<Utc>>>,
    /// All of them; they live in a table of their own.
    #[diesel(skip_insertion, skip_update)]
    pub channel_ids: Option<Vec<ChannelId>>,
}

/// Which searches are wanted. Empty means all of the user's.
#[derive(Debug, Default)]
pub struct Filter {
    /// Whether they run.
    pub enabled: Option<bool>,
    /// In this category.
    pub category: Option<String>,
    /// That name this source.
    pub source: Option<String>,
    /// That this channel tells of.
    pub channel_id: Option<ChannelId>,
}

owned! {
    searches: Stored(SearchId), SearchFields, Filter, filtered;
    sorts {
        CreatedAt = "created_at": created_at as time,
        UpdatedAt = "updated_at": updated_at as time,
    }
}

fn filtered<'a>(
    mut query: IntoBoxed<'a, searches::table, Pg>,
    filter: &'a Filter,
) -> IntoBoxed<'a, searches::table, Pg> {
    if let Some(enabled) = filter.enabled {
        query = query.filter(searches::enabled.eq(enabled));
    }
    if let Some(category) = &filter.category {
        query = query.filter(searches::category.eq(category));
    }
    if let Some(source) = &filter.source {
        query = query.filter(searches::sources.contains(vec![Some(source.as_str())]));
    }
    if let Some(channel) = filter.channel_id {
        // The pairs name their owner, so that these are of the same one as the searches.
        let told = search_channels::table
            .filter(search_channels::user_id.eq(searches::user_id))
            .filter(search_channels::search_id.eq(searches::id))
            .filter(search_channels::channel_id.eq(channel));
        query = query.filter(diesel::dsl::exists(told));
    }
    query
}

impl Completed for Search {
    type Base = Stored;

    fn base(&self) -> &Stored {
        &self.search
    }

    async fn complete(
        conn: &mut AsyncPgConnection,
        user: UserId,
        rows: Vec<Stored>,
    ) -> QueryResult<Vec<Self>> {
        let ids: Vec<_> = rows.iter().map(|row| row.id.0).collect();
        let pairs: Vec<(i64, i64)> = search_channels::table
            .filter(search_channels::user_id.eq(user).and(search_channels::search_id.eq_any(ids)))
            .order((search_channels::search_id, search_channels::channel_id))
            .select((search_channels::search_id, search_channels::channel_id))
            .load(conn)
            .await?;
        let mut told: HashMap<i64, Vec<ChannelId>> = HashMap::new();
        for (search, channel) in pairs {
            told.entry(search).or_default().push(ChannelId(channel));
        }
        let with_channels = |search: Stored| {
            let channel_ids = told.remove(&search.id.0).unwrap_or_default();
            Self { search, channel_ids }
        };
        Ok(rows.into_iter().map(with_channels).collect())
    }

    /// Puts the given channels in the place of those that the search had. One given twice counts once.
    async fn written(
        conn: &mut AsyncPgConnection,
        user: UserId,
        id: SearchId,
        fields: &SearchFields,
    ) -> QueryResult<()> {
        let Some(channels) = &fields.channel_ids else { return Ok(()) };
        let its = search_channels::table
            .filter(search_channels::user_id.eq(user).and(search_channels::search_id.eq(id)));
        diesel::delete(its).execute(conn).await?;
        let pair = |channel: &ChannelId| {
            (
                search_channels::user_id.eq(user),
                search_channels::search_id.eq(id),
                search_channels::channel_id.eq(*channel),
            )
        };
        let pairs: Vec<_> = channels.iter().map(pair).collect();
        diesel::insert_into(search_channels::table)
            .values(pairs)
            .on_conflict_do_nothing()
            .execute(conn)
            .await
            .map(|_| ())
    }
}

/// Keeps a search from being removed until the transaction ends, and tells when it was last changed. `None` when it is
/// not there any more.
pub async fn keep(
    conn: &mut AsyncPgConnection,
    user: UserId,
    id: SearchId,
) -> QueryResult<Option<DateTime<Utc>>> {
    searches::table
        .filter(searches::user_id.eq(user).and(searches::id.eq(id)))
        .select(searches::updated_at)
        .for_key_share()
        .first(conn)
        .await
        .optional()
}

/// How many searches of all users run by themselves and ask `source`.
pub async fn asking(conn: &mut AsyncPgConnection, source: &str) -> QueryResult<i64> {
    let names_it = searches::sources
        .contains(vec![Some(source)])
        .or(searches::sources.eq(Vec::<Option<String>>::new()));
    searches::table.filter(searches::enabled).filter(names_it).count().get_result(conn).await
}
