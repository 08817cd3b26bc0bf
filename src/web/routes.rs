//! Every route, with the tables it needs. Tables that everybody's session needs (`users`, `sessions`) go without saying.

mod programs;
mod tables;

use actix_web::{
    HttpResponse, Route, guard,
    middleware::{Compress, from_fn},
    web::{FormConfig, PayloadConfig, ServiceConfig, post, resource, route, scope},
};

use self::tables::{
    ACCOUNT, ADS, CAPTURES, CHOICES, COMPS, FEEDS, FINDS, IDENTITIES, IMPORTS, LINKS, ONE_AD,
    PEOPLE, PREFERENCES, PRICES, SEARCHES, TELLING, TOKENS, WATCHED,
};
use super::{assets, cors, csrf, edge, failure, gate::Needs, metrics, origin, pages, respond};

use crate::error::{Error, Result};

/// The whole site. Expects `web::Data<App>` as application data.
pub fn all(cfg: &mut ServiceConfig) {
    cfg.service(
        scope("")
            // From the inside out: compress, then name the request and log.
            .wrap(Compress::default())
            .wrap(from_fn(edge::around))
            .app_data(PayloadConfig::new(respond::FORM_BYTES))
            .app_data(FormConfig::default().limit(respond::FORM_BYTES))
            .configure(assets::routes)
            .service(
                resource("/metrics")
                    .wrap(from_fn(origin::own_name))
                    .wrap(from_fn(failure::as_problem))
                    .route(read().to(metrics::show)),
            )
            // A page, though its address is beside the document's.
            .service(
                resource("/api/docs")
                    .wrap(from_fn(origin::own_name))
                    .wrap(from_fn(failure::as_page))
                    .route(read().to(pages::docs::show)),
            )
            .service(
                scope("/api")
                    .wrap(from_fn(cors::allow))
                    .wrap(from_fn(csrf::prove))
                    .wrap(from_fn(origin::own_name))
                    .wrap(from_fn(origin::same_site))
                    .wrap(from_fn(failure::as_problem))
                    .configure(programs::all)
                    .default_service(route().to(no_endpoint)),
            )
            .service(
                scope("")
                    .wrap(from_fn(csrf::prove))
                    .wrap(from_fn(origin::own_name))
                    .wrap(from_fn(origin::same_site))
                    .wrap(from_fn(failure::as_page))
                    .configure(for_people)
                    .default_service(route().to(no_page)),
            ),
    );
}

fn for_people(cfg: &mut ServiceConfig) {
    use pages::{
        backtest, capture, comps, deals, finds, imports, listings, message_link, page_choices,
        pricing, status, watch,
    };
    cfg.service(resource("/").route(read().to(deals::list)).wrap(Needs::page(ADS)))
        .service(
            resource("/listings/{id}").route(read().to(listings::show)).wrap(Needs::page(ONE_AD)),
        )
        .service(
            resource("/listings/{id}/watch")
                .route(post().to(watch::say))
                .wrap(Needs::endpoint(WATCHED)),
        )
        .service(
            resource("/watchlist").route(read().to(watch::list::show)).wrap(Needs::page(WATCHED)),
        )
        .service(
            resource("/finds/{name}").route(read().to(finds::show)).wrap(Needs::endpoint(FINDS)),
        )
        .service(
            resource("/l/{ticket}")
                .route(read().to(message_link::show))
                .route(post().to(message_link::act))
                .wrap(Needs::endpoint(WATCHED)),
        )
        .service(
            resource("/pricing/backtest")
                .route(read().to(backtest::show))
                .wrap(Needs::page(PRICES)),
        )
        .service(resource("/pricing").route(read().to(pricing::show)).wrap(Needs::page(PRICES)))
        .service(resource("/comps").route(read().to(comps::list)).wrap(Needs::page(COMPS)))
        .service(resource("/comps/{id}").route(read().to(comps::show)).wrap(Needs::page(COMPS)))
        .service(
            resource("/import")
                .route(read().to(imports::form))
                .route(post().to(imports::take))
                .wrap(Needs::page(IMPORTS)),
        )
        .service(
            resource("/imports/{id}").route(read().to(imports::show)).wrap(Needs::page(IMPORTS)),
        )
        .service(
            resource("/capture")
                .route(read().to(capture::form))
                .route(post().to(capture::save))
                .wrap(Needs::page(CAPTURES)),
        )
        .service(
            resource("/capture/look").route(post().to(capture::look)).wrap(Needs::page(CAPTURES)),
        )
        .service(
            resource("/comps/{id}/remove")
                .route(post().to(comps::remove))
                .wrap(Needs::endpoint(COMPS)),
        )
        .service(
            resource("/page-choices")
                .route(read().to(page_choices::list))
                .wrap(Needs::page(CHOICES)),
        )
        .service(
            resource("/page-choices/{id}")
                .route(post().to(page_choices::change))
                .wrap(Needs::endpoint(CHOICES)),
        )
        .service(
            resource("/page-choices/{id}/remove")
                .route(post().to(page_choices::remove))
                .wrap(Needs::endpoint(CHOICES)),
        )
        .service(resource("/status").route(read().to(status::show)));
    searches(cfg);
    telling(cfg);
    doors(cfg);
    account(cfg);
}

fn searches(cfg: &mut ServiceConfig) {
    use pages::{
        feeds,
        searches::{self, edit, live},
    };
    cfg.service(resource("/searches").route(read().to(searches::list)).wrap(Needs::page(SEARCHES)))
        .service(
            resource("/searches/new")
                .route(read().to(edit::blank))
                .route(post().to(edit::make))
                .wrap(Needs::page(SEARCHES)),
        )
        .service(
            resource("/searches/{id}").route(read().to(searches::show)).wrap(Needs::page(SEARCHES)),
        )
        .service(
            resource("/searches/{id}/edit")
                .route(read().to(edit::stored))
                .route(post().to(edit::save))
                .wrap(Needs::page(SEARCHES)),
        )
        .service(
            resource("/searches/{id}/scan")
                .route(post().to(searches::scan))
                .wrap(Needs::page(SEARCHES)),
        )
        .service(
            resource("/searches/{id}/remove")
                .route(post().to(searches::remove))
                .wrap(Needs::page(SEARCHES)),
        )
        .service(
            resource("/scans/{id}/events")
                .route(read().to(live::events))
                .wrap(Needs::endpoint(SEARCHES)),
        )
        .service(
            resource("/feeds")
                .route(read().to(feeds::list))
                .route(post().to(feeds::add))
                .wrap(Needs::page(FEEDS)),
        )
        .service(
            resource("/feeds/{id}/switch").route(post().to(feeds::switch)).wrap(Needs::page(FEEDS)),
        )
        .service(
            resource("/feeds/{id}/remove").route(post().to(feeds::remove)).wrap(Needs::page(FEEDS)),
        );
}

fn telling(cfg: &mut ServiceConfig) {
    use pages::{account::preferences, channels, notifications};
    cfg.service(
        resource("/notifications").route(read().to(notifications::list)).wrap(Needs::page(TELLING)),
    )
    .service(
        resource("/notifications/read")
            .route(post().to(notifications::read_all))
            .wrap(Needs::endpoint(TELLING)),
    )
    .service(
        resource("/notifications/{id}/retry")
            .route(post().to(notifications::retry))
            .wrap(Needs::endpoint(TELLING)),
    )
    .service(
        resource("/notifications/{id}/read")
            .route(post().to(notifications::read))
            .wrap(Needs::endpoint(TELLING)),
    )
    .service(resource("/channels").route(read().to(channels::list)).wrap(Needs::page(TELLING)))
    .service(
        resource("/channels/new")
            .route(read().to(channels::blank))
            .route(post().to(channels::create))
            .wrap(Needs::endpoint(TELLING)),
    )
    .service(
        resource("/channels/{id}")
            .route(read().to(channels::show))
            .route(post().to(channels::change))
            .wrap(Needs::endpoint(TELLING)),
    )
    .service(
        resource("/channels/{id}/test")
            .route(post().to(channels::test))
            .wrap(Needs::endpoint(TELLING)),
    )
    .service(
        resource("/channels/{id}/remove")
            .route(post().to(channels::remove))
            .wrap(Needs::endpoint(TELLING)),
    )
    .service(
        resource("/account/preferences")
            .route(read().to(preferences::show))
            .route(post().to(preferences::save))
            .wrap(Needs::endpoint(PREFERENCES)),
    );
}

/// How people come in, and out.
fn doors(cfg: &mut ServiceConfig) {
    use pages::people::{forgot, login, oidc, reset, setup};
    cfg.service(
        resource("/setup")
            .route(read().to(setup::form))
            .route(post().to(setup::claim))
            .wrap(Needs::endpoint(PEOPLE)),
    )
    .service(
        resource("/login")
            .route(read().to(login::form))
            .route(post().to(login::login))
            .wrap(Needs::endpoint(PEOPLE)),
    )
    .service(
        resource("/login/oidc").route(read().to(oidc::begin)).wrap(Needs::endpoint(IDENTITIES)),
    )
    .service(
        resource("/login/oidc/callback")
            .route(read().to(oidc::finish))
            .wrap(Needs::endpoint(IDENTITIES)),
    )
    .service(
        resource("/forgot")
            .route(read().to(forgot::form))
            .route(post().to(forgot::ask))
            .wrap(Needs::endpoint(LINKS)),
    )
    .service(
        resource("/reset")
            .route(read().to(reset::form))
            .route(post().to(reset::set))
            .wrap(Needs::endpoint(LINKS)),
    )
    .service(resource("/logout").route(post().to(login::logout)).wrap(Needs::endpoint(PEOPLE)));
}

fn account(cfg: &mut ServiceConfig) {
    use pages::{
        account::{self, credentials, finds, sessions, tokens},
        users,
    };
    cfg.service(
        resource("/account")
            .route(read().to(account::show))
            .route(post().to(account::save))
            .wrap(Needs::endpoint(ACCOUNT)),
    )
    .service(
        resource("/account/password")
            .route(post().to(credentials::set_password))
            .wrap(Needs::endpoint(ACCOUNT)),
    )
    .service(
        resource("/account/address")
            .route(post().to(credentials::set_address))
            .wrap(Needs::endpoint(ACCOUNT)),
    )
    .service(
        resource("/account/sessions")
            .route(read().to(sessions::list))
            .wrap(Needs::endpoint(PEOPLE)),
    )
    .service(
        resource("/account/sessions/end-others")
            .route(post().to(sessions::end_others))
            .wrap(Needs::endpoint(PEOPLE)),
    )
    .service(
        resource("/account/sessions/{id}/end")
            .route(post().to(sessions::end))
            .wrap(Needs::endpoint(PEOPLE)),
    )
    .service(resource("/account/finds").route(read().to(finds::show)).wrap(Needs::endpoint(FINDS)))
    .service(
        resource("/account/finds/renew")
            .route(post().to(finds::renew))
            .wrap(Needs::endpoint(FINDS)),
    )
    .service(
        resource("/account/finds/off")
            .route(post().to(finds::switch_off))
            .wrap(Needs::endpoint(FINDS)),
    )
    .service(
        resource("/account/tokens")
            .route(read().to(tokens::list))
            .route(post().to(tokens::make))
            .wrap(Needs::endpoint(TOKENS)),
    )
    .service(
        resource("/account/tokens/{id}/revoke")
            .route(post().to(tokens::revoke))
            .wrap(Needs::endpoint(TOKENS)),
    )
    .service(
        resource("/users")
            .route(read().to(users::list))
            .route(post().to(users::invite))
            .wrap(Needs::endpoint(LINKS)),
    )
    .service(
        resource("/users/{id}/link").route(post().to(users::link)).wrap(Needs::endpoint(LINKS)),
    )
    .service(
        resource("/users/{id}/disable")
            .route(post().to(users::disable))
            .wrap(Needs::endpoint(LINKS)),
    )
    .service(
        resource("/users/{id}/enable").route(post().to(users::enable)).wrap(Needs::endpoint(LINKS)),
    )
    .service(
        resource("/users/{id}/role").route(post().to(users::set_role)).wrap(Needs::endpoint(LINKS)),
    );
}

/// GET, and HEAD, which is answered like GET without the body.
pub(super) fn read() -> Route {
    route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

async fn no_page() -> Result<HttpResponse> {
    Err(Error::NotFound("page"))
}

async fn no_endpoint() -> Result<HttpResponse> {
    Err(Error::NotFound("endpoint"))
}
