//! Upgrades while the previous release still serves: a migration first adds (expand), and a later release takes away what
//! nothing uses any more (contract). What is refused here would break the release before, while the new one rolls out.

mod rules;
mod served;
mod statements;

use deal_scout::db::migrations::{self, Migration};
use rules::{Added, faults};
use sha2::{Digest, Sha256};
use statements::{Statement, statements};

/// The migrations that were released, each with the digest of its `up.sql`. A release adds its own.
const RELEASED: &str = include_str!("released.txt");

fn released() -> impl Iterator<Item = (&'static str, &'static str)> {
    RELEASED.lines().filter_map(|line| line.split_once(' '))
}

fn is_released(migration: &Migration) -> bool {
    released().any(|(name, _)| name == migration.name)
}

#[test]
fn the_release_before_goes_on_while_a_migration_rolls_out() {
    let coming: Vec<_> = migrations::all()
        .iter()
        .filter(|migration| !is_released(migration))
        .map(|migration| (migration.name.as_str(), migration.up.as_str()))
        .collect();
    let wrong = refused(&coming);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_released_migration_is_as_it_was() {
    for (name, digest) in released() {
        let migration = migrations::all().iter().find(|migration| migration.name == name);
        let migration = migration.unwrap_or_else(|| panic!("{name} was released and is gone"));
        let found: String =
            Sha256::digest(&migration.up).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(found, digest, "{name} was released; what it lacks goes into another one");
    }
}

#[test]
fn new_migrations_come_after_the_released_ones() {
    let last = released().map(|(name, _)| name).max().unwrap();
    for migration in migrations::all().iter().filter(|migration| !is_released(migration)) {
        assert!(migration.name.as_str() > last, "{} comes before {last}", migration.name);
    }
}

/// What is wrong with migrations that are released together: `name: what, and what to do`.
fn refused(migrations: &[(&str, &str)]) -> Vec<String> {
    let parsed: Vec<(&str, Vec<Statement>)> =
        migrations.iter().map(|(name, sql)| (*name, statements(sql))).collect();
    let added = Added::by(parsed.iter().flat_map(|(_, statements)| statements));
    let told = |(name, statements): &(&str, Vec<Statement>)| {
        let faults = statements.iter().flat_map(|statement| faults(statement, &added));
        faults.map(|fault| format!("{name}: {fault}")).collect::<Vec<_>>()
    };
    parsed.iter().flat_map(told).collect()
}

#[track_caller]
fn assert_refused(sql: &str, why: &str) {
    let told = refused(&[("2999-01-01-000001_try", sql)]).join("\n");
    assert!(told.contains(why), "{sql}\nis refused for '{why}', not: {told}");
    assert!(told.contains("-- contract: since"), "it says how to go about it: {told}");
}

#[track_caller]
fn assert_taken(sql: &str) {
    assert_eq!(refused(&[("2999-01-01-000001_try", sql)]), Vec::<String>::new(), "{sql}");
}

#[test]
fn what_the_release_before_uses_is_not_taken_away() {
    assert_refused("DROP TABLE comps;", "still uses TABLE comps");
    assert_refused("ALTER TABLE comps DROP COLUMN url;", "still reads and writes comps.url");
    assert_refused(
        "ALTER TABLE comps ADD x INTEGER, DROP url;",
        "still reads and writes comps.url",
    );
    assert_refused("ALTER TABLE comps RENAME COLUMN url TO link;", "under its name");
    assert_refused("ALTER TABLE comps RENAME TO sales;", "under its name");
    assert_refused("DROP FUNCTION search_text(TEXT);", "still uses FUNCTION search_text");
    assert_refused("ALTER TABLE comps DROP CONSTRAINT comps_source_id_key;", "ON CONFLICT");
    assert_refused("DROP INDEX users_email_key;", "ON CONFLICT");
    assert_refused("DO $$ BEGIN DROP TABLE comps; END $$;", "still uses TABLE comps");
}

#[test]
fn what_the_release_before_writes_and_reads_stays_allowed() {
    assert_refused("ALTER TABLE comps ALTER COLUMN url TYPE VARCHAR(100);", "type of comps.url");
    assert_refused("ALTER TABLE comps ALTER url SET NOT NULL;", "comps.url empty");
    assert_refused("ALTER TABLE comps ALTER title DROP NOT NULL;", "cannot read");
    assert_refused("ALTER TABLE comps ALTER basis DROP DEFAULT;", "leaves comps.basis out");
    assert_refused("ALTER TABLE comps ADD COLUMN x INTEGER NOT NULL;", "leaves comps.x out");
    assert_refused("ALTER TABLE comps ADD CHECK (price_amount > 0);", "may write rows");
    let foreign = "ALTER TABLE comps ADD CONSTRAINT c FOREIGN KEY (source) REFERENCES feeds (name) NOT VALID;";
    assert_refused(foreign, "may write rows");
    assert_refused("CREATE UNIQUE INDEX comps_url_key ON comps (url);", "may write rows");
    assert_refused(
        "CREATE TRIGGER t BEFORE INSERT ON comps EXECUTE FUNCTION f();",
        "may write rows",
    );
    assert_refused("TRUNCATE comps;", "rows of comps");
}

#[test]
fn what_only_adds_is_taken() {
    assert_taken(
        "-- Serves the list; nobody has to DROP TABLE comps for that.\n\
         CREATE INDEX comps_url_idx ON comps (url);\n\
         ALTER TABLE comps ADD COLUMN seen TEXT NOT NULL DEFAULT 'DROP TABLE users;' CHECK (seen <> ''),\n\
             ADD COLUMN place BIGINT, ADD COLUMN both TEXT NOT NULL GENERATED ALWAYS AS (title || url) STORED,\n\
             ADD CONSTRAINT comps_place_fkey FOREIGN KEY (user_id, place) REFERENCES listings (user_id, id);\n\
         CREATE UNIQUE INDEX comps_place_key ON comps (user_id, place);\n\
         CREATE TABLE places (id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE);\n\
         ALTER TABLE places ALTER COLUMN name DROP NOT NULL, ADD CHECK (id > 0);\n\
         ALTER TABLE comps ALTER COLUMN url SET DEFAULT '', DROP CONSTRAINT comps_basis_check;\n\
         DROP INDEX comps_user_id_asking_idx;\n\
         UPDATE comps SET place = 1; INSERT INTO places VALUES (1, 'DROP');",
    );
}

#[test]
fn a_step_that_says_why_it_is_safe_is_taken() {
    assert_taken(
        "-- contract: since 1.4 nothing reads or writes it\nALTER TABLE comps DROP COLUMN url;",
    );
    assert_taken(
        "-- expand: wider than before, so whatever 1.3 writes fits\n\
         ALTER TABLE comps ADD CONSTRAINT comps_kind_check CHECK (kind <> '');",
    );
    // A word about one statement says nothing of the next, and an empty one says nothing at all.
    let next = "-- contract: since 1.4 nothing reads it\nDROP TABLE one; DROP TABLE two;";
    assert_eq!(refused(&[("m", next)]).len(), 1);
    assert_refused("-- contract:\nDROP TABLE comps;", "still uses");
    assert_refused("-- contract: it is old\nDROP TABLE comps;", "still uses");
    assert_refused("-- expand: nobody needs it any more\nDROP TABLE comps;", "still uses");
}
