//! Searches Reverb: instruments and gear. Its price guide tells what things like them went for.
//!
//! Identity: source `reverb`, `source_id` the listing's number; sales are the guide's number and the sale's.

pub mod answer;
pub mod guide;
mod request;
mod search;

pub use search::Reverb;

use serde_json::Value;

use super::price;
use crate::model::money::{Currency, Money};

fn str_at<'a>(value: &'a Value, path: &str) -> Option<&'a str> {
    value.pointer(path)?.as_str()
}

/// An id, which is a number, now and then written as text.
fn id_at(value: &Value, path: &str) -> Option<String> {
    let id = match value.pointer(path)? {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => return None,
    };
    ((1..=40).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
        .then_some(id)
}

/// `{"amount": "500.00", "currency": "USD"}`.
fn money_at(value: &Value, path: &str) -> Option<Money> {
    let money = value.pointer(path)?;
    let currency: Currency = str_at(money, "/currency")?.parse().ok()?;
    let amount = match money.get("amount")? {
        Value::String(text) => price::plain(&text.replace(',', ""), currency)?,
        Value::Number(number) => price::plain(&number.to_string(), currency)?,
        _ => return None,
    };
    Some(Money::new(amount, currency))
}
