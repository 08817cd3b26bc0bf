//! What the document says of accounts.

use schemars::SchemaGenerator;

use super::{MANY, User, change, filter, read_new};
use crate::{
    db::{owned::By, users_list::Sort},
    nouns::{fields::Fields, params::Params},
    web::api::{
        endpoint::{self, Answer, Operation},
        page::{self, Page},
    },
};

pub(super) fn list(made: &mut SchemaGenerator) -> Operation {
    let mut params = Params::describe();
    filter(&mut params);
    let by: By<Sort> = params.order();
    params.after(&by.to_string(), true);
    page::size(&mut params);
    Operation {
        summary: "Lists accounts: all of them for an admin, else your own.".to_owned(),
        query: params.known().to_vec(),
        ..Operation::of(MANY, "listUsers", Answer::Body(made.subschema_for::<Page<User>>()))
    }
}

pub(super) fn show(made: &mut SchemaGenerator) -> Operation {
    Operation {
        summary: "Shows one account.".to_owned(),
        refusals: &[404],
        ..Operation::of(MANY, "showUser", Answer::Resource(made.subschema_for::<User>()))
    }
}

pub(super) fn create(made: &mut SchemaGenerator) -> Operation {
    let mut fields = Fields::describe();
    read_new(&mut fields);
    Operation {
        summary: "Makes a new account.".to_owned(),
        scope: "admin",
        body: Some(endpoint::schema(fields.schema(true))),
        once: true,
        refusals: &[403, 409],
        ..Operation::of(MANY, "createUser", Answer::Created(made.subschema_for::<User>()))
    }
}

pub(super) fn change(made: &mut SchemaGenerator) -> Operation {
    let mut fields = Fields::describe();
    change::read(&mut fields);
    Operation {
        summary: "Changes the given fields of one account. `role` and `disabled` need the scope admin; one's own \
                  password needs `current_password`, and so does one's own address without that scope."
            .to_owned(),
        scope: "write",
        body: Some(endpoint::schema(fields.schema(false))),
        matches: true,
        once: true,
        refusals: &[403, 404, 409, 412],
        ..Operation::of(MANY, "changeUser", Answer::Changed(made.subschema_for::<User>()))
    }
}

pub(super) fn remove(_: &mut SchemaGenerator) -> Operation {
    Operation {
        summary: "Removes one account with all that is its own. The last owner stays.".to_owned(),
        scope: "admin",
        matches: true,
        once: true,
        refusals: &[403, 404, 409, 412],
        ..Operation::of(MANY, "removeUser", Answer::Nothing)
    }
}
