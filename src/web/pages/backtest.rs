//! `/pricing/backtest`: how right the estimates were on what was really sold.

use std::{collections::HashMap, sync::Arc};

use actix_web::{HttpResponse, web::Data};
use askama::Template;

use super::{
    chart::{
        Dot, Scatter,
        course::{self, Course},
    },
    view,
    wall::Wall,
};
use crate::{
    error::Result,
    model::{comp::ComparableId, money::Currency},
    scout::backtest::{Figures, Guess, Period, Replay, Step},
    state::App,
    web::{auth::Viewer, respond, shell::Shell},
    worth::REPLAYED,
};

/// `GET /pricing/backtest`. While the sales are replayed the page says so and comes again by itself.
pub(in crate::web) async fn show(
    app: Data<App>,
    shell: Shell,
    viewer: Viewer,
) -> Result<HttpResponse> {
    let mut conn = app.conn().await?;
    let replayed = app.comp_indexes.replayed(&mut conn, viewer.user).await?;
    let wall = Wall::of(&conn, viewer.user).await?;
    drop(conn);
    let shell = if replayed.is_none() { shell.refreshing(2) } else { shell };
    let scatter = replayed.as_deref().and_then(scatter);
    let (step, periods) = replayed.as_deref().map_or((Step::Week, Vec::new()), Replay::over_time);
    let course = Course::of(step, &periods);
    respond::page(&BacktestPage { shell, wall, replayed, scatter, step, periods, course })
}

/// The guesses in the currency that most of them are in.
fn scatter(replayed: &Replay) -> Option<Scatter> {
    let answered = || {
        let guesses = replayed.guesses.iter();
        guesses.filter_map(|guess| Some((guess.paid, guess.fair_value?, guess.title.as_str())))
    };
    let currency = most_common(answered().map(|(paid, ..)| paid.currency))?;
    Scatter::of(answered().filter(|(paid, ..)| paid.currency == currency))
}

/// Of equally common ones the first by its code, so that the page stays the same.
fn most_common(currencies: impl Iterator<Item = Currency>) -> Option<Currency> {
    let mut counts: HashMap<Currency, usize> = HashMap::new();
    for currency in currencies {
        *counts.entry(currency).or_default() += 1;
    }
    let best = counts
        .into_iter()
        .max_by(|(a, n), (b, m)| n.cmp(m).then_with(|| b.as_str().cmp(a.as_str())));
    best.map(|(currency, _)| currency)
}

#[derive(Template)]
#[template(path = "pricing/backtest.html")]
struct BacktestPage {
    shell: Shell,
    wall: Wall,
    replayed: Option<Arc<Replay>>,
    scatter: Option<Scatter>,
    step: Step,
    periods: Vec<Period>,
    course: Option<Course>,
}

impl BacktestPage {
    /// Where a sale can be seen.
    fn link(guess: &Guess) -> Option<String> {
        match guess.id {
            ComparableId::Comp(id) => Some(format!("/comps/{id}")),
            ComparableId::Listing(id) => Some(format!("/listings/{id}")),
            // What the person sold has no page.
            ComparableId::Order(_) => None,
        }
    }

    /// The kind of a thing, for people.
    fn kind(word: &str) -> &str {
        let kind = word.parse().ok().and_then(view::oddity);
        kind.unwrap_or("The thing itself")
    }

    fn share(share: Option<f64>) -> String {
        share.map_or_else(|| "–".to_owned(), view::percent)
    }

    /// "4.6 %".
    fn error(figures: &Figures) -> String {
        figures
            .median_error
            .map_or_else(|| "–".to_owned(), |error| format!("{:.1} %", error * 100.0))
    }

    fn dots(&self) -> &[Dot] {
        self.scatter.as_ref().map_or(&[], |scatter| scatter.dots.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plot_is_in_the_currency_of_most() {
        let of = |codes: &[Currency]| most_common(codes.iter().copied());
        assert_eq!(of(&[Currency::EUR, Currency::USD, Currency::USD]), Some(Currency::USD));
        assert_eq!(of(&[Currency::USD, Currency::EUR]), Some(Currency::EUR));
        assert_eq!(of(&[]), None);
    }
}
