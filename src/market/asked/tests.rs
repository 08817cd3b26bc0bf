//! Titles as people write them.

use super::*;

fn asks(title: &str) -> String {
    match in_title(title, Currency::USD) {
        Asked::Price(money) => money.to_string(),
        other => format!("{other:?}"),
    }
}

#[test]
fn one_price_is_found_wherever_it_stands() {
    for (title, price) in [
        ("Leica M3 $900", "$900.00"),
        ("Bright Victorian (oakland north / temescal) $4300 3bd 1930ft2", "$4,300.00"),
        ("New 1Bed 1Bath ($2095) Arbors (mountain view) $2095 1bd 560ft2", "$2,095.00"),
        ("$1,299.50 MacBook Pro", "$1,299.50"),
        ("Fahrrad 80 € VB", "€80.00"),
        ("Sofa, Preis 250,- €", "€250.00"),
        ("Objektiv 1.299 EUR", "€1,299.00"),
        ("EUR 12 Buch", "€12.00"),
        ("£45 ono drill", "£45.00"),
        ("Vase 1 299,00 kr", "1,299.00 SEK"),
        ("[USA-CA] [H] RTX 3080 $400 shipped [W] PayPal", "$400.00"),
        ("Canon AE-1 for US $120.00", "$120.00"),
        ("Bike $150obo", "$150.00"),
    ] {
        assert_eq!(asks(title), price, "{title}");
    }
}

#[test]
fn prices_of_the_past_and_of_other_things_are_not_asked() {
    for (title, price) in [
        ("Desk $50 (was $120)", "$50.00"),
        ("Desk, retail $300, asking $80", "$80.00"),
        ("Save $20: lamp now $60", "$60.00"),
        ("$500 off first month (oakland) $2300 1bd", "$2,300.00"),
        ("Chair $40 + $15 shipping", "$40.00"),
        ("Console, $20 deposit", "Nothing"),
        ("Phone $30/mo", "Nothing"),
        ("The $2 trillion question", "Nothing"),
        ("Startup raises $5m", "Nothing"),
        ("iPhone 14 128 GB", "Nothing"),
        ("Shoes EU 42", "Nothing"),
        ("Lamp $0", "Nothing"),
    ] {
        assert_eq!(asks(title), price, "{title}");
    }
}

#[test]
fn several_prices_are_unclear_unless_one_is_named_as_the_price() {
    for (title, price) in [
        ("Records $5 - $20", "Unclear"),
        ("Chairs $20 each, $70 for four", "Unclear"),
        ("Chair $20, table $70, asking $85 for both", "$85.00"),
    ] {
        assert_eq!(asks(title), price, "{title}");
    }
}

#[test]
fn free_is_free_only_where_it_is_plainly_said() {
    for title in [
        "FREE: brown sofa",
        "Free! Moving boxes",
        "[FREE] Piano",
        "Couch (free)",
        "FREE sofa, needs cleaning",
        "Kittens free to a good home",
        "Sofa zu verschenken",
        "Desk - free",
        "Curb alert: dresser",
        "gratis",
    ] {
        assert_eq!(in_title(title, Currency::USD), Asked::Free, "{title}");
    }
    for title in [
        "Camera, free shipping",
        "FREE SHIPPING on all lenses",
        "Free People dress size M",
        "Smoke free home sofa",
        "Free standing bath",
        "Free Willy DVD",
        "Sugar-free gum",
        "Buy 2 get 1 free",
        "Free shipping! Leica M3",
        "Free returns: boots",
        "Hands free kit",
        "frei Haus",
    ] {
        assert_ne!(in_title(title, Currency::USD), Asked::Free, "{title}");
    }
    assert_eq!(asks("FREE shipping! Lens $90"), "$90.00");
}

#[test]
fn a_lone_dollar_is_the_sites_own() {
    let cad: Currency = "CAD".parse().unwrap();
    assert_eq!(in_title("Canoe $300", cad), Asked::Price(Money::new(30_000, cad)));
    assert_eq!(in_title("Canoe US $300", cad), Asked::Price(Money::new(30_000, Currency::USD)));
}

#[test]
fn offers_and_sold_things_say_so() {
    assert!(
        is_offer("[WTS] Leica") && is_offer("Piano for sale") && is_offer("[CA] [H] GPU [W] cash")
    );
    assert!(!is_offer("Today I found out how") && !is_offer("Bestselling author dies"));
    assert!(is_sold("SOLD: Leica M3") && is_sold("[Sold] desk") && is_sold("Desk (sold)"));
    assert!(!is_sold("Sold out tour poster") && !is_sold("Soldering iron"));
}
