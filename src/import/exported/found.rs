//! Which row of ours a record is: the one it became, the one it was, or one with the same key.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use serde_json::{Map, Value};

use super::{Run, Source};
use crate::{
    db::{exported_origins as origins, owned::Owned},
    error::{Error, Result},
    model::id::UserId,
    nouns::Noun,
};

/// A row of ours.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) id: i64,
    /// As the API shows it.
    pub(super) shown: Value,
}

impl Stored {
    fn of<N: Noun>(row: N::Row) -> Result<Self> {
        let id = row.id().into();
        let shown = serde_json::to_value(N::View::from(row)).map_err(Error::internal)?;
        Ok(Self { id, shown })
    }

    /// Whether the row has all that a record says.
    pub(super) fn is_like(&self, record: &Map<String, Value>) -> bool {
        record.iter().all(|(name, value)| same(&self.shown[name], value))
    }
}

pub(super) async fn by_id<N: Noun>(
    conn: &mut AsyncPgConnection,
    user: UserId,
    id: i64,
) -> Result<Option<Stored>> {
    N::Row::find(conn, user, id.into()).await?.map(Stored::of::<N>).transpose()
}

/// The row that was exported itself, when this is where it was.
pub(super) async fn itself<N: Noun>(
    conn: &mut AsyncPgConnection,
    user: UserId,
    id: i64,
    made_at: Option<&Value>,
) -> Result<Option<Stored>> {
    let stored = by_id::<N>(conn, user, id).await?;
    Ok(stored.filter(|stored| made_at.is_some_and(|at| same(&stored.shown["created_at"], at))))
}

/// By what a row of a noun is told from a person's others, besides its id. Nothing means that there is only one.
const KEYS: &[(&str, &[&str])] = &[
    ("listings", &["source", "source_id"]),
    ("comps", &["source", "source_id"]),
    ("user-prefs", &[]),
    ("channels", &["name"]),
    ("feeds", &["name"]),
    ("searches", &["name"]),
    ("listing-scores", &["listing_id", "metric"]),
    ("watchlist-items", &["listing_id"]),
    ("my-items", &["sku"]),
    ("marketplace-accounts", &["platform", "account_name"]),
    ("cross-posts", &["platform", "external_id"]),
    ("orders", &["platform", "platform_order_id"]),
];

/// The row with the same key as a record whose references are ours already.
pub(super) async fn alike<N: Noun>(
    conn: &mut AsyncPgConnection,
    user: UserId,
    record: &Map<String, Value>,
) -> Result<Option<Stored>> {
    let Some((_, names)) = KEYS.iter().find(|(noun, _)| *noun == N::MANY) else { return Ok(None) };
    let mut key = Map::new();
    for name in *names {
        let is_reference = REFERENCES.iter().any(|(field, _)| field == name);
        let fits = |value: &Value| match value.as_str() {
            Some(text) => !is_reference && !text.contains('\0'),
            None => is_reference && value.is_i64(),
        };
        let Some(value) = record.get(*name).filter(|value| fits(value)) else { return Ok(None) };
        key.insert((*name).to_owned(), value.clone());
    }
    match origins::row_alike(conn, user, N::Row::TABLE, &Value::Object(key), names).await? {
        Some(id) => by_id::<N>(conn, user, id).await,
        None => Ok(None),
    }
}

/// The fields that refer to rows of another noun.
const REFERENCES: &[(&str, &str)] = &[
    ("listing_id", "listings"),
    ("my_item_id", "my-items"),
    ("cross_post_id", "cross-posts"),
    ("snap_job_id", "snap-jobs"),
    ("search_id", "searches"),
    ("channel_id", "channels"),
    ("channel_ids", "channels"),
];

/// Turns exported ids into those of the rows that they became, or tells which is not here.
pub(super) async fn refer(
    conn: &mut AsyncPgConnection,
    run: &Run<'_>,
    record: &mut Map<String, Value>,
    is_itself: bool,
) -> Result<Result<(), String>> {
    for &(field, noun) in REFERENCES {
        let ids = match record.get_mut(field) {
            None => continue,
            Some(Value::Array(list)) => list.iter_mut().collect(),
            Some(one) => vec![one],
        };
        for id in ids {
            let Some(old) = id.as_i64() else { continue };
            match became(conn, run, noun, old).await? {
                Some(new) => *id = new.into(),
                // Where it was written, ids are what they were; the database knows those that are gone.
                None if is_itself => {}
                None => {
                    let reason = format!("{field} {old} is not here; import {noun} with it");
                    return Ok(Err(reason));
                }
            }
        }
    }
    Ok(Ok(()))
}

/// The row that an exported id became, in this run or in an earlier one.
async fn became(
    conn: &mut AsyncPgConnection,
    run: &Run<'_>,
    noun: &'static str,
    old: i64,
) -> Result<Option<i64>> {
    if let Some(id) = run.ids.get(&(noun, old)) {
        return Ok(Some(*id));
    }
    if run.source == Source::Sample {
        return Ok(None);
    }
    // Of two installations whose exports came here, nobody can tell which is meant.
    let rows = origins::rows_beginning(conn, run.user, noun, &format!("export:{old}:")).await?;
    Ok(match rows[..] {
        [id] => Some(id),
        _ => None,
    })
}

/// Whether two values of a field say the same: spreadsheets write times and numbers their own way, and a table has no
/// other nothing than an empty cell.
pub(super) fn same(one: &Value, other: &Value) -> bool {
    let time = |text: &str| text.parse::<DateTime<Utc>>().ok();
    match (one, other) {
        (Value::Null, Value::String(text)) | (Value::String(text), Value::Null) => text.is_empty(),
        (Value::String(one), Value::String(other)) => {
            one == other || time(one).is_some_and(|at| Some(at) == time(other))
        }
        (Value::Number(a), Value::Number(b)) if a.is_f64() || b.is_f64() => {
            a.as_f64().zip(b.as_f64()).is_some_and(|(a, b)| a.total_cmp(&b).is_eq())
        }
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_field_says_the_same_however_a_spreadsheet_writes_it() {
        for (one, other) in [
            (json!("2026-01-31T18:00:00Z"), json!("2026-01-31T19:00:00.000+01:00")),
            (json!(45.0), json!(45)),
            (json!(null), json!("")),
            (json!({"a": [1]}), json!({"a": [1]})),
        ] {
            assert!(same(&one, &other), "{one} {other}");
        }
        for (one, other) in [
            (json!(9_007_199_254_740_993_i64), json!(9_007_199_254_740_992_i64)),
            (json!("1"), json!(1)),
            (json!("a"), json!("A")),
            (json!(null), json!(0)),
        ] {
            assert!(!same(&one, &other), "{one} {other}");
        }
    }
}
