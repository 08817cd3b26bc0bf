//! A fake Etsy: pages of ads by offset, with Etsy's kind of money.
//!
//! `put` an ad, `per_page`, then `next` for what goes wrong with the next search. `settings` points the program at it.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::support::http::{Asked, Reply, Web};

/// The key that it takes.
const KEY: &str = "keystring:shared";

/// The fake. Gone at the end.
#[derive(Debug)]
pub(crate) struct FakeEtsy {
    web: Web,
    shop: Arc<Mutex<Shop>>,
}

#[derive(Debug, Default)]
struct Shop {
    ads: Vec<Value>,
    per_page: usize,
    next: Vec<Reply>,
}

impl FakeEtsy {
    /// One without ads.
    pub(crate) async fn start() -> Self {
        let shop = Arc::new(Mutex::new(Shop { per_page: 100, ..Shop::default() }));
        let open = Arc::clone(&shop);
        let web = Web::start(move |asked| open.lock().unwrap().answer(asked)).await;
        Self { web, shop }
    }

    /// Puts an ad in front, in cents.
    pub(crate) fn put(&self, number: u64, title: &str, cents: i64, state: &str) {
        let ad = json!({
            "listing_id": number, "title": title, "description": "By hand.", "state": state, "quantity": 1,
            "price": {"amount": cents, "divisor": 100, "currency_code": "USD"},
            "url": format!("https://www.etsy.com/listing/{number}"), "created_timestamp": 1_790_000_000,
        });
        self.shop.lock().unwrap().ads.insert(0, ad);
    }

    /// How many ads a page has at most.
    pub(crate) fn per_page(&self, per_page: usize) {
        self.shop.lock().unwrap().per_page = per_page;
    }

    /// What the next search is answered with instead.
    pub(crate) fn next(&self, reply: Reply) {
        self.shop.lock().unwrap().next.push(reply);
    }

    /// What points the program at it.
    pub(crate) fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("DEAL_SCOUT__ETSY__API_KEY", KEY.to_owned()),
            ("DEAL_SCOUT__ETSY__API_URL", self.web.url("/v3/application")),
        ]
    }

    /// What it was asked.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.web.asked()
    }
}

impl Shop {
    fn answer(&mut self, asked: &Asked) -> Reply {
        if asked.header("x-api-key") != Some(KEY) {
            return Reply::json(&json!({"error": "Invalid API key: should be in the format keystring:shared_secret"}))
                .status(403);
        }
        match asked.path() {
            "/v3/application/listings/active" if !self.next.is_empty() => self.next.remove(0),
            "/v3/application/listings/active" => Reply::json(&self.page(asked)),
            _ => Reply::json(&json!({"error": "Resource not found"})).status(404),
        }
    }

    fn page(&self, asked: &Asked) -> Value {
        let words = asked.query("keywords").unwrap_or_default().to_lowercase();
        let fits = |ad: &&Value| {
            let title = ad["title"].as_str().unwrap().to_lowercase();
            words.split_whitespace().all(|word| title.contains(word))
        };
        let fitting: Vec<&Value> = self.ads.iter().filter(fits).collect();
        let number = |name: &str| asked.query(name).unwrap().parse::<usize>().unwrap();
        let items: Vec<&&Value> = fitting
            .iter()
            .skip(number("offset"))
            .take(number("limit").min(self.per_page))
            .collect();
        json!({"count": fitting.len(), "results": items})
    }
}
