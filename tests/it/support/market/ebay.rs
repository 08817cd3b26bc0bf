//! A fake eBay: tokens, pages of ads, sales, and errors in eBay's shape.
//!
//! ```text
//! let ebay = FakeEbay::start().await;
//! ebay.put(Ad::new(101, "Leica M6", "1999.00"));          // stands in every search from now on, newest first
//! ebay.put(Ad::new(101, "Leica M6", "1500.00"));          // the same ad, cheaper
//! ebay.remove(101);                                       // gone
//! ebay.per_page(2);                                       // three pages for five ads
//! ebay.next(Mishap::Limited(Some(7)));                    // the next search is answered 429, Retry-After: 7
//! ebay.at_offset(2, Mishap::CutOff);                      // the next search of the page at offset 2 is cut off
//! ebay.settings() -> variables that point the program at it, for `Env::of` or the environment of a process
//! ebay.offsets() -> the offsets of all searches so far; ebay.tokens() -> how many tokens were asked for
//! ```
//!
//! A search answers ads whose title has every word of `q`, checks the token and the marketplace as eBay does, and knows
//! `filter=price:[a..b]`. Mishaps are used up one by one; those of an offset come before those of any search.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::support::http::{Asked, Reply, Web};

/// An ad as eBay has it.
#[derive(Debug, Clone)]
pub(crate) struct Ad {
    number: u64,
    item: Value,
}

impl Ad {
    /// A used thing at a fixed price in dollars.
    pub(crate) fn new(number: u64, title: &str, price: &str) -> Self {
        let item = json!({
            "itemId": format!("v1|{number}|0"),
            "legacyItemId": number.to_string(),
            "title": title,
            "price": {"value": price, "currency": "USD"},
            "itemHref": format!("https://api.ebay.com/buy/browse/v1/item/v1%7C{number}%7C0"),
            "itemWebUrl": format!("https://www.ebay.com/itm/{number}"),
            "condition": "Used",
            "conditionId": "3000",
            "buyingOptions": ["FIXED_PRICE"],
            "seller": {"username": "somebody", "feedbackPercentage": "99.5", "feedbackScore": 512},
            "shippingOptions": [
                {"shippingCostType": "FIXED", "shippingCost": {"value": "0.00", "currency": "USD"}},
            ],
            "itemLocation": {"city": "Portland", "stateOrProvince": "OR", "country": "US"},
            "categories": [{"categoryId": "15230", "categoryName": "Film Cameras"}],
        });
        Self { number, item }
    }

    /// The same with another field, or a field set anew.
    pub(crate) fn with(mut self, field: &str, value: Value) -> Self {
        self.item[field] = value;
        self
    }
}

/// What goes wrong with one search.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Mishap {
    /// 429, with seconds to wait when given.
    Limited(Option<u64>),
    /// It hangs up in the middle of the answer.
    CutOff,
    /// 500 in eBay's shape.
    Broken,
    /// A page for people instead of JSON.
    Html,
    /// 200 with an object that says nothing.
    Empty,
    /// 401: the token is not taken any more, although its time is not over.
    Expired,
    /// It never answers.
    Silent,
}

/// The fake. Gone at the end.
#[derive(Debug)]
pub(crate) struct FakeEbay {
    web: Web,
    shop: Arc<Mutex<Shop>>,
}

#[derive(Debug)]
struct Shop {
    ads: Vec<Ad>,
    sales: Vec<Value>,
    per_page: usize,
    mishaps: Vec<(Option<usize>, Mishap)>,
    expires_in: u64,
    tokens: u32,
    /// The only token that is taken.
    token: String,
    has_insights: bool,
}

/// The keys that it knows.
const CLIENT: (&str, &str) = ("deals-app", "deals-cert");

impl FakeEbay {
    /// One without ads.
    pub(crate) async fn start() -> Self {
        let shop = Arc::new(Mutex::new(Shop {
            ads: Vec::new(),
            sales: Vec::new(),
            per_page: 200,
            mishaps: Vec::new(),
            expires_in: 7200,
            tokens: 0,
            token: String::new(),
            has_insights: false,
        }));
        let open = Arc::clone(&shop);
        let web = Web::start(move |asked| open.lock().unwrap().answer(asked)).await;
        Self { web, shop }
    }

    /// Puts an ad in front, or in the place of the one with its number.
    pub(crate) fn put(&self, ad: Ad) {
        let mut shop = self.shop.lock().unwrap();
        match shop.ads.iter().position(|known| known.number == ad.number) {
            Some(at) => shop.ads[at] = ad,
            None => shop.ads.insert(0, ad),
        }
    }

    /// Takes an ad away.
    pub(crate) fn remove(&self, number: u64) {
        self.shop.lock().unwrap().ads.retain(|ad| ad.number != number);
    }

    /// Adds a sale, and lets the keyset see sales.
    pub(crate) fn sell(&self, number: u64, title: &str, price: &str, date: &str) {
        let mut shop = self.shop.lock().unwrap();
        shop.has_insights = true;
        shop.sales.push(json!({
            "itemId": format!("v1|{number}|0"), "title": title, "conditionId": "3000", "condition": "Used",
            "lastSoldPrice": {"value": price, "currency": "USD"}, "lastSoldDate": date, "totalSoldQuantity": 1,
        }));
    }

    /// How many ads a page has at most, whatever is asked for.
    pub(crate) fn per_page(&self, per_page: usize) {
        self.shop.lock().unwrap().per_page = per_page;
    }

    /// How many seconds tokens hold from here on.
    pub(crate) fn tokens_hold(&self, seconds: u64) {
        self.shop.lock().unwrap().expires_in = seconds;
    }

    /// What goes wrong with the next search, after what was said before.
    pub(crate) fn next(&self, mishap: Mishap) {
        self.shop.lock().unwrap().mishaps.push((None, mishap));
    }

    /// What goes wrong with the next search of the page at `offset`.
    pub(crate) fn at_offset(&self, offset: usize, mishap: Mishap) {
        self.shop.lock().unwrap().mishaps.push((Some(offset), mishap));
    }

    /// What points the program at it.
    pub(crate) fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("EBAY_APP_ID", CLIENT.0.to_owned()),
            ("EBAY_CERT_ID", CLIENT.1.to_owned()),
            ("EBAY_ENV", self.web.url("")),
        ]
    }

    /// What it was asked, tokens included.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.web.asked()
    }

    /// The searches.
    pub(crate) fn searches(&self) -> Vec<Asked> {
        let is_search = |asked: &Asked| asked.path().ends_with("/item_summary/search");
        self.web.asked().into_iter().filter(is_search).collect()
    }

    /// The offsets of the searches.
    pub(crate) fn offsets(&self) -> Vec<usize> {
        self.searches().iter().map(offset).collect()
    }

    /// How many tokens were given out.
    pub(crate) fn tokens(&self) -> u32 {
        self.shop.lock().unwrap().tokens
    }
}

fn offset(asked: &Asked) -> usize {
    asked.query("offset").map_or(0, |offset| offset.parse().unwrap())
}

/// An error in eBay's shape.
fn error(status: u16, number: u32, message: &str) -> Reply {
    let error = json!({
        "errorId": number, "domain": "API_BROWSE", "category": if status < 500 { "REQUEST" } else { "APPLICATION" },
        "message": message, "longMessage": message,
    });
    Reply::json(&json!({ "errors": [error] })).status(status)
}

impl Shop {
    fn answer(&mut self, asked: &Asked) -> Reply {
        match (asked.method.as_str(), asked.path()) {
            ("POST", "/identity/v1/oauth2/token") => self.give_token(asked),
            ("GET", "/buy/browse/v1/item_summary/search") => self.search(asked),
            ("GET", "/buy/marketplace_insights/v1_beta/item_sales/search") => self.sold(asked),
            _ => error(404, 2002, "Resource not found"),
        }
    }

    fn give_token(&mut self, asked: &Asked) -> Reply {
        use base64::{Engine, engine::general_purpose::STANDARD};
        let right = format!("Basic {}", STANDARD.encode(format!("{}:{}", CLIENT.0, CLIENT.1)));
        if asked.header("authorization") != Some(right.as_str()) {
            let body = json!({"error": "invalid_client", "error_description": "client authentication failed"});
            return Reply::json(&body).status(401);
        }
        let body = asked.text();
        let is_form = asked.header("content-type") == Some("application/x-www-form-urlencoded");
        if !is_form || !body.starts_with("grant_type=client_credentials&scope=") {
            return Reply::json(&json!({"error": "unsupported_grant_type"})).status(400);
        }
        if body.contains("buy.marketplace.insights") && !self.has_insights {
            return Reply::json(&json!({"error": "invalid_scope"})).status(400);
        }
        self.tokens += 1;
        if self.token.is_empty() {
            self.token = format!("v^1.1#i^1#{}", self.tokens);
        }
        Reply::json(&json!({
            "access_token": self.token, "expires_in": self.expires_in, "token_type": "Application Access Token",
        }))
    }

    /// What every call needs.
    fn guard(&self, asked: &Asked) -> Option<Reply> {
        if self.token.is_empty()
            || asked.header("authorization") != Some(&format!("Bearer {}", self.token))
        {
            return Some(error(401, 1001, "Invalid access token"));
        }
        if asked.header("x-ebay-c-marketplace-id") != Some("EBAY_US") {
            return Some(error(409, 12007, "The marketplace is not supported."));
        }
        None
    }

    fn mishap(&mut self, offset: usize) -> Option<Mishap> {
        let at =
            |wanted: Option<usize>| self.mishaps.iter().position(|(offset, _)| *offset == wanted);
        let at = at(Some(offset)).or_else(|| at(None))?;
        Some(self.mishaps.remove(at).1)
    }

    fn search(&mut self, asked: &Asked) -> Reply {
        let offset = offset(asked);
        let mishap = self.mishap(offset);
        if let Some(Mishap::Expired) = mishap {
            self.token = String::new();
        }
        if let Some(refused) = self.guard(asked) {
            return refused;
        }
        let page = Reply::json(&self.page(asked, offset));
        match mishap {
            None | Some(Mishap::Expired) => page,
            Some(Mishap::Limited(wait)) => {
                let told =
                    error(429, 2001, "Too many requests. The request limit has been reached.");
                wait.map_or(told.clone(), |wait| told.with("retry-after", &wait.to_string()))
            }
            Some(Mishap::CutOff) => page.cut_off(40),
            Some(Mishap::Broken) => {
                error(500, 12000, "There was a problem with an eBay internal system.")
            }
            Some(Mishap::Html) => Reply::new(200, "<html>Pardon our interruption</html>"),
            Some(Mishap::Empty) => Reply::json(&json!({})),
            Some(Mishap::Silent) => Reply::Stalled(Vec::new()),
        }
    }

    fn page(&self, asked: &Asked, offset: usize) -> Value {
        let words = asked.query("q").unwrap_or_default().to_lowercase();
        let filter = asked.query("filter").unwrap_or_default();
        let range = filter.split_once("price:[").and_then(|(_, rest)| rest.split_once(']'));
        let (least, most) = range.and_then(|(range, _)| range.split_once("..")).unwrap_or(("", ""));
        let fits = |ad: &&Ad| {
            let title = ad.item["title"].as_str().unwrap().to_lowercase();
            let price: f64 =
                ad.item["price"]["value"].as_str().unwrap_or("0").parse().unwrap_or(0.0);
            words.split_whitespace().all(|word| title.contains(word))
                && least.parse().is_ok_and(|least: f64| price >= least) | least.is_empty()
                && most.parse().is_ok_and(|most: f64| price <= most) | most.is_empty()
        };
        let fitting: Vec<&Ad> = self.ads.iter().filter(fits).collect();
        let wanted: usize = asked.query("limit").map_or(50, |limit| limit.parse().unwrap());
        let limit = wanted.min(self.per_page);
        let items: Vec<&Value> =
            fitting.iter().skip(offset).take(limit).map(|ad| &ad.item).collect();
        let mut page = json!({
            "href": format!("https://api.ebay.com/buy/browse/v1/item_summary/search?limit={limit}&offset={offset}"),
            "total": fitting.len(), "limit": limit, "offset": offset,
        });
        if offset + limit < fitting.len() {
            page["next"] =
                format!("{}&offset={}", page["href"].as_str().unwrap(), offset + limit).into();
        }
        if !items.is_empty() {
            page["itemSummaries"] = json!(items);
        }
        page
    }

    fn sold(&mut self, asked: &Asked) -> Reply {
        if let Some(refused) = self.guard(asked) {
            return refused;
        }
        if !self.has_insights {
            return error(403, 1100, "Insufficient permissions to fulfill the request.");
        }
        Reply::json(
            &json!({ "total": self.sales.len(), "limit": 200, "offset": 0, "itemSales": self.sales }),
        )
    }
}
