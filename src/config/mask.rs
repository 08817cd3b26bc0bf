//! Makes addresses fit to be shown.

/// The address with its password, and any in its query, shown as `***`. What is no address becomes `***` whole.
pub fn mask_url(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return "***".to_owned() };
    // The last @ of all: a password may hold one, and showing too little is the safe side.
    let (user, place) = match rest.rsplit_once('@') {
        Some((user, place)) => (Some(user), place),
        None => (None, rest),
    };
    let user = user.map_or_else(String::new, |user| match user.split_once(':') {
        Some((name, _)) => format!("{name}:***@"),
        None => format!("{user}@"),
    });
    format!("{scheme}://{user}{}", mask_query(place))
}

fn mask_query(place: &str) -> String {
    let Some((path, query)) = place.split_once('?') else { return place.to_owned() };
    let one = |pair: &str| match pair.split_once('=') {
        Some((name, _)) if name.to_lowercase().contains("pass") => format!("{name}=***"),
        _ => pair.to_owned(),
    };
    let pairs: Vec<_> = query.split('&').map(one).collect();
    format!("{path}?{}", pairs.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        for (url, shown) in [
            ("postgres://me:hunter2@db:5432/deals", "postgres://me:***@db:5432/deals"),
            ("postgres://me:hun@ter/2@db/deals", "postgres://me:***@db/deals"),
            ("postgres://me@db/deals", "postgres://me@db/deals"),
            (
                "postgres://db/deals?user=me&password=hunter2",
                "postgres://db/deals?user=me&password=***",
            ),
            ("redis://:hunter2@cache:6379/0", "redis://:***@cache:6379/0"),
            ("redis://cache", "redis://cache"),
            ("host=db password=hunter2", "***"),
            ("", "***"),
        ] {
            assert_eq!(mask_url(url), shown);
        }
    }
}
