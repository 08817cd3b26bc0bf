//! How the sources of searches do: which are in trouble, since when, why, and what to do. Feeds of others and the names
//! of searches are nobody else's business.

use std::time::Duration;

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use askama::Template;
use tokio::time::timeout;

use super::{view, wall::Wall};
use crate::{
    db::search_sources::{self, SourceHealth, Whose},
    error::Result,
    model::{feed::TAKEN_NAMES, role::Role, scan::SourceFault},
    state::App,
    web::{auth::Viewer, shell::Shell},
};

/// How long a page that needs no database waits for one.
const SOON: Duration = Duration::from_secs(2);

/// The sources that somebody may know of.
pub(super) struct Known {
    pub(super) sources: Vec<SourceHealth>,
    wall: Wall,
    role: Role,
}

impl Known {
    /// What whoever asks may know; `None` for strangers, and when the database does not say it soon.
    pub(super) async fn of(app: &App, request: &HttpRequest) -> Option<Self> {
        let told = async {
            let viewer = Viewer::from_request(request, &mut Payload::None).await?;
            Self::to(app, viewer).await
        };
        timeout(SOON, told).await.ok()?.ok()
    }

    async fn to(app: &App, viewer: Viewer) -> Result<Self> {
        let whose = match viewer.role {
            Role::Owner => Whose::AllOfMarketplaces,
            Role::Member => Whose::Own,
        };
        let mut conn = app.conn().await?;
        let sources = search_sources::health(&mut conn, viewer.user, whose).await?;
        let wall = Wall::of(&conn, viewer.user).await?;
        Ok(Self { sources, wall, role: viewer.role })
    }

    /// As a piece of a page.
    pub(super) fn part<'a>(&'a self, shell: &'a Shell) -> SourcesPart<'a> {
        SourcesPart { shell, known: self }
    }
}

/// The list of sources.
#[derive(Template)]
#[template(path = "parts/sources.html")]
pub(super) struct SourcesPart<'a> {
    shell: &'a Shell,
    known: &'a Known,
}

impl SourcesPart<'_> {
    /// How a source does, in a word, and the colour of its lamp.
    fn state(source: &SourceHealth) -> (&'static str, &'static str) {
        match source.fault {
            None if source.failing == 0 => ("answers", "great"),
            Some(SourceFault::Limited) => ("asks for patience", "fair"),
            Some(SourceFault::Budget) => ("its calls of the day are used up", "fair"),
            Some(SourceFault::Nonsense) => ("answers what cannot be read", "poor"),
            Some(SourceFault::Refused) => ("does not let Deal Scout in", "poor"),
            Some(SourceFault::Down) | None => ("gives no answer", "poor"),
        }
    }

    /// "in 2 of 3 searches"; nothing when it is all of them, or the only one.
    fn affected(source: &SourceHealth) -> Option<String> {
        let some = source.failing < source.searches;
        some.then(|| format!("in {} of {} searches", source.failing, source.searches))
    }

    fn advice(&self, source: &SourceHealth) -> &'static str {
        advice(source, self.known.role)
    }
}

/// What a person can do.
fn advice(source: &SourceHealth, role: Role) -> &'static str {
    let is_market = TAKEN_NAMES.contains(&source.source.as_str());
    match (source.fault, is_market, role) {
        (Some(SourceFault::Budget), _, Role::Owner) => {
            "Nothing has to be done. Let searches run less often, or set another daily budget in the settings if the marketplace allows more."
        }
        (Some(SourceFault::Limited), ..) | (Some(SourceFault::Budget), _, Role::Member) => {
            "Nothing has to be done. If it stays so, let searches run less often."
        }
        (Some(SourceFault::Nonsense), true, _) => {
            "It is asked again by itself. If it stays so, look for a newer version of Deal Scout: the marketplace may answer in another way."
        }
        (Some(SourceFault::Nonsense), false, _) => {
            "Open its address: if there is something else by now, correct it under Feeds."
        }
        (Some(SourceFault::Refused), true, Role::Owner) => {
            "Check its keys in the settings; `deal-scout config show` tells which are set."
        }
        (Some(SourceFault::Refused), true, Role::Member) => {
            "Tell the owner of this installation: its keys have to be checked."
        }
        (Some(SourceFault::Refused), false, _) => {
            "Correct its address under Feeds, or switch it off there. What only you may see you can capture in your browser."
        }
        (Some(SourceFault::Down) | None, true, _) => {
            "Nothing has to be done: it is asked again by itself."
        }
        (Some(SourceFault::Down) | None, false, _) => {
            "It is asked again by itself. If it stays so, open its address to see whether it is still there."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(name: &str, fault: Option<SourceFault>) -> SourceHealth {
        SourceHealth {
            source: name.to_owned(),
            searches: 3,
            failing: i64::from(fault.is_some()),
            fault,
            error: None,
            failing_since: None,
            next_try_at: None,
            last_ok_at: None,
        }
    }

    #[test]
    fn what_to_do_depends_on_what_it_is_and_who_can_do_it() {
        let refused = |name, role| advice(&source(name, Some(SourceFault::Refused)), role);
        assert!(refused("ebay", Role::Owner).contains("keys in the settings"));
        assert!(refused("ebay", Role::Member).starts_with("Tell the owner"));
        assert!(refused("flats", Role::Member).starts_with("Correct its address"));
    }

    #[test]
    fn a_source_in_trouble_tells_how_many_searches_feel_it() {
        let down = source("ebay", Some(SourceFault::Down));
        assert_eq!(SourcesPart::affected(&down).as_deref(), Some("in 1 of 3 searches"));
        assert_eq!(SourcesPart::state(&source("ebay", None)), ("answers", "great"));
        let all = SourceHealth { failing: 3, ..down };
        assert_eq!(SourcesPart::affected(&all), None);
    }
}
