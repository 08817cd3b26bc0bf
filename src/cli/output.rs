//! The two voices of a command: results to standard output, messages to standard error.

use std::io::{self, ErrorKind, Write};

use crate::error::{Error, Result};

/// Writes a result to standard output, with a newline.
///
/// A reader that has gone (`| head`) is no failure: what was to be done is done all the same.
pub fn say(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(e) if e.kind() != ErrorKind::BrokenPipe => {
            Err(Error::Failed(format!("cannot write to standard output: {e}")))
        }
        _ => Ok(()),
    }
}

/// Writes a message to standard error, with a newline.
pub fn complain(text: &str) {
    // There is nowhere left to say that standard error is closed.
    let _ = writeln!(io::stderr().lock(), "{text}");
}
