//! Table by table, batch by batch: read over there, mapped, stored here.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use serde_json::Value;

use super::{
    LegacyReport, OldSystem, Step, TableReport,
    cells::{Cells, Notes},
    layout::TABLES,
    map::{self, Seen, arriving},
};
use crate::{
    clock::Clock,
    db::{
        self, Pool,
        origins::{self, Arriving, Columns, Noun, Outcome},
        price_points::{self, PastPrice},
    },
    error::{Error, Result},
    import::{MAX_REASONS, Report},
    model::{id::UserId, import::Skipped, money::Currency},
    photos::Photos,
    sealing::{Sealer, Secret},
};

/// Takes what the old system holds into `user`'s rows, and tells `progress` after each batch. Ads are due for scoring
/// when anything came by which they are judged.
pub async fn take(
    pool: &Pool,
    clock: &Clock,
    user: UserId,
    mut old: OldSystem,
    photos: &Photos,
    sealer: &Sealer,
    mut progress: impl FnMut(Step) + Send,
) -> Result<LegacyReport> {
    let counts = old.counts().await?;
    let mut taking = Taking {
        pool,
        user,
        photos,
        sealer,
        now: clock.now(),
        seen: Seen::new(clock.now()),
        report: LegacyReport::default(),
    };
    let total = counts.iter().sum();
    let mut done = 0;
    for (place, table) in TABLES.iter().enumerate() {
        taking.report.tables.push(TableReport { table: table.name, report: Report::default() });
        let (mut after, mut rows) = (i64::MIN, 0);
        loop {
            let batch = old.batch(place, after).await?;
            let Some(last) = batch.last() else { break };
            after = last.id;
            let count = u64::try_from(batch.len()).unwrap_or(u64::MAX);
            taking.batch(&batch).await.map_err(|failure| told(failure, &taking.report))?;
            (rows, done) = (rows + count, done + count);
            progress(Step { table: table.name, rows, rows_total: counts[place], done, total });
        }
    }
    taking.finish().await?;
    Ok(taking.report)
}

/// With our database gone, people want to know what became of their rows.
fn told(failure: Error, report: &LegacyReport) -> Error {
    match failure {
        Error::Unavailable { reason, retry_after } => {
            let Report { new, updated, unchanged, .. } = report.whole();
            let rows = new + updated + unchanged;
            let reason = format!(
                "{reason}; {rows} rows are stored, all of them whole; the same command completes it"
            );
            Error::Unavailable { reason, retry_after }
        }
        other => other,
    }
}

/// How rows of a table become rows of one noun.
struct Plain {
    noun: Noun,
    map: fn(&Cells, &mut Seen, &mut Notes) -> Result<Columns, String>,
}

const LISTINGS: Plain = plain("listings", &["source", "source_id"], map::listings::map);
const SCORES: Plain = plain("listing_scores", &["listing_id", "metric"], map::scores::map);
const COMPS: Plain = plain("comps", &["source", "source_id"], map::comps::map);
const NOTIFICATIONS: Plain = plain("notifications", &["id"], map::notifications::map);
const ITEMS: Plain = plain("my_items", &["id"], map::items::map);
const POSTS: Plain = plain("cross_posts", &["platform", "external_id"], map::posts::map);
const ORDERS: Plain = plain("orders", &["platform", "platform_order_id"], map::orders::map);
const ACCOUNTS: Noun = noun("marketplace_accounts", &["platform", "account_name"]);

const fn plain(
    table: &'static str,
    key: &'static [&'static str],
    map: fn(&Cells, &mut Seen, &mut Notes) -> Result<Columns, String>,
) -> Plain {
    Plain { noun: noun(table, key), map }
}

pub(super) const fn noun(table: &'static str, key: &'static [&'static str]) -> Noun {
    Noun { table, key, gives_way: false }
}

pub(super) struct Taking<'a> {
    pub(super) pool: &'a Pool,
    pub(super) user: UserId,
    pub(super) photos: &'a Photos,
    sealer: &'a Sealer,
    pub(super) now: DateTime<Utc>,
    pub(super) seen: Seen,
    report: LegacyReport,
}

impl Taking<'_> {
    async fn batch(&mut self, rows: &[Cells]) -> Result<()> {
        match rows.first().map_or("", |row| row.table) {
            "listings" => self.plain(&LISTINGS, rows).await,
            "listing_scores" => self.plain(&SCORES, rows).await,
            "comps" => self.plain(&COMPS, rows).await,
            "user_prefs" => self.prefs(rows).await,
            "notifications" => self.plain(&NOTIFICATIONS, rows).await,
            "my_items" => self.plain(&ITEMS, rows).await,
            "marketplace_accounts" => self.accounts(rows).await,
            "cross_posts" => self.plain(&POSTS, rows).await,
            "orders" => self.plain(&ORDERS, rows).await,
            _ => self.snaps(rows).await,
        }
    }

    async fn plain(&mut self, plain: &Plain, rows: &[Cells]) -> Result<()> {
        let (mut sources, mut arrivals) = (Vec::new(), Vec::new());
        for row in rows {
            let mut notes = Notes::new();
            match (plain.map)(row, &mut self.seen, &mut notes) {
                Ok(columns) => {
                    arrivals.push(arriving(row, columns, "", b""));
                    sources.push(row);
                    self.note(row, notes);
                }
                Err(reason) => self.skip(row, reason),
            }
        }
        let outcomes = self.store(&plain.noun, &arrivals).await?;
        for (row, outcome) in sources.into_iter().zip(outcomes) {
            self.count(row, outcome);
            let taken = match plain.noun.table {
                "listings" => &mut self.seen.listings,
                "my_items" => &mut self.seen.items,
                "cross_posts" => &mut self.seen.posts,
                _ => continue,
            };
            taken.extend(outcome.id().map(|id| (row.id, id)));
        }
        Ok(())
    }

    async fn accounts(&mut self, rows: &[Cells]) -> Result<()> {
        for row in rows {
            let mut notes = Notes::new();
            let account = match map::accounts::map(row, &mut self.seen, &mut notes) {
                Ok(account) => account,
                Err(reason) => {
                    self.skip(row, reason);
                    continue;
                }
            };
            let mut columns = account.columns;
            let (mut sealed, mut mark) = (None, Vec::new());
            if let Some(credentials) = &account.credentials {
                let context = db::sealed::MARKETPLACE_CREDENTIALS.context(self.user);
                let bytes = self.sealer.seal(&context, &Secret::new(credentials.as_str()))?;
                sealed = Some(
                    bytes.iter().fold("\\x".to_owned(), |hex, byte| format!("{hex}{byte:02x}")),
                );
                mark = slow_digest(credentials, &row.origin())?;
            }
            columns.insert("credentials".into(), sealed.into());
            let arrival = arriving(row, columns, "credentials", &mark);
            let outcome = self.store(&ACCOUNTS, std::slice::from_ref(&arrival)).await?;
            self.note(row, notes);
            match outcome.as_slice() {
                [Outcome::Found(_)] => self.skip(
                    row,
                    "an account of that name is here already; it stays as it is".to_owned(),
                ),
                outcomes => outcomes.iter().for_each(|outcome| self.count(row, *outcome)),
            }
        }
        Ok(())
    }

    /// Stores one batch, with its origins and what hangs on it, in one transaction.
    async fn store(&self, noun: &Noun, arrivals: &[Arriving]) -> Result<Vec<Outcome>> {
        let mut conn = self.pool.get().await?;
        conn.transaction(async |conn| {
            let outcomes = origins::put(conn, self.user, noun, arrivals, self.now).await?;
            if noun.table == "listings" {
                self.prices(conn, arrivals, &outcomes).await?;
            }
            Ok(outcomes)
        })
        .await
    }

    /// The price of an ad goes on record: as of its making when it is new, as of today when it has changed.
    async fn prices(
        &self,
        conn: &mut AsyncPgConnection,
        arrivals: &[Arriving],
        outcomes: &[Outcome],
    ) -> Result<()> {
        let mut prices: BTreeMap<&str, Vec<PastPrice<'_>>> = BTreeMap::new();
        for (row, outcome) in arrivals.iter().zip(outcomes) {
            let value = |name: &str| row.columns.get(name);
            let text = |name: &str| value(name).and_then(Value::as_str);
            let seen_at = match outcome {
                Outcome::New(_) => text("created_at").and_then(|at| at.parse().ok()),
                Outcome::Updated(_) => None,
                _ => continue,
            };
            let amount = value("price_amount").and_then(Value::as_i64);
            if let (Some(source), Some(source_id), Some(price_amount)) =
                (text("source"), text("source_id"), amount)
            {
                prices.entry(source).or_default().push(PastPrice {
                    source_id,
                    price_amount,
                    currency: Currency::USD,
                    seen_at: seen_at.unwrap_or(self.now),
                });
            }
        }
        for (source, prices) in prices {
            price_points::insert_many(conn, self.user, source, &prices).await?;
        }
        Ok(())
    }

    /// Ads that have not changed themselves are worth something else when others or comparables have come.
    async fn finish(&self) -> Result<()> {
        let moved = self.report.tables.iter().any(|table| {
            ["listings", "comps"].contains(&table.table)
                && table.report.new + table.report.updated > 0
        });
        if moved {
            let mut conn = self.pool.get().await?;
            db::listings::mark_due(&mut conn, self.user, self.now).await?;
        }
        Ok(())
    }

    pub(super) fn count(&mut self, row: &Cells, outcome: Outcome) {
        let reason = match outcome {
            Outcome::Edited(_) => {
                "it has changed in the old system, and was edited here too; what is here stays"
            }
            Outcome::Gone => "it was deleted here after it was taken; it stays deleted",
            Outcome::New(_) => return self.tally().new += 1,
            Outcome::Updated(_) => return self.tally().updated += 1,
            // Seen elsewhere before, or told several times over there: it is here.
            Outcome::Unchanged(_) | Outcome::Found(_) => return self.tally().unchanged += 1,
        };
        self.skip(row, reason);
    }

    pub(super) fn skip(&mut self, row: &Cells, reason: impl AsRef<str>) {
        let tally = self.tally();
        tally.skipped_rows += 1;
        if tally.skipped.len() < MAX_REASONS {
            tally.skipped.push(entry(row, reason.as_ref()));
        }
    }

    pub(super) fn note(&mut self, row: &Cells, notes: Notes) {
        let room = MAX_REASONS.saturating_sub(self.report.partly.len());
        self.report.partly.extend(notes.into_iter().take(room).map(|note| entry(row, &note)));
    }

    fn tally(&mut self) -> &mut Report {
        let last = self.report.tables.last_mut().expect("a table's report begins before its rows");
        &mut last.report
    }
}

fn entry(row: &Cells, reason: &str) -> Skipped {
    // Reasons quote what stands there, which may be anything.
    let reason = reason.chars().filter(|c| !c.is_control()).take(500).collect();
    Skipped { file: row.table.to_owned(), line: u64::try_from(row.id).unwrap_or_default(), reason }
}

/// Tells whether a secret has changed, without a digest by which a short one could be guessed.
fn slow_digest(secret: &str, origin: &str) -> Result<Vec<u8>> {
    let mut out = vec![0; 32];
    argon2::Argon2::default()
        .hash_password_into(secret.as_bytes(), origin.as_bytes(), &mut out)
        .map_err(|cause| Error::internal(cause.to_string()))?;
    Ok(out)
}
