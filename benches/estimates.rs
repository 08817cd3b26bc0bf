//! The promise of speed: how many estimates a second with 20,000 and with 200,000 comparables, in one run, and how much
//! slower the larger one is. On all processors, as an API call for a thousand of them.
//!
//! `cargo bench --bench estimates`
#![expect(clippy::print_stdout, reason = "a measurement is printed")]

use std::time::Instant;

use chrono::{DateTime, Duration, Utc};
use deal_scout::{
    model::{
        comp::{Basis, Comp, ComparableId},
        condition::Condition,
        estimate::Question,
        id::CompId,
        kind::Kind,
        money::{Currency, Money},
    },
    scout::{comparables::CompIndex, estimate::estimate, side_by_side},
};

const ASKED: usize = 2_000;
const MAKERS: &[&str] = &["ASUS", "MSI", "Gigabyte", "EVGA", "Zotac", "PNY", "Palit", "Inno3D"];
const EDITIONS: &[&str] =
    &["Gaming OC", "Strix", "Ventus 3X", "Eagle", "Twin Edge", "Founders Edition"];
const SAID: &[&str] =
    &["brand new in hand", "used tested working", "free shipping", "sealed ready to ship", ""];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let now = DateTime::<Utc>::from_timestamp(1_790_000_000, 0).ok_or("no such moment")?;
    let few = measure(20_000, now)?;
    let many = measure(200_000, now)?;
    println!("ten times the comparables take {:.1} times as long", few / many);
    Ok(())
}

/// Estimates a second with `size` comparables: two hundred models, each sold in many words over a year.
fn measure(size: usize, now: DateTime<Utc>) -> Result<f64, Box<dyn std::error::Error>> {
    let comps = (0..size).map(|n| comp(n, size, now)).collect::<Result<Vec<_>, _>>()?;
    let began = Instant::now();
    let index = CompIndex::build(comps);
    let built = began.elapsed();
    let questions: Vec<Question> = (0..ASKED)
        .map(|n| Question {
            title: title(n * 31),
            kind: Kind::Item,
            condition: Some(Condition::New),
            currency: Currency::USD,
            category: None,
            at: None,
            ad: None,
        })
        .collect();
    let began = Instant::now();
    let answers = side_by_side::map(&questions, |question| estimate(&index, question, now));
    let rate = f64::from(u32::try_from(ASKED)?) / began.elapsed().as_secs_f64();
    let answered = answers.iter().filter(|answer| !answer.not_enough_data).count();
    println!(
        "{size} comparables: arranged in {built:?}, {rate:.0} estimates a second ({answered} of {ASKED} answered)"
    );
    Ok(rate)
}

fn title(n: usize) -> String {
    let model = 3_011 + n % 200 * 30;
    let (maker, edition, said) =
        (MAKERS[n / 7 % MAKERS.len()], EDITIONS[n / 3 % EDITIONS.len()], SAID[n / 11 % SAID.len()]);
    format!("{maker} GeForce RTX {model} {edition} 8GB GDDR6 {said}")
}

fn comp(n: usize, size: usize, now: DateTime<Utc>) -> Result<Comp, std::num::TryFromIntError> {
    let (id, size) = (i64::try_from(n)?, i64::try_from(size)?);
    let model = id % 200;
    Ok(Comp {
        id: ComparableId::Comp(CompId(id)),
        title: title(n),
        kind: Kind::Item,
        basis: Basis::Sold,
        total: Money::new(20_000 + model * 500 + id * 7_919 % 3_000, Currency::USD),
        condition: Some(if n.is_multiple_of(3) { Condition::Good } else { Condition::New }),
        category: None,
        observed_at: now - Duration::minutes((size - id) * 365 * 24 * 60 / size),
        has_date: true,
        is_choice: false,
    })
}
