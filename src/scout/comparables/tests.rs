use super::*;
use crate::model::{comp::ComparableId, id::CompId, money::Currency};

fn comp(id: i64, title: &str) -> Comp {
    Comp {
        id: ComparableId::Comp(CompId(id)),
        title: title.to_owned(),
        kind: crate::scout::normalize::kind_of(title, None),
        basis: Basis::Sold,
        total: Money::new(10_000, Currency::USD),
        condition: None,
        category: None,
        observed_at: chrono::DateTime::from_timestamp(1_700_000_000 + id, 0).unwrap(),
        has_date: true,
        is_choice: false,
    }
}

/// After all sales.
fn now() -> DateTime<Utc> {
    chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

fn question(title: &str) -> Question {
    Question {
        title: title.to_owned(),
        kind: crate::scout::normalize::kind_of(title, None),
        condition: None,
        currency: Currency::USD,
        category: None,
        at: None,
        ad: None,
    }
}

fn index(titles: &[&str]) -> CompIndex {
    CompIndex::build((1..).zip(titles).map(|(id, title)| comp(id, title)).collect())
}

fn number(comp: &Comp) -> i64 {
    match comp.id {
        ComparableId::Comp(id) => id.0,
        ComparableId::Listing(id) => id.0,
        ComparableId::Order(id) => id.0,
    }
}

fn found(index: &CompIndex, title: &str) -> Vec<i64> {
    index
        .find(&question(title), Basis::Sold, now())
        .into_iter()
        .map(|alike| number(alike.comp))
        .collect()
}

#[test]
fn the_most_alike_comes_first_and_of_equals_the_newest() {
    let index = index(&[
        "Gigabyte RTX 3070 Eagle OC 8GB",
        "MSI RTX 3070 Ventus 8GB",
        "MSI GeForce RTX 3070 Ventus 3X 8GB",
        "MSI RTX 3070 Ventus 8 GB",
    ]);
    assert_eq!(found(&index, "MSI RTX 3070 Ventus 8GB"), [4, 2, 3, 1]);
}

#[test]
fn another_model_is_never_found() {
    let index = index(&["NVIDIA GeForce RTX 3070 Founders Edition 8GB"; 5]);
    assert!(found(&index, "NVIDIA GeForce RTX 4090 Founders Edition").is_empty());
    assert!(found(&index, "NVIDIA GeForce RTX 3070 Ti Founders Edition 8GB").is_empty());
}

#[test]
fn only_the_same_kind_and_currency_compare() {
    let index = index(&["RTX 3070 box only", "RTX 3070", "Picture of RTX 3070"]);
    assert_eq!(found(&index, "RTX 3070 8GB"), [2]);
    assert_eq!(found(&index, "RTX 3070 empty box"), [1]);
    let euros = Question { currency: Currency::EUR, ..question("RTX 3070") };
    assert!(index.find(&euros, Basis::Sold, now()).is_empty());
}

#[test]
fn broken_things_compare_with_broken_things() {
    let broken = Comp { condition: Some(Condition::Poor), ..comp(2, "RTX 3070 8GB") };
    let index = CompIndex::build(vec![comp(1, "RTX 3070 8GB"), broken]);
    assert_eq!(found(&index, "RTX 3070"), [1]);
    let asked = Question { condition: Some(Condition::Poor), ..question("RTX 3070") };
    assert_eq!(
        index.find(&asked, Basis::Sold, now()).first().map(|alike| number(alike.comp)),
        Some(2)
    );
}

#[test]
fn one_word_in_common_makes_nothing_alike() {
    let index = index(&[
        "Vintage leather jacket brown",
        "Vintage lamp brass",
        "Leather boots size 9",
        "Red velvet couch",
    ]);
    assert!(found(&index, "vintage leather couch").is_empty());
    assert_eq!(found(&index, "brown leather jacket vintage"), [1]);
}

/// Sales of one chair, and of other things so that its words are rare.
fn chairs() -> CompIndex {
    let mut titles = vec!["Herman Miller Aeron office chair size B graphite"; 5];
    let others: Vec<String> = (0..200).map(|n| format!("thing{n} office lamp large")).collect();
    titles.extend(others.iter().map(String::as_str));
    index(&titles)
}

#[test]
fn words_that_nobody_else_uses_cost_little_where_the_others_agree() {
    let index = chairs();
    let flourish = "Herman Miller Aeron chair black chrome falling gorgeous stunner";
    assert_eq!(found(&index, "Herman Miller Aeron chair").len(), 5);
    assert_eq!(found(&index, flourish).len(), 5);
}

#[test]
fn generic_words_in_common_make_nothing_alike_however_unknown_the_rest() {
    let index = chairs();
    for title in ["large office sofa", "office frobnicator", "large office zorblax gizmo"] {
        assert!(found(&index, title).is_empty(), "{title}");
    }
}

#[test]
fn what_cost_nothing_tells_nothing() {
    let free = Comp { total: Money::new(0, Currency::USD), ..comp(1, "RTX 3070") };
    let index = CompIndex::build(vec![free]);
    assert!(index.is_empty());
    assert!(found(&index, "RTX 3070").is_empty());
}

#[test]
fn odd_titles_find_nothing_and_break_nothing() {
    let index = index(&["", "🔥", "RTX 3070"]);
    for title in ["", "🔥", "new new new", "\u{202e}", &"x".repeat(500)] {
        assert!(found(&index, title).len() <= 3);
    }
    assert!(found(&CompIndex::build(Vec::new()), "RTX 3070").is_empty());
}
