//! What listings and comps share: where they are from, and searching them by words.

use diesel_async::AsyncPgConnection;
use serde_json::json;

use super::{
    fields::Fields,
    params::Params,
    shape::{Shape, slug},
};
use crate::{
    db::{
        listings_list::Filter,
        owned::Owned,
        words::{self, Searched},
    },
    error::Result,
    market::sample,
    model::{id::UserId, words::Words},
    scout::{completion, spelling},
};

/// How many words of one search are corrected at most: each costs a look at many titles.
const MOST_CORRECTED: usize = 5;
/// How many suggestions are made at most.
const MOST_SUGGESTED: usize = 10;
/// How many of them are categories.
const MOST_CATEGORIES: usize = 3;

/// Reads where a row is from. What is invented has a source of its own, and nothing real has it.
pub(super) fn source(fields: &mut Fields<'_>) -> Option<String> {
    fields.may("source", own_source())
}

fn own_source() -> Shape<String> {
    let any = slug();
    let mut schema = any.schema.clone();
    schema["not"] = json!({"const": sample::SOURCE});
    Shape::new(schema, move |value| match any.read(value)? {
        source if source == sample::SOURCE => {
            Err(format!("'{source}' is kept for the sample market; take another"))
        }
        source => Ok(source),
    })
}

/// A range that is upside down is a fault; its lower end is left out.
pub fn check_range(params: &mut Params, filter: &mut Filter) {
    if filter.min_price.zip(filter.max_price).is_some_and(|(min, max)| min > max) {
        params.fault("min_price", "is above max_price");
        filter.min_price = None;
    }
}

/// The search with words of the user's own titles in place of those that no title has; `None` when nothing like them
/// is there.
async fn corrected(
    conn: &mut AsyncPgConnection,
    user: UserId,
    searched: Searched,
    words: &Words,
) -> Result<Option<Words>> {
    let mut corrections = Vec::new();
    let mut looked_up = 0;
    for place in words::unknown_terms(conn, user, searched, words).await? {
        let mut said = Vec::new();
        for word in spelling::parts(&words.terms()[place].text) {
            looked_up += 1;
            if looked_up > MOST_CORRECTED {
                return Ok(None);
            }
            let titles = words::titles_alike(conn, user, searched, &word).await?;
            let Some(right) = spelling::closest(&word, &titles) else { return Ok(None) };
            said.push(right);
        }
        corrections.push((place, said.join(" ")));
    }
    Ok((!corrections.is_empty()).then(|| words.with(&corrections)))
}

/// The search as it may have been meant, where that finds anything among the rows of `with`.
pub(super) async fn meant<R: Owned>(
    conn: &mut AsyncPgConnection,
    user: UserId,
    searched: Searched,
    words: &Words,
    with: impl FnOnce(Words) -> R::Filter + Send,
) -> Result<Option<String>> {
    let Some(better) = corrected(conn, user, searched, words).await? else { return Ok(None) };
    let text = better.text().to_owned();
    let found = R::list(conn, user, &with(better), <_>::default(), None, 1).await?;
    Ok((!found.is_empty()).then_some(text))
}

/// How what is being typed may go on, by the user's own titles and categories: at most ten, the commonest first.
pub async fn suggestions(
    conn: &mut AsyncPgConnection,
    user: UserId,
    searched: Searched,
    words: &Words,
) -> Result<Vec<String>> {
    let typed = words.text();
    let mut said = words::categories_beginning(conn, user, searched, typed).await?;
    said.truncate(MOST_CATEGORIES);
    let titles = words::titles_like_half_typed(conn, user, searched, words).await?;
    let mut completions = completion::complete(typed, &titles);
    if completions.is_empty() && said.is_empty() {
        completions = respelt(conn, user, searched, typed).await?;
    }
    for completion in completions {
        if !said.iter().any(|known| known.eq_ignore_ascii_case(&completion)) {
            said.push(completion);
        }
    }
    said.truncate(MOST_SUGGESTED);
    Ok(said)
}

/// Completions of what is like the last word, when nothing begins with it.
async fn respelt(
    conn: &mut AsyncPgConnection,
    user: UserId,
    searched: Searched,
    typed: &str,
) -> Result<Vec<String>> {
    let (before, last) = completion::last_word(typed);
    let titles = words::titles_alike(conn, user, searched, last).await?;
    let right = spelling::closest(last, &titles);
    Ok(right.map_or_else(Vec::new, |right| vec![format!("{before}{right}")]))
}
