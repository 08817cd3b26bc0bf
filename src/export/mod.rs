//! Everything out: each noun as CSV for spreadsheets, or as JSON Lines, with the fields that the API shows.

mod csv;

use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use diesel_async::AsyncPgConnection;
use futures_util::future::{BoxFuture, FutureExt};
use schemars::SchemaGenerator;
use serde_json::Value;

use crate::{
    db::{
        keyset::After,
        owned::{By, Owned, Sort},
        reads::{HeavyRead, Reads},
    },
    error::{Error, Result},
    model::id::UserId,
    nouns::{self, Noun, Visitor},
};

/// Rows that are read at once.
const BATCH: i64 = 1_000;

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A table with a head; an amount of money has two columns.
    Csv,
    /// One object a line.
    Jsonl,
}

impl Format {
    /// How a file's name ends.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
        }
    }
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Written {
    /// The noun, as addresses name it.
    pub noun: &'static str,
    /// Where it is.
    pub file: PathBuf,
    /// How many rows it has.
    pub rows: u64,
}

/// The names of all nouns, in the order in which they refer to each other.
pub fn names() -> Vec<&'static str> {
    ways().iter().map(|way| way.noun).collect()
}

/// Writes `user`'s rows of the named nouns, all of them when none is named, into `folder`, which is made. All are of
/// one moment, whatever is written meanwhile: `reads` sees to that. A file appears when it is whole.
///
/// # Errors
/// When a noun has no such name, or the folder cannot be written to.
pub async fn all(
    reads: &Reads,
    conn: &mut AsyncPgConnection,
    user: UserId,
    named: &[String],
    format: Format,
    folder: &Path,
) -> Result<Vec<Written>> {
    let known = names();
    if let Some(unknown) = named.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(Error::Failed(format!(
            "there is no noun {unknown}; there are {}",
            known.join(", ")
        )));
    }
    fs::create_dir_all(folder).map_err(|cause| cannot(folder, &cause))?;
    reads.read(conn, &Export { user, named, format, folder }).await
}

/// What is written, as a heavy read.
struct Export<'a> {
    user: UserId,
    named: &'a [String],
    format: Format,
    folder: &'a Path,
}

impl HeavyRead for Export<'_> {
    type Found = Vec<Written>;

    async fn run(&self, conn: &mut AsyncPgConnection) -> Result<Vec<Written>> {
        let Self { user, named, format, folder } = *self;
        let mut written = Vec::new();
        for way in ways() {
            if named.is_empty() || named.iter().any(|name| name == way.noun) {
                written.push(one(conn, user, &way, format, folder).await?);
            }
        }
        Ok(written)
    }
}

async fn one(
    conn: &mut AsyncPgConnection,
    user: UserId,
    way: &Way,
    format: Format,
    folder: &Path,
) -> Result<Written> {
    let file = folder.join(format!("{}.{}", way.noun, format.ending()));
    let failed = |cause: std::io::Error| cannot(&file, &cause);
    let unfinished = folder.join(format!(".{}.unfinished", way.noun));
    let mut out = BufWriter::new(File::create(&unfinished).map_err(failed)?);
    let columns = (way.columns)();
    if format == Format::Csv {
        csv::head(&mut out, &columns).map_err(failed)?;
    }
    let (mut rows, mut after) = (0, None);
    loop {
        let (page, next) = (way.page)(conn, user, after).await?;
        for row in &page {
            match format {
                Format::Csv => csv::row(&mut out, &columns, row).map_err(failed)?,
                Format::Jsonl => writeln!(out, "{row}").map_err(failed)?,
            }
            rows += 1;
        }
        after = next;
        if after.is_none() {
            break;
        }
    }
    let whole = out.into_inner().map_err(|cause| failed(cause.into_error()))?;
    whole.sync_all().and_then(|()| fs::rename(&unfinished, &file)).map_err(failed)?;
    Ok(Written { noun: way.noun, file, rows })
}

fn cannot(path: &Path, cause: &std::io::Error) -> Error {
    Error::Failed(format!("{} cannot be written: {cause}", path.display()))
}

/// One noun's way out.
struct Way {
    noun: &'static str,
    columns: fn() -> Vec<csv::Column>,
    page: Page,
}

type Rows = (Vec<Value>, Option<After>);
type Page =
    for<'a> fn(&'a mut AsyncPgConnection, UserId, Option<After>) -> BoxFuture<'a, Result<Rows>>;

fn ways() -> Vec<Way> {
    let mut ways = Ways(Vec::new());
    nouns::each(&mut ways);
    ways.0
}

struct Ways(Vec<Way>);

impl Visitor for Ways {
    fn visit<N: Noun>(&mut self) {
        self.0.push(Way {
            noun: N::MANY,
            columns: || {
                let mut made = SchemaGenerator::default();
                csv::columns(&made.root_schema_for::<N::View>())
            },
            page: |conn, user, after| page::<N>(conn, user, after).boxed(),
        });
    }
}

async fn page<N: Noun>(
    conn: &mut AsyncPgConnection,
    user: UserId,
    after: Option<After>,
) -> Result<Rows> {
    let sort = <N::Row as Owned>::Sort::ALL[0];
    let by = By { sort, down: false };
    let everything = <N::Row as Owned>::Filter::default();
    let rows = N::Row::list(conn, user, &everything, by, after, BATCH).await?;
    let is_last = i64::try_from(rows.len()).unwrap_or(i64::MAX) < BATCH;
    let next = rows.last().filter(|_| !is_last).map(|row| row.position(sort));
    let values = rows.into_iter().map(|row| serde_json::to_value(N::View::from(row)));
    Ok((values.collect::<serde_json::Result<_>>().map_err(Error::internal)?, next))
}
