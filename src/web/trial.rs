//! A search that is tried before it is saved.

use crate::{
    db::{channels, searches::SearchFields},
    error::{Error, Result},
    nouns::searches,
    scan::{self, Plan, preview::Preview},
    state::App,
    web::auth::Viewer,
};

/// What each of its sources answers first, matched. Nothing is stored.
///
/// # Errors
/// What is wrong with the search, as where it is saved.
pub(super) async fn of(app: &App, viewer: &Viewer, given: SearchFields) -> Result<Vec<Preview>> {
    let prefs = {
        let mut conn = app.conn().await?;
        let told = given.channel_ids.as_deref().unwrap_or_default();
        if !channels::are_ones_own(&conn, viewer.user, told).await? {
            return Err(Error::invalid("channel_ids", "refers to nothing that is yours"));
        }
        scan::prefs(&mut conn, viewer.user).await?
    };
    let search = searches::draft(given, app.clock.now());
    let plan = Plan::of(viewer.user, &search, prefs.as_ref())?;
    let sources = app.doors().sources(viewer.user, &plan.sources).await?;
    Ok(scan::preview::preview(&plan, &sources).await)
}
