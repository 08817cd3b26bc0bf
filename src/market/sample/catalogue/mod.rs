//! What the sample market trades in: real products with rough used prices in US dollars, our own figures.

mod electronics;
mod hobby;
mod home;

/// Every category, in no particular order.
pub(super) fn categories() -> impl Iterator<Item = &'static Category> {
    [electronics::CATEGORIES, hobby::CATEGORIES, home::CATEGORIES].into_iter().flatten()
}

/// Every product with the category it belongs to.
pub(super) fn products() -> Vec<(&'static Category, &'static Product)> {
    categories().flat_map(|category| category.products.iter().map(move |p| (category, p))).collect()
}

/// A kind of thing, and how its sellers talk.
#[derive(Debug)]
pub(super) struct Category {
    /// As people read it.
    pub(super) name: &'static str,
    /// The name of its drawing in `static/sample`.
    pub(super) slug: &'static str,
    /// By how many thousandths prices went up over the last 120 days; negative when they fell.
    pub(super) season: i64,
    /// What shipping costs, in cents; `None` when such things are picked up.
    pub(super) shipping: Option<i64>,
    /// How a title is put together: `{n}` the name, `{v}` the variant, `{s}` the style.
    pub(super) titles: &'static [&'static str],
    /// What sellers add to a title.
    pub(super) extras: &'static [&'static str],
    /// What sellers say about a thing that works.
    pub(super) praise: &'static [&'static str],
    /// What is wrong with a broken one.
    pub(super) faults: &'static [&'static str],
    /// What goes with such things (`{n}` the name), with its price range in dollars.
    pub(super) accessories: &'static [(&'static str, i64, i64)],
    /// What it is traded by.
    pub(super) products: &'static [Product],
}

/// A thing that many people own.
#[derive(Debug)]
pub(super) struct Product {
    /// Its names, as sellers write them; the first is the proper one.
    pub(super) names: &'static [&'static str],
    /// What a good used one of the middle variant goes for, in dollars.
    pub(super) price: i64,
    /// How often it is sold, 0 to 14; 0 is hardly ever.
    pub(super) sales: i64,
    /// Its variants with their price in thousandths of `price`.
    pub(super) variants: &'static [(&'static str, i64)],
    /// Colours, makers, editions: they are said, and hardly change the price.
    pub(super) styles: &'static [&'static str],
}

/// A product, in the order of a price list: names, price, sales, variants, styles.
const fn product(
    names: &'static [&'static str],
    price: i64,
    sales: i64,
    variants: &'static [(&'static str, i64)],
    styles: &'static [&'static str],
) -> Product {
    Product { names, price, sales, variants, styles }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_category_can_fill_a_title_and_has_a_drawing() {
        for category in categories() {
            assert!(category.titles.iter().all(|t| t.contains("{n}")), "{}", category.name);
            assert!(!category.extras.is_empty() && !category.praise.is_empty());
            assert!(!category.faults.is_empty() && !category.accessories.is_empty());
            let drawing =
                format!("{}/static/sample/{}.svg", env!("CARGO_MANIFEST_DIR"), category.slug);
            let size =
                std::fs::metadata(&drawing).unwrap_or_else(|e| panic!("{drawing}: {e}")).len();
            assert!(size <= 2048, "{drawing} has {size} bytes");
        }
    }

    #[test]
    fn every_product_has_a_name_and_a_believable_price() {
        let products = products();
        assert!(products.len() >= 80, "{} products", products.len());
        for (_, product) in products {
            assert!(!product.names.is_empty());
            assert!((10..=5_000).contains(&product.price), "{}", product.names[0]);
            assert!(product.variants.iter().all(|(_, share)| (200..=4000).contains(share)));
        }
    }
}
