//! Which channels tell of what a saved search finds.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::schema::search_channels;
use crate::model::id::UserId;

/// Lets every one of `channels` tell of every one of `searches`, ids of the user's own both.
pub async fn connect(
    conn: &mut AsyncPgConnection,
    user: UserId,
    searches: &[i64],
    channels: &[i64],
) -> QueryResult<usize> {
    let pairs: Vec<_> = searches
        .iter()
        .flat_map(|search| channels.iter().map(move |channel| (*search, *channel)))
        .map(|(search, channel)| {
            (
                search_channels::user_id.eq(user),
                search_channels::search_id.eq(search),
                search_channels::channel_id.eq(channel),
            )
        })
        .collect();
    diesel::insert_into(search_channels::table)
        .values(pairs)
        .on_conflict_do_nothing()
        .execute(conn)
        .await
}
