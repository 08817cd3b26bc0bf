//! Messages as HTML.

/// Text as it stands between tags and in attributes.
pub(super) fn escaped(text: &str) -> String {
    html_escape::encode_quoted_attribute(text).into_owned()
}
