//! Wishes: several rows of the old system, of which one is this person's.

use diesel_async::AsyncConnection;

use super::{
    cells::{Cells, Notes},
    map::{self, arriving},
    write::{Taking, noun},
};
use crate::{
    db::{
        origins::{self, Arriving, Columns, Noun, Outcome},
        search_channels, users,
    },
    error::Result,
};

/// Preferences that nobody has touched take on what was wished over there.
const PREFS: Noun = Noun { table: "user_prefs", key: &[], gives_way: true };
const CHANNELS: Noun = noun("channels", &["name"]);
const SEARCHES: Noun = noun("searches", &["name"]);

impl Taking<'_> {
    /// The rows come all at once: there was one for each person, and the old system had few.
    pub(super) async fn prefs(&mut self, rows: &[Cells]) -> Result<()> {
        let email = {
            let conn = self.pool.get().await?;
            users::email(&conn, self.user).await?
        };
        let own = map::prefs::own(rows, email.as_deref());
        for (at, row) in rows.iter().enumerate() {
            if Some(at) == own {
                self.wishes(row, email.as_deref()).await?;
                continue;
            }
            let whose = row.raw("user_id").unwrap_or("nobody");
            self.skip(
                row,
                format!(
                    "the wishes of '{whose}': a person has one row here, and another one is taken"
                ),
            );
        }
        Ok(())
    }

    /// Preferences, channels and searches, whole or not at all.
    async fn wishes(&mut self, row: &Cells, email: Option<&str>) -> Result<()> {
        let mut notes = Notes::new();
        let prefs = map::prefs::map(row, email, &self.seen, &mut notes);
        let part = |(name, columns): (&str, Columns)| {
            let mut arrival = arriving(row, columns, "", b"");
            arrival.origin = format!("{}/{name}", arrival.origin);
            arrival
        };
        let channels: Vec<Arriving> =
            prefs.channels.iter().map(|(kind, columns)| part((kind, columns.clone()))).collect();
        let searches: Vec<Arriving> =
            prefs.searches.into_iter().map(|(column, columns)| part((column, columns))).collect();
        let own = arriving(row, prefs.columns, "", b"");
        let (user, now) = (self.user, self.now);
        let mut conn = self.pool.get().await?;
        let (own, found) = conn
            .transaction(async |conn| {
                let own = origins::put(conn, user, &PREFS, &[own], now).await?;
                let channels = origins::put(conn, user, &CHANNELS, &channels, now).await?;
                let found = origins::put(conn, user, &SEARCHES, &searches, now).await?;
                let fresh: Vec<i64> = found
                    .iter()
                    .filter(|o| matches!(o, Outcome::New(_)))
                    .filter_map(|o| o.id())
                    .collect();
                let tellers: Vec<i64> = channels.iter().filter_map(|o| o.id()).collect();
                search_channels::connect(conn, user, &fresh, &tellers).await?;
                Ok::<_, crate::error::Error>((own, found))
            })
            .await?;
        drop(conn);
        for (search, outcome) in searches.iter().zip(found) {
            if let (Outcome::Found(_), Some(name)) = (outcome, search.columns.get("name")) {
                notes.push(format!("a search {name} is here already; it stays as it is"));
            }
        }
        self.note(row, notes);
        match own.as_slice() {
            [Outcome::Found(_)] => {
                self.skip(row, "preferences are set here already; they stay as they are");
            }
            outcomes => outcomes.iter().for_each(|outcome| self.count(row, *outcome)),
        }
        Ok(())
    }
}
