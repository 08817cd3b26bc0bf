//! `/pricing`: what is it worth?

mod asked;
mod grounds;

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, web::Data};
use askama::Template;

use self::{
    asked::{Asked, LONGEST_DESCRIPTION, MOST},
    grounds::{Ground, grounds},
};
use super::{chart::Strip, view, wall::Wall};
use crate::{
    db,
    error::Result,
    model::{
        comp::Basis,
        condition::Condition,
        estimate::{Comparable, Estimate, EstimateBasis, Question},
        id::CompId,
        money::Money,
    },
    state::App,
    web::{auth::Viewer, respond, shell::Shell},
    worth,
};

/// The currencies that the form offers, besides the one that is chosen.
const CURRENCIES: &[&str] =
    &["USD", "EUR", "GBP", "CAD", "AUD", "CHF", "JPY", "SEK", "NOK", "DKK", "PLN", "CZK"];

/// `GET /pricing`, with a title when something is asked, or several.
pub(in crate::web) async fn show(
    app: Data<App>,
    request: HttpRequest,
    shell: Shell,
    viewer: Viewer,
) -> Result<HttpResponse> {
    let mut conn = app.conn().await?;
    let wall = Wall::of(&conn, viewer.user).await?;
    let mut asked = Asked::of(request.query_string(), &wall, shell.now);
    let categories = db::categories::known(&conn, viewer.user).await?;
    let questions = std::mem::take(&mut asked.questions);
    let answers = if questions.is_empty() {
        Vec::new()
    } else {
        let indexes = &app.comp_indexes;
        worth::estimate_many(indexes, &mut conn, viewer.user, questions.clone(), shell.now).await?
    };
    let mut answers: Vec<Answer> = questions
        .into_iter()
        .zip(answers)
        .map(|(asked, estimate)| Answer { asked, estimate })
        .collect();
    let one = if answers.len() == 1 { answers.pop() } else { None };
    let comparables = one.iter().flat_map(|one| view::comps_of(&one.estimate.comparables));
    let comps: Vec<CompId> = comparables.collect();
    let links = db::comps_list::urls(&conn, viewer.user, &comps).await?.into_iter().collect();
    drop(conn);
    let strip = one.as_ref().and_then(|one| Strip::of(&one.estimate, None));
    respond::page(&PricingPage {
        shell,
        wall,
        asked,
        categories,
        one,
        several: answers,
        strip,
        links,
    })
}

/// What was asked, and the answer.
struct Answer {
    asked: Question,
    estimate: Estimate,
}

impl Answer {
    /// What the title says it is, when that is not the thing itself.
    fn oddity(&self) -> Option<&'static str> {
        view::oddity(self.asked.kind)
    }
}

#[derive(Template)]
#[template(path = "pricing/show.html")]
struct PricingPage {
    shell: Shell,
    wall: Wall,
    asked: Asked,
    categories: Vec<String>,
    one: Option<Answer>,
    several: Vec<Answer>,
    strip: Option<Strip>,
    links: HashMap<CompId, Option<String>>,
}

impl PricingPage {
    fn link(&self, comparable: &Comparable) -> Option<String> {
        view::comparable_link(comparable.id, &self.links)
    }

    fn given(&self, name: &str) -> &str {
        self.asked.given(name)
    }

    fn fault(&self, name: &str) -> Option<&str> {
        self.asked.fault(name)
    }

    fn currencies(&self) -> Vec<&str> {
        let chosen = self.asked.currency.as_str();
        let others = CURRENCIES.iter().copied().filter(|code| *code != chosen);
        std::iter::once(chosen).chain(others).collect()
    }

    /// Whether anything beyond the title is asked.
    fn is_detailed(&self) -> bool {
        let fields = ["description", "category", "at", "titles"];
        fields.into_iter().any(|name| !self.given(name).is_empty())
    }

    /// What several things are worth together, and how many of them have a value.
    fn together(&self) -> (Money, usize) {
        let values = self.several.iter().filter_map(|answer| answer.estimate.fair_value);
        let sum = values.clone().fold(0_i64, |sum, value| sum.saturating_add(value.amount));
        (Money::new(sum, self.asked.currency), values.count())
    }
}
