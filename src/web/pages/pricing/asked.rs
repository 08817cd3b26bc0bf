//! What the form of `/pricing` asks: one thing in detail, or several at once.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};

use crate::{
    error::FieldError,
    model::{condition::Condition, estimate::Question, money::Currency},
    nouns::{
        params::Params,
        shape::{currency, one_of, text},
    },
    scout::normalize::{clean_title, kind_of},
    web::pages::wall::Wall,
};

/// Things asked for at once at most.
pub(super) const MOST: usize = 50;
/// The longest title, in characters.
const LONGEST: usize = 500;
/// The longest description that fits an address, in characters.
pub(super) const LONGEST_DESCRIPTION: usize = 4_000;

/// What is asked.
#[derive(Debug)]
pub(super) struct Asked {
    /// The form as it was filled in.
    typed: HashMap<String, String>,
    pub(super) condition: Option<Condition>,
    pub(super) currency: Currency,
    /// The day that is asked about.
    pub(super) day: Option<NaiveDate>,
    pub(super) questions: Vec<Question>,
    pub(super) faults: Vec<FieldError>,
}

impl Asked {
    /// Reads the form's query.
    pub(super) fn of(query: &str, wall: &Wall, now: DateTime<Utc>) -> Self {
        let typed = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let mut params = Params::of_form(query);
        let title = params.take("title", text(1..=LONGEST));
        let several = params.take("titles", text(1..=MOST * LONGEST));
        let description = params.take("description", text(0..=LONGEST_DESCRIPTION));
        let condition = params.take("condition", one_of::<Condition>());
        let category = params.take("category", text(1..=200));
        let currency = params.take("currency", currency()).unwrap_or(wall.currency);
        let day = params.text("at").and_then(|day| {
            let read = day.parse().map_err(|_| "is not a day such as 2026-01-31".to_owned());
            let read = read.and_then(|day: NaiveDate| {
                let is_over = day <= wall.today(now);
                if is_over { Ok(day) } else { Err("is in the future".to_owned()) }
            });
            params.checked("at", read)
        });
        let titles = several.as_deref().map(lines).unwrap_or_default();
        if titles.len() > MOST {
            params.fault("titles", format!("are {}; at most {MOST} fit", titles.len()));
        }
        let faults = params.into_faults();
        // A description is one thing's.
        let about = description.as_deref().filter(|_| titles.is_empty());
        let question = |title: String| Question {
            kind: kind_of(&title, about),
            title,
            condition,
            currency,
            category: category.clone(),
            at: day.map(|day| wall.end_of(day).min(now)),
            ad: None,
        };
        let one = title.map(|title| clean_title(&title));
        let all = if titles.is_empty() { one.into_iter().collect() } else { titles };
        let questions = if faults.is_empty() { all } else { Vec::new() };
        let questions = questions.into_iter().map(question).collect();
        Self { typed, condition, currency, day, questions, faults }
    }

    /// A field as it was typed.
    pub(super) fn given(&self, name: &str) -> &str {
        self.typed.get(name).map_or("", String::as_str)
    }

    /// The form with another title alone, as an address.
    pub(super) fn alone(&self, title: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("title", title);
        for name in ["condition", "category", "currency", "at"] {
            if !self.given(name).is_empty() {
                query.append_pair(name, self.given(name));
            }
        }
        format!("/pricing?{}", query.finish())
    }

    /// What is wrong with a field.
    pub(super) fn fault(&self, name: &str) -> Option<&str> {
        let fault = self.faults.iter().find(|fault| fault.field == name);
        fault.map(|fault| fault.message.as_str())
    }
}

/// The titles in a text, one a line.
fn lines(text: &str) -> Vec<String> {
    let short = |line: &str| line.chars().take(LONGEST).collect::<String>();
    text.lines().map(|line| clean_title(&short(line))).filter(|line| !line.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str) -> Asked {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        Asked::of(query, &Wall::by(None), now)
    }

    #[test]
    fn several_titles_go_before_one() {
        let asked = asked("title=Leica+M3&titles=+Canon+AE-1+%0D%0A%0D%0ANikon+F3&condition=good");
        let titles: Vec<_> = asked.questions.iter().map(|asked| asked.title.as_str()).collect();
        assert_eq!(titles, ["Canon AE-1", "Nikon F3"]);
        assert_eq!(asked.alone("Nikon F3"), "/pricing?title=Nikon+F3&condition=good");
    }

    #[test]
    fn what_is_wrong_is_named_and_nothing_is_estimated() {
        let fault = |query: &str, field: &str| {
            let asked = asked(query);
            assert!(asked.questions.is_empty(), "{query}");
            asked.fault(field).unwrap_or_else(|| panic!("{query}: {:?}", asked.faults)).to_owned()
        };
        assert_eq!(fault("title=a&at=2999-01-01", "at"), "is in the future");
        assert!(fault("title=a&at=soon", "at").starts_with("is not a day"));
        assert!(fault("title=a&condition=fine", "condition").contains("fine"));
        assert_eq!(
            fault(&format!("titles={}", "a%0A".repeat(51)), "titles"),
            "are 51; at most 50 fit"
        );
    }

    #[test]
    fn a_day_is_asked_about_to_its_end() {
        let asked = asked("title=Leica&at=2026-01-31");
        assert_eq!(asked.questions[0].at.unwrap().to_rfc3339(), "2026-02-01T00:00:00+00:00");
    }
}
