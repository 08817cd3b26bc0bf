//! `/pricing/backtest`: how right the estimates were on what was really sold.

use std::sync::Arc;

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
    model::comp::ComparableId,
    scout::backtest::{Figures, Guess, Period, Replay, Step},
    state::App,
    web::{auth::Viewer, respond, shell::Shell},
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
    let currency = replayed.worst().first()?.paid.currency;
    let pairs = replayed.guesses.iter().filter(|guess| guess.paid.currency == currency);
    Scatter::of(
        pairs.filter_map(|guess| Some((guess.paid, guess.fair_value?, guess.title.as_str()))),
    )
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
