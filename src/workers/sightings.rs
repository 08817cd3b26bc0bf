//! Looks whether ads that several sources have met offer a thing that is on another site, too: fetches each picture
//! once, keeps its fingerprint, and compares.

use std::time::Duration;

use futures_util::future::try_join_all;
use slog::debug;
use tokio::task::spawn_blocking;

use super::Outcome;
use crate::{
    db::sightings::{self, Seen},
    error::{Error, Result},
    model::{id::ListingId, money::Money, place::point},
    outbound::{Reach, Request, Url},
    photos,
    scout::{
        dedupe::{Sighting, is_same},
        picture::fingerprint,
    },
    state::App,
};

/// How many ads one step claims.
const CLAIMED: i64 = 8;
/// The largest picture that is fetched, in bytes.
const LARGEST: usize = 8 * 1024 * 1024;
/// How long one picture may take. People wait to be told of the ad.
const PATIENCE: Duration = Duration::from_secs(10);

/// Claims a few ads, looks at their pictures, and settles them. No connection is held while it fetches.
pub async fn tick(app: &App) -> Result<Outcome> {
    let claimed = {
        let mut conn = app.conn().await?;
        sightings::claim(&mut conn, app.clock.now(), CLAIMED).await?
    };
    if claimed.is_empty() {
        return Ok(Outcome::Idle);
    }
    let looked = claimed.iter().map(|ad| Box::pin(picture(app, ad)));
    let prints = try_join_all(looked).await?;
    for (ad, print) in claimed.iter().zip(prints) {
        let mut conn = app.conn().await?;
        let seen = Seen { photo_hash: print.or(ad.photo_hash), ..ad.clone() };
        let others = sightings::candidates(&mut conn, &seen).await?;
        let same = others.iter().filter(|other| is_same(&sighting(&seen), &sighting(other)));
        // The first ad of all stands for the thing; whoever came later points at it.
        let first: Option<ListingId> = same.map(|other| other.same_as.unwrap_or(other.id)).min();
        let same_as = first.filter(|first| *first < ad.id);
        sightings::settle(&mut conn, ad, print, same_as, app.clock.now()).await?;
    }
    Ok(Outcome::Worked)
}

/// The fingerprint of an ad's picture. One that cannot be had is no failure: the ad is compared without.
async fn picture(app: &App, ad: &Seen) -> Result<Option<i64>> {
    let url = ad.image_url.as_deref().and_then(|url| Url::parse(url).ok());
    let Some(url) = url.filter(|url| matches!(url.scheme(), "http" | "https")) else {
        return Ok(None);
    };
    let request = Request::get(url, Reach::Public).within(PATIENCE).at_most(LARGEST);
    let answer = match app.outbound.send(request).await {
        Ok(answer) if answer.is_success() => answer,
        Ok(answer) => {
            debug!(app.log, "no picture"; "listing" => ad.id.0, "status" => answer.status);
            return Ok(None);
        }
        Err(fault) => {
            debug!(app.log, "no picture"; "listing" => ad.id.0, "error" => %fault);
            return Ok(None);
        }
    };
    let print = spawn_blocking(move || {
        photos::shades(&answer.body).ok().and_then(|shades| fingerprint(&shades))
    });
    let print = print.await.map_err(Error::internal)?;
    Ok(print.map(u64::cast_signed))
}

fn sighting(seen: &Seen) -> Sighting<'_> {
    Sighting {
        source: &seen.source,
        title: &seen.title,
        kind: seen.kind,
        price: seen.price_amount.map(|amount| Money::new(amount, seen.currency)),
        point: point(&seen.location),
        picture: seen.photo_hash.map(i64::cast_unsigned),
    }
}
