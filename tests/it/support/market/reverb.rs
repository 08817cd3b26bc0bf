//! A fake Reverb: pages of ads linked by `_links.next`, and its price guide, in HAL.
//!
//! `put` an ad, `per_page`, then `next` for what goes wrong with the next search. `settings` points the program at it.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::support::http::{Asked, Reply, Web};

/// The token that it takes.
const TOKEN: &str = "reverb-token";

/// The fake. Gone at the end.
#[derive(Debug)]
pub(crate) struct FakeReverb {
    web: Web,
    shop: Arc<Mutex<Shop>>,
}

#[derive(Debug, Default)]
struct Shop {
    ads: Vec<Value>,
    transactions: Vec<Value>,
    per_page: usize,
    next: Vec<Reply>,
    next_host: Option<String>,
}

impl FakeReverb {
    /// One without ads.
    pub(crate) async fn start() -> Self {
        let shop = Arc::new(Mutex::new(Shop { per_page: 24, ..Shop::default() }));
        let open = Arc::clone(&shop);
        let web = Web::start(move |asked| open.lock().unwrap().answer(asked)).await;
        Self { web, shop }
    }

    /// Puts an ad in front; `state` is `live`, `sold` or `ended`.
    pub(crate) fn put(&self, number: u64, title: &str, price: &str, state: &str) {
        let ad = json!({
            "id": number, "title": title, "make": "Fender", "model": "Jazz Bass",
            "condition": {"uuid": "f7a3f48c-972a-44c6-b01a-0cd27488d3f6", "display_name": "Good"},
            "price": {"amount": price, "currency": "USD", "symbol": "$", "display": format!("${price}")},
            "state": {"slug": state, "description": state}, "published_at": "2026-11-20T10:00:00-06:00",
            "_links": {"web": {"href": format!("https://reverb.com/item/{number}")}},
        });
        self.shop.lock().unwrap().ads.insert(0, ad);
    }

    /// Adds a sale to the one entry of the price guide.
    pub(crate) fn sell(&self, date: &str, price: &str) {
        let sale = json!({"date": date, "price": {"amount": price, "currency": "USD"}, "condition": "Good"});
        self.shop.lock().unwrap().transactions.push(sale);
    }

    /// How many ads a page has.
    pub(crate) fn per_page(&self, per_page: usize) {
        self.shop.lock().unwrap().per_page = per_page;
    }

    /// What the next search is answered with instead.
    pub(crate) fn next(&self, reply: Reply) {
        self.shop.lock().unwrap().next.push(reply);
    }

    /// Where it says that further pages are.
    pub(crate) fn links_to(&self, host: &str) {
        self.shop.lock().unwrap().next_host = Some(host.to_owned());
    }

    /// What points the program at it.
    pub(crate) fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("DEAL_SCOUT__REVERB__TOKEN", TOKEN.to_owned()),
            ("DEAL_SCOUT__REVERB__API_URL", self.web.url("/api")),
        ]
    }

    /// What it was asked.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.web.asked()
    }
}

impl Shop {
    fn answer(&mut self, asked: &Asked) -> Reply {
        let hal = |body: Value| {
            Reply::new(200, body.to_string()).with("content-type", "application/hal+json")
        };
        if asked.header("authorization") != Some(&format!("Bearer {TOKEN}")) {
            return hal(json!({"message": "Please log in"})).status(401);
        }
        if asked.header("accept-version") != Some("3.0") {
            return hal(json!({"message": "Please send Accept-Version"})).status(406);
        }
        match asked.path() {
            "/api/listings/all" if !self.next.is_empty() => self.next.remove(0),
            "/api/listings/all" => hal(self.page(asked)),
            "/api/priceguide" => {
                hal(json!({"price_guides": [{"id": 99, "title": "Fender Jazz Bass"}]}))
            }
            "/api/priceguide/99/transactions" => hal(json!({"transactions": self.transactions})),
            _ => hal(json!({"message": "Not found"})).status(404),
        }
    }

    fn page(&self, asked: &Asked) -> Value {
        let words = asked.query("query").unwrap_or_default().to_lowercase();
        let fits = |ad: &&Value| {
            let title = ad["title"].as_str().unwrap().to_lowercase();
            words.split_whitespace().all(|word| title.contains(word))
        };
        let fitting: Vec<&Value> = self.ads.iter().filter(fits).collect();
        let at: usize = asked.query("page").map_or(1, |page| page.parse().unwrap());
        let items: Vec<&&Value> =
            fitting.iter().skip((at - 1) * self.per_page).take(self.per_page).collect();
        let mut links = json!({});
        if at * self.per_page < fitting.len() {
            let host = self
                .next_host
                .clone()
                .unwrap_or_else(|| format!("http://{}", asked.header("host").unwrap()));
            links["next"] =
                json!({"href": format!("{host}/api/listings/all?query={words}&page={}", at + 1)});
        }
        json!({"total": fitting.len(), "current_page": at, "per_page": self.per_page, "listings": items, "_links": links})
    }
}
