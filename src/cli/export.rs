//! `export`: everything that somebody has, as files.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use serde_json::json;

use super::{Context, say};
use crate::{
    app, db,
    error::{Error, Result},
    export::{self, Format},
};

pub(super) const EXAMPLE: &str = "Examples:
  deal-scout export
  deal-scout export --format jsonl --out exported
  deal-scout export orders my-items --user ann@example.org

Each noun becomes a file with the fields that the API shows; secrets are not among them. Amounts of money are minor
units and a currency. `deal-scout import` reads the files again; `deal-scout backup` moves a whole installation.";

/// What to write where.
#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    /// The nouns to write, such as orders; all of them when none is named.
    #[arg(value_name = "NOUN")]
    nouns: Vec<String>,
    /// The form of the files.
    #[arg(long, value_enum, default_value = "csv")]
    format: Form,
    /// The folder to write into; it is made.
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    out: PathBuf,
    /// Whose rows; the owner's unless told otherwise.
    #[arg(long, value_name = "EMAIL")]
    user: Option<String>,
    /// The result as JSON: {"files":[{"noun","file","rows"}]}.
    #[arg(long)]
    json: bool,
}

/// The forms by the names that `--format` takes.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Form {
    /// A table with a head; an amount of money has two columns.
    Csv,
    /// One object a line.
    Jsonl,
}

impl From<Form> for Format {
    fn from(form: Form) -> Self {
        match form {
            Form::Csv => Self::Csv,
            Form::Jsonl => Self::Jsonl,
        }
    }
}

pub(super) async fn run(args: ExportArgs, context: Context) -> Result<ExitCode> {
    let app = app::open(context.settings, &context.log).await?;
    let work = async {
        let mut conn = app.conn().await?;
        let user = match &args.user {
            None => db::users::owner(&conn).await?,
            Some(email) => {
                let found = db::users::by_email(&conn, &email.trim().to_lowercase()).await?;
                found
                    .ok_or_else(|| Error::Failed(format!("nobody here has the address {email}")))?
            }
        };
        export::all(&app.reads, &mut conn, user, &args.nouns, args.format.into(), &args.out).await
    };
    let files = app::run_then_close(&app, work).await?;
    if args.json {
        say(&json!({ "files": files }).to_string())?;
    } else {
        for file in files {
            say(&format!("{:>8} {:<22} {}", file.rows, file.noun, file.file.display()))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
