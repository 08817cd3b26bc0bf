//! From photos to a draft.

super::text_enum::text_enum! {
    /// How far a snap job has come.
    SnapJobStatus {
        /// Waiting.
        Pending = "pending",
        /// A draft is being made.
        Working = "working",
        /// The draft is there.
        Ready = "ready",
        /// A step failed.
        Failed = "failed",
        /// The draft has become an item.
        Published = "published",
    }
}
