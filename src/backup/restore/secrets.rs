//! Seals what came with the target's own key, so that the key of the installation it came from is needed no more.

use tokio_postgres::Client;

use super::refused;
use crate::{
    db::sealed::{self, COLUMNS, Column, Sealed},
    error::Result,
    model::id::UserId,
    sealing::{Opener, Sealer},
};

/// What became of the secrets of one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Secrets {
    /// The column.
    pub column: Column,
    /// How many are there, sealed with the target's key.
    pub kept: u64,
    /// How many could not be opened. They were taken away, and what needs them was turned off.
    pub cleared: u64,
}

/// Goes over every sealed column. What does not open is counted, and hinders nothing else.
pub(super) async fn seal_anew(
    client: &Client,
    sealer: &Sealer,
    opener: &Opener,
) -> Result<Vec<Secrets>> {
    let mut all = Vec::new();
    for &column in COLUMNS {
        let mut secrets = Secrets { column, kept: 0, cleared: 0 };
        let mut after = i64::MIN;
        loop {
            let some = sealed::some(client, column, after).await;
            let some = some.map_err(|e| refused("its secrets", &e))?;
            let Some(last) = some.last() else { break };
            after = last.id;
            for row in &some {
                let value = anew(row, column, sealer, opener)?;
                *(if value.is_some() { &mut secrets.kept } else { &mut secrets.cleared }) += 1;
                let put = sealed::put(client, column, row.id, value).await;
                put.map_err(|e| refused("its secrets", &e))?;
            }
        }
        all.push(secrets);
    }
    Ok(all)
}

/// The value as the target seals it; `None` when no key at hand opens it.
fn anew(row: &Sealed, column: Column, sealer: &Sealer, opener: &Opener) -> Result<Option<Vec<u8>>> {
    let context = column.context(UserId(row.user_id));
    // The target may be the installation that it came from.
    let plain = opener.open(&context, &row.sealed).or_else(|_| sealer.open(&context, &row.sealed));
    let Ok(plain) = plain else { return Ok(None) };
    Ok(Some(sealer.seal(&context, &plain)?))
}
