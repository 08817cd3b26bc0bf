//! The routes of the API, as its table of endpoints has them.

use actix_web::{
    middleware::Condition,
    web::{ServiceConfig, resource},
};

use crate::web::{api, gate::Needs};

pub(super) fn all(cfg: &mut ServiceConfig) {
    // One resource an address, so that a method that is not taken is told apart from an address that is not there.
    let mut by_path: Vec<(String, Vec<api::endpoint::Endpoint>)> = Vec::new();
    for endpoint in api::endpoint::all() {
        match by_path.iter_mut().find(|(path, _)| *path == endpoint.path) {
            Some((_, same)) => same.push(endpoint),
            None => by_path.push((endpoint.path.clone(), vec![endpoint])),
        }
    }
    for (path, endpoints) in by_path {
        let needs = Needs::endpoint(endpoints.first().map_or(&[], |first| first.tables));
        let resource = endpoints
            .iter()
            .fold(resource(path), |resource, endpoint| resource.route((endpoint.route)()));
        let needs_nothing = endpoints.iter().all(|endpoint| endpoint.tables.is_empty());
        cfg.service(resource.wrap(Condition::new(!needs_nothing, needs)));
    }
}
