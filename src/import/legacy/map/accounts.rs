//! `marketplace_accounts`: accounts at marketplaces. Their tokens stood in clear text; here they are sealed.

use serde_json::{Map, Value, json};

use super::{Seen, columns, made, word};
use crate::{
    db::origins::Columns,
    import::legacy::cells::{Cells, Notes},
};

/// An account, and what opens it.
#[derive(Debug)]
pub(in super::super) struct Account {
    /// Its columns but for the credentials.
    pub(in super::super) columns: Columns,
    /// The credentials as JSON in clear text, to be sealed; `None` when there are none.
    pub(in super::super) credentials: Option<String>,
}

#[expect(clippy::unnecessary_wraps, reason = "the rows of other tables may be refused")]
pub(in super::super) fn map(
    row: &Cells,
    seen: &mut Seen,
    notes: &mut Notes,
) -> Result<Account, String> {
    let platform = word(row.raw("platform"), "legacy");
    let mut name = row.line("account_username").unwrap_or_default();
    let key = |name: &str| (platform.clone(), name.to_owned());
    if let Some(other) = seen.accounts.get(&key(&name)) {
        let own = format!("{name} {}", row.id).trim().to_owned();
        notes.push(format!("account {other} of {platform} has the same name; taken as '{own}'"));
        name = own;
    }
    seen.accounts.insert(key(&name), row.id);
    let credentials = credentials(row, notes);
    let says_connected = row.flag("connected").unwrap_or(false);
    let connected = says_connected && credentials.is_some();
    if says_connected && !connected {
        notes.push("it says that it is connected and holds no token; connect it again".into());
    }
    Ok(Account {
        columns: columns(json!({
            "platform": platform,
            "account_name": name,
            "connected": connected,
            "connected_at": row.time("connected_at", notes),
            "last_synced_at": row.time("last_synced_at", notes),
            "created_at": made(row, seen, notes),
        })),
        credentials,
    })
}

/// What is not empty of the credentials; later revisions keep tokens in columns of their own.
fn credentials(row: &Cells, notes: &mut Notes) -> Option<String> {
    let mut all = row.object("credentials", notes);
    for name in ["access_token", "refresh_token"] {
        if let Some(token) = row.raw(name).filter(|token| !token.is_empty()) {
            all.insert(name.to_owned(), token.into());
        }
    }
    let is_empty = |value: &Value| value.is_null() || value.as_str().is_some_and(str::is_empty);
    let all: Map<String, Value> = all.into_iter().filter(|(_, value)| !is_empty(value)).collect();
    (!all.is_empty()).then(|| Value::Object(all).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::legacy::map::tests::{row, seen};

    #[test]
    fn a_token_is_taken_out_to_be_sealed() {
        let given = [
            ("platform", "eBay"),
            ("connected", "true"),
            ("credentials", r#"{"refresh_token":"v^1.1#secret","note":""}"#),
        ];
        let account =
            map(&row("marketplace_accounts", 1, &given), &mut seen(), &mut Notes::new()).unwrap();
        assert_eq!(account.credentials.as_deref(), Some(r#"{"refresh_token":"v^1.1#secret"}"#));
        assert_eq!(account.columns["platform"], "ebay");
        assert_eq!(account.columns["connected"], true);
        assert!(!Value::Object(account.columns).to_string().contains("secret"));
    }

    #[test]
    fn a_second_account_of_a_platform_gets_a_name_and_one_without_a_token_is_not_connected() {
        let (mut seen, mut notes) = (seen(), Notes::new());
        let given = [("platform", "ebay"), ("connected", "true"), ("credentials", "{}")];
        map(&row("marketplace_accounts", 1, &given), &mut seen, &mut notes).unwrap();
        let second = map(&row("marketplace_accounts", 4, &given), &mut seen, &mut notes).unwrap();
        assert_eq!(second.columns["account_name"], "4");
        assert_eq!(second.columns["connected"], false);
        assert_eq!(second.credentials, None);
        assert_eq!(notes.len(), 3);
    }
}
