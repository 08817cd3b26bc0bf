//! `import --legacy-database`: moving in from the old system.

use std::{
    fmt::Write as _,
    io::{IsTerminal, stderr},
    process::ExitCode,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};

use super::{SHOWN_REASONS, whose};
use crate::{
    app::{self, App},
    cli::{Context, complain, say},
    error::Result,
    import::{
        Report,
        legacy::{self, LegacyReport, OldSystem, Step},
    },
    model::import::Skipped,
    photos::Photos,
    workers::estimate,
};

pub(super) async fn run(
    url: &str,
    email: Option<&str>,
    as_json: bool,
    context: Context,
) -> Result<ExitCode> {
    // Before our own database is opened: a wrong address is told at once, and leaves no trace.
    let old = OldSystem::open(url).await?;
    let app = app::open(context.settings, &context.log).await?;
    let report = app::run_then_close(&app, take(&app, email, old)).await?;
    say(&if as_json { json(&report).to_string() } else { table(&report) })?;
    Ok(ExitCode::SUCCESS)
}

async fn take(app: &App, email: Option<&str>, old: OldSystem) -> Result<LegacyReport> {
    let user = whose(app, email).await?;
    let photos = Photos::new(&app.settings.data_dir);
    let mut told = Told::new();
    let taking =
        legacy::take(&app.db, &app.clock, user, old, &photos, &app.sealer, |step| told.tell(step));
    let report = Box::pin(taking).await;
    told.end();
    let report = report?;
    // Without this the ads that came would wait unscored for a server.
    estimate::run_until_idle(app).await?;
    Ok(report)
}

/// Where the progress goes: a bar on a terminal, a line for each table elsewhere.
struct Told {
    bar: Option<ProgressBar>,
}

impl Told {
    fn new() -> Self {
        let bar = stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template("{prefix:20} {bar:30} {percent:>3} %  {msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar
        });
        Self { bar }
    }

    fn tell(&mut self, step: Step) {
        let Step { table, rows, rows_total, done, total } = step;
        if let Some(bar) = &self.bar {
            bar.set_length(total);
            bar.set_position(done);
            bar.set_prefix(table);
            bar.set_message(format!("{rows} of {rows_total} rows"));
        } else if rows >= rows_total {
            complain(&format!("{table}: {rows} rows read"));
        }
    }

    fn end(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}

/// `{"new", "updated", "unchanged", "skipped", "partly", "tables"}`.
fn json(report: &LegacyReport) -> Value {
    let Report { new, updated, unchanged, skipped, .. } = report.whole();
    let tables: serde_json::Map<String, Value> = report
        .tables
        .iter()
        .map(|table| {
            let Report { new, updated, unchanged, skipped_rows, .. } = &table.report;
            let counts = json!({
                "new": new, "updated": updated, "unchanged": unchanged, "skipped": skipped_rows,
            });
            (table.table.to_owned(), counts)
        })
        .collect();
    json!({
        "new": new,
        "updated": updated,
        "unchanged": unchanged,
        "skipped": skipped,
        "partly": report.partly,
        "tables": tables,
    })
}

/// The counts of each table, their sum, and the first reasons.
fn table(report: &LegacyReport) -> String {
    let mut out = format!(
        "{:<20}  {:>9}{:>9}{:>11}{:>9}\n",
        "table", "new", "updated", "unchanged", "skipped"
    );
    let whole = report.whole();
    let mut line = |name: &str, report: &Report| {
        let Report { new, updated, unchanged, skipped_rows, .. } = report;
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{name:<20}  {new:>9}{updated:>9}{unchanged:>11}{skipped_rows:>9}");
    };
    for table in &report.tables {
        line(table.table, &table.report);
    }
    line("all", &whole);
    reasons(&mut out, "skipped", &whole.skipped);
    reasons(&mut out, "taken in part:", &report.partly);
    out.trim_end().to_owned()
}

fn reasons(out: &mut String, what: &str, all: &[Skipped]) {
    for Skipped { file, line, reason } in all.iter().take(SHOWN_REASONS) {
        let _ = writeln!(out, "{what} {file} {line}: {reason}");
    }
    if all.len() > SHOWN_REASONS {
        let _ = writeln!(out, "and {} more; --json lists them", all.len() - SHOWN_REASONS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::legacy::TableReport;

    fn report() -> LegacyReport {
        let entry = |line| Skipped { file: "comps".into(), line, reason: "no price".into() };
        let comps = Report {
            new: 2,
            skipped: (1..=25).map(entry).collect(),
            skipped_rows: 25,
            ..Report::default()
        };
        let orders = Report { new: 1, unchanged: 3, ..Report::default() };
        let tables = vec![
            TableReport { table: "comps", report: comps },
            TableReport { table: "orders", report: orders },
        ];
        LegacyReport { tables, partly: vec![entry(9)] }
    }

    #[test]
    fn the_table_adds_up_and_tells_the_first_reasons() {
        let text = table(&report());
        let all: Vec<&str> = text.lines().nth(3).unwrap().split_whitespace().collect();
        assert_eq!(all, ["all", "3", "0", "3", "25"]);
        assert!(text.contains("skipped comps 20: no price\nand 5 more; --json lists them\n"));
        assert!(text.ends_with("taken in part: comps 9: no price"));
    }

    #[test]
    fn the_report_for_scripts_has_the_promised_shape() {
        let json = json(&report());
        assert_eq!(json["skipped"][0], json!({"file": "comps", "line": 1, "reason": "no price"}));
        assert_eq!(
            json["tables"]["comps"],
            json!({"new": 2, "updated": 0, "unchanged": 0, "skipped": 25})
        );
        assert_eq!((&json["new"], &json["unchanged"]), (&json!(3), &json!(3)));
        assert_eq!(json["partly"][0]["line"], 9);
    }
}
