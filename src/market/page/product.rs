//! Finds the node that a page is about among its schema.org nodes, and reads it.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::{
    items::last_part,
    offers::{Offers, named, several, text},
    witness::Witness,
};
use crate::{
    market::{condition, date},
    model::{condition::Condition, page_choice::Extractor},
};

/// Nodes of one page that are looked at.
const MOST: usize = 3_000;
const DEEPEST: usize = 40;

/// Kinds of nodes that can be bought.
const KINDS: &[&str] = &[
    "Product",
    "ProductGroup",
    "ProductModel",
    "IndividualProduct",
    "SomeProducts",
    "Vehicle",
    "Car",
    "Motorcycle",
    "MotorizedBicycle",
    "BusOrCoach",
    "Book",
    "Movie",
    "MusicAlbum",
    "VideoGame",
];
/// Members that hold other things than the page's own.
const OTHERS: &[&str] = &[
    "isRelatedTo",
    "isSimilarTo",
    "isAccessoryOrSparePartFor",
    "isConsumableFor",
    "review",
    "reviews",
    "hasVariant",
    "itemListElement",
    "isVariantOf",
    "recommendations",
    "aggregateRating",
    "subjectOf",
];

/// What is known of the page itself, to tell its product from others.
#[derive(Debug, Default)]
pub(super) struct About<'a> {
    /// Addresses of the page, canonical.
    pub(super) addresses: Vec<String>,
    /// Its titles.
    pub(super) titles: Vec<&'a str>,
}

/// What the nodes say of the thing that the page is about; `None` without one. The error says that there are several.
pub(super) fn witness(
    by: Extractor,
    nodes: &[Value],
    about: &About<'_>,
) -> Result<Option<Witness>, String> {
    let mut found = Found { ids: HashMap::new(), products: Vec::new(), seen: 0 };
    for node in nodes {
        found.walk(node, false, 0);
    }
    let Some(product) = found.main(about)? else { return Ok(None) };
    Ok(Some(read(by, product, &found)))
}

#[derive(Debug)]
struct Found<'a> {
    /// Nodes by their `@id`, for members that only name one.
    ids: HashMap<&'a str, &'a Value>,
    /// Products, and whether each stands among others in a list.
    products: Vec<(&'a Value, bool)>,
    seen: usize,
}

impl<'a> Found<'a> {
    fn walk(&mut self, node: &'a Value, is_other: bool, depth: usize) {
        self.seen += 1;
        if depth > DEEPEST || self.seen > MOST {
            return;
        }
        match node {
            Value::Array(nodes) => {
                for node in nodes {
                    self.walk(node, is_other, depth + 1);
                }
            }
            Value::Object(members) => {
                if let Some(id) =
                    members.get("@id").and_then(Value::as_str).filter(|_| members.len() > 1)
                {
                    self.ids.entry(id).or_insert(node);
                }
                let is_product = has_kind(node, KINDS);
                if is_product {
                    self.products.push((node, is_other));
                }
                for (name, member) in
                    members.iter().filter(|(_, member)| member.is_object() || member.is_array())
                {
                    // What is inside a product is its own, or another one.
                    let is_other = is_other
                        || OTHERS.contains(&name.as_str())
                        || (is_product && name != "offers");
                    self.walk(member, is_other, depth + 1);
                }
            }
            _ => {}
        }
    }

    /// The product that the page is about.
    fn main(&self, about: &About<'_>) -> Result<Option<&'a Value>, String> {
        let own: Vec<&Value> =
            self.products.iter().filter(|(_, is_other)| !is_other).map(|(node, _)| *node).collect();
        let candidates: Vec<&Value> = if own.is_empty() {
            self.products.iter().map(|(node, _)| *node).collect()
        } else {
            own
        };
        let is_at_page = |node: &&&Value| {
            ["url", "@id", "mainEntityOfPage"].iter().filter_map(|name| text(&node[*name])).any(
                |address| {
                    crate::market::identity::canonical(&address)
                        .is_some_and(|address| about.addresses.contains(&address))
                },
            )
        };
        let is_named = |node: &&&Value| {
            let name = text(&node["name"]).unwrap_or_default().to_lowercase();
            !name.is_empty()
                && about.titles.iter().any(|title| title.to_lowercase().contains(&name))
        };
        let has_offer = |node: &&&Value| !node["offers"].is_null() || !node["hasVariant"].is_null();
        let best = candidates
            .iter()
            .find(|node| is_at_page(node) && has_offer(node))
            .or_else(|| candidates.iter().find(|node| is_named(node) && has_offer(node)));
        if let Some(best) = best {
            return Ok(Some(best));
        }
        let offered: Vec<&&Value> = candidates.iter().filter(has_offer).collect();
        match offered.as_slice() {
            [] => Ok(candidates.first().copied().filter(|_| candidates.len() == 1)),
            [one] => Ok(Some(one)),
            // Each has a page of its own: this one is a list.
            several
                if several.iter().all(|node| text(&node["url"]).is_some())
                    || self.is_list(several) =>
            {
                Err(format!(
                    "the page shows {} things for sale and is about none of them; open the page of one",
                    several.len()
                ))
            }
            several => Ok(several.first().map(|node| **node)),
        }
    }

    fn is_list(&self, nodes: &[&&Value]) -> bool {
        nodes.iter().all(|node| {
            self.products.iter().any(|(other, is_other)| *is_other && std::ptr::eq(**node, *other))
        })
    }

    /// The node that a member names by its `@id` alone.
    fn resolved(&self, value: &Value) -> Value {
        let id = value
            .as_object()
            .filter(|members| members.len() == 1)
            .and_then(|members| members.get("@id"));
        id.and_then(Value::as_str)
            .and_then(|id| self.ids.get(id))
            .map_or_else(|| value.clone(), |node| (*node).clone())
    }
}

fn has_kind(node: &Value, kinds: &[&str]) -> bool {
    several(&node["@type"]).filter_map(Value::as_str).any(|kind| kinds.contains(&last_part(kind)))
}

fn read(by: Extractor, node: &Value, found: &Found<'_>) -> Witness {
    let offers = Offers::of(node, &|value| found.resolved(value));
    let condition = offers.condition.clone().or_else(|| text(&node["itemCondition"]));
    let mut details = Map::new();
    for (name, value) in [
        ("brand", named(&node["brand"]).or_else(|| named(&node["manufacturer"]))),
        ("model", named(&node["model"])),
        ("sku", text(&node["sku"])),
        ("mpn", text(&node["mpn"])),
        (
            "gtin",
            ["gtin", "gtin13", "gtin14", "gtin12", "gtin8", "isbn"]
                .iter()
                .find_map(|name| text(&node[*name])),
        ),
        ("seller", offers.seller.clone()),
    ] {
        details.extend(
            value
                .and_then(|value| super::super::text::line(&value))
                .map(|value| (name.to_owned(), value.into())),
        );
    }
    Witness {
        title: text(&node["name"]).or_else(|| text(&node["title"])),
        description: text(&node["description"]),
        price: offers.price,
        highest: offers.highest,
        list_price: offers.list_price,
        is_choice: offers.is_choice,
        available: offers.available,
        condition: condition.as_deref().and_then(condition_of),
        category: named(&node["category"]),
        image: image(&node["image"]).or_else(|| image(&node["photo"])),
        url: text(&node["url"]),
        location: offers.place.map(|place| location(&place)).unwrap_or_default(),
        details,
        posted_at: ["datePosted", "dateCreated", "datePublished"]
            .iter()
            .find_map(|name| date::parse(&text(&node[*name])?, false).ok()),
        ..Witness::new(by)
    }
}

fn condition_of(words: &str) -> Option<Condition> {
    Some(match last_part(words) {
        "NewCondition" => Condition::New,
        "UsedCondition" => Condition::Good,
        "RefurbishedCondition" => Condition::Excellent,
        "DamagedCondition" => Condition::Poor,
        other => return condition::of_words(other),
    })
}

/// The address of a picture: a text, a node, or the first of several.
fn image(value: &Value) -> Option<String> {
    several(value).find_map(|one| match one {
        Value::String(_) => text(one),
        node => {
            ["url", "contentUrl", "@id", "thumbnailUrl"].iter().find_map(|name| text(&node[*name]))
        }
    })
}

fn location(place: &Value) -> Map<String, Value> {
    let mut out = Map::new();
    let address = &place["address"];
    let part = |name: &str| {
        let part = named(&address[name]).or_else(|| text(&address[name]));
        part.filter(|part| part.len() <= 200).and_then(|part| super::super::text::line(&part))
    };
    let (city, region, country) =
        (part("addressLocality"), part("addressRegion"), part("addressCountry"));
    let words: Vec<String> = [city, region, country.clone()].into_iter().flatten().collect();
    if !words.is_empty() {
        out.insert("text".into(), words.join(", ").into());
    }
    out.extend(
        country
            .filter(|country| country.len() == 2)
            .map(|country| ("country".to_owned(), country.into())),
    );
    out.extend(part("postalCode").map(|code| ("postal_code".to_owned(), code.into())));
    let degrees = |name: &str, most: f64| {
        text(&place["geo"][name])?.parse::<f64>().ok().filter(|degrees| degrees.abs() <= most)
    };
    if let (Some(latitude), Some(longitude)) =
        (degrees("latitude", 90.0), degrees("longitude", 180.0))
    {
        out.insert("lat".into(), json!(latitude));
        out.insert("lng".into(), json!(longitude));
    }
    out
}
