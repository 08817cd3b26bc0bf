//! Every route, with the tables it needs. Tables that everybody's session needs (`users`, `sessions`) go without saying.

use actix_web::{
    guard,
    middleware::{Compress, from_fn},
    web::{Resource, ServiceConfig, get, post, resource, route, scope},
};

use super::{
    api, assets, edge, failure,
    gate::{Needs, Scope},
    origin, pages, respond,
};

const ADS: &[&str] = &["listings", "listing_scores"];
const ONE_AD: &[&str] = &["listings", "listing_scores", "price_points", "comps"];
const COMPS: &[&str] = &["comps"];
const IMPORTS: &[&str] = &["imports", "listings", "comps", "price_points"];
const PEOPLE: &[&str] = &[];

/// The whole site. Expects `web::Data<App>` as application data.
pub fn all(cfg: &mut ServiceConfig) {
    cfg.service(
        scope("")
            // From the inside out: compress, then name and log the request and add the headers.
            .wrap(Compress::default())
            .wrap(from_fn(edge::around))
            .configure(files)
            .service(scope("/api").wrap(from_fn(failure::as_problem)).configure(api_v1))
            .service(
                scope("")
                    .wrap(from_fn(origin::same_site))
                    .wrap(from_fn(failure::as_page))
                    .configure(for_people),
            ),
    );
}

fn for_people(cfg: &mut ServiceConfig) {
    cfg.service(page("/", ADS).get(pages::deals::list))
        .service(page("/listings/{id}", ONE_AD).route(read().to(pages::listings::show)));
}
