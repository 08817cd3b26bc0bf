//! A run over records of several nouns, and each noun as such a run sees it.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use diesel_async::AsyncPgConnection;
use futures_util::future::{FutureExt, LocalBoxFuture};
use serde_json::{Map, Value};

use super::take::{Taken, remove, take};
use crate::{
    error::Result,
    model::id::UserId,
    nouns::{
        self, Noun, Visitor,
        fields::{Fields, Seal},
    },
};

/// Where records come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// An export. A record that has changed there changes its row here.
    Export,
    /// The sample. A record that has come once stays as people have left it since.
    Sample,
}

/// A run: whose rows records become, and which ids have been met.
pub struct Run<'a> {
    /// Where the records come from.
    pub source: Source,
    /// Whose rows they become.
    pub user: UserId,
    /// Seals secrets.
    pub seal: Seal<'a>,
    /// The row that each id of a record became, by noun.
    pub ids: HashMap<(&'static str, i64), i64>,
    /// The fields of a noun that can be written.
    written: HashMap<&'static str, HashSet<String>>,
}

impl<'a> Run<'a> {
    /// A run that has met nothing yet.
    pub fn new(source: Source, user: UserId, seal: Seal<'a>) -> Self {
        Self { source, user, seal, ids: HashMap::new(), written: HashMap::new() }
    }

    /// Drops what cannot be written: the program works it out.
    pub(super) fn keep_written<N: Noun>(&mut self, record: &mut Map<String, Value>) {
        let written = self.written.entry(N::MANY).or_insert_with(|| {
            let mut fields = Fields::describe();
            N::read(&mut fields);
            let schema = fields.schema(true);
            let properties = schema["properties"].as_object();
            properties.map(|fields| fields.keys().cloned().collect()).unwrap_or_default()
        });
        record.retain(|name, _| written.contains(name));
    }
}

impl fmt::Debug for Run<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run").field("source", &self.source).field("user", &self.user).finish()
    }
}

/// A noun as exports have it.
#[derive(Clone, Copy)]
pub struct Taker {
    /// Its name, as files have it.
    pub noun: &'static str,
    /// The schema of what the API shows of it: what an exported record consists of.
    pub shown: fn() -> Value,
    /// Takes a record. Call it in a transaction.
    pub take: Take,
    /// Removes rows, perhaps but those that have changed since they were made, and tells how many there were.
    pub remove: Remove,
}

/// How a record is taken.
type Take = for<'a> fn(
    &'a mut AsyncPgConnection,
    &'a mut Run<'_>,
    Map<String, Value>,
) -> LocalBoxFuture<'a, Result<Taken>>;
/// How rows are removed.
type Remove = for<'a> fn(
    &'a mut AsyncPgConnection,
    UserId,
    Vec<i64>,
    bool,
) -> LocalBoxFuture<'a, Result<usize>>;

impl fmt::Debug for Taker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Taker").field(&self.noun).finish()
    }
}

/// Every noun, each after those that it refers to.
pub fn all() -> Vec<Taker> {
    let mut takers = Takers(Vec::new());
    nouns::each(&mut takers);
    takers.0
}

struct Takers(Vec<Taker>);

impl Visitor for Takers {
    fn visit<N: Noun>(&mut self) {
        self.0.push(Taker {
            noun: N::MANY,
            shown: || schemars::SchemaGenerator::default().root_schema_for::<N::View>().to_value(),
            take: |conn, run, record| take::<N>(conn, run, record).boxed_local(),
            remove: |conn, user, ids, but_edited| {
                remove::<N>(conn, user, ids, but_edited).boxed_local()
            },
        });
    }
}
