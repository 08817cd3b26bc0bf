//! How PostgreSQL answers what the program asks: every statement of a running program with its plan and what it really
//! read, out of the log of a PostgreSQL of the test's own.

use deal_scout::db::connect::Target;
use diesel::{QueryableByName, sql_query, sql_types::Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use serde_json::Value;

use super::{
    postgres::OwnPostgres,
    server::{Answer, Server, program},
};

/// The program over a PostgreSQL that explains each statement.
pub(crate) struct Explained {
    /// The program: the first look, without sample data.
    pub(crate) server: Server,
    postgres: OwnPostgres,
    conn: AsyncPgConnection,
}

/// A statement that was executed.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Its text.
    pub(crate) text: String,
    /// Its root node, with what every node really read.
    pub(crate) root: Value,
}

impl Explained {
    /// Starts both.
    pub(crate) async fn started() -> Self {
        let postgres = OwnPostgres::started().await;
        let mut conn = Target::from_url(&postgres.url()).unwrap().establish().await.unwrap();
        conn.batch_execute(
            "ALTER DATABASE postgres SET session_preload_libraries = 'auto_explain';
             ALTER DATABASE postgres SET auto_explain.log_min_duration = 0;
             ALTER DATABASE postgres SET auto_explain.log_analyze = on;
             ALTER DATABASE postgres SET auto_explain.log_timing = off;
             ALTER DATABASE postgres SET auto_explain.log_format = 'json'",
        )
        .await
        .unwrap();
        let server = program("demo")
            .env("DATABASE_URL", postgres.url())
            .env("DEAL_SCOUT__DEMO__SAMPLE", "false")
            .env("DEAL_SCOUT__LIMITS__REQUESTS_PER_MINUTE", "0")
            // The workers look for work now and then only, so that the log is that of the requests.
            .env("DEAL_SCOUT__STARTUP__PACE", "1")
            .start();
        server.ready().await;
        Self { server, postgres, conn }
    }

    /// Runs SQL whose statements are of no interest.
    pub(crate) async fn run(&mut self, sql: &str) {
        self.conn.batch_execute("SET auto_explain.log_min_duration = -1").await.unwrap();
        self.conn.batch_execute(sql).await.expect("the scene's SQL runs");
    }

    /// The tables that have more rows than anybody wants to read, once the planner knows how many.
    pub(crate) async fn large(&mut self) -> Vec<String> {
        #[derive(QueryableByName)]
        struct Named {
            #[diesel(sql_type = Text)]
            name: String,
        }
        self.run("VACUUM ANALYZE").await;
        let large = sql_query(
            "SELECT relname::TEXT AS name FROM pg_class WHERE relkind = 'r' AND reltuples > 10000
             AND relnamespace = 'public'::regnamespace",
        );
        let large: Vec<Named> = large.load(&mut self.conn).await.unwrap();
        large.into_iter().map(|table| table.name).collect()
    }

    /// Asks for a path: the answer, and the plans of the statements that touched `table` meanwhile.
    pub(crate) async fn get(&self, path: &str, table: &str) -> (Answer, Vec<Plan>) {
        let before = self.postgres.log_length();
        let answer = self.server.get(path).await;
        let plans = plans(&self.postgres.log_from(before));
        // What a worker claims meanwhile is no request's.
        let of_request = |plan: &Plan| plan.touches(table) && !plan.text.contains("SKIP LOCKED");
        (answer, plans.into_iter().filter(of_request).collect())
    }
}

/// The plans in a piece of the log: the line that begins one is followed by indented JSON.
fn plans(log: &str) -> Vec<Plan> {
    let mut found = Vec::new();
    let mut lines = log.lines().peekable();
    while let Some(line) = lines.next() {
        if !line.ends_with(" plan:") {
            continue;
        }
        let mut json = String::new();
        while let Some(more) = lines.next_if(|line| line.starts_with('\t')) {
            json.push_str(more);
        }
        let entry: Value = serde_json::from_str(&json).expect("a plan is JSON");
        let text = entry["Query Text"].as_str().unwrap_or_default().to_owned();
        // The start-up counts the work that is due, whatever is asked meanwhile.
        if text.trim_start().starts_with("WITH work (queue") {
            continue;
        }
        found.push(Plan { text, root: entry["Plan"].clone() });
    }
    found
}

impl Plan {
    /// Whether any of its nodes reads `table`.
    pub(crate) fn touches(&self, table: &str) -> bool {
        self.nodes().iter().any(|node| node["Relation Name"] == table)
    }

    /// All nodes, the root first.
    pub(crate) fn nodes(&self) -> Vec<&Value> {
        let mut all = vec![&self.root];
        let mut at = 0;
        while let Some(node) = all.get(at).copied() {
            all.extend(node["Plans"].as_array().into_iter().flatten());
            at += 1;
        }
        all
    }

    /// What is wrong with it: one of the `large` tables that is read whole, or a sort of more than `most_sorted` rows.
    pub(crate) fn faults(&self, large: &[String], most_sorted: f64) -> Vec<String> {
        let mut faults = Vec::new();
        for node in self.nodes() {
            let kind = node["Node Type"].as_str().unwrap_or_default();
            let is_large = node["Relation Name"]
                .as_str()
                .is_some_and(|name| large.iter().any(|table| table == name));
            if kind == "Seq Scan" && is_large {
                faults.push(format!("reads all of {}", node["Relation Name"]));
            }
            if kind.ends_with("Sort") {
                let sorted: f64 = node["Plans"].as_array().into_iter().flatten().map(rows).sum();
                if sorted > most_sorted {
                    faults.push(format!("sorts {sorted} rows by {}", node["Sort Key"]));
                }
            }
        }
        faults
    }
}

/// How many rows a node really gave.
fn rows(node: &Value) -> f64 {
    node["Actual Rows"].as_f64().unwrap_or(0.0) * node["Actual Loops"].as_f64().unwrap_or(1.0)
}
