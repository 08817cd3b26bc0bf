//! Calls to the interfaces of marketplaces: what they are made with, and what an answer, or none, means.

use std::{fmt, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use serde_json::Value;
use slog::Logger;

use super::source::{Budget, Fault, Keep, Wanted};
use crate::{
    clock::Clock,
    outbound::{self, Answer, Outbound, Request, Url, header},
};

/// What a marketplace is asked with.
#[derive(Clone)]
pub struct Means<'a> {
    /// What requests leave through.
    pub outbound: &'a Outbound,
    /// Where tokens are kept between calls and replicas.
    pub keep: Arc<dyn Keep + 'a>,
    /// Who counts the calls.
    pub budget: Arc<dyn Budget + 'a>,
    /// The time.
    pub clock: &'a Clock,
    /// The voice.
    pub log: &'a Logger,
}

impl fmt::Debug for Means<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Means")
    }
}

impl Means<'_> {
    /// Takes one call of the source's budget and sends `request`. Any status is an answer.
    pub(super) async fn call(&self, source: &str, request: Request) -> Result<Answer, Fault> {
        self.budget.take(source).await?;
        self.outbound.send(request).await.map_err(of_outbound)
    }
}

/// What it means that there is no whole answer.
pub(super) fn of_outbound(fault: outbound::Fault) -> Fault {
    use outbound::Fault as Outer;
    let words = fault.to_string();
    match fault {
        Outer::Paced { host, retry_after } | Outer::RobotsUnknown { host, retry_after } => {
            Fault::Limited { source_name: host, retry_after: Some(retry_after) }
        }
        Outer::Address { .. } | Outer::Network { .. } | Outer::Robots { .. } => {
            Fault::Refused(words)
        }
        Outer::TooLarge { .. }
        | Outer::Packed { .. }
        | Outer::Redirects { .. }
        | Outer::Redirect { .. } => Fault::Nonsense(words),
        _ => Fault::Down(words),
    }
}

/// The JSON of a good answer; what a bad one means. `said` finds in its body what the marketplace says is wrong.
pub(super) fn json(
    name: &str,
    answer: &Answer,
    said: fn(&Value) -> Option<String>,
    now: DateTime<Utc>,
) -> Result<Value, Fault> {
    let body: Result<Value, _> = serde_json::from_slice(&answer.body);
    if answer.is_success() {
        return body
            .map_err(|_| Fault::Nonsense(format!("{name} answers something that is not JSON")));
    }
    let words = body.ok().as_ref().and_then(said);
    let why = words.map_or_else(String::new, |words| format!(": {}", shortened(&words)));
    let status = answer.status;
    Err(match status {
        429 => {
            Fault::Limited { source_name: name.to_owned(), retry_after: retry_after(answer, now) }
        }
        503 if retry_after(answer, now).is_some() => {
            Fault::Limited { source_name: name.to_owned(), retry_after: retry_after(answer, now) }
        }
        408 | 500..=599 => Fault::Down(format!("{name} is broken at present ({status}{why})")),
        401 | 403 => Fault::Refused(format!("{name} does not let us in ({status}{why})")),
        400..=499 => Fault::Refused(format!("{name} does not take the search ({status}{why})")),
        _ => Fault::Nonsense(format!("{name} answers with {status}, which says nothing")),
    })
}

/// How long the answer asks to wait: seconds, or a moment. At most a day is believed.
pub(super) fn retry_after(answer: &Answer, now: DateTime<Utc>) -> Option<Duration> {
    let text = answer.header(&header::RETRY_AFTER)?.trim();
    let wait = if let Ok(seconds) = text.parse::<u64>() {
        Duration::from_secs(seconds)
    } else {
        let at = DateTime::parse_from_rfc2822(text).ok()?;
        (at.to_utc() - now).to_std().unwrap_or_default()
    };
    Some(wait.min(Duration::from_hours(24)))
}

/// `path` below the address of the interface, which may have a path of its own.
pub(super) fn below(api: &Url, path: &str) -> Url {
    let mut url = api.clone();
    url.set_path(&format!("{}{path}", api.path().trim_end_matches('/')));
    url
}

/// The words to send, without exclusions, at most `longest` characters: signs that mean something to search engines are
/// dropped, and words whose end is open, because a search for the bare beginning would find less. Empty when nothing
/// is left.
pub(super) fn plain_words(wanted: &Wanted, longest: usize) -> String {
    let terms = wanted.words.terms().iter().filter(|term| !term.is_excluded);
    let whole: Vec<&str> =
        terms.clone().filter(|term| !term.is_prefix).map(|term| term.text.as_str()).collect();
    let all = if whole.is_empty() { terms.map(|term| term.text.as_str()).collect() } else { whole };
    let is_plain = |c: char| c.is_alphanumeric() || "-.'+/&#".contains(c);
    let bare: String = all.join(" ").chars().map(|c| if is_plain(c) { c } else { ' ' }).collect();
    let mut words = String::new();
    for word in bare.split_whitespace().map(|word| word.trim_start_matches('-')) {
        if word.is_empty() {
            continue;
        }
        if words.chars().count() + 1 + word.chars().count() > longest {
            break;
        }
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
    }
    words
}

/// An amount in minor units as a decimal number, as interfaces take it: `1299.50`.
pub(super) fn decimal(money: crate::model::money::Money) -> String {
    let digits = usize::try_from(money.currency.digits()).unwrap_or(2);
    let scale = money.currency.scale();
    let (whole, rest) = (money.amount / scale, money.amount % scale);
    if digits == 0 { whole.to_string() } else { format!("{whole}.{rest:0digits$}") }
}

fn shortened(words: &str) -> String {
    words.chars().filter(|c| !c.is_control()).take(200).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;
    use reqwest::header::{HeaderMap, HeaderValue};

    use super::*;
    use crate::{
        model::money::{Currency, Money},
        outbound::parse,
    };

    /// Any JSON there is, with the names that answers have.
    pub(crate) fn any_json() -> impl Strategy<Value = Value> {
        const NAMES: &str = "(total|limit|offset|itemSummaries|itemSales|itemId|legacyItemId|title|price|value|currency|\
            lastSoldPrice|lastSoldDate|errors|warnings|listings|id|state|slug|amount|date|transactions|price_guides|\
            results|count|listing_id|divisor|currency_code|created_timestamp|shipping|rates|rate|[a-z]{1,3})";
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "(v1\\|[0-9]{1,9}\\|0|USD|JPY|[0-9]{1,25}\\.?[0-9]{0,3}|2026-11-[0-9]{2}|\\PC{0,9})"
                .prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 60, 8, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::btree_map(NAMES, inner, 0..9)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000, 0).unwrap()
    }

    fn answer(status: u16, body: &str, wait: Option<&str>) -> Answer {
        let mut headers = HeaderMap::new();
        if let Some(wait) = wait {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_str(wait).unwrap());
        }
        let url = parse("https://api.example.org/").unwrap();
        Answer { status, headers, url, body: body.into() }
    }

    fn message(body: &Value) -> Option<String> {
        body.get("message")?.as_str().map(str::to_owned)
    }

    fn told(status: u16, body: &str, wait: Option<&str>) -> Fault {
        json("Shop", &answer(status, body, wait), message, now()).unwrap_err()
    }

    /// What a search for `words` wants.
    pub(crate) fn wanted(words: &str) -> Wanted {
        Wanted {
            words: words.parse().unwrap(),
            excluded_words: Vec::new(),
            category: None,
            conditions: Vec::new(),
            min_price: None,
            max_price: None,
            currency: Currency::USD,
            around: None,
        }
    }

    #[test]
    fn a_bad_status_is_a_fault_of_its_kind() {
        let seconds = |s| Some(Duration::from_secs(s));
        let limited = |retry_after| Fault::Limited { source_name: "Shop".to_owned(), retry_after };
        assert_eq!(told(429, "", Some("7")), limited(seconds(7)));
        assert_eq!(told(429, "", None), limited(None));
        assert_eq!(told(429, "", Some("9999999999")), limited(seconds(86_400)));
        let date = (now() + Duration::from_secs(90)).to_rfc2822();
        assert_eq!(told(503, "", Some(&date)), limited(seconds(90)));
        assert!(
            matches!(told(500, r#"{"message":"oops"}"#, None), Fault::Down(why) if why.contains("500: oops"))
        );
        assert!(matches!(told(401, "", None), Fault::Refused(_)));
        assert!(matches!(told(400, "", None), Fault::Refused(_)));
        assert!(matches!(told(304, "", None), Fault::Nonsense(_)));
        assert!(matches!(told(200, "<html>", None), Fault::Nonsense(_)));
        assert!(matches!(told(200, r#"{"itemSumm"#, None), Fault::Nonsense(_)));
    }

    #[test]
    fn words_are_sent_as_words() {
        let plain = |words: &str| plain_words(&wanted(words), 20);
        assert_eq!(plain(r#"leica "m6 (ttl)" -box sum*"#), "leica m6 ttl");
        assert_eq!(plain("sum*"), "sum");
        assert_eq!(plain("a,b (c|d)*"), "a b");
        assert_eq!(plain("wh-1000xm4 --x"), "wh-1000xm4 x");
        assert_eq!(plain("-box"), "");
        assert_eq!(plain("twelve letters, then many"), "twelve letters then");
    }

    #[test]
    fn money_is_sent_as_a_decimal_number() {
        let told = |amount, currency: &str| decimal(Money::new(amount, currency.parse().unwrap()));
        assert_eq!(told(129_950, "USD"), "1299.50");
        assert_eq!(told(5, "EUR"), "0.05");
        assert_eq!(told(1200, "JPY"), "1200");
        assert_eq!(told(1005, "KWD"), "1.005");
    }
}
