//! Runs searches over their sources. One run asks each source page by page; every page is matched and stored in one
//! transaction together with how far the run is, so that a run whose process is killed is gone on with by another, page
//! by page, and nothing is doubled or lost. A source that fails fails alone: what is known of its ads stays as it is.

pub mod budget;
mod counted;
pub mod doors;
pub mod keep;
mod patience;
pub mod preview;
mod reading;
mod run;
mod store;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use diesel_async::AsyncPgConnection;

pub use counted::KNOWN_SOURCES;
pub use run::{Desk, Ended, claim, refuse, run};

use crate::{
    db::{
        owned::{By, Owned},
        scans::{self, Held, Scan},
        searches::{Search, Stored},
        user_prefs::{self, UserPrefs},
    },
    error::{Error, Result},
    market::source::Wanted,
    model::{id::UserId, money::Money, place::Around, words::Words},
    scout::{
        matching::{Criteria, Limits},
        schedule::Schedule,
    },
};

/// A search as a run needs it.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Whose it is.
    pub user: UserId,
    /// What its sources are asked.
    pub wanted: Wanted,
    /// What decides whether an ad fits.
    pub criteria: Criteria,
    /// The sources that it names; all that are set up when empty.
    pub sources: Vec<String>,
    /// When it runs.
    pub schedule: Schedule,
    /// When it, or what its owner never wants, was last changed: what was read before says nothing about what it looks
    /// for since.
    pub changed_at: DateTime<Utc>,
}

impl Plan {
    /// The plan of a search, with its owner's preferences.
    ///
    /// # Errors
    /// [`Error::Invalid`] when its words cannot be read.
    pub fn of(user: UserId, search: &Stored, prefs: Option<&UserPrefs>) -> Result<Self> {
        let words: Words =
            search.words.parse().map_err(|fault| Error::invalid("words", format!("{fault}")))?;
        let listed = |words: &[Option<String>]| words.iter().flatten().cloned().collect::<Vec<_>>();
        let own = prefs.map(|prefs| listed(&prefs.excluded_words)).unwrap_or_default();
        let excluded_words: Vec<String> =
            listed(&search.excluded_words).into_iter().chain(own).collect();
        let money = |amount| Money::new(amount, search.currency);
        let limits = Limits {
            conditions: search.conditions.iter().flatten().copied().collect(),
            category: search.category.clone(),
            min_price: search.min_price.map(money),
            max_price: search.max_price.map(money),
            around: around(search),
        };
        let zone = prefs.and_then(|prefs| prefs.time_zone.parse().ok()).unwrap_or(Tz::UTC);
        let hours = search.hours.iter().flatten();
        Ok(Self {
            user,
            criteria: Criteria::new(&words, &excluded_words, limits.clone()),
            wanted: Wanted {
                words,
                excluded_words,
                category: limits.category,
                conditions: limits.conditions,
                min_price: limits.min_price,
                max_price: limits.max_price,
                currency: search.currency,
                around: limits.around,
            },
            sources: listed(&search.sources),
            schedule: Schedule {
                every_minutes: u32::try_from(search.every_minutes).unwrap_or(60),
                hours: hours.filter_map(|hour| u32::try_from(*hour).ok()).collect(),
                zone,
            },
            changed_at: prefs
                .map_or(search.updated_at, |prefs| prefs.updated_at.max(search.updated_at)),
        })
    }
}

fn around(search: &Stored) -> Option<Around> {
    Some(Around {
        latitude: search.latitude?,
        longitude: search.longitude?,
        radius_km: f64::from(search.radius_km?),
    })
}

/// A run with what it needs, as its holder finds it.
#[derive(Debug, Clone)]
pub struct Job {
    /// Proof of holding it.
    pub held: Held,
    /// Its row: how far it is, and since when.
    pub scan: Scan,
    /// What is run.
    pub plan: Plan,
}

/// Loads what a held run needs. `None` when the search has been removed since.
pub async fn open(conn: &mut AsyncPgConnection, held: Held) -> Result<Option<Job>> {
    let user = held.user_id;
    let Some(scan) = scans::find(conn, user, held.id).await? else { return Ok(None) };
    let Some(search) = Search::find(conn, user, held.search_id).await? else { return Ok(None) };
    let prefs = prefs(conn, user).await?;
    let plan = Plan::of(user, &search.search, prefs.as_ref())?;
    Ok(Some(Job { held, scan, plan }))
}

/// A person's preferences, when there are any.
pub async fn prefs(conn: &mut AsyncPgConnection, user: UserId) -> Result<Option<UserPrefs>> {
    let all = user_prefs::Filter;
    Ok(UserPrefs::list(conn, user, &all, By::default(), None, 1).await?.pop())
}
