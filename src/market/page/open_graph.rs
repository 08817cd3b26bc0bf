//! What the head of a page says for those who share it: `OpenGraph` and product metadata.

use super::{
    document::Document,
    offers::currency_of,
    witness::{Witness, Written},
};
use crate::{
    market::{condition, home, text},
    model::page_choice::Extractor,
};

/// What the metadata says; `None` when it tells of nothing that could be for sale.
pub(super) fn witness(document: &Document) -> Option<Witness> {
    let currency = document
        .meta(&[
            "product:sale_price:currency",
            "product:price:currency",
            "og:price:currency",
            "product:currency",
        ])
        .and_then(currency_of);
    let written = |names: &[&str]| {
        document.meta(names).map(|text| Written { text: text.to_owned(), currency })
    };
    let full = written(&[
        "product:price:amount",
        "og:price:amount",
        "product:price",
        "og:price:standard_amount",
    ]);
    let sale = written(&["product:sale_price:amount", "og:price:sale_amount"]);
    let original = written(&["product:original_price:amount"]);
    let is_product =
        document.meta(&["og:type"]).is_some_and(|kind| kind.to_lowercase().contains("product"));
    if full.is_none() && sale.is_none() && !is_product {
        return None;
    }
    let own = |names: &[&str]| document.meta(names).map(str::to_owned);
    let mut witness = Witness {
        title: own(&["og:title", "twitter:title"]),
        description: own(&["og:description", "description", "twitter:description"]),
        list_price: original.or_else(|| sale.as_ref().and(full.clone())),
        price: sale.or(full),
        available: document
            .meta(&["product:availability", "og:availability", "availability"])
            .and_then(home::is_available),
        condition: document
            .meta(&["product:condition", "og:condition"])
            .and_then(condition::of_words),
        category: own(&["product:category"]),
        image: own(&["og:image:secure_url", "og:image", "og:image:url", "twitter:image"]),
        url: own(&["og:url"]),
        ..Witness::new(Extractor::OpenGraph)
    };
    for (name, metas) in [
        ("brand", ["product:brand", "og:brand"]),
        ("sku", ["product:retailer_item_id", "og:sku"]),
        ("gtin", ["product:gtin", "og:upc"]),
    ] {
        let value = document.meta(&metas).and_then(text::line);
        witness.details.extend(value.map(|value| (name.to_owned(), value.into())));
    }
    Some(witness)
}
