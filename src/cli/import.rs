//! `import`: reads files in, of ads, of sales, or written by `export`, and scores what came.

mod legacy;

use std::{
    fmt::Write as _,
    io::{IsTerminal, stderr},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;

use super::{Context, complain, say};
use crate::{
    app::{self, App},
    config::Secret,
    db,
    error::{Error, Result},
    import::{
        self, Checked, Given, Progress, Report,
        exported::{self, Exported},
    },
    model::{id::UserId, import::FileKind},
    workers::estimate,
};

pub(super) const EXAMPLE: &str = "Examples:
  deal-scout import browse_search.json
  deal-scout import sold/*.csv
  deal-scout import ads.csv --json
  deal-scout import exported/*.jsonl --user ann@example.org
  deal-scout import --legacy-database postgres://deals:secret@old-host:5432/deals

Taken are eBay Browse JSON, CSV of sold ads, CSV of ads, and what deal-scout export wrote (CSV or JSON Lines of any
noun), whatever the files are called. All files are checked before anything is stored; a file that is of no known kind
stops the whole import. Reading a file again changes nothing. A skipped row is named by its line; in one JSON document,
by the number of the ad.

Rows of an export are found again by where they came from, so an edited file changes what was edited. Name the files
that refer to each other in one command (deal-scout import exported/*). Secrets and picture files are in no export.

--legacy-database moves in from the old system: it reads that database, never writes to it, and takes every row of its
ten tables that makes sense. A second run takes on what has changed there since, except where you have edited it here.";

/// How many reasons for skipped rows are printed; --json has them all.
const SHOWN_REASONS: usize = 20;

/// What to read in.
#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// Files to read in.
    #[arg(required_unless_present = "legacy_database", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The old system's PostgreSQL, read instead of files; its address is written like `DATABASE_URL`.
    #[arg(long, value_name = "URL", conflicts_with = "files")]
    legacy_database: Option<String>,
    /// Whose rows they become; the owner's unless told otherwise.
    #[arg(long, value_name = "EMAIL")]
    user: Option<String>,
    /// The result as JSON: {"new","updated","unchanged","skipped":[{"file","line","reason"}]}.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: ImportArgs, context: Context) -> Result<ExitCode> {
    if let Some(url) = &args.legacy_database {
        return legacy::run(url, args.user.as_deref(), args.json, context).await;
    }
    let limit = context.settings.import.max_bytes;
    args.files.iter().try_for_each(|path| refuse_too_large(path, limit))?;
    let given = args.files.iter().map(|path| Given { path: path.clone(), name: name_of(path) });
    let clock = crate::clock::Clock::system(1.0);
    // Before the database is opened: a wrong file is told at once, and leaves no trace.
    let (exported, others) = exported::tell_apart(given.collect()).await?;
    let files = import::check(others, limit, clock.now()).await?;
    let app = app::open(context.settings, &context.log).await?;
    let results =
        app::run_then_close(&app, store_all(&app, args.user.as_deref(), files, exported)).await?;
    if args.json {
        let mut whole = Report::default();
        for (.., report) in results {
            whole += report;
        }
        let Report { new, updated, unchanged, skipped, .. } = whole;
        say(&json!({"new": new, "updated": updated, "unchanged": unchanged, "skipped": skipped})
            .to_string())?;
    } else {
        say(&table(&results))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A file's name, its kind in words, and what became of it.
type Done = (String, String, Report);

async fn store_all(
    app: &App,
    email: Option<&str>,
    files: Vec<Checked>,
    exported: Vec<Exported>,
) -> Result<Vec<Done>> {
    let user = whose(app, email).await?;
    let mut results = Vec::new();
    for file in files {
        let (name, kind) = (file.name.clone(), words(file.kind).to_owned());
        let mut told = Told::new(&name, file.bytes);
        let report =
            import::store(&app.db, &app.clock, user, file, |progress| told.tell(progress)).await?;
        told.end();
        results.push((name, kind, report));
    }
    // As the API seals them: for their owner.
    let seal = |context: &str, text: &str| {
        let context = format!("{context}/{user}");
        app.sealer.seal(&context, &Secret::new(text)).map_err(Error::from)
    };
    for (file, report) in exported::store(&app.db, &app.clock, user, &seal, exported).await? {
        results.push((file.name, format!("{} exported", file.noun), report));
    }
    // Without this the ads that came would wait unscored for a server.
    estimate::run_until_idle(app).await?;
    Ok(results)
}

/// Whose rows they become.
pub(super) async fn whose(app: &App, email: Option<&str>) -> Result<UserId> {
    let conn = app.conn().await?;
    match email {
        None => Ok(db::users::owner(&conn).await?),
        Some(email) => {
            let found = db::users::by_email(&conn, &email.trim().to_lowercase()).await?;
            found.ok_or_else(|| {
                Error::Failed(format!("nobody here has the address {email}; nothing was stored"))
            })
        }
    }
}

/// Where the progress goes: a bar on a terminal, a line for each quarter elsewhere.
struct Told {
    name: String,
    bar: Option<ProgressBar>,
    quarters: u64,
}

impl Told {
    fn new(name: &str, bytes: u64) -> Self {
        let bar = stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template("{prefix} {bar:30} {percent:>3} %  {msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.set_prefix(name.to_owned());
            bar
        });
        Self { name: name.to_owned(), bar, quarters: 0 }
    }

    fn tell(&mut self, progress: Progress) {
        let tally = progress.tally;
        let rows = tally.new + tally.updated + tally.unchanged + tally.skipped;
        if let Some(bar) = &self.bar {
            bar.set_position(progress.bytes_read);
            bar.set_message(format!("{rows} rows"));
            return;
        }
        let quarters = progress.bytes_read.saturating_mul(4) / progress.bytes_total.max(1);
        if quarters > self.quarters {
            self.quarters = quarters;
            complain(&format!("{}: {} % read, {rows} rows", self.name, quarters * 25));
        }
    }

    fn end(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}

fn refuse_too_large(path: &Path, limit: u64) -> Result<()> {
    match path.metadata() {
        Ok(about) if about.is_file() && about.len() > limit => Err(Error::Failed(format!(
            "{}: {} bytes; at most {limit} are taken (import.max_bytes)",
            name_of(path),
            about.len()
        ))),
        // Whatever else is wrong with it is told when it is opened.
        _ => Ok(()),
    }
}

fn name_of(path: &Path) -> String {
    path.display().to_string()
}

/// The counts of each file, their sum when there are several, and the first reasons.
fn table(results: &[Done]) -> String {
    let mut whole = Report::default();
    for (.., report) in results {
        whole += report.clone();
    }
    let width = results.iter().map(|(name, ..)| name.chars().count()).max().unwrap_or(0).max(4);
    let mut out = format!(
        "{:width$}  {:<30}{:>9}{:>9}{:>11}{:>9}\n",
        "file", "kind", "new", "updated", "unchanged", "skipped"
    );
    let mut line = |name: &str, kind: &str, report: &Report| {
        let Report { new, updated, unchanged, skipped_rows, .. } = report;
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "{name:width$}  {kind:<30}{new:>9}{updated:>9}{unchanged:>11}{skipped_rows:>9}"
        );
    };
    for (name, kind, report) in results {
        line(name, kind, report);
    }
    if results.len() > 1 {
        line("all", "", &whole);
    }
    for skipped in whole.skipped.iter().take(SHOWN_REASONS) {
        let _ = writeln!(out, "skipped {} line {}: {}", skipped.file, skipped.line, skipped.reason);
    }
    let shown = u64::try_from(whole.skipped.len().min(SHOWN_REASONS)).unwrap_or_default();
    if whole.skipped_rows > shown {
        let _ = writeln!(out, "and {} more; --json lists them", whole.skipped_rows - shown);
    }
    out.trim_end().to_owned()
}

fn words(kind: FileKind) -> &'static str {
    match kind {
        FileKind::EbayBrowse => "eBay Browse",
        FileKind::ListingsCsv => "CSV of ads",
        FileKind::SoldCsv => "CSV of sales",
        FileKind::Feed => "feed of ads",
        FileKind::Page => "page of one ad",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::import::Skipped;

    #[test]
    fn the_table_adds_up_and_tells_the_first_reasons() {
        let skipped = |line| Skipped { file: "a.csv".into(), line, reason: "no price".into() };
        let one = Report {
            new: 2,
            skipped: (1..=25).map(skipped).collect(),
            skipped_rows: 25,
            ..Report::default()
        };
        let two = Report { new: 3, unchanged: 1, ..Report::default() };
        let text = table(&[
            ("a.csv".into(), words(FileKind::SoldCsv).into(), one),
            ("b.json".into(), "orders exported".into(), two),
        ]);
        let all: Vec<&str> = text.lines().nth(3).unwrap().split_whitespace().collect();
        assert_eq!(all, ["all", "5", "0", "1", "25"]);
        assert!(text.contains("skipped a.csv line 1: no price"));
        assert!(text.ends_with("and 5 more; --json lists them"));
    }
}
