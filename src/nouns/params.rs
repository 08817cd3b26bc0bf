//! The parameters of a query, each taken once, read and checked; what is left over, or wrong, is named. The same calls
//! that read them describe them.

use std::{fmt::Display, str::FromStr};

use serde_json::{Value, json};

use super::{fields::Known, shape::Shape};
use crate::{
    db::{
        keyset::{After, NO_CURSOR},
        owned::{By, Sort},
    },
    error::{Error, FieldError, Result},
};

/// The longest value, in characters.
const LONGEST: usize = 200;

/// The parameters that nobody has taken yet, what those are that were, and their faults.
#[derive(Debug)]
pub struct Params {
    pairs: Vec<(String, String)>,
    known: Vec<Known>,
    faults: Vec<FieldError>,
}

impl Params {
    /// The parameters of a query, without its question mark.
    pub fn of(query: &str) -> Self {
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Self { pairs, known: Vec::new(), faults: Vec::new() }
    }

    /// No parameters, only what they would be.
    pub fn describe() -> Self {
        Self::of("")
    }

    /// What was asked for, in order.
    pub fn known(&self) -> &[Known] {
        &self.known
    }

    /// A parameter of a shape.
    #[expect(clippy::needless_pass_by_value, reason = "shapes are made where they are asked for")]
    pub fn take<T: 'static>(&mut self, name: &'static str, shape: Shape<T>) -> Option<T> {
        let text = self.given(name, shape.schema.clone())?;
        self.checked(name, shape.read_text(&text))
    }

    /// The text of a parameter, trimmed. An empty one counts as not given: forms send those.
    pub fn text(&mut self, name: &'static str) -> Option<String> {
        self.given(
            name,
            json!({"type": "string", "maxLength": LONGEST, "pattern": r"^[^\u0000]*$"}),
        )
    }

    fn given(&mut self, name: &'static str, schema: Value) -> Option<String> {
        self.known.push(Known { name, schema, needed: false });
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
        if found.as_ref().is_some_and(|value| value.chars().count() > LONGEST) {
            self.fault(name, format!("is longer than {LONGEST} characters"));
            return None;
        }
        if found.as_ref().is_some_and(|value| value.contains('\0')) {
            self.fault(name, "contains a character that no text has");
            return None;
        }
        found
    }

    /// A parameter as another type. What it cannot be read as is a fault.
    pub fn read<T: FromStr<Err: Display>>(&mut self, name: &'static str) -> Option<T> {
        let text = self.text(name)?;
        self.checked(name, text.parse().map_err(|cause: T::Err| cause.to_string()))
    }

    /// A whole number within a range.
    pub fn number(
        &mut self,
        name: &'static str,
        range: std::ops::RangeInclusive<i64>,
    ) -> Option<i64> {
        self.take(name, super::shape::whole(range))
    }

    /// A parameter that was read by other means; its fault, if it has one, is kept.
    pub fn checked<T>(&mut self, name: &str, value: Result<T, String>) -> Option<T> {
        value.map_err(|message| self.fault(name, message)).ok()
    }

    /// The order of a list: a key, and `-` before it for downwards.
    pub fn order<S: Sort>(&mut self) -> By<S> {
        let keys: Vec<_> = By::<S>::all().into_iter().map(|by| by.to_string()).collect();
        let text = self.given(
            "sort",
            json!({"type": "string", "enum": keys, "default": By::<S>::default().to_string()}),
        );
        let by = text.map(|text| {
            let by = By::all().into_iter().find(|by| by.to_string() == text);
            by.ok_or_else(|| format!("'{}' is none of {}", shown(&text), keys.join(", ")))
        });
        by.and_then(|by| self.checked("sort", by)).unwrap_or_default()
    }

    /// The place to start at: a cursor belongs to the order it was made in. `by_time` says that the order goes by one.
    pub fn after(&mut self, order: &str, by_time: bool) -> Option<After> {
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
    pub fn cursor(order: &str, after: After) -> String {
        format!("{order}~{after}")
    }

    /// Keeps a fault.
    pub fn fault(&mut self, name: &str, message: impl Into<String>) {
        self.faults.push(FieldError::new(name, message));
    }

    /// For programs: every fault, and every parameter that nobody took, is told.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn finish(mut self) -> Result<()> {
        let names: Vec<_> = self.known.iter().map(|known| known.name).collect();
        for (name, _) in std::mem::take(&mut self.pairs) {
            let message = match names[..] {
                [] => "is not known here; no parameter is taken".to_owned(),
                _ => format!("is not known here; known are {}", names.join(", ")),
            };
            self.faults.push(FieldError::new(shown(&name), message));
        }
        if self.faults.is_empty() { Ok(()) } else { Err(Error::Invalid(self.faults)) }
    }

    /// For people: the faults in words; links from elsewhere may carry parameters of their own.
    pub fn into_faults(self) -> Vec<FieldError> {
        self.faults
    }
}

/// A stranger's text, short enough to be told back.
fn shown(text: &str) -> String {
    text.chars().take(50).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(query: &str) -> Params {
        Params::of(query)
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
        assert_eq!(faults(params.finish()), ["colour"]);
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let mut params = params("limit=0&min=x&q=a&q=b");
        assert_eq!(params.number("limit", 1..=100), None);
        assert_eq!(params.read::<i64>("min"), None);
        assert_eq!(params.text("q"), None);
        assert_eq!(faults(params.finish()), ["limit", "min", "q"]);
    }

    #[test]
    fn an_empty_field_of_a_form_is_not_given() {
        let mut params = params("q=&limit=+");
        assert_eq!(params.text("q"), None);
        assert_eq!(params.number("limit", 1..=100), None);
        assert!(params.finish().is_ok());
    }
}
