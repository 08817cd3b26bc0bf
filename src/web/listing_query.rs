//! What people can ask of the list of ads: as programs can, with prices as people write them.

use crate::{
    db::{
        keyset::After,
        listings_list::{Filter, Sort},
        owned::{By, Sort as _},
    },
    model::money::{Currency, Money},
    nouns::{params::Params, search},
};

/// Takes the filters out of the parameters.
pub(super) fn filter(params: &mut Params) -> Filter {
    let mut filter = Filter {
        words: params.read("q"),
        category: params.text("category"),
        condition: params.read("condition"),
        kind: params.read("kind"),
        source: params.text("source"),
        currency: params.read("currency"),
        min_score: params.number("min_score", 0..=100).and_then(|score| i32::try_from(score).ok()),
        available: params.read("available"),
        // What a person has put aside stays aside unless they ask for it.
        hidden: match params.text("hidden").as_deref() {
            Some("too") => None,
            Some("only") => Some(true),
            _ => Some(false),
        },
        // So does what no search was looking for.
        dropped: match params.text("dropped").as_deref() {
            Some("too") => None,
            Some("only") => Some(true),
            _ => Some(false),
        },
        ..Filter::default()
    };
    filter.min_price = price(params, "min_price", filter.currency);
    filter.max_price = price(params, "max_price", filter.currency);
    search::check_range(params, &mut filter);
    filter
}

/// Takes the order and the place to start at out of the parameters. A cursor belongs to the order it was made in.
pub(super) fn order(params: &mut Params) -> (By<Sort>, Option<After>) {
    let by: By<Sort> = params.order();
    (by, params.after(&by.to_string(), by.sort.is_by_time()))
}

fn price(params: &mut Params, name: &'static str, currency: Option<Currency>) -> Option<i64> {
    let text = params.text(name)?;
    let amount = minor_units(&text, currency.unwrap_or(Currency::USD));
    params.checked(name, amount.ok_or(format!("'{text}' is not a price such as 120 or 1,299.50")))
}

/// `1,299.50` in minor units; digits beyond the minor unit are refused.
pub(super) fn minor_units(text: &str, currency: Currency) -> Option<i64> {
    let plain: String =
        text.chars().filter(|c| !matches!(c, ',' | ' ' | '$' | '€' | '£')).collect();
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let digits = usize::try_from(currency.digits()).ok()?;
    let is_number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(fraction) || fraction.len() > digits {
        return None;
    }
    format!("{whole}{fraction:0<digits$}").parse().ok()
}

/// An amount as it goes back into the form it came from: `1299.50`, `120`.
pub(super) fn as_typed(money: Money) -> String {
    let scale = money.currency.scale();
    let digits = usize::try_from(money.currency.digits()).unwrap_or(2);
    match (money.amount / scale, money.amount % scale) {
        (whole, 0) => whole.to_string(),
        (whole, fraction) => format!("{whole}.{fraction:0digits$}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    fn params(query: &str) -> Params {
        Params::of(query)
    }

    #[test]
    fn people_write_prices_in_many_ways() {
        let cents = |text| minor_units(text, Currency::USD);
        assert_eq!(cents("120"), Some(12_000));
        assert_eq!(cents("$1,299.50"), Some(129_950));
        assert_eq!(cents("0.5"), Some(50));
        assert_eq!(cents("12.345"), None);
        assert_eq!(cents("cheap"), None);
        assert_eq!(cents("-5"), None);
        assert_eq!(as_typed(Money::new(129_950, Currency::USD)), "1299.50");
        assert_eq!(as_typed(Money::new(12_000, Currency::USD)), "120");
    }

    #[test]
    fn a_cursor_of_another_order_is_refused() {
        let made = Params::cursor("price", After { rest: false, key: 100, id: 5 });
        let (_, after) = order(&mut params(&format!("sort=price&cursor={made}")));
        assert_eq!(after, Some(After { rest: false, key: 100, id: 5 }));
        let mut other = params(&format!("sort=-price&cursor={made}"));
        assert_eq!(order(&mut other).1, None);
        assert!(matches!(other.finish(), Err(Error::Invalid(_))));
    }

    #[test]
    fn a_range_that_is_upside_down_is_a_fault() {
        let mut upside_down = params("min_price=200&max_price=100");
        let filter = filter(&mut upside_down);
        assert_eq!((filter.min_price, filter.max_price), (None, Some(10_000)), "it is left out");
        assert!(upside_down.finish().is_err());
    }
}
