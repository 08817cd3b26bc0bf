//! `backup`: everything of this installation, into one file.

use std::{
    fmt::Write,
    io::{IsTerminal, stdout},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use serde_json::{Map, Value, json};

use super::{Context, complain, passphrase::PassphraseArgs, progress::Told, say};
use crate::{
    app::{self, App},
    backup::{self, Destination, Known, Taken},
    error::{Error, Result},
    photos::Photos,
    sealing::Secret,
    startup::schema_check,
};

pub(super) const EXAMPLE: &str = "Examples:
  deal-scout backup deals.tar.gz
  deal-scout backup deals.tar.gz --passphrase-file /root/passphrase
  deal-scout backup - | ssh elsewhere 'cat > deals.tar.gz'

It shows one moment, and a server may run meanwhile. The file holds every table's rows, whatever the version of
PostgreSQL, and the photos; settings are not in it, nor who is signed in. Keep it as safe as the database itself.
Tokens and passwords of marketplaces and channels stay sealed. With a passphrase the keys that open them travel too,
locked with it; without one, the target needs this installation's secret.key, or they have to be entered again.
`deal-scout restore` puts it into any other installation.";

/// Where to.
#[derive(Debug, Args)]
pub(super) struct BackupArgs {
    /// The file to write, replaced when the new one is whole; - is standard output.
    #[arg(value_name = "FILE.tar.gz")]
    file: PathBuf,
    #[command(flatten)]
    passphrase: PassphraseArgs,
    /// What was taken, as JSON: the size, the moment, the rows of each table, the photos.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: BackupArgs, context: Context) -> Result<ExitCode> {
    let is_stream = args.file == Path::new("-");
    if is_stream && stdout().is_terminal() {
        return Err(Error::Failed(
            "an archive is nothing for a terminal; name a file, or pipe it on".into(),
        ));
    }
    let passphrase = args.passphrase.read()?;
    let app = app::reach(context.settings, &context.log).await?;
    let to = if is_stream {
        Destination::Stream(Box::new(stdout()))
    } else {
        Destination::File(args.file.clone())
    };
    let taken = app::run_then_close(&app, take(&app, to, passphrase)).await?;
    let result = if args.json {
        as_json(&args.file, &taken).to_string()
    } else {
        as_text(&args.file, &taken)
    };
    // Standard output is the archive itself then.
    if is_stream {
        complain(&result);
    } else {
        say(&result)?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn take(app: &App, to: Destination, passphrase: Option<Secret>) -> Result<Taken> {
    let client = app.database.client().await?;
    let photos = photos(app);
    let mut told = Told::new();
    let now = app.clock.now();
    let lock = |context: &str| match &passphrase {
        Some(passphrase) => Ok(Some(app.sealer.lock_keys(passphrase, context)?)),
        None => Ok(None),
    };
    let taken = backup::take(&client, &known(), &photos, now, to, lock, |progress| {
        told.tell(progress);
    })
    .await;
    told.end();
    taken
}

/// Where the photo files of this installation are.
pub(super) fn photos(app: &App) -> PathBuf {
    Photos::new(&app.settings.data_dir).folder().to_owned()
}

/// The tables and columns of this program.
pub(super) fn known() -> Known {
    let compiled = schema_check::compiled().into_iter();
    compiled.map(|(table, columns)| (table, columns.into_keys().collect())).collect()
}

fn as_json(file: &Path, taken: &Taken) -> Value {
    let manifest = &taken.manifest;
    json!({
        "file": file.display().to_string(),
        "bytes": taken.bytes,
        "made_at": manifest.made_at,
        "tables": tables(manifest),
        "rows": manifest.rows(),
        "left_out": manifest.left_out,
        "photos": taken.photos.files,
        "photo_bytes": taken.photos.bytes,
        "other_files": taken.other_files,
        "keys": manifest.keys.is_some(),
    })
}

/// How many rows each table has.
pub(super) fn tables(manifest: &backup::Manifest) -> Value {
    let rows = manifest.tables.iter().map(|table| (table.name.clone(), table.rows.into()));
    Value::Object(rows.collect::<Map<_, _>>())
}

fn as_text(file: &Path, taken: &Taken) -> String {
    let manifest = &taken.manifest;
    let mut text = format!(
        "{}: {} rows of {} tables and {} photos, {} bytes",
        if file == Path::new("-") {
            "standard output".to_owned()
        } else {
            file.display().to_string()
        },
        manifest.rows(),
        manifest.tables.len(),
        taken.photos.files,
        taken.bytes,
    );
    if taken.other_files > 0 {
        let others = taken.other_files;
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "
{others} other files among the photos are not in it"
        );
    }
    text.push_str(if manifest.keys.is_some() {
        "\nThe keys of stored secrets are in it, locked with the passphrase."
    } else {
        "\nStored secrets are in it sealed, their key is not: restore it with this installation's secret.key, or make it \
         with a passphrase (--passphrase-file)."
    });
    text
}
