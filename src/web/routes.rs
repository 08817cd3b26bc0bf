//! Every route.

use actix_web::web::ServiceConfig;

/// The whole site.
pub fn all(_cfg: &mut ServiceConfig) {}
