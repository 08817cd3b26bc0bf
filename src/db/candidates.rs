//! Pages out of the few rows that words have found: they are put in order here, by keys alone.

use std::{cmp::Ordering, collections::HashMap, hash::Hash};

use super::keyset::After;

/// The places just after `after`, at most `limit` of them, in the order that the lists have.
pub(super) fn page(
    mut places: Vec<After>,
    down: bool,
    after: Option<After>,
    limit: i64,
) -> Vec<After> {
    places.retain(|place| after.is_none_or(|after| order(*place, after, down).is_gt()));
    places.sort_unstable_by(|a, b| order(*a, *b, down));
    places.truncate(usize::try_from(limit).unwrap_or(0));
    places
}

/// What lacks what the order asks for comes last, newest first.
fn order(a: After, b: After, down: bool) -> Ordering {
    let upwards = (a.key, a.id).cmp(&(b.key, b.id));
    let within = if down || a.rest { upwards.reverse() } else { upwards };
    a.rest.cmp(&b.rest).then(within)
}

/// The rows in the order of the places; a row that has gone in the meantime is left out.
pub(super) fn in_order<T, K: Eq + Hash>(
    places: &[After],
    rows: Vec<T>,
    id: impl Fn(&T) -> K,
    key: impl Fn(i64) -> K,
) -> Vec<T> {
    let mut by_id: HashMap<K, T> = rows.into_iter().map(|row| (id(&row), row)).collect();
    places.iter().filter_map(|place| by_id.remove(&key(place.id))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(rest: bool, key: i64, id: i64) -> After {
        After { rest, key, id }
    }

    fn ids(down: bool, after: Option<After>, limit: i64) -> Vec<i64> {
        let places = vec![
            place(true, 50, 1),
            place(false, 10, 2),
            place(false, 20, 3),
            place(false, 10, 4),
            place(true, 60, 5),
        ];
        page(places, down, after, limit).into_iter().map(|place| place.id).collect()
    }

    #[test]
    fn either_way_what_has_no_key_comes_last_newest_first() {
        assert_eq!(ids(true, None, 9), [3, 4, 2, 5, 1]);
        assert_eq!(ids(false, None, 9), [2, 4, 3, 5, 1]);
    }

    #[test]
    fn a_page_starts_just_after_the_last_one() {
        assert_eq!(ids(true, None, 2), [3, 4]);
        assert_eq!(ids(true, Some(place(false, 10, 4)), 2), [2, 5]);
        assert_eq!(ids(false, Some(place(true, 60, 5)), 2), [1]);
        assert_eq!(ids(false, Some(place(true, 50, 1)), 2), Vec::<i64>::new());
    }

    #[test]
    fn rows_take_the_order_of_their_places() {
        let places = [place(false, 1, 7), place(false, 2, 8), place(false, 3, 9)];
        let rows = vec![(9, 'c'), (7, 'a')];
        assert_eq!(in_order(&places, rows, |row| row.0, |id| id), [(7, 'a'), (9, 'c')]);
    }
}
