//! What has just been said of an ad, on top of the page that the form led back to, and a button to undo it. It travels
//! in the address, so that nothing has to be remembered.

use actix_web::HttpRequest;
use diesel_async::AsyncPgConnection;

use super::{Fault, Outcome, words};
use crate::{
    db,
    error::Result,
    model::{
        id::{ListingId, MyItemId, UserId},
        watchlist_item::Standing,
    },
    web::respond,
};

/// The parameters that say it.
const NAMES: [&str; 4] = ["watched", "was", "made", "fault"];

/// The note.
#[derive(Debug)]
pub(in crate::web) struct Note {
    pub(in crate::web) listing: ListingId,
    pub(in crate::web) title: String,
    pub(in crate::web) words: &'static str,
    pub(in crate::web) is_fault: bool,
    /// What was before, and what was made.
    pub(in crate::web) undo: Option<(Standing, Option<MyItemId>)>,
    pub(in crate::web) next: String,
}

/// Where a form leads: back to `next`, with what became of it.
pub(super) fn address(next: &str, listing: ListingId, outcome: &Outcome) -> String {
    let base = without(next);
    let mut query = vec![("watched", listing.to_string())];
    match outcome {
        Outcome::Stands(changed) => {
            query.push(("was", changed.before.to_string()));
            query.extend(changed.made.map(|made| ("made", made.to_string())));
        }
        Outcome::Refused(fault) => {
            let name = Fault::ALL.iter().find(|(known, ..)| known == fault);
            query.extend(name.map(|(_, name, _)| ("fault", (*name).to_owned())));
        }
        Outcome::Undone | Outcome::Stored => {}
    }
    let query: Vec<String> =
        query.iter().map(|(name, value)| format!("{name}={}", respond::encoded(value))).collect();
    let joint = if base.contains('?') { '&' } else { '?' };
    format!("{base}{joint}{}", query.join("&"))
}

/// The page that a request asks for, without a note: where its forms lead back to.
pub(in crate::web) fn here(request: &HttpRequest) -> String {
    without(request.uri().path_and_query().map_or("/", |page| page.as_str()))
}

fn without(page: &str) -> String {
    let (path, query) = page.split_once('?').unwrap_or((page, ""));
    let is_ours = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or("");
        !pair.is_empty() && !NAMES.contains(&name)
    };
    let kept: Vec<&str> = query.split('&').filter(is_ours).collect();
    if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) }
}

impl Note {
    /// The note that a request's address carries, about an ad of `user`.
    pub(in crate::web) async fn of(
        conn: &AsyncPgConnection,
        user: UserId,
        request: &HttpRequest,
    ) -> Result<Option<Self>> {
        let pairs: Vec<(String, String)> =
            form_urlencoded::parse(request.query_string().as_bytes()).into_owned().collect();
        let given =
            |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let Some(listing) = given("watched").and_then(|id| id.parse::<ListingId>().ok()) else {
            return Ok(None);
        };
        let Some(ad) = db::watching::ads(conn, user, &[listing]).await?.remove(&listing) else {
            return Ok(None);
        };
        let item = db::watching::of_listings(conn, user, &[listing]).await?.remove(&listing);
        let standing = item.map(|item| item.standing()).unwrap_or_default();
        let fault = Fault::ALL.into_iter().find(|(_, name, _)| given("fault") == Some(*name));
        let undo = given("was").and_then(|was| was.parse().ok());
        let made = given("made").and_then(|made| made.parse().ok());
        let text = match (&fault, undo) {
            (Some((.., words)), _) => words,
            (None, Some(_)) => words(standing),
            (None, None) => "Done.",
        };
        Ok(Some(Self {
            listing,
            title: ad.listing.title,
            words: text,
            is_fault: fault.is_some(),
            undo: undo.map(|was| (was, made)),
            next: here(request),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::watching::Changed;

    #[test]
    fn a_note_replaces_the_one_before_and_leaves_the_rest() {
        let changed = Changed { before: Standing::Saved, made: Some(MyItemId(4)) };
        let outcome = Outcome::Stands(changed);
        let address = |next| address(next, ListingId(7), &outcome);
        assert_eq!(address("/"), "/?watched=7&was=saved&made=4");
        assert_eq!(
            address("/?q=leica+m3&watched=1&was=open&sort=price"),
            "/?q=leica+m3&sort=price&watched=7&was=saved&made=4"
        );
    }

    #[test]
    fn a_fault_says_which_field_is_wrong() {
        let refused = Outcome::Refused(Fault::Date);
        assert_eq!(
            address("/watchlist", ListingId(7), &refused),
            "/watchlist?watched=7&fault=date"
        );
    }
}
