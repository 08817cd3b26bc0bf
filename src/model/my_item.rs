//! Things that people own and sell.

super::text_enum::text_enum! {
    /// How far the sale of an item has come.
    MyItemStatus {
        /// Still being described.
        Draft = "draft",
        /// Described, and not yet for sale.
        Ready = "ready",
        /// For sale somewhere.
        Listed = "listed",
        /// Sold.
        Sold = "sold",
        /// Put away.
        Archived = "archived",
    }
}
