//! Takes a CSV stream apart into records, holding one record at a time and never more than a megabyte of it.

use std::io::{self, BufRead};

use csv_core::ReadRecordResult;

/// The largest record that is kept. Nothing that describes an ad is longer; an open quote swallows a whole file.
pub const MAX_RECORD: usize = 1 << 20;
const MAX_CELLS: usize = 4096;

/// A stream of records over UTF-8 text.
#[derive(Debug)]
pub struct Records<R> {
    input: R,
    parser: csv_core::Reader,
    buffer: Vec<u8>,
    ends: Vec<usize>,
    line: u64,
    last_byte: u8,
}

/// One record.
#[derive(Debug)]
pub struct Record<'a> {
    /// The line it starts on, from 1.
    pub line: u64,
    /// Its cells; `None` when it is larger than [`MAX_RECORD`].
    pub cells: Option<Vec<&'a str>>,
    /// Whether a line end, or the quote that closes its last cell, says that it is whole.
    pub ended: bool,
}

impl<R: BufRead> Records<R> {
    /// Reads records whose cells are separated by `delimiter`.
    pub fn new(input: R, delimiter: u8) -> Self {
        Self {
            input,
            parser: csv_core::ReaderBuilder::new().delimiter(delimiter).build(),
            buffer: vec![0; 4096],
            ends: vec![0; 64],
            line: 1,
            last_byte: b'\n',
        }
    }

    /// The next record; blank lines are none.
    pub fn read(&mut self) -> io::Result<Option<Record<'_>>> {
        let (mut written, mut cells) = (0, 0);
        let mut too_large = false;
        let mut start = None;
        loop {
            let chunk = self.input.fill_buf()?;
            let at_end = chunk.is_empty();
            // The parser counts a line when it has read its end, so blank lines are skipped here to know the start.
            if start.is_none() {
                let blank = chunk.iter().take_while(|b| matches!(b, b'\n' | b'\r')).count();
                if blank > 0 {
                    self.line += line_ends(self.last_byte, &chunk[..blank]);
                    self.last_byte = chunk[blank - 1];
                    self.input.consume(blank);
                    continue;
                }
                start = Some(self.line);
            }
            let (result, read, wrote, ended) = self.parser.read_record(
                chunk,
                &mut self.buffer[written..],
                &mut self.ends[cells..],
            );
            self.line += line_ends(self.last_byte, &chunk[..read]);
            if let Some(last) = chunk[..read].last() {
                self.last_byte = *last;
            }
            self.input.consume(read);
            written += wrote;
            cells += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if self.buffer.len() < MAX_RECORD => {
                    self.buffer.resize(self.buffer.len() * 2, 0);
                }
                ReadRecordResult::OutputEndsFull if self.ends.len() < MAX_CELLS => {
                    self.ends.resize(self.ends.len() * 2, 0);
                }
                // What is too large is read to its end and forgotten.
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    too_large = true;
                    (written, cells) = (0, 0);
                }
                ReadRecordResult::Record => {
                    let line = start.unwrap_or(self.line);
                    let ended = !at_end || matches!(self.last_byte, b'\n' | b'\r' | b'"');
                    let cells = if too_large { None } else { Some(self.cells(cells)?) };
                    return Ok(Some(Record { line, cells, ended }));
                }
                ReadRecordResult::End => return Ok(None),
            }
        }
    }

    fn cells(&self, count: usize) -> io::Result<Vec<&str>> {
        let mut start = 0;
        self.ends[..count]
            .iter()
            .map(|end| {
                let cell = std::str::from_utf8(&self.buffer[start..*end]);
                start = *end;
                cell.map_err(|cause| io::Error::new(io::ErrorKind::InvalidData, cause))
            })
            .collect()
    }
}

/// How many lines end in `bytes`, which stand behind the byte `before`: with LF, CR or both.
fn line_ends(mut before: u8, bytes: &[u8]) -> u64 {
    let ends = bytes.iter().filter(|&&byte| {
        let is_end = byte == b'\r' || (byte == b'\n' && before != b'\r');
        before = byte;
        is_end
    });
    u64::try_from(ends.count()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(u64, Option<Vec<String>>, bool)> {
        let mut records = Records::new(text.as_bytes(), b',');
        let mut out = Vec::new();
        while let Some(record) = records.read().unwrap() {
            let cells = record.cells.map(|cells| cells.into_iter().map(str::to_owned).collect());
            out.push((record.line, cells, record.ended));
        }
        out
    }

    #[test]
    fn records_know_the_line_they_start_on() {
        let lines: Vec<u64> =
            read("a,b\n\n\"x\ny\",2\r\n\r\nz,3\n").into_iter().map(|(line, ..)| line).collect();
        assert_eq!(lines, [1, 3, 6]);
    }

    #[test]
    fn a_line_may_end_as_on_any_machine() {
        let lines = |text| read(text).into_iter().map(|(line, ..)| line).collect::<Vec<_>>();
        assert_eq!(lines("a,b\r1,2\r\r3,4"), [1, 2, 4]);
        assert_eq!(lines("a,b\r\n1,2\r\n\r\n3,4\r\n"), [1, 2, 4]);
        assert_eq!(lines("a,b\n1,2\r3,4\r\n5,6"), [1, 2, 3, 4]);
    }

    #[test]
    fn a_last_record_without_line_end_may_be_cut() {
        let ended = |text| read(text).last().unwrap().2;
        assert!(ended("a,b\n1,2\n"));
        assert!(ended("a,b\n1,2\r\n"));
        assert!(!ended("a,b\n1,2"));
        assert!(ended("a,b\n1,\"2\""));
    }

    #[test]
    fn a_record_of_more_than_a_megabyte_is_passed_over() {
        let text = format!("a,b\n{},2\n3,4\n", "x".repeat(3 * MAX_RECORD));
        let records = read(&text);
        assert_eq!(records.len(), 3);
        assert_eq!(records[1], (2, None, true));
        assert_eq!(records[2].0, 3);
        assert_eq!(records[2].1.as_deref().unwrap(), ["3", "4"]);
    }

    #[test]
    fn a_quote_left_open_costs_no_more_than_a_megabyte() {
        let text = format!("a,b\n\"open,2\n{}", "3,4\n".repeat(MAX_RECORD));
        let records = read(&text);
        assert_eq!(records.len(), 2);
        assert_eq!(records[1].1, None);
    }
}
