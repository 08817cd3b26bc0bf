//! How well titles are told apart, measured on titles that were labelled by hand.

use super::kind_of;
use crate::model::kind::Kind;

/// `kind,title`: what each title offers, as a person says who reads it.
const LABELLED: &str = include_str!("told_apart.csv");

/// Counts of one question over all titles: rightly said, said in all, and true in all.
#[derive(Debug, Default, Clone, Copy)]
struct Figures {
    right: u32,
    said: u32,
    labelled: u32,
}

impl Figures {
    fn count(&mut self, is_said: bool, is_labelled: bool) {
        self.right += u32::from(is_said && is_labelled);
        self.said += u32::from(is_said);
        self.labelled += u32::from(is_labelled);
    }

    /// The share of what was said that is true.
    fn precision(&self) -> f64 {
        f64::from(self.right) / f64::from(self.said.max(1))
    }

    /// The share of what is true that was said.
    fn recall(&self) -> f64 {
        f64::from(self.right) / f64::from(self.labelled.max(1))
    }
}

impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (precision, recall) = (100.0 * self.precision(), 100.0 * self.recall());
        write!(f, "precision {precision:.1} %, recall {recall:.1} % of {}", self.labelled)
    }
}

fn labelled() -> Vec<(Kind, String)> {
    let rows = LABELLED.lines().skip(1).map(|row| row.split_once(',').unwrap());
    rows.map(|(kind, title)| (kind.parse().unwrap(), title.to_owned())).collect()
}

#[test]
fn ads_that_are_not_the_thing_are_told_apart() {
    let titles = labelled();
    assert!(titles.len() >= 320, "{} titles", titles.len());
    let mut not_the_thing = Figures::default();
    let mut each: Vec<(Kind, Figures)> =
        Kind::ALL.iter().map(|kind| (*kind, Figures::default())).collect();
    let mut wrong = Vec::new();
    for (label, title) in &titles {
        let said = kind_of(title, None);
        not_the_thing.count(said != Kind::Item, *label != Kind::Item);
        for (kind, figures) in &mut each {
            figures.count(said == *kind, *label == *kind);
        }
        if said != *label {
            wrong.push(format!("{title}: said {said}, is {label}"));
        }
    }
    let each: Vec<String> =
        each.iter().map(|(kind, figures)| format!("{kind}: {figures}")).collect();
    let report = format!(
        "{} titles; not the thing: {not_the_thing}\n{}\n{}",
        titles.len(),
        each.join("\n"),
        wrong.join("\n"),
    );
    println!("{report}");
    assert!(not_the_thing.precision() >= 0.9, "{report}");
    assert!(not_the_thing.recall() >= 0.8, "{report}");
}
