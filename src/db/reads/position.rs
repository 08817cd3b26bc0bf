//! Where a database is in the log of its changes, and whose log that is.

use std::time::Duration;

use diesel::{
    QueryResult, QueryableByName, sql_query,
    sql_types::{BigInt, Bool, Double, Nullable, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

/// The primary.
#[derive(Debug, Clone, QueryableByName)]
pub(super) struct Primary {
    /// Everything that is committed is in its log up to here.
    #[diesel(sql_type = BigInt)]
    pub(super) position: i64,
    #[diesel(sql_type = BigInt)]
    system: i64,
    #[diesel(sql_type = Text)]
    database: String,
}

/// What is said to be a replica of it.
#[derive(Debug, Clone, QueryableByName)]
pub(super) struct Replica {
    /// It has done everything up to here; `None` when it has not begun, or is none.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub(super) position: Option<i64>,
    #[diesel(sql_type = BigInt)]
    system: i64,
    #[diesel(sql_type = Text)]
    database: String,
    #[diesel(sql_type = Bool)]
    is_standby: bool,
    #[diesel(sql_type = Nullable<Double>)]
    replayed_s: Option<f64>,
}

/// Where the primary is.
pub(super) async fn of_primary(conn: &mut AsyncPgConnection) -> QueryResult<Primary> {
    sql_query(
        "SELECT (pg_current_wal_lsn() - '0/0')::bigint AS position, system_identifier AS system,
                current_database()::text AS database
         FROM pg_control_system()",
    )
    .get_result(conn)
    .await
}

/// Where a replica is.
pub(super) async fn of_replica(conn: &mut AsyncPgConnection) -> QueryResult<Replica> {
    sql_query(
        "SELECT (pg_last_wal_replay_lsn() - '0/0')::bigint AS position, system_identifier AS system,
                current_database()::text AS database, pg_is_in_recovery() AS is_standby,
                extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8 AS replayed_s
         FROM pg_control_system()",
    )
    .get_result(conn)
    .await
}

impl Replica {
    /// Where it is, or why it is no replica of that primary.
    pub(super) fn fits(&self, primary: &Primary) -> Result<i64, String> {
        if !self.is_standby {
            return Err(
                "it is no standby: it takes writes itself; database.read_url must lead to a replica"
                    .to_owned(),
            );
        }
        if self.system != primary.system {
            return Err("it is a replica of another database server".to_owned());
        }
        if self.database != primary.database {
            return Err(format!(
                "database.read_url leads to the database {} there, and database.url to {}",
                self.database, primary.database
            ));
        }
        self.position.ok_or_else(|| "it has not begun to follow the primary".to_owned())
    }

    /// How long ago what it has done last was written, by the clocks of both.
    pub(super) fn replayed_age(&self) -> Option<Duration> {
        Duration::try_from_secs_f64(self.replayed_s?.max(0.0)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_standby_of_the_same_server_and_database_will_do() {
        let primary = Primary { position: 9, system: 1, database: "deals".to_owned() };
        let right = Replica {
            position: Some(8),
            system: 1,
            database: "deals".to_owned(),
            is_standby: true,
            replayed_s: Some(-0.5),
        };
        assert_eq!(right.fits(&primary), Ok(8));
        assert_eq!(right.replayed_age(), Some(Duration::ZERO), "clocks may differ");
        let why = |replica: Replica| replica.fits(&primary).unwrap_err();
        assert!(why(Replica { is_standby: false, ..right.clone() }).contains("takes writes"));
        assert!(why(Replica { system: 2, ..right.clone() }).contains("another database server"));
        assert!(why(Replica { database: "x".to_owned(), ..right }).contains("database x"));
        assert!(why(Replica { position: None, ..right }).contains("not begun"));
    }
}
