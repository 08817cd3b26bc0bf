//! The alert rules and the dashboard use only metrics, and values of labels, that there are.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

use crate::support::{TestDb, web};

const RULES: &str = include_str!("../../../deploy/prometheus/alerts.yml");
const DASHBOARD: &str = include_str!("../../../deploy/grafana/deal-scout.json");

/// Labels whose values are told once and for all.
const FIXED: [&str; 4] = ["phase", "state", "queue", "outcome"];

/// Each metric that a query may name, with the values of its labels.
fn there_are(text: &str) -> BTreeMap<String, BTreeMap<String, BTreeSet<String>>> {
    let line = Regex::new(r"^([a-z_]+)(?:\{(.*)\})? [^ ]+$").unwrap();
    let label = Regex::new(r#"([a-z_]+)="((?:[^"\\]|\\.)*)""#).unwrap();
    let mut metrics: BTreeMap<_, BTreeMap<_, BTreeSet<_>>> = BTreeMap::new();
    for said in text.lines().filter(|line| !line.starts_with('#')) {
        let parts =
            line.captures(said).unwrap_or_else(|| panic!("this is no line of a metric: {said}"));
        let labels = metrics.entry(parts[1].to_owned()).or_default();
        for pair in label.captures_iter(parts.get(2).map_or("", |labels| labels.as_str())) {
            labels.entry(pair[1].to_owned()).or_default().insert(pair[2].to_owned());
        }
    }
    metrics
}

/// Every query in the two files.
fn queries() -> Vec<String> {
    let mut queries = Vec::new();
    let mut rule = String::new();
    for line in RULES.lines() {
        let is_field =
            line.trim_start().split_once(": ").is_some_and(|(name, _)| !name.contains(' '));
        if let Some(query) = line.trim_start().strip_prefix("expr: ") {
            query.trim_start_matches('|').clone_into(&mut rule);
        } else if !is_field && !rule.is_empty() {
            rule.push_str(line);
        } else if !rule.is_empty() {
            queries.push(std::mem::take(&mut rule));
        }
    }
    let dashboard: serde_json::Value = serde_json::from_str(DASHBOARD).unwrap();
    for panel in dashboard["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().unwrap() {
            queries.push(target["expr"].as_str().unwrap().to_owned());
        }
    }
    for variable in dashboard["templating"]["list"].as_array().unwrap() {
        queries.extend(variable["definition"].as_str().map(str::to_owned));
    }
    queries
}

#[tokio::test]
async fn alert_rules_and_dashboard_name_only_what_a_running_server_tells() {
    let db = TestDb::new().await;
    let server = web::serve(&db).await;
    assert_eq!(server.get("/status").await.status, 200);
    // The queues are counted some seconds after the start.
    let began = std::time::Instant::now();
    let text = loop {
        let text = server.get("/metrics").await.body;
        if text.contains("deal_scout_queue_rows") {
            break text;
        }
        assert!(began.elapsed() < crate::support::cluster::PATIENCE, "{text}");
    };
    let metrics = there_are(&text);
    let name = Regex::new(r"deal_scout_[a-z_]+").unwrap();
    let selector = Regex::new(r"(deal_scout_[a-z_]+)\{([^}]*(?:\{id\}[^}]*)*)\}").unwrap();
    let matcher = Regex::new(r#"([a-z_]+)(=~|!=|=)"([^"]*)""#).unwrap();
    let queries = queries();
    assert!(queries.len() > 30, "{queries:#?}");
    let mut used = BTreeSet::new();
    for query in &queries {
        for found in name.find_iter(query) {
            assert!(
                metrics.contains_key(found.as_str()),
                "{} is not told: {query}",
                found.as_str()
            );
            used.insert(found.as_str().to_owned());
        }
        for found in selector.captures_iter(query) {
            for wanted in
                matcher.captures_iter(&found[2]).filter(|wanted| FIXED.contains(&&wanted[1]))
            {
                let values =
                    metrics[&found[1]].get(&wanted[1]).unwrap_or_else(|| panic!("{query}"));
                for value in wanted[3].split('|') {
                    assert!(values.contains(value), "{}={value} is not told: {query}", &wanted[1]);
                }
            }
        }
    }
    // And nothing is told that neither of them shows.
    let families: BTreeSet<_> = metrics.keys().filter(|name| !used.contains(*name)).collect();
    assert!(families.is_empty(), "nobody looks at {families:?}");
}
