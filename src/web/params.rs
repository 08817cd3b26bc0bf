//! The parameters of a query, each taken once, read and checked; what is left over, or wrong, is named.

use std::{fmt::Display, str::FromStr};

use actix_web::{HttpRequest, web::Query};

use crate::{
    db::keyset::{After, NO_CURSOR},
    error::{Error, FieldError, Result},
};

/// Words in one search at most.
const MOST_WORDS: usize = 10;

/// The parameters that nobody has taken yet, and the faults of those that were.
#[derive(Debug)]
pub(super) struct Params {
    pairs: Vec<(String, String)>,
    faults: Vec<FieldError>,
}

impl Params {
    /// The parameters of `request`.
    pub(super) fn of(request: &HttpRequest) -> Result<Self> {
        let pairs = Query::<Vec<(String, String)>>::from_query(request.query_string())
            .map_err(|_| Error::BadRequest("the query cannot be read".to_owned()))?;
        Ok(Self { pairs: pairs.into_inner(), faults: Vec::new() })
    }

    /// The text of a parameter, trimmed. An empty one counts as not given: forms send those.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        let mut found = None;
        let mut times = 0;
        self.pairs.retain(|(key, value)| {
            let is_it = key == name;
            if is_it {
                times += 1;
                let value = value.trim();
                found = (!value.is_empty()).then(|| value.to_owned());
            }
            !is_it
        });
        if times > 1 {
            self.fault(name, "is given more than once");
            return None;
        }
        let too_long = found.as_ref().is_some_and(|value| value.chars().count() > 200);
        if too_long {
            self.fault(name, "is longer than 200 characters");
            return None;
        }
        if found.as_ref().is_some_and(|value| value.contains('\0')) {
            self.fault(name, "contains a character that no text has");
            return None;
        }
        found
    }

    /// The words of a search, at most [`MOST_WORDS`]: each costs a pass over the titles.
    pub(super) fn words(&mut self, name: &str) -> Vec<String> {
        let text = self.text(name).unwrap_or_default();
        let words: Vec<_> = text.split_whitespace().map(str::to_owned).collect();
        if words.len() > MOST_WORDS {
            self.fault(name, format!("has {} words; at most {MOST_WORDS} are taken", words.len()));
            return Vec::new();
        }
        words
    }

    /// A parameter as another type. What it cannot be read as is a fault.
    pub(super) fn read<T: FromStr<Err: Display>>(&mut self, name: &str) -> Option<T> {
        let text = self.text(name)?;
        self.checked(name, text.parse().map_err(|cause: T::Err| cause.to_string()))
    }

    /// A whole number within a range.
    pub(super) fn number(
        &mut self,
        name: &str,
        range: std::ops::RangeInclusive<i64>,
    ) -> Option<i64> {
        let text = self.text(name)?;
        let number = text.parse().ok().filter(|number| range.contains(number));
        let message =
            format!("'{text}' is not a whole number from {} to {}", range.start(), range.end());
        self.checked(name, number.ok_or(message))
    }

    /// A parameter that was read by other means; its fault, if it has one, is kept.
    pub(super) fn checked<T>(&mut self, name: &str, value: Result<T, String>) -> Option<T> {
        value.map_err(|message| self.fault(name, message)).ok()
    }

    /// The place to start at: a cursor belongs to the order it was made in. `by_time` says that the order goes by one.
    pub(super) fn after(&mut self, order: &str, by_time: bool) -> Option<After> {
        let cursor = self.text("cursor")?;
        let after = cursor
            .strip_prefix(order)
            .and_then(|cursor| cursor.strip_prefix('~'))
            .ok_or("is not a cursor of this order; take next_cursor from the page before")
            .and_then(str::parse::<After>)
            .and_then(|after| {
                // Every row has a time; those that lack what another order asks for go by theirs.
                let can_be_ours = match (by_time, after.rest) {
                    (true, true) => false,
                    (false, false) => true,
                    _ => after.time().is_some(),
                };
                if can_be_ours { Ok(after) } else { Err(NO_CURSOR) }
            });
        self.checked("cursor", after.map_err(str::to_owned))
    }

    /// The cursor that [`Params::after`] reads.
    pub(super) fn cursor(order: &str, after: After) -> String {
        format!("{order}~{after}")
    }

    /// Keeps a fault.
    pub(super) fn fault(&mut self, name: &str, message: impl Into<String>) {
        self.faults.push(FieldError::new(name, message));
    }

    /// For programs: every fault, and every parameter that nobody took, is told.
    pub(super) fn finish(mut self, known: &[&str]) -> Result<()> {
        for (name, _) in std::mem::take(&mut self.pairs) {
            let message = match known {
                [] => "is not known here; no parameter is taken".to_owned(),
                _ => format!("is not known here; known are {}", known.join(", ")),
            };
            self.fault(&name, message);
        }
        if self.faults.is_empty() { Ok(()) } else { Err(Error::Invalid(self.faults)) }
    }

    /// For people: the faults in words; links from elsewhere may carry parameters of their own.
    pub(super) fn into_faults(self) -> Vec<FieldError> {
        self.faults
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn params(query: &str) -> Params {
        Params::of(&TestRequest::with_uri(&format!("/?{query}")).to_http_request()).unwrap()
    }

    fn faults(result: Result<()>) -> Vec<String> {
        match result {
            Err(Error::Invalid(faults)) => faults.into_iter().map(|fault| fault.field).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_nobody_takes_is_a_fault() {
        let mut params = params("limit=5&colour=red");
        assert_eq!(params.number("limit", 1..=100), Some(5));
        assert_eq!(faults(params.finish(&["limit"])), ["colour"]);
    }

    #[test]
    fn a_search_of_many_words_is_refused_rather_than_cut() {
        assert_eq!(params("q=a+b").words("q"), ["a", "b"]);
        let mut many = params("q=1+2+3+4+5+6+7+8+9+10+11");
        assert_eq!(many.words("q"), Vec::<String>::new());
        assert_eq!(faults(many.finish(&[])), ["q"]);
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let mut params = params("limit=0&min=x&q=a&q=b");
        assert_eq!(params.number("limit", 1..=100), None);
        assert_eq!(params.read::<i64>("min"), None);
        assert_eq!(params.text("q"), None);
        assert_eq!(faults(params.finish(&[])), ["limit", "min", "q"]);
    }

    #[test]
    fn an_empty_field_of_a_form_is_not_given() {
        let mut params = params("q=&limit=+");
        assert_eq!(params.text("q"), None);
        assert_eq!(params.number("limit", 1..=100), None);
        assert!(params.finish(&[]).is_ok());
    }
}
