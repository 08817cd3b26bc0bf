//! Whom a person believes about a site when the ways of reading its pages disagree.

use chrono::{DateTime, Utc};
use diesel::{
    dsl::{IntoBoxed, now},
    pg::Pg,
    prelude::*,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{owned::owned, schema::page_choices};
use crate::model::{
    id::{PageChoiceId, UserId},
    page_choice::Extractor,
};

/// A stored choice.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = page_choices, check_for_backend(Pg))]
pub struct PageChoice {
    /// Its row.
    pub id: PageChoiceId,
    /// The site, without `www.`.
    pub host: String,
    /// Who is believed there.
    pub extractor: Extractor,
    /// When the row was made.
    pub created_at: DateTime<Utc>,
    /// When the row last changed.
    pub updated_at: DateTime<Utc>,
}

/// What can be written of a choice.
#[derive(Debug, Default, Insertable, AsChangeset)]
#[diesel(table_name = page_choices)]
#[expect(missing_docs, reason = "the columns of PageChoice")]
pub struct PageChoiceFields {
    pub host: Option<String>,
    pub extractor: Option<Extractor>,
}

/// Which choices are wanted. Empty means all of the user's.
#[derive(Debug, Default)]
pub struct Filter {
    /// The site.
    pub host: Option<String>,
}

owned! {
    page_choices: PageChoice(PageChoiceId), PageChoiceFields, Filter, filtered;
    sorts {
        CreatedAt = "created_at": created_at as time,
        UpdatedAt = "updated_at": updated_at as time,
    }
}

fn filtered<'a>(
    mut query: IntoBoxed<'a, page_choices::table, Pg>,
    filter: &'a Filter,
) -> IntoBoxed<'a, page_choices::table, Pg> {
    if let Some(host) = &filter.host {
        query = query.filter(page_choices::host.eq(host));
    }
    query
}

/// Whom `user` believes about `host`.
pub async fn trusted(
    mut conn: &AsyncPgConnection,
    user: UserId,
    host: &str,
) -> QueryResult<Option<Extractor>> {
    page_choices::table
        .filter(page_choices::user_id.eq(user).and(page_choices::host.eq(host)))
        .select(page_choices::extractor)
        .first(&mut conn)
        .await
        .optional()
}

/// Remembers whom `user` believes about `host`.
pub async fn remember(
    mut conn: &AsyncPgConnection,
    user: UserId,
    host: &str,
    extractor: Extractor,
) -> QueryResult<()> {
    diesel::insert_into(page_choices::table)
        .values((
            page_choices::user_id.eq(user),
            page_choices::host.eq(host),
            page_choices::extractor.eq(extractor),
        ))
        .on_conflict((page_choices::user_id, page_choices::host))
        .do_update()
        .set((page_choices::extractor.eq(extractor), page_choices::updated_at.eq(now)))
        .execute(&mut conn)
        .await?;
    Ok(())
}
