use chrono::TimeZone;

use super::*;
use crate::{
    market::recognise::{self, Shape},
    model::{comp::NewComp, condition::Condition, kind::Kind, listing::NewListing},
};

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 10, 12, 0, 0).unwrap()
}

fn rows(csv: &str) -> Vec<Result<Row, String>> {
    let Ok(Shape::Table(table)) = recognise::text(csv, true) else { panic!("no table: {csv}") };
    let mut records = records::Records::new(csv.as_bytes(), table.delimiter);
    records.read().unwrap();
    let mut out = Vec::new();
    while let Some(record) = records.read().unwrap() {
        out.push(table.row(&record.cells.unwrap(), now()));
    }
    out
}

fn comp(csv: &str) -> NewComp {
    match rows(csv).remove(0) {
        Ok(Row::Comp(comp)) => comp,
        other => panic!("no sale: {other:?}"),
    }
}

fn ad(csv: &str) -> NewListing {
    match rows(csv).remove(0) {
        Ok(Row::Listing(listing)) => listing,
        other => panic!("no ad: {other:?}"),
    }
}

#[test]
fn no_real_row_passes_for_a_sample() {
    assert_eq!(ad("source,title,price\nSample,Leica,5\n").source, "csv");
    assert_eq!(ad("source,title,price\nFlea market,Leica,5\n").source, "flea-market");
}

#[test]
fn a_sold_ad_of_ebays_pages() {
    let sale = comp(
        ",Title,description,Price,Shipping,Total Price,Sold Date,Link\n\
         0,New ListingRTX 3070 \u{200e}8GB,Brand New · NVIDIA,600,10.9,610.9,2020-12-05 00:00:00,\
         https://www.ebay.com/itm/RTX-3070/203208929698?epid=1\n",
    );
    assert_eq!((sale.source.as_str(), sale.source_id.as_str()), ("ebay", "203208929698"));
    assert_eq!(sale.title, "RTX 3070 8GB");
    assert_eq!((sale.price_amount, sale.shipping_amount), (60_000, Some(1_090)));
    assert_eq!(sale.condition, Some(Condition::New));
    assert_eq!(sale.observed_at.to_rfc3339(), "2020-12-05T00:00:00+00:00");
    assert_eq!(sale.url.as_deref(), Some("https://www.ebay.com/itm/RTX-3070/203208929698"));
    assert_eq!(sale.details["currency_assumed"], true);
}

#[test]
fn an_ended_auction_without_a_date_keeps_shipping_out_of_its_price() {
    let sale = comp(
        "rownames,id,duration,n_bids,cond,start_pr,ship_pr,total_pr,ship_sp,title\n\
         1,150377422259,3,20,new,0.99,4.0,51.55,standard,~~ Wii MARIO KART &amp; WHEEL\n",
    );
    assert_eq!((sale.price_amount, sale.shipping_amount), (4_755, Some(400)));
    assert_eq!(sale.title, "~~ Wii MARIO KART & WHEEL");
    assert_eq!(sale.details["date_unknown"], true);
    assert_eq!(sale.observed_at.to_rfc3339(), "2026-03-10T00:00:00+00:00");
}

#[test]
fn a_sold_price_beside_the_asked_one_is_the_price() {
    let sale = comp(
        "id,title,price,sold_price,sold_price_includes_shipping,sold_shipping_price,created_at,sold_at,condition,marketplace\n\
         86096771,Shirt,20,8,True,3,2025-10-07T22:07:45.870Z,2026-03-04T04:04:43.819Z,is_gently_used,grailed\n",
    );
    assert_eq!((sale.source.as_str(), sale.source_id.as_str()), ("grailed", "86096771"));
    assert_eq!((sale.price_amount, sale.shipping_amount), (500, Some(300)));
    assert_eq!(sale.condition, Some(Condition::Great));
    assert_eq!(sale.details["asked_price"]["amount"], 2_000);
}

#[test]
fn a_german_table_of_ads() {
    let ad = ad("Titel;Preis;Zustand;Ort;Datum;Link\n\
         Leica M3;1.299,50 €;gebraucht;Köln;05.02.2026;https://www.kleinanzeigen.de/s-anzeige/1?utm_source=x\n");
    assert_eq!((ad.price_amount, ad.currency.as_str()), (Some(129_950), "EUR"));
    assert_eq!(ad.condition, Some(Condition::Good));
    assert_eq!(ad.location["text"], "Köln");
    assert_eq!(ad.source, "kleinanzeigen");
    assert_eq!(ad.posted_at.unwrap().to_rfc3339(), "2026-02-05T00:00:00+00:00");
    assert_eq!(ad.url.as_deref(), Some("https://www.kleinanzeigen.de/s-anzeige/1"));
}

#[test]
fn the_order_of_day_and_month_is_settled_for_the_whole_table() {
    let all = rows("title,sold price,sold date\nA,$1,3/4/2025\nB,$1,25/4/2025\n");
    let Ok(Row::Comp(first)) = &all[0] else { panic!() };
    assert_eq!(first.observed_at.to_rfc3339(), "2025-04-03T00:00:00+00:00");
    assert_eq!(
        comp("title,sold price,sold date\nA,$1,3/4/2025\n").observed_at.to_rfc3339(),
        "2025-03-04T00:00:00+00:00"
    );
    assert_eq!(
        comp("title,sold price,sold date\nA,1 €,3/4/2025\n").observed_at.to_rfc3339(),
        "2025-04-03T00:00:00+00:00"
    );
}

#[test]
fn rows_that_tell_no_sale_say_why() {
    let header = "title,sold price,sold date,currency\n";
    for (row, why) in [
        (",5,2025-01-01,USD", "no title"),
        ("\u{200b},5,2025-01-01,USD", "no title"),
        ("A,,2025-01-01,USD", "no price"),
        ("A,-5,2025-01-01,USD", "negative"),
        ("A,NaN,2025-01-01,USD", "no price"),
        ("A,12.00 to 15.00,2025-01-01,USD", "range"),
        ("A,5,2027-01-01,USD", "future"),
        ("A,5,someday,USD", "not understood"),
        ("A,5,,USD", "no date"),
        ("A,5,2025-01-01,Beads", "not known"),
        ("A,5", "2 cells where the header has 4"),
        ("A,5,2025-01-01,USD,more", "5 cells where the header has 4"),
    ] {
        let reason = rows(&format!("{header}{row}\n")).remove(0).unwrap_err();
        assert!(reason.contains(why), "{row}: {reason}");
    }
    assert!(
        rows(&format!("{header}A,5,2025-01-01,USD,,\n"))[0].is_ok(),
        "empty cells at the end are nothing"
    );
}

#[test]
fn a_mixed_table_tells_ads_and_sales_apart() {
    let all = rows("title,price,status,date\nA,5,sold,2025-01-01\nB,6,active,2025-01-01\n");
    assert!(matches!(all[0], Ok(Row::Comp(_))));
    assert!(matches!(all[1], Ok(Row::Listing(_))));
}

#[test]
fn the_row_numbers_of_two_tables_are_not_the_same_ad() {
    let one = ad("id,title,price\n1,Leica,5\n");
    let two = ad("id,title,price\n1,Nikon,5\n");
    assert_ne!(one.source_id, two.source_id);
    assert_eq!(
        one.source_id,
        ad("id,title,price\n1,Leica,7\n").source_id,
        "a changed price is the same ad"
    );
    assert_eq!(ad("id,title,price\n123456,Leica,5\n").source_id, "123456");
}

#[test]
fn parts_are_parts_by_the_word_of_their_condition() {
    assert_eq!(
        ad("title,price,condition\nRTX 3070,5,For parts or not working\n").kind,
        Kind::Parts
    );
}

#[test]
fn only_cells_that_nobody_reads_are_whole_without_a_line_end() {
    let table = |csv| match recognise::text(csv, true) {
        Ok(Shape::Table(table)) => table,
        other => panic!("{other:?}"),
    };
    assert!(!table("title,price\n").last_cell_is_whole(&["A", "12"]));
    assert!(table("title,price,weird\n").last_cell_is_whole(&["A", "12", "x"]));
    let links = table("title,price,link\n");
    assert!(links.last_cell_is_whole(&["A", "12", "https://www.ebay.com/itm/303787247488?ha"]));
    assert!(!links.last_cell_is_whole(&["A", "12", "https://www.ebay.com/itm/3037872474"]));
}
