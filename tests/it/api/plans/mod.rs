//! What PostgreSQL does for lists of 100,000 rows of one user, in one database. Here: the lists of ads and comparables on 100,000 rows of one user: whatever is asked, an index answers, and nothing sorts
//! more than the few rows that words are ranked among.

mod every;

use crate::support::plans::Explained;

/// As many as the program ranks by words.
const MOST_SORTED: f64 = 1_000.0;

/// Of 100,000 ads: all are "camera", one in 20 is a "Leica", 20 are "rarity". 1,000 belong to somebody else.
const SEED: &str = "
    SELECT grow('listings'), grow('listing_scores'), grow('comps');
    INSERT INTO listings (user_id, source, source_id, title, description, kind, price_amount, currency, condition,
                          category, available, score_due_at, created_at, updated_at, dropped)
    SELECT 1, (ARRAY['ebay', 'reverb', 'csv'])[1 + n % 3], n::text,
           CASE WHEN n % 20 = 0 THEN 'Leica M' || n % 7 ELSE 'Canon A' || n % 50 END || ' camera '
               || CASE WHEN n % 5000 = 7 THEN 'rarity ' ELSE '' END || n,
           'A description with words ' || n % 100, CASE WHEN n % 500 = 3 THEN 'parts' ELSE 'item' END,
           CASE WHEN n % 10 = 0 THEN NULL ELSE n * 37 % 100000 END, CASE WHEN n % 4 = 0 THEN 'EUR' ELSE 'USD' END,
           (ARRAY['good', 'great', 'new', NULL])[1 + n % 4], 'Category ' || n % 300, n % 50 <> 0, NULL,
           TIMESTAMPTZ '2026-01-01' + n * INTERVAL '1 min', TIMESTAMPTZ '2026-01-01' + n * 7919 % 100000 * INTERVAL '1 min',
           CASE WHEN n % 9 < 4 THEN n % 9 < 3 END
    FROM generate_series(1, 100000) AS n;
    INSERT INTO listing_scores (user_id, listing_id, value, parts)
    SELECT 1, id, CASE WHEN id % 3 = 0 THEN NULL ELSE id % 101 END, '{}' FROM listings WHERE id % 4 > 0
    ON CONFLICT DO NOTHING;
    INSERT INTO comps (user_id, source, source_id, title, kind, basis, price_amount, currency, condition, category,
                       observed_at, created_at, updated_at)
    SELECT 1, source, source_id, title, kind, CASE WHEN id % 200 = 0 THEN 'asking' ELSE 'sold' END,
           coalesce(price_amount, 1), currency, condition, category, created_at, updated_at, updated_at
    FROM listings;
    INSERT INTO users (email) VALUES ('bob@example.org');
    INSERT INTO listings (user_id, source, source_id, title, currency, score_due_at)
    SELECT (SELECT max(id) FROM users), 'csv', n::text, 'Zebra camera ' || n, 'USD', NULL
    FROM generate_series(1, 1000) AS n;
    SELECT grown('listings'), grown('listing_scores'), grown('comps');
";

const WORDS: [&str; 5] = ["q=camera", "q=leica", "q=rarity", "q=%22leica+m3%22+-canon", "q=-leica"];

/// A scene that is asked, and what was found wrong.
struct Asked {
    scene: Explained,
    large: Vec<String>,
    faults: Vec<String>,
}

#[tokio::test]
async fn every_list_is_answered_by_an_index_whatever_is_asked() {
    let mut scene = Explained::started().await;
    let lists = every::Lists::settled(&mut scene).await;
    scene.run(include_str!("many.sql")).await;
    scene.run(SEED).await;
    lists.multiply(&mut scene).await;
    let large = scene.large().await;
    let mut asked = Asked { scene, large, faults: Vec::new() };
    lists.ask(&mut asked).await;
    ads_and_comparables(&mut asked).await;
    beside_the_lists(&mut asked).await;
    let faults = asked.faults;
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

async fn ads_and_comparables(asked: &mut Asked) {
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
        "dropped=true",
        "dropped=false",
        "dropped=true&hidden=false",
        "count=true",
    ];
    for sort in ["score", "price", "created_at", "updated_at", "relevance"] {
        asked.look("listings", &format!("sort=-{sort}&limit=100"), &listings).await;
        asked.look("listings", &format!("sort={sort}"), &WORDS).await;
        let narrow = ["q=camera&category=Category+7", "q=leica&kind=parts&count=true"];
        asked.look("listings", &format!("sort=-{sort}"), &narrow).await;
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
        asked.look("comps", &format!("sort=-{sort}&limit=100"), &comps).await;
        asked.look("comps", &format!("sort={sort}"), &WORDS).await;
    }
}

/// Suggestions, corrections and the page of deals need no whole table either.
async fn beside_the_lists(asked: &mut Asked) {
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
        "/?dropped=only",
    ] {
        asked.check(path, "listings").await;
    }
    for path in ["/comps", "/comps?q=leica", "/comps?basis=asking", "/pricing"] {
        asked.check(path, "comps").await;
    }
    let (answer, _) = asked.scene.get("/api/v1/listings/suggestions?q=zeb", "listings").await;
    assert_eq!(answer.body, r#"{"items":[]}"#, "nobody is told another's words");
}

impl Asked {
    /// Asks for the first page of each question, and for the second where there is one.
    async fn look(&mut self, noun: &str, order: &str, questions: &[&str]) {
        for question in questions {
            let path = format!("/api/v1/{noun}?{order}&{question}");
            let path = path.trim_end_matches('&');
            let page = self.check(path, noun).await;
            if let Some(cursor) = page["next_cursor"].as_str() {
                self.check(&format!("{path}&cursor={cursor}"), noun).await;
            }
        }
    }

    async fn check(&mut self, path: &str, table: &str) -> serde_json::Value {
        let (answer, plans) = self.scene.get(path, table).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        assert!(!plans.is_empty(), "{path} asks the database");
        for plan in &plans {
            let faults = plan.faults(&self.large, MOST_SORTED).into_iter();
            self.faults.extend(faults.map(|fault| format!("{path}: {fault}: {}", plan.text)));
        }
        serde_json::from_str(&answer.body).unwrap_or_default()
    }
}
