//! Postings on marketplaces.

super::text_enum::text_enum! {
    /// How far a posting has come.
    CrossPostStatus {
        /// Waiting to be posted.
        Pending = "pending",
        /// Being posted.
        Posting = "posting",
        /// For sale.
        Live = "live",
        /// The marketplace refused it.
        Failed = "failed",
        /// Being taken down.
        Ending = "ending",
        /// Taken down.
        Ended = "ended",
        /// Sold there.
        Sold = "sold",
    }
}
