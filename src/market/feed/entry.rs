//! One entry of a feed, whatever the feed's format: its fields by name, and what they say.

use super::xml::local;

/// One thing that a feed tells.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Entry {
    /// `rdf:about` of RSS 1.0.
    pub(super) about: Option<String>,
    /// In the order of the feed.
    pub(super) fields: Vec<Field>,
}

/// A field: an element of XML, or a member of JSON.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Field {
    /// In small letters with its prefix (`g:price`); inside another one after a `>` (`g:shipping>g:price`).
    pub(super) name: String,
    /// Its text, with markup where it has some.
    pub(super) text: String,
    /// Its attributes.
    pub(super) attributes: Vec<(String, String)>,
}

impl Field {
    pub(super) fn of(name: &str, text: &str) -> Self {
        Self { name: name.to_owned(), text: text.to_owned(), attributes: Vec::new() }
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let (_, value) = self.attributes.iter().find(|(known, _)| known == name)?;
        let value = value.trim();
        (!value.is_empty()).then_some(value)
    }

    fn text(&self) -> Option<&str> {
        let text = self.text.trim();
        (!text.is_empty()).then_some(text)
    }
}

impl Entry {
    /// The text of the first of these fields that has one.
    pub(super) fn first(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.all(name).find_map(Field::text))
    }

    /// The text of a field by its local name, under whatever prefix; directly in the entry.
    pub(super) fn under_any_prefix(&self, name: &str) -> Option<&str> {
        let is_it = |field: &&Field| !field.name.contains('>') && local(&field.name) == name;
        self.fields.iter().filter(is_it).find_map(Field::text)
    }

    /// Where the entry leads to.
    pub(super) fn link(&self) -> Option<&str> {
        let atom = |field: &&Field| {
            field.attribute("href").is_some()
                && field.attribute("rel").is_none_or(|rel| rel == "alternate")
        };
        let by_href = self.all("link").find(atom).and_then(|field| field.attribute("href"));
        let by_text = || self.first(&["link", "g:link", "url", "external_url"]);
        let permanent = || {
            let guid =
                self.all("guid").find(|guid| guid.attribute("ispermalink") != Some("false"))?;
            guid.text().filter(|text| text.starts_with("http"))
        };
        let by_id = || self.first(&["id"]).filter(|id| id.starts_with("http"));
        by_href.or_else(by_text).or_else(permanent).or_else(by_id).or(self.about.as_deref())
    }

    /// A picture: one that is named as such, else the first of the text.
    pub(super) fn picture(&self) -> Option<String> {
        let is_picture = |field: &Field, address: &str| {
            let kind = field.attribute("type").or(field.attribute("medium")).unwrap_or_default();
            kind.starts_with("image") || (kind.is_empty() && has_picture_ending(address))
        };
        let address = |field: &Field| {
            let names = ["url", "resource", "rdf:resource", "href"];
            names.iter().find_map(|name| field.attribute(name)).map(str::to_owned)
        };
        let linked = self.fields.iter().find_map(|field| {
            let name = field.name.rsplit('>').next().unwrap_or_default();
            let is_enclosing = local(name) == "enclosure"
                || name == "media:content"
                || (name == "link" && field.attribute("rel") == Some("enclosure"));
            address(field).filter(|address| is_enclosing && is_picture(field, address))
        });
        let thumbnail = || {
            let field = self.fields.iter().find(|field| field.name.ends_with("media:thumbnail"))?;
            address(field)
        };
        let named = || {
            let names = ["g:image_link", "image", "banner_image", "itunes:image"];
            names
                .iter()
                .flat_map(|name| self.all(name))
                .find_map(|field| field.text().map(str::to_owned).or_else(|| address(field)))
        };
        linked.or_else(named).or_else(thumbnail).or_else(|| first_picture(self.body()?))
    }

    /// The longest text of the entry, with its markup.
    pub(super) fn body(&self) -> Option<&str> {
        const NAMES: &[&str] = &[
            "content:encoded",
            "content",
            "description",
            "summary",
            "g:description",
            "content_html",
            "content_text",
            "media:description",
        ];
        let all = NAMES.iter().flat_map(|name| self.all(name)).filter_map(Field::text);
        all.max_by_key(|text| text.len())
    }

    /// The place, in degrees north and east.
    pub(super) fn point(&self) -> Option<(f64, f64)> {
        let pair = |text: &str| {
            let mut numbers = text.split([' ', ',']).filter(|part| !part.is_empty());
            Some((degrees(numbers.next()?, 90.0)?, degrees(numbers.next()?, 180.0)?))
        };
        let points = ["georss:point", "georss:where>gml:point>gml:pos"];
        points.iter().find_map(|name| self.first(&[name]).and_then(pair)).or_else(|| {
            let latitude = degrees(self.first(&["geo:lat", "geo:point>geo:lat"])?, 90.0)?;
            let longitude =
                degrees(self.first(&["geo:long", "geo:lon", "geo:point>geo:long"])?, 180.0)?;
            Some((latitude, longitude))
        })
    }

    /// What it is filed under.
    pub(super) fn categories(&self) -> impl Iterator<Item = &str> {
        let names = ["category", "dc:subject", "tags"];
        self.fields.iter().filter(move |field| names.contains(&field.name.as_str())).filter_map(
            |field| field.attribute("label").or(field.text()).or(field.attribute("term")),
        )
    }

    fn all<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a Field> + use<'a, 'n> {
        self.fields.iter().filter(move |field| field.name == name)
    }
}

fn degrees(text: &str, most: f64) -> Option<f64> {
    text.trim().parse::<f64>().ok().filter(|degrees| degrees.abs() <= most)
}

fn has_picture_ending(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    ["jpg", "jpeg", "png", "webp", "gif", "avif"]
        .iter()
        .any(|ending| path.ends_with(&format!(".{ending}")))
}

/// The address of the first `<img>` of a text that is larger than a dot that counts readers.
fn first_picture(html: &str) -> Option<String> {
    let mut rest = html;
    while let Some(at) = rest.find("<img") {
        rest = &rest[at + 4..];
        let tag = &rest[..rest.find('>').unwrap_or(rest.len())];
        let value = |name: &str| {
            let after = tag.split_once(&format!("{name}="))?.1;
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            after[1..].split(quote).next()
        };
        let is_dot =
            [value("width"), value("height")].iter().any(|side| matches!(side, Some("0" | "1")));
        if let Some(address) = value(" src").filter(|_| !is_dot) {
            return Some(html_escape::decode_html_entities(address).into_owned());
        }
    }
    None
}
