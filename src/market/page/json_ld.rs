//! Reads the scripts that carry schema.org as JSON-LD, as pages really write them: with line breaks inside strings,
//! comment marks around the whole, commas too many, entities instead of quotes. A broken block costs only itself.

use serde_json::Value;

/// The largest block that is read, in bytes.
const LARGEST: usize = 1 << 20;

/// The values of all blocks, and what is wrong with those that cannot be read.
pub(super) fn values(scripts: &[String]) -> (Vec<Value>, Vec<String>) {
    let (mut values, mut notes) = (Vec::new(), Vec::new());
    for (at, script) in scripts.iter().enumerate().filter(|(_, script)| !script.trim().is_empty()) {
        match value(script) {
            Ok(value) => values.push(value),
            Err(cause) => {
                notes.push(format!("block {} of structured data cannot be read: {cause}", at + 1));
            }
        }
    }
    (values, notes)
}

/// The value of one block.
pub(super) fn value(script: &str) -> Result<Value, String> {
    if script.len() > LARGEST {
        return Err(format!("it is larger than {} MB", LARGEST >> 20));
    }
    let bare = unwrapped(script);
    let first = match serde_json::from_str(bare) {
        Ok(value) => return Ok(value),
        Err(cause) => cause,
    };
    let mended = mended(bare);
    serde_json::from_str(&mended)
        .or_else(|_| serde_json::from_str(&html_escape::decode_html_entities(&mended)))
        .map_err(|_| first.to_string())
}

/// Without the marks that hide a script from old browsers.
fn unwrapped(script: &str) -> &str {
    let mut bare = script.trim();
    for mark in ["//<![CDATA[", "/*<![CDATA[*/", "<![CDATA[", "<!--", "//<!--"] {
        bare = bare.strip_prefix(mark).unwrap_or(bare).trim_start();
    }
    for mark in ["//]]>", "/*]]>*/", "]]>", "//-->", "-->", ";"] {
        bare = bare.strip_suffix(mark).unwrap_or(bare).trim_end();
    }
    bare
}

/// Control characters inside strings become spaces, commas before a closing bracket go.
fn mended(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let (mut in_string, mut is_escaped) = (false, false);
    for c in json.chars() {
        match c {
            '"' if !is_escaped => in_string = !in_string,
            c if c.is_control() && in_string => {
                // An escaped line break loses its backslash too.
                if is_escaped {
                    out.pop();
                }
                out.push(' ');
                is_escaped = false;
                continue;
            }
            ']' | '}' if !in_string => {
                let kept = out.trim_end().len();
                if out[..kept].ends_with(',') {
                    out.truncate(kept - 1);
                }
            }
            _ => {}
        }
        is_escaped = in_string && c == '\\' && !is_escaped;
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn blocks_are_read_as_pages_write_them() {
        for (script, value) in [
            (r#" {"a": 1} "#, json!({"a": 1})),
            ("{\"a\": \"line 1\n\tline 2\"}", json!({"a": "line 1  line 2"})),
            ("//<![CDATA[\n{\"a\": [1, 2,], }\n//]]>", json!({"a": [1, 2]})),
            ("<!-- {\"a\": 1}; -->", json!({"a": 1})),
            ("{&quot;a&quot;: &quot;b&quot;}", json!({"a": "b"})),
            (r#"{"a": "say \"b,]\" \\"}"#, json!({"a": "say \"b,]\" \\"})),
        ] {
            assert_eq!(super::value(script), Ok(value), "{script}");
        }
    }

    #[test]
    fn a_broken_block_costs_only_itself() {
        let scripts =
            ["{\"a\": ".to_owned(), "{\"b\": 1}".to_owned(), "  ".to_owned(), "[".repeat(10_000)];
        let (values, notes) = values(&scripts);
        assert_eq!(values, [json!({"b": 1})]);
        assert_eq!(notes.len(), 2);
        assert!(notes[0].starts_with("block 1 of structured data cannot be read"), "{}", notes[0]);
    }
}
