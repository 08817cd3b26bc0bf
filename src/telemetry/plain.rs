//! What a terminal is shown: text of others begins no line, moves no cursor and changes no colour.

use std::io::{self, Write};

use slog::{OwnedKVList, Record};
use slog_term::{Decorator, RecordDecorator};

/// A decorator whose messages, names and values are shown without signs that a terminal obeys.
pub(super) struct Plain<D>(pub(super) D);

impl<D: Decorator> Decorator for Plain<D> {
    fn with_record<F>(&self, record: &Record<'_>, values: &OwnedKVList, act: F) -> io::Result<()>
    where
        F: FnOnce(&mut dyn RecordDecorator) -> io::Result<()>,
    {
        self.0.with_record(record, values, |inner| act(&mut Shown { inner, is_ours: true }))
    }
}

struct Shown<'a> {
    inner: &'a mut dyn RecordDecorator,
    /// What comes is of the format itself: blanks, commas, the end of the line.
    is_ours: bool,
}

impl Write for Shown<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_ours {
            return self.inner.write(bytes);
        }
        // Texts come in whole signs, however many pieces they come in.
        self.inner.write_all(plain(&String::from_utf8_lossy(bytes)).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// `\n`, `\u{1b}` and the like written out.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        // Signs that turn the direction of a line are obeyed as well.
        if sign.is_control()
            || matches!(sign, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        {
            out.extend(sign.escape_default());
        } else {
            out.push(sign);
        }
    }
    out
}

impl RecordDecorator for Shown<'_> {
    fn reset(&mut self) -> io::Result<()> {
        self.is_ours = true;
        self.inner.reset()
    }

    fn start_whitespace(&mut self) -> io::Result<()> {
        self.is_ours = true;
        self.inner.start_whitespace()
    }

    fn start_msg(&mut self) -> io::Result<()> {
        self.is_ours = false;
        self.inner.start_msg()
    }

    fn start_timestamp(&mut self) -> io::Result<()> {
        self.is_ours = true;
        self.inner.start_timestamp()
    }

    fn start_level(&mut self) -> io::Result<()> {
        self.is_ours = true;
        self.inner.start_level()
    }

    fn start_comma(&mut self) -> io::Result<()> {
        self.is_ours = true;
        self.inner.start_comma()
    }

    fn start_key(&mut self) -> io::Result<()> {
        self.is_ours = false;
        self.inner.start_key()
    }

    fn start_value(&mut self) -> io::Result<()> {
        self.is_ours = false;
        self.inner.start_value()
    }

    fn start_location(&mut self) -> io::Result<()> {
        self.is_ours = true;
        self.inner.start_location()
    }

    fn start_separator(&mut self) -> io::Result<()> {
        self.is_ours = true;
        self.inner.start_separator()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use slog::{Drain, Logger, info, o};

    use super::*;
    use crate::telemetry::tests::Page;

    #[test]
    fn text_of_others_makes_no_second_line_and_moves_no_cursor() {
        let page = Page::default();
        let lines = slog_term::FullFormat::new(Plain(slog_term::PlainDecorator::new(page.clone())));
        let lines = lines.use_custom_timestamp(|out| write!(out, "12:00")).build();
        let log = Logger::root(Mutex::new(lines).map(slog::Fuse), o!());
        let title = "Über\r\n12:00 INFO all is well\u{1b}[2J\u{9b}31m\u{202e}\u{2028}";
        info!(log, "an ad: {}", title; "by" => title);
        let shown = r"Über\r\n12:00 INFO all is well\u{1b}[2J\u{9b}31m\u{202e}\u{2028}";
        assert_eq!(page.text(), format!("12:00 INFO an ad: {shown}, by: {shown}\n"));
    }
}
