//! `backtest`: how right estimates are, on sales whose prices are known.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use serde_json::{Value, json};

use super::{Context, import::whose, say};
use crate::{
    app,
    clock::Clock,
    db::comps_index::Sales,
    error::{Error, Result},
    import::{self, Given},
    model::id::CompId,
    scout::{
        backtest::{Figures, Guess, Known, Replay, Sale, replay},
        estimate::INTERVAL,
    },
};

pub(super) const EXAMPLE: &str = "Examples:
  deal-scout backtest
  deal-scout backtest --file PS5.csv --file RTX_3070.csv --holdout 20 --json

Without --file, the dated sales of the database are replayed: the last 20 % of each source, each estimated from everything
that was sold before it. With --file, no database is needed: of each file the last 20 % by date are estimated from the
earlier 80 % of all files together. No category is told, only title, condition, currency and the moment of the sale.

--json prints one object: asked, answered, median_error, within_20, coverage, interval, files[], kinds[], worst[]. Shares and
errors are fractions: 0.045 is 4.5 %. median_error, within_20 and coverage are of those that were answered, null when none
was. Each of files has file (its name, or the source) and the same figures; each of kinds has kind; each of worst has
title, kind, condition, sold_at, paid, fair_value, low, high (money in minor units), error, n and file.";

/// What is replayed.
#[derive(Debug, Args)]
pub(super) struct BacktestArgs {
    /// A CSV file of sold ads, instead of the database; several times for several files.
    #[arg(long = "file", value_name = "FILE", num_args = 1..)]
    files: Vec<PathBuf>,
    /// The share of the latest sales that is asked, in percent.
    #[arg(long, value_name = "PERCENT", default_value_t = 20, value_parser = clap::value_parser!(u8).range(1..=99))]
    holdout: u8,
    /// Lets an estimate use everything sold before it, also of the share that is asked; always so without --file.
    #[arg(long)]
    before_each: bool,
    /// Whose sales: an e-mail address; the owner's without it.
    #[arg(long, value_name = "EMAIL", conflicts_with = "files")]
    user: Option<String>,
    /// The figures as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: BacktestArgs, context: Context) -> Result<ExitCode> {
    let is_stored = args.files.is_empty();
    let sales = if is_stored {
        stored(args.user.as_deref(), context).await?
    } else {
        read(&args.files, context).await?
    };
    if sales.is_empty() {
        let advice = "there is no dated sale to replay; import sold ads, or name files with --file";
        return Err(Error::Failed(advice.to_owned()));
    }
    let known = if is_stored || args.before_each { Known::BeforeEach } else { Known::Earlier };
    let holdout = f64::from(args.holdout) / 100.0;
    let replayed = tokio::task::spawn_blocking(move || replay(sales, holdout, known, usize::MAX));
    let replayed = replayed.await.map_err(Error::internal)?;
    say(&if args.json { as_json(&replayed).to_string() } else { as_table(&replayed) })?;
    Ok(ExitCode::SUCCESS)
}

async fn stored(user: Option<&str>, context: Context) -> Result<Vec<Sale>> {
    let app = app::open(context.settings, &context.log).await?;
    let work = async {
        let user = whose(&app, user).await?;
        let mut conn = app.conn().await?;
        app.reads.read(&mut conn, &Sales(user)).await
    };
    let sales = app::run_then_close(&app, work).await?;
    Ok(sales.into_iter().map(|(group, comp)| Sale { group, comp }).collect())
}

async fn read(files: &[PathBuf], context: Context) -> Result<Vec<Sale>> {
    let now = Clock::system(1.0).now();
    let name = |path: &PathBuf| {
        path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
    };
    let given = files.iter().map(|path| Given { path: path.clone(), name: name(path) }).collect();
    let checked = import::check(given, context.settings.import.max_bytes, now).await?;
    let read = tokio::task::spawn_blocking(move || {
        let mut sales = Vec::new();
        for file in &checked {
            for sale in import::sales(file, now)? {
                let id = i64::try_from(sales.len()).map_err(Error::internal)?;
                sales.push(Sale { group: file.name.clone(), comp: sale.stored(CompId(id)) });
            }
        }
        Ok(sales)
    });
    read.await.map_err(Error::internal)?
}

fn as_json(replayed: &Replay) -> Value {
    let named = |name: &str, called: &str, figures: &Figures| {
        let mut value = figures_json(figures);
        value[name] = json!(called);
        value
    };
    let mut value = figures_json(&replayed.all);
    value["interval"] = json!(INTERVAL);
    value["files"] =
        replayed.groups.iter().map(|(called, part)| named("file", called, part)).collect();
    value["kinds"] =
        replayed.kinds.iter().map(|(called, part)| named("kind", called, part)).collect();
    value["worst"] = replayed.worst().into_iter().map(miss_json).collect();
    value
}

fn figures_json(figures: &Figures) -> Value {
    json!({
        "asked": figures.asked,
        "answered": figures.answered,
        "median_error": figures.median_error,
        "within_20": figures.within_20,
        "coverage": figures.coverage,
    })
}

fn miss_json(miss: &Guess) -> Value {
    json!({
        "file": miss.group,
        "title": miss.title,
        "kind": miss.kind,
        "condition": miss.condition,
        "sold_at": miss.sold_at,
        "paid": miss.paid,
        "fair_value": miss.fair_value,
        "low": miss.low,
        "high": miss.high,
        "error": miss.error(),
        "n": miss.n,
    })
}

fn as_table(replayed: &Replay) -> String {
    let width = replayed.groups.keys().map(|name| name.chars().count()).max().unwrap_or(0).max(12);
    let row = |name: &str, figures: &Figures| {
        let percent = |share: Option<f64>| {
            share.map_or_else(|| "–".to_owned(), |share| format!("{:.1} %", share * 100.0))
        };
        format!(
            "{name:<width$} {:>7} {:>9} {:>13} {:>12} {:>9}",
            figures.asked,
            figures.answered,
            percent(figures.median_error),
            percent(figures.within_20),
            percent(figures.coverage)
        )
    };
    let mut lines = vec![format!(
        "{:<width$} {:>7} {:>9} {:>13} {:>12} {:>9}",
        "", "asked", "answered", "median error", "within 20 %", "interval"
    )];
    lines.extend(replayed.groups.iter().map(|(name, figures)| row(name, figures)));
    lines.extend(replayed.kinds.iter().map(|(name, figures)| row(&format!("- {name}"), figures)));
    lines.push(row("all", &replayed.all));
    lines.push(format!(
        "\n\"interval\" is the share of sales inside the range that is to hold {:.0} % of them.\n\nThe worst misses:",
        INTERVAL * 100.0
    ));
    lines.extend(replayed.worst().into_iter().map(|miss| {
        format!(
            "{:>7.0} %  paid {:>12}  estimated {:>12}  {}  {}",
            miss.error().unwrap_or(0.0) * 100.0,
            miss.paid.to_string(),
            miss.fair_value.map_or_else(String::new, |fair| fair.to_string()),
            miss.sold_at.format("%Y-%m-%d"),
            miss.title
        )
    }));
    lines.join("\n")
}
