//! Takes a JSON Feed (jsonfeed.org, versions 1 and 1.1) apart into entries.

use serde_json::Value;

use super::{
    entry::{Entry, Field},
    xml::Told,
};

/// Reads a whole feed. The error says what the text is instead, or where it breaks.
pub(super) fn read(text: &str, most_entries: usize) -> Result<Told, String> {
    let feed: Value = serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|cause| format!("the JSON is broken or cut off ({cause})"))?;
    let is_feed =
        feed["version"].as_str().is_some_and(|version| version.contains("jsonfeed.org/version"));
    if !is_feed {
        return Err("its \"version\" is not that of a JSON Feed".into());
    }
    let items = feed["items"].as_array().ok_or("a JSON Feed without an array of \"items\"")?;
    let own = |name: &str| feed[name].as_str().map(str::to_owned);
    Ok(Told {
        title: own("title"),
        language: own("language"),
        link: own("home_page_url"),
        entries: items.iter().take(most_entries + 1).map(entry).collect(),
    })
}

fn entry(item: &Value) -> Entry {
    let mut entry = Entry::default();
    let members = item.as_object().into_iter().flatten().take(100);
    for (name, value) in members {
        let name = name.to_lowercase();
        match value {
            // An extension of the feed's maker: "_shop": {"price": …}.
            Value::Object(inner) if name.starts_with('_') => {
                for (inner, value) in inner.iter().take(50) {
                    entry
                        .fields
                        .extend(plain(&format!("{}:{}", &name[1..], inner.to_lowercase()), value));
                }
            }
            Value::Array(values) if name == "attachments" => {
                entry.fields.extend(values.iter().take(20).map(attachment));
            }
            Value::Array(values) => {
                entry.fields.extend(values.iter().take(20).filter_map(|value| plain(&name, value)));
            }
            value => entry.fields.extend(plain(&name, value)),
        }
    }
    entry
}

fn plain(name: &str, value: &Value) -> Option<Field> {
    match value {
        Value::String(text) => Some(Field::of(name, text)),
        Value::Number(number) => Some(Field::of(name, &number.to_string())),
        _ => None,
    }
}

fn attachment(value: &Value) -> Field {
    let member = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let attributes =
        vec![("url".to_owned(), member("url")), ("type".to_owned(), member("mime_type"))];
    Field { name: "enclosure".to_owned(), text: String::new(), attributes }
}
