//! What people see, over the real program and the real database.

mod account;
mod assets;
mod csrf;
mod deals;
mod finds;
mod gate;
mod imports;
mod limits;
mod mail_tls;
mod message_link;
mod oidc;
mod page_choices;
mod people;
mod pricing;
mod reset;
mod searches;
mod searches_live;
mod sources;
mod telling;
mod users;
mod watch;

use crate::support::Server;

/// The ids of the ads on a page and on those that its links to more lead to, in their order.
async fn ads_of_all_pages(server: &Server, mut path: String) -> Vec<i64> {
    let mut seen = Vec::new();
    loop {
        let page = server.get(&path).await.body;
        let ids = page.split("<h3><a href=\"/listings/").skip(1);
        seen.extend(ids.filter_map(|rest| rest.split('"').next()?.parse::<i64>().ok()));
        match page.split("rel=\"next\" href=\"").nth(1) {
            Some(rest) => path = rest.split('"').next().unwrap().replace("&#38;", "&"),
            None => return seen,
        }
    }
}
