//! Gathers schema.org items out of the markup while it goes by: microdata (`itemscope`, `itemprop`) and `RDFa` (`typeof`,
//! `property`) alike. They come out in the shape of JSON-LD, so that one reader understands all three.

use serde_json::{Map, Value};

use super::markup::Tag;

/// Items and properties of one page that are kept.
const MOST: usize = 4_000;
const LONGEST_TEXT: usize = 5_000;

/// The attributes that a way of marking up uses.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dialect {
    scope: &'static str,
    kind: &'static str,
    property: &'static str,
}

pub(super) const MICRODATA: Dialect =
    Dialect { scope: "itemscope", kind: "itemtype", property: "itemprop" };
pub(super) const RDFA: Dialect = Dialect { scope: "typeof", kind: "typeof", property: "property" };

/// What an element begins, to be given back when it ends.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Opened {
    has_scope: bool,
    has_text: bool,
}

/// The items so far.
#[derive(Debug)]
pub(super) struct Items {
    dialect: Dialect,
    all: Vec<Item>,
    /// Items whose elements are open, outermost first.
    scopes: Vec<usize>,
    /// Properties whose text is being read, outermost first.
    texts: Vec<Text>,
    kept: usize,
}

#[derive(Debug, Default)]
struct Item {
    kinds: Vec<String>,
    id: Option<String>,
    properties: Vec<(String, Property)>,
    is_top: bool,
}

#[derive(Debug)]
enum Property {
    Text(String),
    Item(usize),
}

#[derive(Debug)]
struct Text {
    item: usize,
    names: Vec<String>,
    said: String,
}

impl Items {
    pub(super) fn new(dialect: Dialect) -> Self {
        Self { dialect, all: Vec::new(), scopes: Vec::new(), texts: Vec::new(), kept: 0 }
    }

    /// An element begins.
    pub(super) fn open(&mut self, tag: &Tag<'_>) -> Opened {
        let mut opened = Opened::default();
        let is_scope = tag.has(self.dialect.scope);
        let names = tag.said(self.dialect.property);
        if (!is_scope && names.is_none()) || self.kept >= MOST {
            return opened;
        }
        self.kept += 1;
        let names: Vec<String> = names
            .iter()
            .flat_map(|names| names.split_whitespace())
            .map(|name| last_part(name).to_owned())
            .take(5)
            .collect();
        let outer = self.scopes.last().copied();
        if is_scope {
            let kinds = tag.said(self.dialect.kind).unwrap_or_default();
            let kinds = kinds.split_whitespace().map(str::to_owned).take(5).collect();
            let inner = self.all.len();
            let is_top = outer.is_none() || names.is_empty();
            let id = tag.said("itemid").or_else(|| tag.said("resource"));
            self.all.push(Item { kinds, id, properties: Vec::new(), is_top });
            // Under one name only: an item that stood under several would be told over and over, level by level.
            if let (Some(outer), Some(name)) = (outer, names.into_iter().next()) {
                self.all[outer].properties.push((name, Property::Item(inner)));
            }
            self.scopes.push(inner);
            opened.has_scope = true;
        } else if let Some(item) = outer {
            if let Some(value) = value_of(tag) {
                self.put(item, &names, &value);
            } else {
                self.texts.push(Text { item, names, said: String::new() });
                opened.has_text = true;
            }
        }
        opened
    }

    /// Text goes by, its entities decoded.
    pub(super) fn text(&mut self, text: &str) {
        for open in &mut self.texts {
            let room = LONGEST_TEXT.saturating_sub(open.said.len());
            open.said.push_str(&text[..text.floor_char_boundary(room)]);
        }
    }

    /// Whether a property's text is being read.
    pub(super) fn is_reading(&self) -> bool {
        !self.texts.is_empty()
    }

    /// The element ends.
    pub(super) fn close(&mut self, opened: Opened) {
        if opened.has_text
            && let Some(Text { item, names, said }) = self.texts.pop()
        {
            self.put(item, &names, said.trim());
        }
        if opened.has_scope {
            self.scopes.pop();
        }
    }

    fn put(&mut self, item: usize, names: &[String], value: &str) {
        let value = &value[..value.floor_char_boundary(LONGEST_TEXT)];
        for name in names {
            self.all[item].properties.push((name.clone(), Property::Text(value.to_owned())));
        }
    }

    /// The items that belong to no other, as JSON-LD would say them.
    pub(super) fn nodes(&self) -> Vec<Value> {
        let top = self.all.iter().enumerate().filter(|(_, item)| item.is_top);
        top.map(|(at, _)| self.node(at)).collect()
    }

    /// Items hold only items that began after them, so this ends.
    fn node(&self, at: usize) -> Value {
        let item = &self.all[at];
        let mut out = Map::new();
        out.insert("@type".into(), item.kinds.clone().into());
        out.extend(item.id.clone().map(|id| ("@id".to_owned(), id.into())));
        for (name, property) in &item.properties {
            let value = match property {
                Property::Text(text) => Value::from(text.clone()),
                Property::Item(inner) => self.node(*inner),
            };
            match out.get_mut(name) {
                None => {
                    out.insert(name.clone(), value);
                }
                Some(Value::Array(values)) => values.push(value),
                Some(one) => *one = Value::Array(vec![one.take(), value]),
            }
        }
        Value::Object(out)
    }
}

/// `price` of `schema:price` and `https://schema.org/price`.
pub(super) fn last_part(name: &str) -> &str {
    name.rsplit(['/', '#', ':']).next().unwrap_or(name)
}

/// The value that the attributes of an element give; `None` when it is its text.
fn value_of(tag: &Tag<'_>) -> Option<String> {
    let by_element = match tag.name.as_str() {
        "a" | "link" | "area" => "href",
        "img" | "audio" | "video" | "source" | "embed" | "iframe" => "src",
        "object" => "data",
        "data" | "meter" => "value",
        "time" => "datetime",
        _ => "content",
    };
    let value = tag.said("content").or_else(|| tag.said(by_element));
    match value {
        None if tag.is_void() => Some(String::new()),
        value => value,
    }
}
