//! Scores the ads that are due: new ones, changed ones, and those whose age or comparables have changed.

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;
use serde_json::Value;
use tokio::task::spawn_blocking;

use super::Outcome;
use crate::{
    db::{
        listing_scores::{self, Due, Settled},
        telling, user_prefs,
    },
    error::{Error, Result},
    model::{
        estimate::{OwnAd, Question},
        id::UserId,
        listing::is_choice,
        weights::Weights,
    },
    scout::{
        comparables::CompIndex,
        estimate::estimate,
        score::{Ad, next_change, score},
    },
    state::App,
};

/// How many ads one step claims.
const CLAIMED: i64 = 500;

/// Claims the ads that are due, scores them, and settles them. Nothing is locked while it reckons.
pub async fn tick(app: &App) -> Result<Outcome> {
    Ok(if step(app).await? > 0 { Outcome::Worked } else { Outcome::Idle })
}

/// Ticks until nothing is due. Returns how many ads were scored.
pub async fn run_until_idle(app: &App) -> Result<usize> {
    let mut all = 0;
    loop {
        match step(app).await? {
            0 => return Ok(all),
            claimed => all += claimed,
        }
    }
}

/// Returns how many ads were claimed. No connection is held while it reckons.
async fn step(app: &App) -> Result<usize> {
    let now = app.clock.now();
    user_prefs::mark_due(&mut *app.conn().await?, now, CLAIMED).await?;
    let due = listing_scores::claim_due(&mut *app.conn().await?, now, CLAIMED).await?;
    let claimed = due.len();
    for (user, ads) in by_user(due) {
        let (index, weights) = {
            let mut conn = app.conn().await?;
            let weights = user_prefs::weights(&conn, user).await?;
            (app.comp_indexes.get(&mut conn, user).await?, weights)
        };
        let settled = spawn_blocking(move || settle_all(ads, &index, weights, now));
        let settled = settled.await.map_err(Error::internal)?;
        let mut conn = app.conn().await?;
        // What a score gives reason to tell is written with it, or not at all.
        conn.transaction(async |conn| {
            let ids = listing_scores::settle(conn, &settled).await?;
            telling::enqueue(conn, user, &ids, now).await
        })
        .await?;
    }
    Ok(claimed)
}

fn by_user(due: Vec<Due>) -> BTreeMap<UserId, Vec<Due>> {
    let mut by_user: BTreeMap<UserId, Vec<Due>> = BTreeMap::new();
    for ad in due {
        by_user.entry(ad.user_id).or_default().push(ad);
    }
    by_user
}

fn settle_all(
    ads: Vec<Due>,
    index: &Arc<CompIndex>,
    weights: Weights,
    now: DateTime<Utc>,
) -> Vec<Settled> {
    ads.into_iter().map(|ad| settled(ad, index, weights, now)).collect()
}

/// What has gone keeps its last score and is not looked at again.
fn settled(due: Due, index: &CompIndex, weights: Weights, now: DateTime<Utc>) -> Settled {
    let (id, leased_until) = (due.id, due.leased_until);
    if !due.available {
        return Settled { id, leased_until, score: None, next_due_at: None };
    }
    let category = due.category.clone();
    let ad = ad(due);
    let question = Question {
        title: ad.title.clone(),
        kind: ad.kind,
        condition: ad.condition,
        currency: ad.currency,
        category,
        at: None,
        ad: Some(OwnAd { id, total_amount: ad.total_amount(), is_choice: is_choice(&ad.details) }),
    };
    let score = score(&ad, &estimate(index, &question, now), &weights, now);
    let next_due_at = Some(next_change(ad.posted_at, now));
    Settled { id, leased_until, score: Some(score), next_due_at }
}

fn ad(due: Due) -> Ad {
    Ad {
        title: due.title,
        description: due.description,
        kind: due.kind,
        price_amount: due.price_amount,
        shipping_amount: due.shipping_amount,
        currency: due.currency,
        condition: due.condition,
        has_picture: due.has_picture,
        distance_km: due.location.get("distance_km").and_then(Value::as_f64),
        details: due.details,
        posted_at: due.posted_at,
        is_sought: due.is_sought,
    }
}
