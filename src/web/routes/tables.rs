//! The tables that routes need, by what is shown or done.

pub(super) const ADS: &[&str] = &["listings", "listing_scores", "watchlist_items", "user_prefs"];
pub(super) const ONE_AD: &[&str] =
    &["listings", "listing_scores", "price_points", "comps", "watchlist_items", "user_prefs"];
pub(super) const FINDS: &[&str] =
    &["finds", "searches", "listings", "listing_scores", "watchlist_items", "user_prefs"];
pub(super) const WATCHED: &[&str] =
    &["watchlist_items", "listings", "listing_scores", "price_points", "my_items", "user_prefs"];
// What others ask stands in for sales that are not known.
pub(super) const PRICES: &[&str] =
    &["comps", "listings", "orders", "cross_posts", "my_items", "user_prefs"];
pub(super) const COMPS: &[&str] = &["comps", "user_prefs"];
pub(super) const SEARCHES: &[&str] = &[
    "searches",
    "search_channels",
    "search_sources",
    "scans",
    "finds",
    "feeds",
    "channels",
    "listings",
    "listing_scores",
    "watchlist_items",
    "user_prefs",
];
pub(super) const FEEDS: &[&str] = &["feeds"];
pub(super) const IMPORTS: &[&str] = &["imports", "listings", "comps", "price_points"];
pub(super) const CAPTURES: &[&str] = &["listings", "price_points", "page_choices"];
pub(super) const CHOICES: &[&str] = &["page_choices", "user_prefs"];
pub(super) const TELLING: &[&str] = &["channels", "notifications", "user_prefs"];
pub(super) const PREFERENCES: &[&str] = &["user_prefs", "notifications"];
pub(super) const PEOPLE: &[&str] = &[];
pub(super) const ACCOUNT: &[&str] = &["user_prefs", "identities", "password_resets"];
pub(super) const TOKENS: &[&str] = &["api_tokens"];
pub(super) const IDENTITIES: &[&str] = &["identities"];
pub(super) const LINKS: &[&str] = &["password_resets"];
