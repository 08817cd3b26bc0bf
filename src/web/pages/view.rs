//! How an ad's worth looks: the badge, the percentage, the picture, the words.

use std::collections::HashMap;

use crate::{
    db::listings_view::{ListingRow, MOST_COUNTED, Scored},
    model::{
        comp::ComparableId,
        condition::Condition,
        estimate::{Comparable, Confidence, Estimate, EstimateBasis, Trend},
        id::CompId,
        kind::Kind,
        money::Money,
    },
    web::assets,
};

use super::{chart::Gauge, watch::Controls};

/// A score as people see it: a number, a word and a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web) struct Badge {
    pub(in crate::web) number: i32,
    pub(in crate::web) word: &'static str,
    /// The style class that colours it.
    pub(in crate::web) class: &'static str,
}

impl Badge {
    /// The badge of a score of 0 to 100.
    pub(in crate::web) fn of(number: i32) -> Self {
        let (word, class) = match number {
            80.. => ("Great deal", "great"),
            60..=79 => ("Good deal", "good"),
            40..=59 => ("Fair", "fair"),
            20..=39 => ("Weak", "weak"),
            _ => ("Poor", "poor"),
        };
        Self { number, word, class }
    }
}

/// How far a price is from the fair value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web) struct Distance {
    /// Whole per cent, never negative.
    pub(in crate::web) percent: i64,
    /// `under`, `over` or `at`: for style and words.
    pub(in crate::web) side: &'static str,
}

impl Distance {
    /// Of `price` from `fair`; `None` when they cannot be compared.
    pub(in crate::web) fn of(price: Money, fair: Money) -> Option<Self> {
        if price.currency != fair.currency || fair.amount <= 0 {
            return None;
        }
        let difference = (i128::from(fair.amount) - i128::from(price.amount)) * 100;
        let half = i128::from(fair.amount) / 2;
        let percent = (difference.abs() + half) / i128::from(fair.amount);
        let side = match difference.signum() {
            _ if percent == 0 => "at",
            1 => "under",
            _ => "over",
        };
        Some(Self { percent: i64::try_from(percent).ok()?, side })
    }
}

/// An ad as the list of deals shows it.
#[derive(Debug)]
pub(in crate::web) struct Card {
    pub(in crate::web) ad: ListingRow,
    pub(in crate::web) badge: Option<Badge>,
    pub(in crate::web) picture: Option<String>,
    pub(in crate::web) fair: Option<Money>,
    pub(in crate::web) distance: Option<Distance>,
    pub(in crate::web) gauge: Option<Gauge>,
    pub(in crate::web) reason: Option<String>,
    watch: Controls,
}

impl Card {
    /// Of an ad, with the controls beside it.
    pub(in crate::web) fn of(scored: Scored, watch: Controls) -> Self {
        let Scored { listing: ad, score, .. } = scored;
        let total = ad.total();
        let estimate = score.as_ref().map(|score| &score.estimate);
        let fair = estimate.and_then(|estimate| estimate.fair_value);
        Self {
            badge: score.as_ref().and_then(|score| score.value).map(Badge::of),
            picture: picture(&ad),
            distance: total.zip(fair).and_then(|(total, fair)| Distance::of(total, fair)),
            gauge: total.zip(estimate).and_then(|(total, estimate)| Gauge::of(total, estimate)),
            reason: score.map(|score| score.summary).filter(|summary| !summary.is_empty()),
            fair,
            ad,
            watch,
        }
    }

    /// What can be said of it.
    pub(in crate::web) fn watch(&self) -> &Controls {
        &self.watch
    }

    /// The price in words.
    pub(in crate::web) fn price(&self) -> String {
        price(&self.ad)
    }

    /// What shipping costs, in words, when it is known.
    pub(in crate::web) fn shipping(&self) -> Option<String> {
        shipping(&self.ad)
    }

    /// Where the thing is, when it is known.
    pub(in crate::web) fn place(&self) -> Option<String> {
        place(&self.ad)
    }
}

/// The price in words.
pub(in crate::web) fn price(ad: &ListingRow) -> String {
    match ad.price() {
        Some(Money { amount: 0, .. }) => "Free".to_owned(),
        Some(price) => price.to_string(),
        None => "No price given".to_owned(),
    }
}

/// What shipping costs, in words, when it is known.
pub(in crate::web) fn shipping(ad: &ListingRow) -> Option<String> {
    Some(match ad.shipping()? {
        Money { amount: 0, .. } => "free shipping".to_owned(),
        shipping => format!("+ {shipping} shipping"),
    })
}

/// Where the thing is, when it is known: "Brooklyn, US, 6 km away".
pub(in crate::web) fn place(ad: &ListingRow) -> Option<String> {
    let text = |key: &str| {
        ad.location.get(key).and_then(serde_json::Value::as_str).filter(|text| !text.is_empty())
    };
    let mut parts: Vec<String> = match text("text") {
        Some(place) => vec![place.to_owned()],
        None => [text("postal_code"), text("country")]
            .into_iter()
            .flatten()
            .map(str::to_owned)
            .collect(),
    };
    if let Some(distance) = ad.location.get("distance_km").and_then(serde_json::Value::as_f64) {
        parts.push(format!("{distance:.0} km away"));
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// Where its picture can be loaded from: by https only, as our policy allows nothing else.
pub(in crate::web) fn picture(ad: &ListingRow) -> Option<String> {
    picture_at(ad.image_url.as_deref())
}

/// The same by the picture's own address.
pub(in crate::web) fn picture_at(url: Option<&str>) -> Option<String> {
    let url = url?;
    if let Some(name) = url.strip_prefix("/static/") {
        return Some(assets::href(name));
    }
    if let Some(rest) = url.strip_prefix("http://") {
        return Some(format!("https://{rest}"));
    }
    url.starts_with("https://").then(|| url.to_owned())
}

/// A link that a browser may follow: http or https, nothing else.
pub(in crate::web) fn safe_link(url: Option<&str>) -> Option<&str> {
    url.filter(|url| url.starts_with("https://") || url.starts_with("http://"))
}

/// Where a comparable can be looked at: a sale where it was sold or else on its own page, an ad on its own. What the
/// person sold has no page.
pub(in crate::web) fn comparable_link(
    id: ComparableId,
    sold_at: &HashMap<CompId, Option<String>>,
) -> Option<String> {
    match id {
        ComparableId::Listing(id) => Some(format!("/listings/{id}")),
        ComparableId::Order(_) => None,
        ComparableId::Comp(id) => {
            let elsewhere = safe_link(sold_at.get(&id).and_then(Option::as_deref));
            Some(elsewhere.map_or_else(|| format!("/comps/{id}"), str::to_owned))
        }
    }
}

/// The comps among comparables.
pub(in crate::web) fn comps_of(comparables: &[Comparable]) -> Vec<CompId> {
    let comp = |comparable: &Comparable| match comparable.id {
        ComparableId::Comp(id) => Some(id),
        ComparableId::Listing(_) | ComparableId::Order(_) => None,
    };
    comparables.iter().filter_map(comp).collect()
}

/// A source as people call it.
pub(in crate::web) fn source(word: &str) -> String {
    match word {
        "ebay" => "eBay".to_owned(),
        "csv" => "CSV file".to_owned(),
        other => capitalized(&other.replace(['-', '_'], " ")),
    }
}

/// How worn, for people.
pub(in crate::web) fn condition(condition: Condition) -> &'static str {
    match condition {
        Condition::Poor => "Poor, for parts",
        Condition::Fair => "Fair, clear wear",
        Condition::Good => "Good, used",
        Condition::Great => "Great, hardly worn",
        Condition::Excellent => "Excellent, like new",
        Condition::New => "New",
    }
}

/// What an ad really offers, when that is not the thing itself.
pub(in crate::web) fn oddity(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Item => None,
        Kind::Accessory => Some("Accessory"),
        Kind::Parts => Some("For parts"),
        Kind::Bundle => Some("Bundle"),
        Kind::EmptyBox => Some("Empty box"),
        Kind::Picture => Some("Only a picture"),
        Kind::Service => Some("Service or code"),
    }
}

/// How sure an estimate is, and what it rests on: "High confidence, from 41 sales, prices rising".
pub(in crate::web) fn grounds(estimate: &Estimate) -> String {
    let confidence = match estimate.confidence {
        Some(Confidence::High) => "High confidence",
        Some(Confidence::Medium) => "Medium confidence",
        Some(Confidence::Low) => "Low confidence",
        None => "No estimate",
    };
    let n = estimate.n;
    let basis = match (estimate.basis, n) {
        (EstimateBasis::Sold, 1) => "from 1 sale".to_owned(),
        (EstimateBasis::Sold, _) => format!("from {n} sales"),
        (EstimateBasis::Asking, _) => format!("from {n} asking prices, not sales"),
        (EstimateBasis::None, _) => "nothing to compare with".to_owned(),
    };
    let trend = match estimate.trend {
        Some(Trend::Rising) => ", prices rising",
        Some(Trend::Falling) => ", prices falling",
        Some(Trend::Steady) => ", prices steady",
        None => "",
    };
    format!("{confidence}, {basis}{trend}")
}

/// An amount that is only roughly known: without its minor units from a hundred on.
pub(in crate::web) fn about(money: Money) -> String {
    let scale = money.currency.scale();
    if money.amount < 100 * scale {
        return money.to_string();
    }
    whole(Money::new((money.amount + scale / 2) / scale * scale, money.currency))
}

/// An amount that has no minor units, without its zeros.
pub(in crate::web) fn whole(money: Money) -> String {
    money.to_string().replace(".000", "").replace(".00", "")
}

/// A number of things, with its thousands apart.
pub(in crate::web) fn count(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number of ads that were counted up to a limit: `10,000+` beyond it.
pub(in crate::web) fn counted(number: i64) -> String {
    let most = MOST_COUNTED - 1;
    if number > most { format!("{}+", count(most)) } else { count(number) }
}

/// A share of 0 to 1 in whole per cent.
pub(in crate::web) fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// A share of an answer: with a digit behind the point where it is small.
pub(in crate::web) fn weight(share: f64) -> String {
    match share {
        0.095.. => percent(share),
        0.0005.. => format!("{:.1} %", share * 100.0),
        _ => "< 0.1 %".to_owned(),
    }
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::money::Currency;

    #[test]
    fn a_distance_is_rounded_to_whole_per_cent() {
        let of = |price, fair| {
            let distance =
                Distance::of(Money::new(price, Currency::USD), Money::new(fair, Currency::USD));
            distance.map(|d| (d.percent, d.side))
        };
        assert_eq!(of(6_200, 10_000), Some((38, "under")));
        assert_eq!(of(12_500, 10_000), Some((25, "over")));
        assert_eq!(of(10_010, 10_000), Some((0, "at")));
        assert_eq!(of(5_000, 0), None);
    }

    #[test]
    fn prices_in_different_currencies_are_not_compared() {
        let euro = Money::new(100, Currency::EUR);
        assert_eq!(Distance::of(Money::new(100, Currency::USD), euro), None);
    }

    #[test]
    fn a_badge_says_in_a_word_what_its_number_means() {
        assert_eq!(Badge::of(80).word, "Great deal");
        assert_eq!(Badge::of(59).word, "Fair");
        assert_eq!(Badge::of(0).word, "Poor");
    }

    #[test]
    fn a_rough_amount_has_no_cents_from_a_hundred_on() {
        let said = |amount| about(Money::new(amount, Currency::USD));
        assert_eq!(said(173_250), "$1,733");
        assert_eq!(said(9_999), "$99.99");
    }

    #[test]
    fn only_web_addresses_become_links() {
        assert_eq!(safe_link(Some("javascript:alert(1)")), None);
        assert_eq!(safe_link(Some("https://a.example/x")), Some("https://a.example/x"));
    }
}
