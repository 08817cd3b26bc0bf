//! SIGKILL on the way: the target is as it was or complete, and running it again works.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use super::place::Place;

fn restore(target: &Place, archive: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_deal-scout"))
        .args(["restore", archive, "--replace"])
        .env("DATABASE_URL", target.url())
        .env("DEAL_SCOUT__DATA_DIR", target.data_dir())
        .env("HOME", target.data_dir())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// More rows, so that there is something to be killed in.
async fn many(place: Place) -> Place {
    let rows = "INSERT INTO comps (user_id, source, source_id, title, price_amount, currency, observed_at) \
                SELECT 7, 'many', n::text, md5(n::text), n, 'EUR', now() FROM generate_series(1, 10000) n";
    place.client().await.batch_execute(rows).await.unwrap();
    place
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_killed_at_every_line_it_tells_leaves_the_target_as_it_was_or_complete() {
    let source = many(Place::external().await.filled().await).await;
    let (archive, _) = source.backup("all.tar.gz");
    let wanted = source.rows().await;
    let target = Place::external().await;
    let mut before = target.rows().await;
    let (mut caught, mut completed) = (0, 0);
    for line in 1.. {
        let mut child = restore(&target, &archive);
        let told = BufReader::new(child.stderr.take().unwrap()).lines().take(line).count();
        child.kill().unwrap();
        let ended = child.wait().unwrap();
        let after = target.rows().await;
        assert!(after == before || after == wanted, "killed after line {line}");
        (caught, completed) =
            if after == wanted { (caught, completed + 1) } else { (caught + 1, completed) };
        target.must("migrate", &["status"]);
        // What comes next has something to replace, or nothing, by turns.
        let change = "DELETE FROM comps; DELETE FROM channels WHERE id = 1";
        target.client().await.batch_execute(change).await.unwrap();
        before = target.rows().await;
        if ended.success() || told < line {
            break;
        }
    }
    assert!(caught > 3, "{caught} were caught on the way, {completed} completed");
    target.must("restore", &[&archive, "--replace"]);
    assert_eq!(target.rows().await, wanted);
    assert_eq!(
        std::fs::read_dir(target.photos()).unwrap().count(),
        1,
        "nothing is left of the way"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_killed_while_the_database_works_for_it_changes_nothing() {
    let source = many(Place::external().await.filled().await).await;
    let (archive, _) = source.backup("all.tar.gz");
    let target = Place::external().await;
    let mut before = target.rows().await;
    let mut caught = 0;
    for doing in ["LOCK", "TRUNCATE", "COPY", "ADD CONSTRAINT", "RESTART", "ANALYZE"] {
        let mut child = restore(&target, &archive);
        let seen = format!(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
             AND pid <> pg_backend_pid() AND query LIKE '%{doing}%'"
        );
        let watch = target.client().await;
        let seen = format!("SELECT ({seen})::bigint");
        while watch.query_one(&seen, &[]).await.unwrap().get::<_, i64>(0) == 0
            && child.try_wait().unwrap().is_none()
        {}
        child.kill().unwrap();
        child.wait().unwrap();
        let after = target.rows().await;
        if after == before {
            caught += 1;
        } else {
            // It was too quick to be caught at that.
            assert_eq!(after, source.rows().await, "killed at {doing}");
            let anew = "TRUNCATE users CASCADE; INSERT INTO users (role) VALUES ('owner')";
            target.client().await.batch_execute(anew).await.unwrap();
            before = target.rows().await;
        }
    }
    assert!(caught > 0);
    target.must("restore", &[&archive, "--replace"]);
    assert_eq!(target.rows().await, source.rows().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_is_killed_leaves_the_archive_before_it() {
    let source = many(Place::external().await.filled().await).await;
    let (archive, _) = source.backup("all.tar.gz");
    let before = std::fs::read(&archive).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_deal-scout"))
        .args(["backup", &archive])
        .env("DATABASE_URL", source.url())
        .env("DEAL_SCOUT__DATA_DIR", source.data_dir())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    let found = lines.take_while(|line| !line.contains("writing the archive")).count();
    child.kill().unwrap();
    let ended = child.wait().unwrap();
    assert!(found > 0);
    if !ended.success() {
        assert_eq!(std::fs::read(&archive).unwrap(), before);
    }
    let target = Place::external().await;
    target.must("restore", &[&archive]);
    assert_eq!(target.rows().await, source.rows().await);
}
