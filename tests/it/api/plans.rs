//! The lists of ads and comparables on 100,000 rows of one user: whatever is asked, an index answers, and nothing sorts
//! more than the few rows that words are ranked among.

use crate::support::plans::{Explained, Plan};

/// As many as the program ranks by words.
const MOST_SORTED: f64 = 1_000.0;

/// Of 100,000 ads: all are "camera", one in 20 is a "Leica", 20 are "rarity". 1,000 belong to somebody else.
const SEED: &str = "
    INSERT INTO listings (user_id, source, source_id, title, description, kind, price_amount, currency, condition,
                          category, available, score_due_at, created_at, updated_at)
    SELECT 1, (ARRAY['ebay', 'reverb', 'csv'])[1 + n % 3], n::text,
           CASE WHEN n % 20 = 0 THEN 'Leica M' || n % 7 ELSE 'Canon A' || n % 50 END || ' camera '
               || CASE WHEN n % 5000 = 7 THEN 'rarity ' ELSE '' END || n,
           'A description with words ' || n % 100, CASE WHEN n % 500 = 3 THEN 'parts' ELSE 'item' END,
           CASE WHEN n % 10 = 0 THEN NULL ELSE n * 37 % 100000 END, CASE WHEN n % 4 = 0 THEN 'EUR' ELSE 'USD' END,
           (ARRAY['good', 'great', 'new', NULL])[1 + n % 4], 'Category ' || n % 300, n % 50 <> 0, NULL,
           TIMESTAMPTZ '2026-01-01' + n * INTERVAL '1 min', TIMESTAMPTZ '2026-01-01' + n * 7919 % 100000 * INTERVAL '1 min'
    FROM generate_series(1, 100000) AS n;
    INSERT INTO listing_scores (user_id, listing_id, value, parts)
    SELECT 1, id, CASE WHEN id % 3 = 0 THEN NULL ELSE id % 101 END, '{}' FROM listings WHERE id % 4 > 0;
    INSERT INTO comps (user_id, source, source_id, title, kind, basis, price_amount, currency, condition, category,
                       observed_at, created_at, updated_at)
    SELECT 1, source, source_id, title, kind, CASE WHEN id % 200 = 0 THEN 'asking' ELSE 'sold' END,
           coalesce(price_amount, 1), currency, condition, category, created_at, updated_at, updated_at
    FROM listings;
    INSERT INTO users (email) VALUES ('bob@example.org');
    INSERT INTO listings (user_id, source, source_id, title, currency, score_due_at)
    SELECT (SELECT max(id) FROM users), 'csv', n::text, 'Zebra camera ' || n, 'USD', NULL
    FROM generate_series(1, 1000) AS n;
";

const WORDS: [&str; 5] = ["q=camera", "q=leica", "q=rarity", "q=%22leica+m3%22+-canon", "q=-leica"];

#[tokio::test]
async fn every_list_is_answered_by_an_index_whatever_is_asked() {
    let scene = Explained::seeded(SEED).await;
    let mut faults = Vec::new();
    let listings = [
        "",
        "category=Category+7",
        "condition=new",
        "kind=parts",
        "kind=picture",
        "source=reverb",
        "source=nowhere",
        "currency=EUR",
        "currency=EUR&min_price=5000&max_price=6000",
        "max_price=20",
        "min_score=99",
        "available=false",
        "available=true",
        "count=true",
    ];
    for sort in ["score", "price", "created_at", "updated_at", "relevance"] {
        look(&scene, "listings", &format!("sort=-{sort}&limit=100"), &listings, &mut faults).await;
        look(&scene, "listings", &format!("sort={sort}"), &WORDS, &mut faults).await;
        let narrow = ["q=camera&category=Category+7", "q=leica&kind=parts&count=true"];
        look(&scene, "listings", &format!("sort=-{sort}"), &narrow, &mut faults).await;
    }
    let comps = [
        "",
        "category=Category+7",
        "condition=new",
        "kind=parts",
        "basis=asking",
        "basis=sold",
        "source=csv",
        "currency=EUR",
        "count=true",
    ];
    for sort in ["observed_at", "price", "created_at", "updated_at", "relevance"] {
        look(&scene, "comps", &format!("sort=-{sort}&limit=100"), &comps, &mut faults).await;
        look(&scene, "comps", &format!("sort={sort}"), &WORDS, &mut faults).await;
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[tokio::test]
async fn suggestions_corrections_and_the_page_of_deals_need_no_whole_table_either() {
    let scene = Explained::seeded(SEED).await;
    let mut faults = Vec::new();
    for path in [
        "/api/v1/listings/suggestions?q=lei",
        "/api/v1/listings/suggestions?q=c",
        "/api/v1/listings/suggestions?q=category+1",
        "/api/v1/listings/suggestions?q=leicca",
        "/api/v1/listings?q=leicca+camera",
        "/",
        "/?q=leica&sort=-relevance",
        "/?q=lecia",
        "/?category=Category+7&sort=price",
    ] {
        check(&scene, path, "listings", &mut faults).await;
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let (answer, _) = scene.get("/api/v1/listings/suggestions?q=zeb", "listings").await;
    assert_eq!(answer.body, r#"{"items":[]}"#, "nobody is told another's words");
}

/// Asks for the first page of each question, and for the second where there is one.
async fn look(
    scene: &Explained,
    noun: &str,
    order: &str,
    questions: &[&str],
    faults: &mut Vec<String>,
) {
    for question in questions {
        let path = format!("/api/v1/{noun}?{order}&{question}");
        let path = path.trim_end_matches('&');
        let page = check(scene, path, noun, faults).await;
        if let Some(cursor) = page["next_cursor"].as_str() {
            check(scene, &format!("{path}&cursor={cursor}"), noun, faults).await;
        }
    }
}

async fn check(
    scene: &Explained,
    path: &str,
    noun: &str,
    faults: &mut Vec<String>,
) -> serde_json::Value {
    let (answer, plans) = scene.get(path, noun).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    assert!(!plans.is_empty(), "{path} asks the database");
    for plan in &plans {
        faults
            .extend(found(plan).into_iter().map(|fault| format!("{path}: {fault}: {}", plan.text)));
    }
    serde_json::from_str(&answer.body).unwrap_or_default()
}

/// A plan's faults; the small tables beside the large ones may be read whole.
fn found(plan: &Plan) -> Vec<String> {
    let faults = plan.faults(MOST_SORTED).into_iter();
    faults.filter(|fault| !fault.contains("\"users\"") && !fault.contains("\"sessions\"")).collect()
}
