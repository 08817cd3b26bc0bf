//! Each noun as programs see it: its fields in and out, its filters and orders, over `db`. The API, exports, imports and
//! the document are all made from this.

pub mod api_tokens;
pub mod fields;
pub mod orders;
pub mod params;
pub mod shape;

use std::future::Future;

use diesel_async::AsyncPgConnection;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    db::owned::Owned,
    error::Result,
    model::{id::UserId, money::Currency},
};
use fields::Fields;
use params::Params;

/// A noun of the API.
pub trait Noun: 'static {
    /// One of it, in words: `order`.
    const ONE: &'static str;
    /// Many of it, as addresses and files are named: `orders`.
    const MANY: &'static str;
    /// What it is, in a sentence for the document.
    const ABOUT: &'static str;
    /// The tables that its statements touch.
    const TABLES: &'static [&'static str];

    /// How it is stored.
    type Row: Owned;
    /// One of a list.
    type View: From<Self::Row> + Serialize + JsonSchema;
    /// One by itself, with what belongs to it.
    type Whole: Serialize + JsonSchema;

    /// Reads a body. Every field is asked for on every call: that is how the document knows them.
    fn read(fields: &mut Fields<'_>) -> <Self::Row as Owned>::Fields;

    /// Reads the filters of a list. Every parameter is asked for on every call.
    fn filter(params: &mut Params) -> <Self::Row as Owned>::Filter;

    /// What belongs to a row, in a fixed number of statements.
    fn whole(
        conn: &mut AsyncPgConnection,
        user: UserId,
        row: Self::Row,
    ) -> impl Future<Output = Result<Self::Whole>> + Send;

    /// The currency of a row's amounts, where there is one.
    fn currency(_: &Self::Row) -> Option<Currency> {
        None
    }
}

/// Something that is done with every noun.
pub trait Visitor {
    /// Does it with one.
    fn visit<N: Noun>(&mut self);
}

/// The list of nouns, each after those that it refers to.
pub fn each(visitor: &mut impl Visitor) {
    visitor.visit::<orders::Orders>();
}
