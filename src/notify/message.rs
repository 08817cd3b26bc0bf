//! What is told, in words: of one ad, or of several at once. Every channel writes it in its own manner.

use chrono::{DateTime, Utc};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::model::{money::Money, notification::Reason};

/// Ads that one message shows; the others are counted.
pub(super) const MOST_SHOWN: usize = 20;

/// What was known of an ad when there was a reason to tell of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the fields of an ad and of its score, under their names")]
pub struct Facts {
    pub title: String,
    pub url: Option<String>,
    pub image_url: Option<String>,
    pub price: Option<Money>,
    /// The price that was told before.
    pub was: Option<Money>,
    pub shipping: Option<Money>,
    pub fair_value: Option<Money>,
    pub score: Option<i64>,
    pub summary: Option<String>,
    pub condition: Option<String>,
    pub place: Option<String>,
    pub distance_km: Option<f64>,
    pub posted_at: Option<DateTime<Utc>>,
    /// The search that found it.
    pub search: Option<String>,
    pub gone_reason: Option<String>,
}

impl Facts {
    /// Reads what is stored with a notification. What is not there, or is something else, is left out.
    pub fn of(payload: &Value) -> Self {
        fn field<T: DeserializeOwned>(payload: &Value, name: &str) -> Option<T> {
            payload.get(name).and_then(|value| T::deserialize(value).ok())
        }
        let web = |name| {
            field::<String>(payload, name)
                .filter(|url| url.starts_with("https://") || url.starts_with("http://"))
        };
        Self {
            title: field::<String>(payload, "title")
                .filter(|title| !title.trim().is_empty())
                .unwrap_or_else(|| "an ad without a title".to_owned()),
            url: web("url"),
            image_url: web("image_url"),
            price: field(payload, "price"),
            was: field(payload, "was"),
            shipping: field(payload, "shipping"),
            fair_value: field(payload, "fair_value"),
            score: field(payload, "score"),
            summary: field(payload, "summary"),
            condition: field(payload, "condition"),
            place: field(payload, "place"),
            distance_km: field(payload, "distance_km"),
            posted_at: field(payload, "posted_at"),
            search: field(payload, "search"),
            gone_reason: field(payload, "gone_reason"),
        }
    }
}

/// Where a message leads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Links {
    /// The ad in Deal Scout.
    pub open: Option<String>,
    /// Not to be seen for a while.
    pub snooze: Option<String>,
    /// Not to be seen again.
    pub ignore: Option<String>,
}

/// One ad of a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    /// The notification.
    pub id: i64,
    /// The ad, where it is still stored.
    pub listing_id: Option<i64>,
    /// Why it is told.
    pub reason: Reason,
    /// What was known then.
    pub facts: Facts,
    /// Whether the ad has gone since.
    pub is_gone: bool,
    /// Where to look.
    pub links: Links,
}

/// A message to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// The same for each try, so that a service that knows it already takes it once.
    pub key: String,
    /// The ads, the best first; none for a trial.
    pub notes: Vec<Note>,
    /// How many more there are than are shown.
    pub more: usize,
    /// The list of all in Deal Scout.
    pub all_url: String,
    /// When it is sent.
    pub at: DateTime<Utc>,
}

impl Note {
    /// The reason, the price and the title, in one line.
    pub fn headline(&self) -> String {
        let facts = &self.facts;
        let price = facts.price.map_or_else(|| "price not known".to_owned(), asked);
        let why = match (self.reason, facts.was) {
            (Reason::Gone, _) => "Gone".to_owned(),
            _ if self.is_gone => format!("Gone already, was {price}"),
            (Reason::Target, _) => format!("At your price, {price}"),
            (_, Some(was)) => format!("Now {price}, was {was}"),
            _ => price,
        };
        format!("{why}: {}", facts.title)
    }

    /// Why it is worth a look, line by line, as of `now`.
    pub fn lines(&self, now: DateTime<Utc>) -> Vec<String> {
        let facts = &self.facts;
        let summary = facts.summary.as_deref().map(timeless).filter(|text| !text.is_empty());
        let judged = match (facts.score, summary) {
            (Some(score), Some(summary)) => Some(format!("Score {score} of 100: {summary}")),
            (Some(score), None) => Some(format!("Score {score} of 100")),
            (None, summary) => summary,
        };
        let mut money: Vec<String> = Vec::new();
        if self.reason == Reason::Gone {
            money.push(
                facts.gone_reason.clone().unwrap_or_else(|| "it can be bought no more".to_owned()),
            );
        }
        money.extend(facts.price.map(|price| {
            match facts.shipping.filter(|shipping| shipping.amount > 0) {
                Some(shipping) => format!("asks {price} + {shipping} shipping"),
                None if price.amount == 0 => "free".to_owned(),
                None => format!("asks {price}"),
            }
        }));
        money.extend(facts.fair_value.map(|worth| format!("worth about {worth}")));
        let mut where_and_when = Vec::new();
        where_and_when.extend(facts.posted_at.and_then(|at| age(at, now)));
        where_and_when.extend(match (&facts.place, facts.distance_km) {
            (Some(place), Some(km)) => Some(format!("{place}, {km:.0} km away")),
            (Some(place), None) => Some(place.clone()),
            (None, Some(km)) => Some(format!("{km:.0} km away")),
            (None, None) => None,
        });
        where_and_when
            .extend(facts.condition.as_ref().map(|condition| format!("condition: {condition}")));
        let search = facts.search.as_ref().map(|name| format!("Found by your search “{name}”"));
        let joined = |parts: Vec<String>| (!parts.is_empty()).then(|| capital(&parts.join("; ")));
        [judged.map(|text| capital(&text)), joined(money), joined(where_and_when), search]
            .into_iter()
            .flatten()
            .collect()
    }

    /// Where a tap leads: the ad in Deal Scout, or at its source.
    pub fn target(&self) -> Option<&str> {
        self.links.open.as_deref().or(self.facts.url.as_deref())
    }

    /// The links with their words, in order.
    pub fn actions(&self) -> Vec<(&'static str, &str)> {
        let links = [
            ("Open", &self.links.open),
            ("See the ad", &self.facts.url),
            ("Snooze", &self.links.snooze),
            ("Ignore", &self.links.ignore),
        ];
        links.into_iter().filter_map(|(words, link)| Some((words, link.as_deref()?))).collect()
    }
}

impl Message {
    /// A message that says only that the channel works.
    pub fn trial(key: String, all_url: String, at: DateTime<Utc>) -> Self {
        Self { key, notes: Vec::new(), more: 0, all_url, at }
    }

    /// Puts the best first and keeps as many as a message shows.
    pub fn of(key: String, mut notes: Vec<Note>, all_url: String, at: DateTime<Utc>) -> Self {
        let place = |note: &Note| match note.reason {
            Reason::Target => 0,
            Reason::PriceDrop => 1,
            Reason::Gone => 3,
            Reason::Find | Reason::Digest | Reason::Test | Reason::Other => 2,
        };
        notes.sort_by_key(|note| {
            (note.is_gone, place(note), std::cmp::Reverse(note.facts.score), note.id)
        });
        let more = notes.len().saturating_sub(MOST_SHOWN);
        notes.truncate(MOST_SHOWN);
        Self { key, notes, more, all_url, at }
    }

    /// A word for programs: `find`, `price_drop`, `target`, `gone`, `digest` or `test`.
    pub fn reason(&self) -> Reason {
        match self.notes.as_slice() {
            [] => Reason::Test,
            [note] if self.more == 0 => note.reason,
            _ => Reason::Digest,
        }
    }

    /// What it is about, in one line.
    pub fn subject(&self) -> String {
        match self.notes.as_slice() {
            [] => "Deal Scout: this channel works".to_owned(),
            [note] if self.more == 0 => note.headline(),
            [first, ..] => {
                let all = self.notes.len() + self.more;
                format!("{all} ads for you. {}", first.headline())
            }
        }
    }

    /// The whole of it as plain text, without the subject. `links` says whether addresses are written out.
    pub fn text(&self, links: bool) -> String {
        if self.notes.is_empty() {
            return "This is a trial. Finds, price drops and the rest will come here.".to_owned();
        }
        let is_single = self.notes.len() == 1;
        let mut parts: Vec<String> = self
            .notes
            .iter()
            .map(|note| {
                let mut said = if is_single { Vec::new() } else { vec![note.headline()] };
                said.extend(note.lines(self.at));
                if links {
                    said.extend(
                        note.actions().iter().map(|(words, link)| format!("{words}: {link}")),
                    );
                }
                said.join("\n")
            })
            .collect();
        parts.extend(
            self.rest()
                .map(|words| if links { format!("{words}: {}", self.all_url) } else { words }),
        );
        parts.join("\n\n")
    }

    /// "and 12 more", when there are more than are shown.
    pub fn rest(&self) -> Option<String> {
        (self.more > 0).then(|| format!("And {} more", self.more))
    }
}

fn asked(price: Money) -> String {
    if price.amount == 0 { "free".to_owned() } else { price.to_string() }
}

/// What a score says, without the age that it had then.
fn timeless(summary: &str) -> String {
    let parts = summary.split("; ").filter(|part| !part.starts_with("posted "));
    parts.collect::<Vec<_>>().join("; ")
}

fn age(at: DateTime<Utc>, now: DateTime<Utc>) -> Option<String> {
    let age = now.signed_duration_since(at);
    Some(match age.num_minutes() {
        ..0 => return None,
        0..60 => format!("posted {} min ago", age.num_minutes()),
        60..2880 => format!("posted {} h ago", age.num_hours()),
        _ => format!("posted {} days ago", age.num_days()),
    })
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `text` with at most `limit` of what `size` counts, cut between characters and marked where it was cut.
pub(super) fn clipped(text: &str, limit: usize, size: fn(char) -> usize) -> String {
    if text.chars().map(size).sum::<usize>() <= limit {
        return text.to_owned();
    }
    let room = limit.saturating_sub(size('…'));
    let mut used = 0;
    let fits = |letter: &char| {
        used += size(*letter);
        used <= room
    };
    let kept: String = text.chars().take_while(fits).collect();
    format!("{}…", kept.trim_end())
}
