//! Changing an account: what needs the scope `admin`, and what needs the password that there is.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Payload},
};
use serde_json::{Map, Value};

use super::{ONE, User, email, id_of, name, password_text, seen_by};
use crate::{
    db::{self, users::UserChange, users_list::Seen},
    error::{Error, Result},
    model::{person, role::Role, scope::Scope},
    nouns::{
        fields::Fields,
        params::Params,
        shape::{Shape, boolean, one_of},
    },
    state::App,
    web::{
        api::{
            body::{self, LARGEST},
            crud,
            write::{self, Written},
        },
        auth::{self, Via, Viewer},
        password,
    },
};

/// What is to become different.
#[derive(Debug)]
pub(super) struct Wanted {
    email: Option<String>,
    name: Option<String>,
    role: Option<Role>,
    disabled: Option<bool>,
    password: Option<String>,
    current_password: Option<String>,
}

pub(super) fn read(fields: &mut Fields<'_>) -> Wanted {
    Wanted {
        email: fields.may("email", email()),
        name: fields.may("name", name()),
        role: fields.may("role", one_of()),
        disabled: fields.may("disabled", boolean()),
        password: fields.may("password", password_text()),
        current_password: fields.may("current_password", present_password()),
    }
}

/// `PATCH /api/v1/users/{id}`. Another password ends the other sessions of the account.
pub(super) async fn change(
    app: Data<App>,
    request: HttpRequest,
    viewer: Viewer,
    id: Path<String>,
    payload: Payload,
) -> Result<HttpResponse> {
    Params::of(request.query_string()).finish()?;
    let id = id_of(&id)?;
    let seen = seen_by(&viewer);
    if !matches!(seen, Seen::All) && id != viewer.user {
        return Err(Error::NotFound(ONE));
    }
    let body = body::read(&request, payload, LARGEST).await?;
    let given = body::object(body.json)?;
    let told_apart_by = without_passwords(&given)?;
    let mut fields = Fields::change(given, None, &crud::seals_nothing);
    let wanted = read(&mut fields);
    fields.finish()?;
    if wanted.role.is_some() || wanted.disabled.is_some() {
        viewer.needs(Scope::Admin)?;
    }

    let is_own = id == viewer.user;
    let is_guarded = wanted.password.is_some() || (wanted.email.is_some() && seen != Seen::All);
    // Hashes are worked out before the transaction: they take their time.
    let proof = if is_own && is_guarded {
        Some(prove(&app, &request, &viewer, wanted.current_password).await?)
    } else {
        None
    };
    let password_hash = match wanted.password {
        Some(text) => Some(password::hash(text).await?),
        None => None,
    };
    let now = app.clock.now();
    let change = UserChange {
        email: wanted.email,
        name: wanted.name,
        role: wanted.role,
        disabled_at: wanted.disabled.map(|disabled| disabled.then_some(now)),
        password_hash,
    };
    let kept = match viewer.via {
        Via::Session(session) if is_own => Some(session),
        _ => None,
    };
    write::once(&app, &request, viewer.user, &told_apart_by, async |conn| {
        let row = db::users_list::lock(conn, seen, id).await?;
        let (row, stored) = row.ok_or(Error::NotFound(ONE))?;
        if change.password_hash.is_some() && change.email.is_none() && row.email.is_none() {
            return Err(Error::invalid(
                "email",
                "is needed with a password; nobody signs in without",
            ));
        }
        // Of two who prove the same password, the second proved one that is gone.
        if proof.is_some_and(|Proof(proved)| proved != stored) {
            return Err(Error::invalid(
                "current_password",
                "has changed meanwhile; send the new one",
            ));
        }
        // Who is disabled already stays so since then.
        let disabled_at =
            change.disabled_at.map(|wanted| wanted.map(|at| row.disabled_at.unwrap_or(at)));
        let change = UserChange { disabled_at, ..change };
        write::check_match(&request, &User::from(row))?;
        let row = db::users::update(conn, id, &change, kept, now).await?;
        Written::changed(&User::from(row.ok_or(Error::NotFound(ONE))?))
    })
    .await
}

/// The hash whose password was given; nothing when the account has none, and so nothing to prove.
struct Proof(Option<String>);

async fn prove(
    app: &App,
    request: &HttpRequest,
    viewer: &Viewer,
    given: Option<String>,
) -> Result<Proof> {
    auth::limit_tries(app, request, "password", 10).await?;
    let stored = db::users::password_hash(&*app.conn().await?, viewer.user).await?;
    let Some(stored) = stored else { return Ok(Proof(None)) };
    let Some(given) = given else {
        let text = "is needed to change one's own password or address";
        return Err(Error::invalid("current_password", text));
    };
    if !password::is_right(given, Some(stored.clone())).await? {
        return Err(Error::invalid("current_password", "is not the password of this account"));
    }
    Ok(Proof(Some(stored)))
}

/// A body as requests with one `Idempotency-Key` are told apart by it. A digest of it is kept for a day, from which a
/// password could be guessed fast, so passwords are left out.
pub(super) fn without_passwords(given: &Map<String, Value>) -> Result<Vec<u8>> {
    let mut given = given.clone();
    for (name, value) in &mut given {
        if name.ends_with("password") {
            *value = Value::Null;
        }
    }
    serde_json::to_vec(&given).map_err(Error::internal)
}

/// A password that was set once; whatever the rule was then.
fn present_password() -> Shape<String> {
    let schema = serde_json::json!({
        "type": "string", "maxLength": person::LONGEST_PASSWORD, "writeOnly": true,
    });
    Shape::new(schema, |value| {
        let text = value.as_str().ok_or("is not text")?;
        if text.chars().count() > person::LONGEST_PASSWORD {
            return Err(format!("has more than {} characters", person::LONGEST_PASSWORD));
        }
        Ok(text.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_request_is_told_apart_without_its_passwords() {
        let bytes = |body: Value| without_passwords(body.as_object().unwrap()).unwrap();
        let one = bytes(json!({"name": "Ann", "password": "hunter2", "current_password": "x"}));
        assert!(!String::from_utf8(one.clone()).unwrap().contains("hunter2"));
        assert_ne!(one, bytes(json!({"name": "Bob", "password": "hunter2"})));
    }
}
