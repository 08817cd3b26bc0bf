//! The passphrase that the keys travel under. It is never an argument: others on the machine could read it there.

use std::{
    fs::File,
    io::{Read, stdin},
    path::PathBuf,
};

use clap::Args;

use crate::{
    error::{Error, Result},
    sealing::Secret,
};

/// No passphrase is longer, in bytes.
const LONGEST: u64 = 4096;

/// Where the passphrase comes from.
#[derive(Debug, Args)]
pub(super) struct PassphraseArgs {
    /// File that holds the passphrase under which the keys of stored secrets travel.
    #[arg(long, value_name = "FILE", conflicts_with = "passphrase_stdin")]
    passphrase_file: Option<PathBuf>,
    /// Read that passphrase from standard input.
    #[arg(long)]
    passphrase_stdin: bool,
}

impl PassphraseArgs {
    /// The passphrase without the line end; `None` when none was asked for.
    pub(super) fn read(&self) -> Result<Option<Secret>> {
        let (name, text) = match &self.passphrase_file {
            Some(path) => {
                let name = path.display().to_string();
                let text = File::open(path).and_then(read);
                (name, text)
            }
            None if self.passphrase_stdin => ("standard input".to_owned(), read(stdin().lock())),
            None => return Ok(None),
        };
        let text = text.map_err(|e| Error::Failed(format!("{name} cannot be read: {e}")))?;
        let text = text.strip_suffix('\n').unwrap_or(&text);
        let text = text.strip_suffix('\r').unwrap_or(text);
        if text.is_empty() || text.contains('\n') {
            return Err(Error::Failed(format!("{name} holds no passphrase; one line is one")));
        }
        Ok(Some(Secret::new(text)))
    }
}

fn read(from: impl Read) -> std::io::Result<String> {
    let mut text = String::new();
    from.take(LONGEST).read_to_string(&mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passphrase(text: &str) -> Result<Option<Secret>> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let passphrase_file = Some(file.path().to_owned());
        PassphraseArgs { passphrase_file, passphrase_stdin: false }.read()
    }

    #[test]
    fn a_passphrase_is_one_line_and_keeps_its_blanks() {
        for (text, is) in [("right horse", "right horse"), (" a \r\n", " a ")] {
            assert_eq!(passphrase(text).unwrap().unwrap().reveal(), is);
        }
        for text in ["", "\n", "two\nlines\n"] {
            assert!(passphrase(text).unwrap_err().to_string().contains("one line is one"));
        }
    }
}
