//! `/api/v1/capture`: an ad that somebody looks at in their own browser.

use actix_web::{
    HttpRequest, HttpResponse,
    http::Method,
    web::{self, Data, Payload},
};
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    body, crud,
    endpoint::{self, Answer, Endpoint, Operation},
    write::{self, Written},
};
use crate::{
    db::{self, listings_view::Scored, owned::Owned},
    error::{Error, Result},
    import::captured::{self, Capture, Captured, GivenPrice},
    model::{money::Money, page_choice::Extractor},
    nouns::{
        Noun,
        fields::Fields,
        listings::{Listings, Whole},
        params::Params,
        shape::{Shape, currency, one_of, text, url},
    },
    state::App,
    web::auth::Viewer,
};

/// The largest body, in bytes: a page of two million characters, as JSON writes it.
const LARGEST: usize = 8 * 1024 * 1024;
const LONGEST_HTML: usize = 2_000_000;
const LONGEST_SELECTION: usize = 20_000;
const LONGEST_TITLE: usize = 1_000;
const LONGEST_PRICE: usize = 60;
const MOST_BLOCKS: usize = 50;

/// The operation.
pub(super) fn endpoint() -> Endpoint {
    Endpoint {
        path: "/v1/capture".to_owned(),
        method: Method::POST,
        tables: &["listings", "price_points", "page_choices"],
        route: || web::post().to(capture),
        describe,
    }
}

fn describe(made: &mut SchemaGenerator) -> Operation {
    let mut fields = Fields::describe();
    given(&mut fields);
    Operation {
        summary: "Stores the ad of a page that somebody looks at. Nothing is fetched: what the page holds comes along."
            .to_owned(),
        scope: "write",
        body: Some(endpoint::schema(fields.schema(true))),
        once: true,
        ..Operation::of("capture", "capture", Answer::Stored(made.subschema_for::<Answered>()))
    }
}

/// `POST /api/v1/capture`
async fn capture(
    app: Data<App>,
    request: HttpRequest,
    viewer: Viewer,
    payload: Payload,
) -> Result<HttpResponse> {
    Params::of(request.query_string()).finish()?;
    let body = body::read(&request, payload, LARGEST).await?;
    let (capture, chosen) = {
        let mut fields = Fields::create(body::object(body.json)?, &crud::seals_nothing);
        let read = given(&mut fields);
        fields.finish()?;
        read
    };
    let site = captured::site(&capture.url);
    let remembered = match &site {
        Some(site) => db::page_choices::trusted(&*app.conn().await?, viewer.user, site).await?,
        None => None,
    };
    let trusted = chosen.or(remembered);
    // Reading a large page takes a while: others go on meanwhile.
    let read = web::block(move || captured::read(&capture, trusted)).await;
    let read = read.map_err(Error::internal)??;
    let now = app.clock.now();
    write::once(&app, &request, viewer.user, &body.bytes, async |conn| {
        if let (Some(site), Some(chosen)) = (&site, chosen) {
            db::page_choices::remember(conn, viewer.user, site, chosen).await?;
        }
        let (id, is_new) =
            captured::save(conn, viewer.user, &read.listing, read.available, now).await?;
        let row =
            Scored::find(conn, viewer.user, id).await?.ok_or(Error::NotFound(Listings::ONE))?;
        let listing = Listings::whole(conn, viewer.user, row).await?;
        let location = format!("/api/v1/{}/{id}", Listings::MANY);
        Written::stored(is_new, location, &Answered::of(listing, is_new, trusted, &read))
    })
    .await
}

/// Where the page stands. The document tells the usual form of a host, so that what fits it is taken; a number for a host
/// is taken too.
fn address() -> Shape<String> {
    let any = url();
    let mut schema = any.schema.clone();
    schema["pattern"] = json!(
        "^https?://[A-Za-z][A-Za-z0-9]{0,60}(\\.[A-Za-z][A-Za-z0-9]{0,60}){1,3}(:[0-9]{1,4})?(/[!-~]{0,1500})?$"
    );
    Shape::new(schema, move |value| any.read(value))
}

/// Reads the fields of a capture, and whom to believe.
fn given(fields: &mut Fields<'_>) -> (Capture, Option<Extractor>) {
    let url = fields.need("url", address());
    let title = fields.nullable("title", text(0..=LONGEST_TITLE)).flatten();
    let selection = fields.nullable("selection", text(0..=LONGEST_SELECTION)).flatten();
    let html = fields.nullable("html", text(0..=LONGEST_HTML)).flatten();
    let json_ld = fields.nullable("json_ld", blocks()).flatten().unwrap_or_default();
    let price = fields.nullable("price", price()).flatten();
    let currency = fields.nullable("currency", currency()).flatten();
    let image_url = fields.nullable("image_url", self::url()).flatten();
    let extractor = fields.nullable("extractor", one_of::<Extractor>()).flatten();
    let price = price.map(|price| match price {
        GivenPrice::Written(text, _) => GivenPrice::Written(text, currency),
        money @ GivenPrice::Money(_) => money,
    });
    let capture =
        Capture { url: url.unwrap_or_default(), title, selection, html, json_ld, price, image_url };
    (capture, extractor)
}

/// JSON-LD: nodes, or the texts of the scripts that hold them.
fn blocks() -> Shape<Vec<Value>> {
    let schema = json!({"type": "array", "maxItems": MOST_BLOCKS, "items": {"type": ["object", "array", "string"]}});
    Shape::new(schema, |value| {
        let is_block = |block: &Value| block.is_object() || block.is_array() || block.is_string();
        let blocks = value.as_array().filter(|blocks| blocks.len() <= MOST_BLOCKS);
        let blocks = blocks.filter(|blocks| blocks.iter().all(is_block));
        blocks
            .cloned()
            .ok_or_else(|| format!("is not a list of at most {MOST_BLOCKS} nodes or texts"))
    })
}

/// Money, or a text such as `59,50 €`.
fn price() -> Shape<GivenPrice> {
    let money = crate::nouns::shape::money();
    let written = text(0..=LONGEST_PRICE);
    let schema = json!({"anyOf": [money.schema, written.schema]});
    Shape::new(schema, move |value| match value {
        Value::Object(_) => money
            .read(value)
            .map(|Money { amount, currency }| GivenPrice::Money(Money::new(amount, currency))),
        value => written.read(value).map(|text| GivenPrice::Written(text, None)),
    })
}

/// What became of a capture.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Captured")]
struct Answered {
    /// The ad as it is stored.
    listing: Whole,
    /// Whether it was not there before.
    created: bool,
    /// Whether it can still be had, by the page's word; null when it does not say.
    available: Option<bool>,
    /// Whom the person believes about this site; null while there was no need to choose.
    trusted: Option<Extractor>,
    /// Where the ways of reading the page disagree. `extractor` in a capture says whom to believe from then on.
    disagreements: Vec<Disagreement>,
    /// What could not be read, in words.
    notes: Vec<String>,
}

/// Something that the ways of reading a page see differently.
#[derive(Debug, Serialize, JsonSchema)]
struct Disagreement {
    /// `price` or `availability`.
    field: String,
    answers: Vec<Said>,
}

/// What one of them says.
#[derive(Debug, Serialize, JsonSchema)]
struct Said {
    extractor: Extractor,
    /// For people.
    says: String,
}

impl Answered {
    fn of(listing: Whole, created: bool, trusted: Option<Extractor>, read: &Captured) -> Self {
        let disagreements = read.page.disagreements().into_iter().map(|told| Disagreement {
            field: told.field.to_owned(),
            answers: told
                .answers
                .into_iter()
                .map(|a| Said { extractor: a.by, says: a.says })
                .collect(),
        });
        Self {
            listing,
            created,
            available: read.available,
            trusted,
            disagreements: disagreements.collect(),
            notes: read.notes.clone(),
        }
    }
}
