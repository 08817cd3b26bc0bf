//! Walks through a Browse file one ad at a time, so that its size is no matter.

use std::{
    cell::Cell,
    fmt,
    io::{self, BufReader, Read},
    rc::Rc,
};

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::{Map, Value};

/// The largest ad that is read. A whole item with its description is a fifth of it.
const MAX_AD: u64 = 4 << 20;
/// How many elements of an array may be something else before it is taken for another kind of file.
const PATIENCE: u64 = 100;

/// What a JSON file turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Document {
    /// eBay's, with so many ads.
    Browse(u64),
    /// Something else; what it looks like.
    Other(String),
}

/// Hands each ad of `input` to `take`, with its number from 1; `take` returns false to stop early.
/// The error says where the JSON is broken; what came before was handed over by then.
pub fn walk<R: Read>(
    input: R,
    take: &mut dyn FnMut(u64, Value) -> bool,
) -> Result<Document, String> {
    let since = Rc::new(Cell::new(0));
    let capped = Capped { inner: input, since: Rc::clone(&since) };
    let mut json =
        serde_json::Deserializer::from_reader(BufReader::with_capacity(64 * 1024, capped));
    let mut walk = Walk { take, since, count: 0, foreign: 0, stopped: None };
    let document = (&mut json).deserialize_any(&mut walk);
    match (walk.stopped, document) {
        (Some(document), _) => Ok(document),
        (None, Ok(document)) => json.end().map(|()| document).map_err(|cause| cause.to_string()),
        (None, Err(cause)) => Err(cause.to_string()),
    }
}

/// Refuses to read on when one ad takes too much.
struct Capped<R> {
    inner: R,
    since: Rc<Cell<u64>>,
}

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.since.set(self.since.get() + u64::try_from(read).unwrap_or(u64::MAX));
        if self.since.get() > MAX_AD {
            return Err(io::Error::other(format!("one ad is larger than {} MB", MAX_AD >> 20)));
        }
        Ok(read)
    }
}

struct Walk<'a> {
    take: &'a mut dyn FnMut(u64, Value) -> bool,
    since: Rc<Cell<u64>>,
    count: u64,
    foreign: u64,
    /// Set when reading ended before the text did, with what is known by then.
    stopped: Option<Document>,
}

impl Walk<'_> {
    fn element(&mut self, value: Value) -> Result<(), &'static str> {
        self.since.set(0);
        self.count += 1;
        self.foreign += u64::from(!super::is_item(&value));
        if self.foreign == PATIENCE && self.foreign == self.count {
            self.stopped =
                Some(Document::Other("a JSON array of something else than eBay's items".into()));
            return Err("not eBay's");
        }
        if (self.take)(self.count, value) {
            return Ok(());
        }
        self.stopped = Some(Document::Browse(self.count));
        Err("stopped")
    }

    fn of_elements(&self) -> Document {
        if self.count > 0 && self.foreign == self.count {
            Document::Other("a JSON array of something else than eBay's items".into())
        } else {
            Document::Browse(self.count)
        }
    }
}

/// The document itself.
impl<'de> Visitor<'de> for &mut Walk<'_> {
    type Value = Document;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object or array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Document, A::Error> {
        while let Some(value) = elements.next_element::<Value>()? {
            self.element(value).map_err(A::Error::custom)?;
        }
        Ok(self.of_elements())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Document, A::Error> {
        let mut names: Vec<String> = Vec::new();
        let mut is_search = false;
        let mut item = Map::new();
        while let Some(name) = entries.next_key::<String>()? {
            self.since.set(0);
            match name.as_str() {
                "itemSummaries" => {
                    entries.next_value_seed(Summaries(&mut *self))?;
                    is_search = true;
                }
                "href" => {
                    let href: Value = entries.next_value()?;
                    is_search |=
                        href.as_str().is_some_and(|href| href.contains("/item_summary/search"));
                }
                field if ITEM_FIELDS.contains(&field) => {
                    item.insert(field.to_owned(), entries.next_value()?);
                }
                _ => {
                    entries.next_value::<IgnoredAny>()?;
                }
            }
            if names.len() < 5 {
                names.push(name.chars().take(40).collect());
            }
        }
        if is_search {
            return Ok(self.of_elements());
        }
        let item = Value::Object(item);
        if super::is_item(&item) {
            self.element(item).map_err(A::Error::custom)?;
            return Ok(Document::Browse(1));
        }
        Ok(Document::Other(if names.is_empty() {
            "an empty JSON object".into()
        } else {
            format!("a JSON object of another kind (it holds {})", names.join(", "))
        }))
    }
}

/// The array inside a search response.
struct Summaries<'a, 'b>(&'a mut Walk<'b>);

impl<'de> DeserializeSeed<'de> for Summaries<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Summaries<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of items under itemSummaries")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        while let Some(value) = elements.next_element::<Value>()? {
            self.0.element(value).map_err(A::Error::custom)?;
        }
        Ok(())
    }
}

/// What is kept of a single item; the rest (taxes, return terms) is passed over.
const ITEM_FIELDS: &[&str] = &[
    "itemId",
    "legacyItemId",
    "title",
    "shortDescription",
    "description",
    "price",
    "currentBidPrice",
    "bidCount",
    "buyingOptions",
    "condition",
    "conditionId",
    "image",
    "itemWebUrl",
    "itemLocation",
    "categoryPath",
    "shippingOptions",
    "seller",
    "epid",
    "itemCreationDate",
    "itemEndDate",
    "marketingPrice",
    "itemGroupType",
    "listingMarketplaceId",
];

#[cfg(test)]
mod tests {
    use super::*;

    const AD: &str = r#"{"itemId":"v1|1|0","title":"A","price":{"value":"1","currency":"USD"}}"#;

    fn read(json: &str) -> (Result<Document, String>, u64) {
        let mut seen = 0;
        let document = walk(json.as_bytes(), &mut |_, _| {
            seen += 1;
            true
        });
        (document, seen)
    }

    #[test]
    fn a_response_an_array_and_one_item_are_ebays() {
        for (json, ads) in [
            (format!(r#"{{"total":2,"itemSummaries":[{AD},{AD}],"refinement":{{}}}}"#), 2),
            (format!("[{AD},{AD},7]"), 3),
            (AD.to_owned(), 1),
            (r#"{"href":"https://api.ebay.com/buy/browse/v1/item_summary/search?q=x","total":0}"#.to_owned(), 0),
            (r#"{"itemSummaries":null}"#.to_owned(), 0),
            ("[]".to_owned(), 0),
        ] {
            assert_eq!(read(&json), (Ok(Document::Browse(ads)), ads), "{json}");
        }
    }

    #[test]
    fn other_json_says_what_it_is() {
        for (json, what) in [
            ("{}", "an empty JSON object"),
            (r#"{"findItemsAdvancedResponse":[]}"#, "it holds findItemsAdvancedResponse"),
            (
                r#"{"href":"https://api.ebay.com/sell/fulfillment/v1/order","orders":[{}]}"#,
                "it holds href, orders",
            ),
            ("[1,2,3]", "something else"),
        ] {
            let Ok(Document::Other(said)) = read(json).0 else { panic!("{json} was taken") };
            assert!(said.contains(what), "{json}: {said}");
        }
    }

    #[test]
    fn a_cut_file_says_where_after_its_whole_ads() {
        let (document, seen) = read(&format!(r#"{{"itemSummaries":[{AD},{AD},{{"itemId":"v1|"#));
        assert_eq!(seen, 2);
        assert!(document.unwrap_err().contains("line 1"), "the place is named");
        assert!(read(&format!("[{AD}] trailing")).0.is_err());
    }

    #[test]
    fn a_long_array_of_something_else_is_left_early() {
        let mut seen = 0;
        let json = format!("[{}", "{},".repeat(1_000_000));
        let document = walk(json.as_bytes(), &mut |_, _| {
            seen += 1;
            true
        });
        assert!(matches!(document, Ok(Document::Other(_))));
        assert!(seen <= PATIENCE);
    }

    #[test]
    fn an_endless_string_is_not_read_to_its_end() {
        let endless = io::Read::chain(&b"[{\"title\":\""[..], io::repeat(b'x').take(1 << 30));
        let document = walk(endless, &mut |_, _| true);
        assert!(document.unwrap_err().contains("larger than 4 MB"));
    }
}
