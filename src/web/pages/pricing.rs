//! `/pricing`: what is it worth?

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, web::Data};
use askama::Template;

use super::{chart::Strip, view};
use crate::{
    db,
    error::{FieldError, Result},
    model::{
        comp::Basis,
        condition::Condition,
        estimate::{Comparable, Estimate, EstimateBasis, Question},
        id::CompId,
        money::Currency,
    },
    nouns::params::Params,
    scout::normalize::kind_of,
    state::App,
    web::{auth::Viewer, respond, shell::Shell},
    worth,
};

/// The currencies that the form offers.
const CURRENCIES: &[&str] =
    &["USD", "EUR", "GBP", "CAD", "AUD", "CHF", "JPY", "SEK", "NOK", "DKK", "PLN", "CZK"];

/// `GET /pricing`, with a title when something is asked.
pub(in crate::web) async fn show(
    app: Data<App>,
    request: HttpRequest,
    shell: Shell,
    viewer: Viewer,
) -> Result<HttpResponse> {
    let mut params = Params::of_form(request.query_string());
    let title = params.text("title");
    let condition = params.read::<Condition>("condition");
    let currency = params.read::<Currency>("currency").unwrap_or(Currency::USD);
    let faults = params.into_faults();

    let mut conn = app.conn().await?;
    let answer = match &title {
        Some(title) => {
            let question = Question {
                kind: kind_of(title, None),
                title: title.clone(),
                condition,
                currency,
                category: None,
                at: None,
                ad: None,
            };
            let asked = worth::estimate_many(
                &app.comp_indexes,
                &mut conn,
                viewer.user,
                vec![question],
                shell.now,
            );
            asked.await?.pop()
        }
        None => None,
    };
    let comps: Vec<CompId> =
        answer.iter().flat_map(|answer| view::comps_of(&answer.comparables)).collect();
    let links = db::comps_list::urls(&conn, viewer.user, &comps).await?;
    drop(conn);

    let strip = answer.as_ref().and_then(|answer| Strip::of(answer, None));
    let links = links.into_iter().collect();
    let oddity = title.as_deref().and_then(|title| view::oddity(kind_of(title, None)));
    let title = title.unwrap_or_default();
    respond::page(&PricingPage {
        shell,
        title,
        condition,
        currency,
        faults,
        answer,
        strip,
        links,
        oddity,
    })
}

#[derive(Template)]
#[template(path = "pricing/show.html")]
struct PricingPage {
    shell: Shell,
    title: String,
    condition: Option<Condition>,
    currency: Currency,
    faults: Vec<FieldError>,
    answer: Option<Estimate>,
    strip: Option<Strip>,
    links: HashMap<CompId, Option<String>>,
    /// What the title says it is, when that is not the thing itself.
    oddity: Option<&'static str>,
}

impl PricingPage {
    fn link(&self, comparable: &Comparable) -> Option<String> {
        view::comparable_link(comparable.id, &self.links)
    }
}
