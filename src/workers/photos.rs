//! Removes picture files that no row needs: photos go with the item or the person that they belong to, and an upload may
//! have been cut off between its file and its row.

use std::time::Duration;

use diesel_async::{AsyncConnection, AsyncPgConnection, TransactionManager};
use slog::info;

use super::Outcome;
use crate::{
    db,
    error::{Error, Result},
    nouns,
    photos::Photos,
    state::App,
};

type Transactions = <AsyncPgConnection as AsyncConnection>::TransactionManager;

/// A file comes a moment before its row is committed, so the youngest ones are let alone.
const YOUNG: Duration = Duration::from_hours(1);
/// Files that are looked at in one go.
const BATCH: usize = 500;

/// One sweep over the whole store. Always idle: what comes up meanwhile can wait for the next.
pub async fn tick(app: &App) -> Result<Outcome> {
    sweep(app, YOUNG).await?;
    Ok(Outcome::Idle)
}

/// Removes what has lain there for `age` and belongs to no row, and tells how much that was.
pub async fn sweep(app: &App, age: Duration) -> Result<usize> {
    let store = Photos::new(&app.settings.data_dir);
    let (mut after, mut removed) = (None::<String>, 0);
    loop {
        let (files, from) = (store.clone(), after.take());
        let found =
            tokio::task::spawn_blocking(move || files.older_than(age, from.as_deref(), BATCH));
        let found = found.await.map_err(Error::internal)?.map_err(Error::internal)?;
        let Some(last) = found.last().cloned() else { break };
        let mut conn = app.conn().await?;
        let unneeded = db::photos::unneeded(&conn, &found).await?;
        if !unneeded.is_empty() {
            // Asked again with the files held: a row may have come in between.
            Transactions::begin_transaction(&mut *conn).await?;
            let forgotten = nouns::photos::forget(&mut conn, store.clone(), unneeded).await;
            Transactions::rollback_transaction(&mut *conn).await?;
            removed += forgotten?;
        }
        after = Some(last);
    }
    if removed > 0 {
        info!(app.log, "pictures were removed that belong to nothing any more"; "files" => removed);
    }
    Ok(removed)
}
