//! Lists, alike for every noun: `{"items":[…],"next_cursor":string|null}`, and `total` when it is asked for.

use serde::Serialize;

use crate::nouns::{params::Params, shape::boolean};

/// How many items a page has when nothing is said.
const USUAL: i64 = 20;
/// How many it has at most.
const MOST: i64 = 100;

/// A page of a list.
#[derive(Debug, Serialize)]
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    pub(super) next_cursor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) total: Option<i64>,
    /// Only when words were given and found nothing: the search as it may have been meant.
    #[expect(clippy::option_option, reason = "left out and null say different things")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) did_you_mean: Option<Option<String>>,
}

impl<T> Page<T> {
    /// Makes a page of one row more than `limit` was asked for: the row too many tells that there is a next page.
    pub(super) fn of<R>(
        mut rows: Vec<R>,
        limit: i64,
        total: Option<i64>,
        cursor: impl Fn(&R) -> String,
        item: impl Fn(R) -> T,
    ) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows.last().filter(|_| has_more).map(cursor);
        Self { items: rows.into_iter().map(item).collect(), next_cursor, total, did_you_mean: None }
    }
}

/// Takes `limit` out of the parameters.
pub(super) fn limit(params: &mut Params) -> i64 {
    params.number("limit", 1..=MOST).unwrap_or(USUAL)
}

/// Takes `limit` and `count` out of the parameters.
pub(super) fn size(params: &mut Params) -> (i64, bool) {
    let limit = limit(params);
    (limit, params.take("count", boolean()).unwrap_or(false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_row_too_many_becomes_the_cursor() {
        let page = Page::of(vec![1, 2, 3], 2, None, ToString::to_string, |row| row * 10);
        assert_eq!((page.items, page.next_cursor), (vec![10, 20], Some("2".to_owned())));
        let last = Page::of(vec![1, 2], 2, None, ToString::to_string, |row| row);
        assert_eq!(last.next_cursor, None);
    }
}
