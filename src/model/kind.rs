//! What an ad really offers: the thing itself, or something around it.

super::text_enum::text_enum! {
    /// What an ad really offers. Only ads of the same kind are compared.
    Kind {
        /// The thing itself.
        Item = "item",
        /// Something that goes with the thing: a case, a cable, a cooler.
        Accessory = "accessory",
        /// Broken, or sold for its parts.
        Parts = "parts",
        /// The thing with others, or several of it.
        Bundle = "bundle",
        /// The packaging alone.
        EmptyBox = "empty_box",
        /// A picture or a description of the thing, sold to the unwary.
        Picture = "picture",
        /// Work, a code, a place in a queue: nothing to hold.
        Service = "service",
    }
}
