//! `/capture`: an ad from any page. Paste its link, or take it along from the browser with the bookmarklet; look at what
//! was read, correct it, save it.
//!
//! The bookmarklet opens this page with what it gathered behind the `#` of the address. No policy of the other site
//! forbids that, the server sees nothing of it until the page sends it on, and nothing is stored before the person says
//! so in a form of ours.

mod draft;

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Form},
};
use askama::Template;
use serde::Deserialize;

use self::draft::{Draft, Saved};
use crate::{
    db,
    error::{Error, Result},
    import::captured::{self, Capture},
    market::{
        page,
        read_politely::{Found, Visitor},
    },
    model::{condition::Condition, page_choice::Extractor},
    state::App,
    web::{auth::Viewer, links, pages::view, respond, shell::Shell},
};

/// The currencies that the form offers, besides the one that was found.
const CURRENCIES: &[&str] =
    &["USD", "EUR", "GBP", "CAD", "AUD", "CHF", "JPY", "SEK", "NOK", "DKK", "PLN", "CZK"];

/// What is to be looked at.
#[derive(Debug, Deserialize)]
pub(in crate::web) struct Wanted {
    /// A link to fetch.
    #[serde(default)]
    link: String,
    /// What the bookmarklet gathered, as JSON.
    #[serde(default)]
    data: String,
}

/// What the bookmarklet gathers.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Gathered {
    url: String,
    title: String,
    selection: String,
    html: String,
}

/// `GET /capture`
pub(in crate::web) async fn form(
    app: Data<App>,
    request: HttpRequest,
    shell: Shell,
    _: Viewer,
) -> Result<HttpResponse> {
    show(&app, &request, shell, StatusCode::OK, String::new(), None)
}

/// `POST /capture/look`: reads the page and shows what would be stored.
pub(in crate::web) async fn look(
    app: Data<App>,
    request: HttpRequest,
    shell: Shell,
    viewer: Viewer,
    wanted: Form<Wanted>,
) -> Result<HttpResponse> {
    let Wanted { link, data } = wanted.into_inner();
    let capture = if data.is_empty() { fetched(&app, &link).await } else { gathered(&data) };
    let read = match capture {
        Ok(capture) => draft::read(&app, viewer.user, capture).await,
        Err(error) => Err(error),
    };
    match read {
        Ok(draft) => respond::page(&DraftPage { shell, draft, faults: Vec::new() }),
        Err(error) if (400..500).contains(&error.status()) => {
            let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST);
            show(&app, &request, shell, status, link, Some(words(error)))
        }
        Err(error) => Err(error),
    }
}

/// `POST /capture`: stores what the person has looked at.
pub(in crate::web) async fn save(
    app: Data<App>,
    shell: Shell,
    viewer: Viewer,
    saved: Form<Saved>,
) -> Result<HttpResponse> {
    let draft = Draft::from(saved.into_inner());
    let listing = match draft.listing() {
        Ok(listing) => listing,
        Err(faults) => {
            let page = DraftPage { shell, draft, faults };
            return respond::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    let mut conn = app.conn().await?;
    if let (Some(site), Some(trusted)) = (captured::site(&draft.url), draft.trusted) {
        db::page_choices::remember(&conn, viewer.user, &site, trusted).await?;
    }
    let available = if draft.is_gone { Some(false) } else { None };
    let now = app.clock.now();
    let (id, _) = captured::save(&mut conn, viewer.user, &listing, available, now).await?;
    Ok(respond::see_other(&format!("/listings/{id}")))
}

/// Reads the page behind a link as a polite visitor.
async fn fetched(app: &App, link: &str) -> Result<Capture> {
    let link = link.trim();
    if link.is_empty() {
        return Err(Error::invalid("link", "Paste the link of an ad first."));
    }
    let address = if link.contains("://") { link.to_owned() } else { format!("https://{link}") };
    let visitor = Visitor { outbound: &app.outbound, clock: &app.clock };
    let nothing = serde_json::Value::Null;
    let refused = |why: String| Error::invalid("link", why);
    match visitor.read(&address, page::ACCEPT, page::MAX_BYTES, &nothing).await {
        Ok(Found::Text { text, at, .. }) => {
            Ok(Capture { url: at, html: Some(text), ..Capture::default() })
        }
        Ok(Found::Gone(status)) => {
            Err(refused(format!("There is nothing at this link any more (it answers {status}).")))
        }
        Ok(Found::Unchanged) => Err(refused("The site says nothing about this link.".to_owned())),
        Err(fault) => Err(refused(sentence(&fault.to_string()))),
    }
}

fn gathered(data: &str) -> Result<Capture> {
    let Gathered { url, title, selection, html } = serde_json::from_str(data).map_err(|_| {
        Error::invalid(
            "data",
            "What the browser sent is not whole; open the ad again and repeat it.",
        )
    })?;
    let said = |text: String| (!text.trim().is_empty()).then_some(text);
    Ok(Capture {
        url,
        title: said(title),
        selection: said(selection),
        html: said(html),
        ..Capture::default()
    })
}

fn show(
    app: &App,
    request: &HttpRequest,
    shell: Shell,
    status: StatusCode,
    link: String,
    refused: Option<String>,
) -> Result<HttpResponse> {
    let bookmarklet = bookmarklet(&links::base_for(app, request));
    respond::page_with(status, &CapturePage { shell, link, refused, bookmarklet })
}

/// A reason as a sentence of its own.
fn sentence(why: &str) -> String {
    let mut letters = why.chars();
    let first = letters.next().map(char::to_uppercase);
    let stop = if why.ends_with('.') { "" } else { "." };
    format!("{}{}{stop}", first.into_iter().flatten().collect::<String>(), letters.as_str())
}

/// What is wrong, without the names of fields.
fn words(error: Error) -> String {
    match error {
        Error::Invalid(faults) => {
            faults.into_iter().map(|fault| fault.message).collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    }
}

/// Gathers what tells of an ad, and opens this page with it. A page may be huge: only what is read is taken along.
fn bookmarklet(base: &str) -> String {
    const GATHER: &str = include_str!("../../../static/bookmarklet.js");
    let program: String = GATHER
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with("//"))
        .collect::<Vec<_>>()
        .join(" ");
    let program = program.replace("\"use strict\"; ", "").replace("BASE", base);
    format!("javascript:{}", respond::encoded(program.trim()))
}

#[derive(Template)]
#[template(path = "capture/form.html")]
struct CapturePage {
    shell: Shell,
    link: String,
    refused: Option<String>,
    bookmarklet: String,
}

#[derive(Template)]
#[template(path = "capture/draft.html")]
struct DraftPage {
    shell: Shell,
    draft: Draft,
    faults: Vec<(&'static str, String)>,
}

impl DraftPage {
    fn fault(&self, field: &str) -> Option<&str> {
        self.faults.iter().find(|(name, _)| *name == field).map(|(_, fault)| fault.as_str())
    }
}
