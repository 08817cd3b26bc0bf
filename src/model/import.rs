//! A file that was read in, and what became of its rows.

use serde::Serialize;

super::text_enum::text_enum! {
    /// What a file holds, recognised by its content.
    FileKind {
        /// Ads as eBay's Browse API answers them: a search response, an array of summaries, or one item.
        EbayBrowse = "ebay_browse",
        /// A table of ads.
        ListingsCsv = "listings_csv",
        /// A table of sales.
        SoldCsv = "sold_csv",
        /// An RSS, Atom or JSON feed of ads.
        Feed = "feed",
        /// A web page of one ad.
        Page = "page",
    }
}

super::text_enum::text_enum! {
    /// How far an import has come.
    ImportStatus {
        /// Rows are being written.
        Running = "running",
        /// Every row was written or has its reason.
        Done = "done",
        /// It ended early; the error says why.
        Failed = "failed",
        /// Its process died.
        Interrupted = "interrupted",
    }
}

/// A row that was not taken, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// The file's name.
    pub file: String,
    /// The line it starts on, from 1; in JSON, which has no lines of its own, the number of the ad.
    pub line: u64,
    /// What is wrong with it.
    pub reason: String,
}

/// What became of the rows so far. The four add up to the data rows that were read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Rows that were not there.
    pub new: u64,
    /// Rows that were there and differed.
    pub updated: u64,
    /// Rows that changed nothing: there just so, or said again further down.
    pub unchanged: u64,
    /// Rows that were not taken.
    pub skipped: u64,
}
