//! `/searches/new` and `/searches/{id}/edit`: one form for both, which can be tried before it is saved.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Form, Path},
};
use askama::Template;
use diesel_async::AsyncConnection;

use super::{super::faults::Faults, typed::Typed};
use crate::{
    db::{
        channels::{self, Channel},
        feeds,
        owned::{By, Owned},
        searches::{Search, SearchFields},
    },
    error::{Error, Result},
    model::{
        condition::Condition,
        id::SearchId,
        money::{Currency, Money},
    },
    nouns::{Noun, fields::Fields, searches::Searches},
    scan,
    state::App,
    web::{auth::Viewer, pages::view, respond, shell::Shell, trial},
};

/// How many ads a preview shows of those that match, and of those that do not.
const SHOWN: usize = 12;
/// How often a search may run: minutes, and how that is said.
const PACES: [(&str, &str); 9] = [
    ("5", "5 minutes"),
    ("15", "15 minutes"),
    ("30", "30 minutes"),
    ("60", "hour"),
    ("120", "2 hours"),
    ("240", "4 hours"),
    ("720", "12 hours"),
    ("1440", "day"),
    ("10080", "week"),
];

/// What the form sends, and what its buttons are called.
type Sent = Form<Vec<(String, String)>>;

/// `GET /searches/new`
pub(in crate::web) async fn blank(
    app: Data<App>,
    shell: Shell,
    viewer: Viewer,
) -> Result<HttpResponse> {
    let currency = {
        let prefs = scan::prefs(&mut *app.conn().await?, viewer.user).await?;
        prefs.map_or(Currency::USD, |prefs| prefs.currency)
    };
    respond::page(&FormPage::of(&app, shell, &viewer, None, Typed::blank(currency)).await?)
}

/// `GET /searches/{id}/edit`
pub(in crate::web) async fn stored(
    app: Data<App>,
    shell: Shell,
    viewer: Viewer,
    id: Path<SearchId>,
) -> Result<HttpResponse> {
    let found = Search::find(&mut *app.conn().await?, viewer.user, *id).await?;
    let typed = Typed::of(&found.ok_or(Error::NotFound(Searches::ONE))?);
    respond::page(&FormPage::of(&app, shell, &viewer, Some(*id), typed).await?)
}

/// `POST /searches/new`
pub(in crate::web) async fn make(
    app: Data<App>,
    shell: Shell,
    viewer: Viewer,
    form: Sent,
) -> Result<HttpResponse> {
    take(&app, shell, &viewer, None, form.into_inner().into()).await
}

/// `POST /searches/{id}/edit`
pub(in crate::web) async fn save(
    app: Data<App>,
    shell: Shell,
    viewer: Viewer,
    id: Path<SearchId>,
    form: Sent,
) -> Result<HttpResponse> {
    take(&app, shell, &viewer, Some(*id), form.into_inner().into()).await
}

/// Saves what was typed, or shows what it would find. Whatever is wrong is said beside the field it is wrong with.
async fn take(
    app: &App,
    shell: Shell,
    viewer: &Viewer,
    id: Option<SearchId>,
    typed: Typed,
) -> Result<HttpResponse> {
    let stored = match id {
        Some(id) => {
            let found = Search::find(&mut *app.conn().await?, viewer.user, id).await?;
            Some(found.ok_or(Error::NotFound(Searches::ONE))?)
        }
        None => None,
    };
    let is_preview = typed.has("do", "preview");
    let outcome = match read(&typed, stored.as_ref()) {
        Err(error) => Err(error),
        Ok(given) if is_preview => {
            let preview = Box::pin(try_out(app, viewer, given)).await;
            match preview {
                Ok(preview) => {
                    let page = FormPage::of(app, shell, viewer, id, typed).await?;
                    return respond::page(&FormPage { preview: Some(preview), ..page });
                }
                Err(error) => Err(error),
            }
        }
        Ok(given) => write(app, viewer, id, &given).await,
    };
    let faults = match outcome {
        Ok(id) => return Ok(respond::see_other(&format!("/searches/{id}"))),
        Err(Error::Invalid(faults)) => {
            let mut told = Faults::default();
            for fault in faults {
                told.add(&fault.field, fault.message);
            }
            told
        }
        Err(Error::Conflict(_)) => {
            let mut told = Faults::default();
            told.add("name", "is taken: another search of yours has it");
            told
        }
        Err(error) => return Err(error),
    };
    let page = FormPage::of(app, shell, viewer, id, typed).await?;
    respond::page_with(StatusCode::UNPROCESSABLE_ENTITY, &FormPage { faults, ..page })
}

fn read(typed: &Typed, stored: Option<&Search>) -> Result<SearchFields> {
    let mut fields = Fields::create(typed.body(), &|context, _| {
        Err(Error::internal(format!("{context} is not meant to be stored")))
    });
    let mut given = Searches::read(&mut fields);
    Searches::check(&mut fields, &mut given, stored);
    let has_point = typed.says("latitude") && typed.says("longitude");
    if typed.says("radius_km") && !has_point {
        fields.fault("radius_km", "needs the place as latitude and longitude, to measure from");
    }
    match typed.currency() {
        // An amount that is not there has no currency: what was chosen counts.
        Some(Ok(currency)) => given.currency = Some(currency),
        Some(Err(_)) => fields.fault("currency", "is given by three letters, such as EUR"),
        None => {}
    }
    fields.finish()?;
    Ok(given)
}

async fn write(
    app: &App,
    viewer: &Viewer,
    id: Option<SearchId>,
    given: &SearchFields,
) -> Result<SearchId> {
    let user = viewer.user;
    let mut conn = app.conn().await?;
    let written = conn
        .transaction(async |conn| match id {
            None => Search::insert(conn, user, given).await.map(Some),
            Some(id) => Search::update(conn, user, id, given).await,
        })
        .await;
    written?.map(|search| search.search.id).ok_or(Error::NotFound(Searches::ONE))
}

/// How many ads of a source would match and be dropped, and whether it has more than was looked at.
type Looked = (usize, usize, bool);

/// What a search would find now, as people see it.
#[derive(Debug, Default)]
struct TryOut {
    sources: Vec<(String, Result<Looked, String>)>,
    matched: Vec<Tried>,
    dropped: Vec<Tried>,
}

#[derive(Debug)]
struct Tried {
    title: String,
    price: String,
    url: Option<String>,
    source: String,
    reason: Option<String>,
}

async fn try_out(app: &App, viewer: &Viewer, given: SearchFields) -> Result<TryOut> {
    let mut out = TryOut::default();
    for preview in trial::of(app, viewer, given).await? {
        let name = view::source(&preview.source);
        let ads = match preview.ads {
            Ok(ads) => ads,
            Err(why) => {
                out.sources.push((name, Err(why)));
                continue;
            }
        };
        let (mut matched, mut dropped) = (0, 0);
        for (ad, verdict) in ads {
            let fits = verdict.fits();
            *(if fits { &mut matched } else { &mut dropped }) += 1;
            let tried = Tried {
                price: ad
                    .price()
                    .map_or_else(|| "No price given".to_owned(), |price: Money| price.to_string()),
                url: view::safe_link(ad.url.as_deref()).map(str::to_owned),
                title: ad.title,
                source: name.clone(),
                reason: verdict.reason().map(str::to_owned),
            };
            if fits { out.matched.push(tried) } else { out.dropped.push(tried) }
        }
        out.sources.push((name, Ok((matched, dropped, preview.has_more))));
    }
    Ok(out)
}

#[derive(Template)]
#[template(path = "searches/form.html")]
struct FormPage {
    shell: Shell,
    /// The search that is changed; `None` makes one.
    id: Option<SearchId>,
    typed: Typed,
    /// The names that a search can name, and whether each can be asked.
    sources: Vec<(String, bool)>,
    channels: Vec<Channel>,
    faults: Faults,
    preview: Option<TryOut>,
}

impl FormPage {
    async fn of(
        app: &App,
        shell: Shell,
        viewer: &Viewer,
        id: Option<SearchId>,
        typed: Typed,
    ) -> Result<Self> {
        let mut conn = app.conn().await?;
        let feeds = feeds::all(&conn, viewer.user).await?;
        let all = channels::Filter::default();
        let channels =
            Channel::list(&mut conn, viewer.user, &all, By::default(), None, 100).await?;
        let sources = app.doors().names(&feeds);
        let (faults, preview) = (Faults::default(), None);
        Ok(Self { shell, id, typed, sources, channels, faults, preview })
    }

    fn action(&self) -> String {
        self.id.map_or_else(|| "/searches/new".to_owned(), |id| format!("/searches/{id}/edit"))
    }

    /// What is wrong with a field.
    fn fault(&self, field: &str) -> Option<&str> {
        self.faults.of(field)
    }

    fn has_faults(&self) -> bool {
        !self.faults.is_empty()
    }

    /// Whether it runs at a pace that the form does not offer.
    fn has_own_pace(&self) -> bool {
        let pace = self.typed.of_field("every_minutes");
        !pace.is_empty() && PACES.iter().all(|(minutes, _)| *minutes != pace)
    }

    fn has_pace(&self, minutes: &str) -> bool {
        self.typed.of_field("every_minutes") == minutes
    }

    fn hours() -> impl Iterator<Item = (String, String)> {
        (0..24).map(|hour| (hour.to_string(), format!("{hour:02}")))
    }
}
