//! Whom a person believes when the ways of reading a page disagree.

super::text_enum::text_enum! {
    /// A way of reading what a page offers, the most trustworthy first.
    Extractor {
        /// schema.org in a script (JSON-LD).
        JsonLd = "json_ld",
        /// schema.org in the markup (microdata).
        Microdata = "microdata",
        /// schema.org in the markup (`RDFa`).
        Rdfa = "rdfa",
        /// `OpenGraph` and product metadata in the head.
        OpenGraph = "open_graph",
        /// The price that people see.
        PageText = "page_text",
    }
}

impl Extractor {
    /// What people call it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::JsonLd => "Structured data (JSON-LD)",
            Self::Microdata => "Marked-up text (microdata)",
            Self::Rdfa => "Marked-up text (RDFa)",
            Self::OpenGraph => "Sharing metadata (OpenGraph)",
            Self::PageText => "The text of the page",
        }
    }
}
