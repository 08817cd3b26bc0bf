//! Looks whether bytes are rows as PostgreSQL's COPY writes them: so many fields, known escapes, a line end after each.

/// Follows the bytes of one table.
#[derive(Debug)]
pub(super) struct Rows {
    columns: usize,
    fields: usize,
    escaped: bool,
    in_row: bool,
    ended: u64,
}

impl Rows {
    /// Of a table with so many columns.
    pub(super) fn of(columns: usize) -> Self {
        Self { columns, fields: 1, escaped: false, in_row: false, ended: 0 }
    }

    /// Takes the next bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), String> {
        for byte in bytes {
            if self.escaped {
                if !b"bfnrtv\\N".contains(byte) {
                    return Err(self.fault("an escape that does not exist"));
                }
                self.escaped = false;
                continue;
            }
            self.in_row = true;
            match byte {
                b'\\' => self.escaped = true,
                b'\t' => self.fields += 1,
                b'\n' => self.end_row()?,
                b'\r' | 0 => return Err(self.fault("a byte that no row holds")),
                _ => {}
            }
        }
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), String> {
        if self.fields != self.columns {
            let (has, wants) = (self.fields, self.columns);
            return Err(self.fault(&format!("{has} fields instead of {wants}")));
        }
        self.ended += 1;
        self.fields = 1;
        self.in_row = false;
        Ok(())
    }

    /// How many rows there were.
    pub(super) fn end(self) -> Result<u64, String> {
        if self.in_row || self.escaped { Err(self.fault("no end")) } else { Ok(self.ended) }
    }

    fn fault(&self, what: &str) -> String {
        format!("row {} has {what}", self.ended + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(columns: usize, text: &str) -> Result<u64, String> {
        let mut rows = Rows::of(columns);
        // One byte at a time: nothing may depend on where a block ends.
        for byte in text.as_bytes() {
            rows.push(&[*byte])?;
        }
        rows.end()
    }

    #[test]
    fn rows_are_counted_and_escapes_are_no_ends() {
        assert_eq!(rows(2, ""), Ok(0));
        assert_eq!(rows(2, "1\ta\\nb\\tc\\\\d\n2\t\\N\n"), Ok(2));
        assert_eq!(rows(1, "\n\n"), Ok(2), "empty texts are rows");
    }

    #[test]
    fn what_copy_does_not_write_is_told_with_its_row() {
        assert_eq!(rows(2, "1\t2\n3\n").unwrap_err(), "row 2 has 1 fields instead of 2");
        assert_eq!(rows(1, "1\t2\n").unwrap_err(), "row 1 has 2 fields instead of 1");
        assert_eq!(rows(1, "\\.\n").unwrap_err(), "row 1 has an escape that does not exist");
        assert_eq!(rows(1, "a\0\n").unwrap_err(), "row 1 has a byte that no row holds");
        assert_eq!(rows(1, "a\r\n").unwrap_err(), "row 1 has a byte that no row holds");
        assert_eq!(rows(1, "a\nb").unwrap_err(), "row 2 has no end");
        assert_eq!(rows(1, "a\\").unwrap_err(), "row 1 has no end");
    }
}
