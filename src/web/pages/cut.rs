//! Lists that are shown page by page.

/// Cuts a list that was read one row longer than a page of `page` rows, and tells where the next page is, when there is
/// one.
pub(super) fn cut<T>(
    rows: &mut Vec<T>,
    page: i64,
    next: impl FnOnce(&T) -> String,
) -> Option<String> {
    let page = usize::try_from(page).unwrap_or(usize::MAX);
    if rows.len() <= page {
        return None;
    }
    rows.truncate(page);
    rows.last().map(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_longer_than_a_page_has_a_next_one() {
        let mut rows = vec![3, 2, 1];
        assert_eq!(cut(&mut rows, 3, ToString::to_string), None);
        assert_eq!(cut(&mut rows, 2, ToString::to_string), Some("2".to_owned()));
        assert_eq!(rows, [3, 2]);
        assert_eq!(cut(&mut Vec::<i32>::new(), 3, ToString::to_string), None);
    }
}
