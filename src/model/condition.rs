//! How worn a thing is.

super::text_enum::text_enum! {
    /// How worn a thing is, worst first.
    Condition {
        /// For parts, broken, or badly worn.
        Poor = "poor",
        /// Works, with clear wear.
        Fair = "fair",
        /// Ordinary used.
        Good = "good",
        /// Hardly worn.
        Great = "great",
        /// Like new, open box, refurbished as new.
        Excellent = "excellent",
        /// Never used.
        New = "new",
    }
}
