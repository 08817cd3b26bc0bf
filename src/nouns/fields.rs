//! The body of a write, read field by field. The same calls that read a body describe it: what the document says is
//! what the reader does.

use std::fmt;

use serde_json::{Map, Value, json};

use super::shape::{Shape, money};
use crate::{
    error::{Error, FieldError, Result},
    model::money::{Currency, Money},
};

/// What seals a secret: the context that it belongs to, and its text.
pub type Seal<'a> = &'a dyn Fn(&str, &str) -> Result<Vec<u8>>;

/// The fields that nobody has read yet, what those are that were, and their faults.
pub struct Fields<'a> {
    mode: Mode,
    given: Map<String, Value>,
    known: Vec<Known>,
    faults: Vec<FieldError>,
    amounts: Amounts,
    seal: Option<Seal<'a>>,
    unsealed: Option<Error>,
}

/// A field, as the document shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// Its name.
    pub name: &'static str,
    /// Its JSON schema.
    pub schema: Value,
    /// Whether a new row needs it.
    pub needed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Create,
    /// With the currency that the stored amounts have.
    Change(Option<Currency>),
    Describe,
}

/// The amounts of one body, which have one currency between them.
#[derive(Debug, Default)]
struct Amounts {
    fields: usize,
    given: Vec<(&'static str, Option<Money>)>,
}

impl<'a> Fields<'a> {
    /// The fields of a new row.
    pub fn create(given: Map<String, Value>, seal: Seal<'a>) -> Self {
        Self::new(Mode::Create, given, Some(seal))
    }

    /// The fields that change in a row, whose amounts are in `stored`.
    pub fn change(given: Map<String, Value>, stored: Option<Currency>, seal: Seal<'a>) -> Self {
        Self::new(Mode::Change(stored), given, Some(seal))
    }

    /// No fields, only what they would be.
    pub fn describe() -> Self {
        Self::new(Mode::Describe, Map::new(), None)
    }

    fn new(mode: Mode, given: Map<String, Value>, seal: Option<Seal<'a>>) -> Self {
        let (known, faults) = (Vec::new(), Vec::new());
        Self { mode, given, known, faults, amounts: Amounts::default(), seal, unsealed: None }
    }

    /// Whether a new row is made.
    pub fn is_new(&self) -> bool {
        self.mode == Mode::Create
    }

    /// A field that a new row must have, and that is never null.
    #[expect(clippy::needless_pass_by_value, reason = "shapes are made where they are asked for")]
    pub fn need<T: 'static>(&mut self, name: &'static str, shape: Shape<T>) -> Option<T> {
        let value = self.take(name, &shape, true, false);
        if value.is_none() && self.mode == Mode::Create {
            self.fault(name, "is needed");
        }
        value.and_then(|value| self.read(name, &shape, &value))
    }

    /// A field that has a default in the database, and is never null.
    #[expect(clippy::needless_pass_by_value, reason = "shapes are made where they are asked for")]
    pub fn may<T: 'static>(&mut self, name: &'static str, shape: Shape<T>) -> Option<T> {
        let value = self.take(name, &shape, false, false)?;
        self.read(name, &shape, &value)
    }

    /// A field that may be null: `Some(None)` clears it.
    #[expect(clippy::needless_pass_by_value, reason = "shapes are made where they are asked for")]
    pub fn nullable<T: 'static>(
        &mut self,
        name: &'static str,
        shape: Shape<T>,
    ) -> Option<Option<T>> {
        match self.take(name, &shape, false, true)? {
            Value::Null => Some(None),
            value => self.read(name, &shape, &value).map(Some),
        }
    }

    /// A nullable amount in minor units. [`Fields::currency`], called last, tells what they are of.
    pub fn nullable_amount(&mut self, name: &'static str) -> Option<Option<i64>> {
        self.amounts.fields += 1;
        let amount = self.nullable(name, money())?;
        self.amounts.given.push((name, amount));
        Some(amount.map(|money| money.amount))
    }

    /// An amount in minor units that a new row must have.
    pub fn need_amount(&mut self, name: &'static str) -> Option<i64> {
        self.amounts.fields += 1;
        let amount = self.need(name, money())?;
        self.amounts.given.push((name, Some(amount)));
        Some(amount.amount)
    }

    /// The one currency of the amounts that were read before. Amounts of several, or of another than the stored ones
    /// that stay, are a fault.
    pub fn currency(&mut self) -> Option<Currency> {
        let amounts = std::mem::take(&mut self.amounts);
        let mut given = amounts
            .given
            .iter()
            .filter_map(|(name, money)| Some((*name, money.as_ref()?.currency)));
        let (_, first) = given.next()?;
        let other = given.find(|(_, currency)| *currency != first);
        let all_are_given = amounts.given.len() == amounts.fields;
        if let Some((name, currency)) = other {
            self.fault(name, format!("is in {currency} and another amount in {first}; use one"));
        } else if let Mode::Change(Some(stored)) = self.mode
            && stored != first
            && !all_are_given
        {
            let name = amounts.given.first().map_or("currency", |(name, _)| *name);
            let message = format!(
                "is in {first} and the stored amounts in {stored}; send all of them at once"
            );
            self.fault(name, message);
        }
        Some(first)
    }

    /// A text that is sealed before it is stored, under the name of its column and table. Null forgets it.
    pub fn secret(
        &mut self,
        name: &'static str,
        context: &str,
        shape: Shape<String>,
    ) -> Option<Option<Vec<u8>>> {
        let mut secret = shape;
        secret.schema["writeOnly"] = json!(true);
        let text = self.nullable(name, secret)?;
        let seal = self.seal?;
        let Some(text) = text else { return Some(None) };
        seal(context, &text).map_err(|error| self.unsealed = Some(error)).ok().map(Some)
    }

    /// Keeps a fault that needs more than one field to see.
    pub fn fault(&mut self, name: &str, message: impl Into<String>) {
        if self.mode != Mode::Describe {
            self.faults.push(FieldError::new(name, message));
        }
    }

    /// Tells every fault, and every field that nobody took.
    ///
    /// # Errors
    /// [`Error::Invalid`], or why a secret could not be sealed.
    pub fn finish(mut self) -> Result<()> {
        let names: Vec<_> = self.known.iter().map(|known| known.name).collect();
        for name in self.given.keys() {
            let message = format!("is not known here; known are {}", names.join(", "));
            self.faults.push(FieldError::new(shortened(name), message));
        }
        match self.unsealed {
            _ if !self.faults.is_empty() => Err(Error::Invalid(self.faults)),
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// The schema of the body that these calls read: of a new row, or of a change.
    pub fn schema(&self, of_new: bool) -> Value {
        let properties: Map<_, _> =
            self.known.iter().map(|known| (known.name.to_owned(), known.schema.clone())).collect();
        let mut schema = json!({
            "type": "object", "properties": properties, "additionalProperties": false,
        });
        let needed: Vec<_> =
            self.known.iter().filter(|known| known.needed).map(|known| known.name).collect();
        if of_new && !needed.is_empty() {
            schema["required"] = json!(needed);
        }
        schema
    }

    fn take<T: 'static>(
        &mut self,
        name: &'static str,
        shape: &Shape<T>,
        needed: bool,
        nullable: bool,
    ) -> Option<Value> {
        let schema = if nullable {
            json!({"anyOf": [shape.schema, {"type": "null"}]})
        } else {
            shape.schema.clone()
        };
        self.known.push(Known { name, schema, needed });
        self.given.remove(name)
    }

    fn read<T: 'static>(
        &mut self,
        name: &'static str,
        shape: &Shape<T>,
        value: &Value,
    ) -> Option<T> {
        shape.read(value).map_err(|message| self.fault(name, message)).ok()
    }
}

impl fmt::Debug for Fields<'_> {
    // Values may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fields").field("mode", &self.mode).field("faults", &self.faults).finish()
    }
}

/// A stranger's name for a field, short enough to be told back.
fn shortened(name: &str) -> String {
    if name.chars().count() <= 50 {
        return name.to_owned();
    }
    name.chars().take(49).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::{
        super::shape::{text, whole},
        *,
    };

    #[expect(clippy::unnecessary_wraps, reason = "others may fail")]
    fn seal(_: &str, text: &str) -> Result<Vec<u8>> {
        Ok(text.bytes().rev().collect())
    }

    fn given(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).unwrap()
    }

    fn faults(fields: Fields<'_>) -> Vec<String> {
        match fields.finish() {
            Err(Error::Invalid(faults)) => faults.into_iter().map(|fault| fault.field).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let body = given(json!({"size": "big", "colour": "red", "note": null}));
        let mut fields = Fields::create(body, &seal);
        assert_eq!(fields.need("title", text(1..=9)), None);
        assert_eq!(fields.may::<i32>("size", whole(1..=9)), None);
        assert_eq!(fields.may("note", text(0..=9)), None);
        assert_eq!(faults(fields), ["title", "size", "note", "colour"]);
    }

    #[test]
    fn a_change_needs_nothing_and_null_clears() {
        let mut fields = Fields::change(given(json!({"note": null})), None, &seal);
        assert_eq!(fields.need("title", text(1..=9)), None);
        assert_eq!(fields.nullable("note", text(0..=9)), Some(None));
        assert_eq!(fields.nullable("place", text(0..=9)), None);
        assert!(fields.finish().is_ok());
    }

    #[test]
    fn amounts_have_one_currency_between_them() {
        let dollars = |amount| json!({"amount": amount, "currency": "USD"});
        let euros = json!({"amount": 5, "currency": "EUR"});
        let mut fields = Fields::create(given(json!({"a": dollars(1), "b": euros})), &seal);
        assert_eq!(fields.need_amount("a"), Some(1));
        assert_eq!(fields.nullable_amount("b"), Some(Some(5)));
        assert_eq!(fields.currency(), Some(Currency::USD));
        assert_eq!(faults(fields), ["b"]);

        let stored = Some(Currency::USD);
        let mut fields = Fields::change(given(json!({"b": euros})), stored, &seal);
        fields.need_amount("a");
        fields.nullable_amount("b");
        fields.currency();
        assert_eq!(faults(fields), ["b"], "a would stay in dollars");
        let mut fields = Fields::change(given(json!({"b": euros, "a": euros})), stored, &seal);
        fields.need_amount("a");
        fields.nullable_amount("b");
        fields.currency();
        assert!(fields.finish().is_ok());
    }

    #[test]
    fn a_secret_is_sealed_before_anybody_sees_it() {
        let mut fields = Fields::create(given(json!({"password": "abc"})), &seal);
        let sealed = fields.secret("password", "channels/secret", text(1..=9));
        assert_eq!(sealed, Some(Some(b"cba".to_vec())));
    }

    #[test]
    fn what_reads_a_body_describes_it() {
        let mut fields = Fields::describe();
        fields.need("title", text(1..=9));
        fields.nullable("note", text(0..=9));
        let schema = fields.schema(true);
        assert_eq!(schema["required"], json!(["title"]));
        assert_eq!(schema["properties"]["note"]["anyOf"][1], json!({"type": "null"}));
        assert_eq!(fields.schema(false).get("required"), None);
        assert!(fields.finish().is_ok());
    }
}
