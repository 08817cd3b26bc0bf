//! An address with a method: how it is answered and what the document says of it.

use std::fmt;

use actix_web::{Route, http::Method, web};
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::{
    api_tokens, capture, channels, crud, notifications, openapi,
    page::{self, Page},
    photos, pricing, scans, sessions, suggestions, users, watchlist_items,
};
use crate::{
    db::owned::{By, Owned},
    nouns::{
        self, Noun, Visitor,
        fields::{Fields, Known},
        params::Params,
    },
    web::routes,
};

/// One operation of the API.
pub(in crate::web) struct Endpoint {
    /// Its address below `/api`, with `{id}` where an id goes.
    pub(in crate::web) path: String,
    pub(in crate::web) method: Method,
    /// The tables that it needs. Without any it needs no database at all, and is served in every phase.
    pub(in crate::web) tables: &'static [&'static str],
    /// Its route; made once a worker thread.
    pub(in crate::web) route: fn() -> Route,
    /// What the document says.
    pub(in crate::web) describe: fn(&mut SchemaGenerator) -> Operation,
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// What the document says of an operation.
#[derive(Debug)]
pub(in crate::web) struct Operation {
    /// A name for programs: `listOrders`.
    pub(in crate::web) id: String,
    /// The group it belongs to.
    pub(in crate::web) group: &'static str,
    /// What it does, in one sentence.
    pub(in crate::web) summary: String,
    /// The least scope that a token needs.
    pub(in crate::web) scope: &'static str,
    /// The parameters of its query.
    pub(in crate::web) query: Vec<Known>,
    /// The schema of its body, when it takes one.
    pub(in crate::web) body: Option<Schema>,
    /// What it answers when all is well.
    pub(in crate::web) answer: Answer,
    /// Whether it honours `If-Match`.
    pub(in crate::web) matches: bool,
    /// Whether it honours `Idempotency-Key`.
    pub(in crate::web) once: bool,
    /// The further statuses it can answer, beside those that every operation has.
    pub(in crate::web) refusals: &'static [u16],
}

/// What an operation answers when all is well.
#[derive(Debug)]
pub(in crate::web) enum Answer {
    /// 200 with this.
    Body(Schema),
    /// 200 with this and an `ETag`; 304 when the client has it.
    Resource(Schema),
    /// 200 with this as it is now, and an `ETag`.
    Changed(Schema),
    /// 201 with this, an `ETag` and a `Location`.
    Created(Schema),
    /// 202 with this, which goes on by itself, an `ETag` and a `Location`.
    Accepted(Schema),
    /// 201 with this where it is new, 200 where it was there; an `ETag` and a `Location`.
    Stored(Schema),
    /// 204.
    Nothing,
}

/// Every operation of the API, in the order of the document.
pub(in crate::web) fn all() -> Vec<Endpoint> {
    let mut all = Collected(Vec::new());
    all.0.push(pricing::endpoint());
    all.0.push(capture::endpoint());
    // Before the nouns: an address of their own is told from an id by coming first.
    all.0.extend(suggestions::endpoints());
    all.0.extend(scans::endpoints());
    nouns::each(&mut all);
    all.0.extend(photos::endpoints());
    all.0.push(watchlist_items::endpoint());
    all.0.push(channels::endpoint());
    all.0.push(notifications::endpoint());
    all.0.extend(users::endpoints());
    all.0.extend(sessions::endpoints());
    all.0.extend(api_tokens::endpoints());
    all.0.push(openapi::endpoint());
    all.0
}

struct Collected(Vec<Endpoint>);

impl Visitor for Collected {
    fn visit<N: Noun>(&mut self) {
        self.0.extend(of_noun::<N>());
    }
}

/// What can be done with every noun.
pub(super) fn of_noun<N: Noun>() -> Vec<Endpoint> {
    let one = format!("/v1/{}/{{id}}", N::MANY);
    let many = format!("/v1/{}", N::MANY);
    let tables = N::TABLES;
    let endpoint = |path: &String, method, route, describe| Endpoint {
        path: path.clone(),
        method,
        tables,
        route,
        describe,
    };
    let mut all = vec![
        endpoint(&many, Method::GET, || routes::read().to(crud::list::<N>), list::<N>),
        endpoint(&one, Method::GET, || routes::read().to(crud::show::<N>), show::<N>),
        endpoint(&one, Method::PATCH, || web::patch().to(crud::change::<N>), change::<N>),
    ];
    if !N::IS_UPLOADED {
        all.extend([
            endpoint(&many, Method::POST, || web::post().to(crud::create::<N>), create::<N>),
            endpoint(&one, Method::DELETE, || web::delete().to(crud::remove::<N>), remove::<N>),
        ]);
    }
    all
}

/// The parameters of a noun's list.
fn query<N: Noun>() -> Vec<Known> {
    let mut params = Params::describe();
    N::filter(&mut params);
    let by: By<<N::Row as Owned>::Sort> = params.order();
    params.after(&by.to_string(), true);
    page::size(&mut params);
    params.known().to_vec()
}

fn body<N: Noun>(of_new: bool) -> Schema {
    let mut fields = Fields::describe();
    N::read(&mut fields);
    schema(fields.schema(of_new))
}

/// A schema that was made by hand.
pub(in crate::web) fn schema(json: serde_json::Value) -> Schema {
    Schema::try_from(json).expect("a schema is an object")
}

/// The frame of an operation on a noun: its name and its answer.
pub(super) fn operation<N: Noun>(verb: &str, answer: Answer) -> Operation {
    let name = if verb == "list" { N::MANY } else { N::ONE };
    let name = name.split(['-', ' ']).map(|word| word[..1].to_uppercase() + &word[1..]);
    Operation::of(N::MANY, format!("{verb}{}", name.collect::<String>()), answer)
}

impl Operation {
    /// An operation of a group, with nothing said of it but its name and its answer.
    pub(super) fn of(group: &'static str, id: impl Into<String>, answer: Answer) -> Self {
        Self {
            id: id.into(),
            group,
            summary: String::new(),
            scope: "read",
            query: Vec::new(),
            body: None,
            answer,
            matches: false,
            once: false,
            refusals: &[],
        }
    }
}

fn list<N: Noun>(made: &mut SchemaGenerator) -> Operation {
    let page = made.subschema_for::<Page<N::View>>();
    let summary = format!("Lists {}, page by page.", N::MANY.replace('-', " "));
    Operation { summary, query: query::<N>(), ..operation::<N>("list", Answer::Body(page)) }
}

fn show<N: Noun>(made: &mut SchemaGenerator) -> Operation {
    let answer = Answer::Resource(made.subschema_for::<N::Whole>());
    let summary = format!("Shows one {}.", N::ONE);
    Operation { summary, refusals: &[404], ..operation::<N>("show", answer) }
}

pub(super) fn create<N: Noun>(made: &mut SchemaGenerator) -> Operation {
    let answer = Answer::Created(made.subschema_for::<N::Whole>());
    Operation {
        summary: format!("Makes a new {}.", N::ONE),
        scope: "write",
        body: Some(body::<N>(true)),
        once: true,
        refusals: &[409],
        ..operation::<N>("create", answer)
    }
}

fn change<N: Noun>(made: &mut SchemaGenerator) -> Operation {
    let answer = Answer::Changed(made.subschema_for::<N::Whole>());
    Operation {
        summary: format!("Changes the given fields of one {}.", N::ONE),
        scope: "write",
        body: Some(body::<N>(false)),
        matches: true,
        once: true,
        refusals: &[404, 409, 412],
        ..operation::<N>("change", answer)
    }
}

/// Removing one of a noun.
pub(super) fn remove<N: Noun>(_: &mut SchemaGenerator) -> Operation {
    Operation {
        summary: format!("Removes one {}.", N::ONE),
        scope: "write",
        matches: true,
        once: true,
        refusals: &[404, 409, 412],
        ..operation::<N>("remove", Answer::Nothing)
    }
}

/// A page of a list, for the document.
impl<T: JsonSchema> JsonSchema for Page<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("{}Page", T::schema_name()).into()
    }

    fn json_schema(made: &mut SchemaGenerator) -> Schema {
        let item = made.subschema_for::<T>();
        schemars::json_schema!({
            "type": "object",
            "properties": {
                "items": {"type": "array", "items": item},
                "next_cursor": {"type": ["string", "null"], "description": "Where the next page starts; null on the last one."},
                "total": {"type": "integer", "description": "How many there are; only when count=true."},
                "did_you_mean": {"type": ["string", "null"], "description": "Only when words were searched for and nothing was found: the same search as it may have been meant; null when nothing like it is there."},
            },
            "required": ["items", "next_cursor"],
        })
    }
}
