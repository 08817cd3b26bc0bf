//! `restore`: what `backup` wrote, into this installation.

use std::{fmt::Write, fs::File, path::PathBuf, process::ExitCode};

use clap::Args;
use serde_json::{Map, Value, json};

use super::{
    Context,
    backup::{known, photos, tables},
    passphrase::PassphraseArgs,
    progress::Told,
    say,
};
use crate::{
    app::{self, App},
    backup::{self, Restored, Secrets},
    error::{Error, Result},
    sealing::Secret,
};

pub(super) const EXAMPLE: &str = "Examples:
  deal-scout restore deals.tar.gz
  DATABASE_URL=postgres://deals:secret@db.example/deals deal-scout restore deals.tar.gz
  deal-scout restore deals.tar.gz --replace --passphrase-file /root/passphrase

The whole file is checked before anything is touched, and everything comes in one transaction: all of it or nothing.
A backup of an older version is brought up to this one. Everybody has to sign in again. A server may run meanwhile;
what it is asked for waits.";

/// From where, and over what.
#[derive(Debug, Args)]
pub(super) struct RestoreArgs {
    /// The file that backup wrote.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Take away what the target holds; without it, a target that holds data is refused.
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    passphrase: PassphraseArgs,
    /// What was restored, as JSON: the moment, the rows of each table, the photos, the migrations applied after.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: RestoreArgs, context: Context) -> Result<ExitCode> {
    let name = args.file.display().to_string();
    let file = open(&args.file)?;
    let passphrase = args.passphrase.read()?;
    let app = app::reach(context.settings, &context.log).await?;
    let restored =
        app::run_then_close(&app, put_back(&app, file, passphrase, args.replace)).await?;
    say(&if args.json { as_json(&restored).to_string() } else { as_text(&name, &restored) })?;
    Ok(ExitCode::SUCCESS)
}

async fn put_back(
    app: &App,
    file: File,
    passphrase: Option<Secret>,
    replace: bool,
) -> Result<Restored> {
    let known = known();
    let mut told = Told::new();
    let mut archive = backup::check(file, &known, |progress| told.tell(progress)).await?;
    if let Some(passphrase) = passphrase {
        archive.unlock(&passphrase)?;
    }
    let client = app.database.client().await?;
    let (photos, sealer) = (photos(app), &app.sealer);
    let restored =
        backup::restore(&client, archive, &known, &photos, sealer, replace, |progress| {
            told.tell(progress);
        })
        .await;
    told.end();
    restored
}

fn open(path: &PathBuf) -> Result<File> {
    let name = path.display();
    if path.as_os_str() == "-" {
        return Err(Error::Failed(
            "an archive is read twice, so it has to be a file; store it first and name it".into(),
        ));
    }
    let cannot = |e: std::io::Error| Error::Failed(format!("{name}: it cannot be read: {e}"));
    if !path.metadata().map_err(cannot)?.is_file() {
        return Err(Error::Failed(format!("{name}: it is no file; an archive is read twice")));
    }
    File::open(path).map_err(cannot)
}

fn as_json(restored: &Restored) -> Value {
    let manifest = &restored.manifest;
    let one = |s: &Secrets| (s.column.name(), json!({ "kept": s.kept, "cleared": s.cleared }));
    let secrets: Map<String, Value> = restored.secrets.iter().map(one).collect();
    json!({
        "made_at": manifest.made_at,
        "program": manifest.program,
        "tables": tables(manifest),
        "rows": manifest.rows(),
        "photos": restored.photos.files,
        "photo_bytes": restored.photos.bytes,
        "migrated": restored.migrated,
        "secrets": secrets,
    })
}

fn as_text(name: &str, restored: &Restored) -> String {
    let manifest = &restored.manifest;
    let mut text = format!(
        "{name}: {} rows of {} tables and {} photos, as of {}",
        manifest.rows(),
        manifest.tables.len(),
        restored.photos.files,
        manifest.made_at.format("%Y-%m-%d %H:%M:%S UTC"),
    );
    for migration in &restored.migrated {
        text.push_str("\napplied ");
        text.push_str(migration);
    }
    for secrets in restored.secrets.iter().filter(|secrets| secrets.cleared > 0) {
        let (cleared, table) = (secrets.cleared, secrets.column.table());
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "\n{cleared} secrets of {table} could not be opened and were taken away; {}",
            advice(table)
        );
    }
    if restored.secrets.iter().any(|secrets| secrets.cleared > 0) {
        text.push_str(if manifest.keys.is_some() {
            "\nTo keep them, restore again with --replace and the passphrase that the backup was made with."
        } else {
            "\nTo keep them, give the key they were sealed with as secret_key_old and restore again with --replace."
        });
    }
    text
}

fn advice(table: &str) -> &'static str {
    match table {
        "channels" => "those channels are off: enter the secret again and turn them on",
        "marketplace_accounts" => "those accounts are disconnected: connect them again",
        _ => "enter them again",
    }
}
