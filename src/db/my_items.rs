//! Things that people own and sell.

use chrono::{DateTime, Utc};
use diesel::{dsl::IntoBoxed, pg::Pg, prelude::*};

use super::{json::Json, owned::owned, schema::my_items};
use crate::model::{
    condition::Condition,
    id::{ListingId, MyItemId},
    money::Currency,
    my_item::MyItemStatus,
};

/// A stored item. Amounts are minor units of its currency.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = my_items, check_for_backend(Pg))]
pub struct MyItem {
    /// Its row.
    pub id: MyItemId,
    /// The ad that it was bought from.
    pub listing_id: Option<ListingId>,
    /// What it is.
    pub title: String,
    /// What people read of it.
    pub description: String,
    /// The person's own category.
    pub category: Option<String>,
    /// What else is known of it.
    #[diesel(deserialize_as = Json)]
    pub attributes: serde_json::Value,
    /// How worn it is.
    pub condition: Option<Condition>,
    /// What it cost.
    pub cost_amount: Option<i64>,
    /// What is asked for it.
    pub price_amount: Option<i64>,
    /// The currency of both.
    pub currency: Currency,
    /// Where it lies.
    pub place: String,
    /// How far its sale has come.
    pub status: MyItemStatus,
    /// The person's own number of it.
    pub sku: Option<String>,
    /// How many there are.
    pub quantity: i32,
    /// When it was bought.
    pub acquired_at: Option<DateTime<Utc>>,
    /// When the row was made.
    pub created_at: DateTime<Utc>,
    /// When the row last changed.
    pub updated_at: DateTime<Utc>,
}

/// What can be written of an item.
#[derive(Debug, Default, Insertable, AsChangeset)]
#[diesel(table_name = my_items)]
#[expect(missing_docs, reason = "the columns of MyItem; Some(None) clears")]
pub struct MyItemFields {
    pub listing_id: Option<Option<ListingId>>,
    pub title: Option<String>,
    pub description: Option<String>,
    pub category: Option<Option<String>>,
    pub attributes: Option<serde_json::Value>,
    pub condition: Option<Option<Condition>>,
    pub cost_amount: Option<Option<i64>>,
    pub price_amount: Option<Option<i64>>,
    pub currency: Option<Currency>,
    pub place: Option<String>,
    pub status: Option<MyItemStatus>,
    pub sku: Option<Option<String>>,
    pub quantity: Option<i32>,
    pub acquired_at: Option<Option<DateTime<Utc>>>,
}

/// Which items are wanted. Empty means all of the user's.
#[derive(Debug, Default)]
pub struct Filter {
    /// Each must stand in the title, in any letter case.
    pub words: Vec<String>,
    /// How far their sale has come.
    pub status: Option<MyItemStatus>,
    /// Of this category.
    pub category: Option<String>,
    /// So worn.
    pub condition: Option<Condition>,
    /// Bought from this ad.
    pub listing_id: Option<ListingId>,
    /// With this number.
    pub sku: Option<String>,
    /// Made then or later.
    pub since: Option<DateTime<Utc>>,
    /// Made before then.
    pub until: Option<DateTime<Utc>>,
}

owned! {
    my_items: MyItem(MyItemId), MyItemFields, Filter, filtered;
    sorts {
        CreatedAt = "created_at": created_at as time,
        UpdatedAt = "updated_at": updated_at as time,
    }
}

fn filtered<'a>(
    mut query: IntoBoxed<'a, my_items::table, Pg>,
    filter: &'a Filter,
) -> IntoBoxed<'a, my_items::table, Pg> {
    for pattern in contains_each_word(&filter.words) {
        query = query.filter(my_items::title.ilike(pattern));
    }
    if let Some(status) = filter.status {
        query = query.filter(my_items::status.eq(status));
    }
    if let Some(category) = &filter.category {
        query = query.filter(my_items::category.eq(category));
    }
    if let Some(condition) = filter.condition {
        query = query.filter(my_items::condition.eq(condition));
    }
    if let Some(listing) = filter.listing_id {
        query = query.filter(my_items::listing_id.eq(listing));
    }
    if let Some(sku) = &filter.sku {
        query = query.filter(my_items::sku.eq(sku));
    }
    if let Some(since) = filter.since {
        query = query.filter(my_items::created_at.ge(since));
    }
    if let Some(until) = filter.until {
        query = query.filter(my_items::created_at.lt(until));
    }
    query
}

/// One `ILIKE` pattern a word, with the word's own wildcards taken literally.
fn contains_each_word(words: &[String]) -> impl Iterator<Item = String> {
    words.iter().map(|word| {
        let escaped = word.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
        format!("%{escaped}%")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_in_words_are_taken_literally() {
        let patterns: Vec<_> = contains_each_word(&["100%".to_owned(), "a_b".to_owned()]).collect();
        assert_eq!(patterns, [r"%100\%%", r"%a\_b%"]);
    }
}
