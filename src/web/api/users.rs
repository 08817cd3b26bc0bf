//! `/api/v1/users`: who has an account. Whoever has the scope `admin` sees and changes all; everybody else themself.

mod change;
mod describe;

use actix_web::{
    HttpRequest, HttpResponse,
    http::Method,
    web::{self, Data, Path, Payload},
};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    body::{self, LARGEST},
    crud,
    endpoint::Endpoint,
    page::{self, Page},
    write::{self, Written},
};
use crate::{
    db::{
        self,
        owned::{By, Sort as _},
        users::{NewUser, UserRow},
        users_list::{Filter, Seen, Sort},
    },
    error::{Error, Result},
    model::{id::UserId, person, role::Role, scope::Scope},
    nouns::{
        fields::Fields,
        params::Params,
        shape::{Shape, boolean, one_of},
    },
    state::App,
    web::{
        auth::{Admin, Viewer},
        password, respond, routes,
    },
};

const MANY: &str = "users";
const ONE: &str = "user";
const TABLES: &[&str] = &["users"];

/// An account, without its password.
#[derive(Debug, Serialize, JsonSchema)]
struct User {
    id: UserId,
    /// The address that signs in; null until the owner's account is claimed.
    email: Option<String>,
    name: String,
    role: Role,
    /// Whether it is closed: nobody signs in with it, and its tokens are refused.
    disabled: bool,
    disabled_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<UserRow> for User {
    fn from(row: UserRow) -> Self {
        Self {
            id: row.id,
            email: row.email,
            name: row.name,
            role: row.role,
            disabled: row.disabled_at.is_some(),
            disabled_at: row.disabled_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// The addresses of the noun.
pub(super) fn endpoints() -> Vec<Endpoint> {
    let (many, one) = ("/v1/users".to_owned(), "/v1/users/{id}".to_owned());
    let endpoint = |path: &String, method, route, describe| Endpoint {
        path: path.clone(),
        method,
        tables: TABLES,
        route,
        describe,
    };
    vec![
        endpoint(&many, Method::GET, || routes::read().to(list), describe::list),
        endpoint(&many, Method::POST, || web::post().to(create), describe::create),
        endpoint(&one, Method::GET, || routes::read().to(show), describe::show),
        endpoint(&one, Method::PATCH, || web::patch().to(change::change), describe::change),
        endpoint(&one, Method::DELETE, || web::delete().to(remove), describe::remove),
    ]
}

fn seen_by(viewer: &Viewer) -> Seen {
    if viewer.scope.includes(Scope::Admin) { Seen::All } else { Seen::Only(viewer.user) }
}

fn filter(params: &mut Params) -> Filter {
    let email = params.text("email").map(|email| email.to_lowercase());
    let role = params.take("role", one_of());
    Filter { email, role, disabled: params.take("disabled", boolean()) }
}

/// `GET /api/v1/users`
async fn list(app: Data<App>, request: HttpRequest, viewer: Viewer) -> Result<HttpResponse> {
    let mut params = Params::of(request.query_string());
    let filter = filter(&mut params);
    let by: By<Sort> = params.order();
    let after = params.after(&by.to_string(), by.sort.is_by_time());
    let (limit, counts) = page::size(&mut params);
    params.finish()?;

    let (conn, seen) = (app.conn().await?, seen_by(&viewer));
    let total =
        if counts { Some(db::users_list::count(&conn, seen, &filter).await?) } else { None };
    let rows = db::users_list::list(&conn, seen, &filter, by, after, limit + 1).await?;
    let cursor =
        |last: &UserRow| Params::cursor(&by.to_string(), db::users_list::position(last, by.sort));
    respond::json(&Page::of(rows, limit, total, cursor, User::from))
}

/// `GET /api/v1/users/{id}`
async fn show(
    app: Data<App>,
    request: HttpRequest,
    viewer: Viewer,
    id: Path<String>,
) -> Result<HttpResponse> {
    Params::of(request.query_string()).finish()?;
    let row = db::users_list::find(&*app.conn().await?, seen_by(&viewer), id_of(&id)?).await?;
    respond::resource(&request, &User::from(row.ok_or(Error::NotFound(ONE))?))
}

/// What a new account is asked for.
struct Wanted {
    email: Option<String>,
    name: Option<String>,
    role: Option<Role>,
    password: Option<String>,
}

fn read_new(fields: &mut Fields<'_>) -> Wanted {
    Wanted {
        email: fields.need("email", email()),
        name: fields.may("name", name()),
        role: fields.may("role", one_of()),
        password: fields.need("password", password_text()),
    }
}

/// `POST /api/v1/users`
async fn create(
    app: Data<App>,
    request: HttpRequest,
    Admin(viewer): Admin,
    payload: Payload,
) -> Result<HttpResponse> {
    Params::of(request.query_string()).finish()?;
    let body = body::read(&request, payload, LARGEST).await?;
    let given = body::object(body.json)?;
    let told_apart_by = change::without_passwords(&given)?;
    let mut fields = Fields::create(given, &crud::seals_nothing);
    let wanted = read_new(&mut fields);
    fields.finish()?;
    let (Some(email), Some(text)) = (wanted.email, wanted.password) else {
        return Err(Error::internal("a needed field was not asked for"));
    };
    // No connection is held while the hash is worked out.
    let new = NewUser {
        email,
        name: wanted.name.unwrap_or_default(),
        role: wanted.role.unwrap_or(Role::Member),
        password_hash: password::hash(text).await?,
    };
    write::once(&app, &request, viewer.user, &told_apart_by, async |conn| {
        let made = db::users::insert(conn, &new, app.clock.now()).await?;
        Written::created(format!("/api/v1/users/{}", made.id), &User::from(made))
    })
    .await
}

/// `DELETE /api/v1/users/{id}`: the account with all that is its own.
async fn remove(
    app: Data<App>,
    request: HttpRequest,
    Admin(viewer): Admin,
    id: Path<String>,
) -> Result<HttpResponse> {
    Params::of(request.query_string()).finish()?;
    let id = id_of(&id)?;
    write::once(&app, &request, viewer.user, &[], async |conn| {
        let row = db::users_list::lock(conn, Seen::All, id).await?;
        let (row, _) = row.ok_or(Error::NotFound(ONE))?;
        write::check_match(&request, &User::from(row))?;
        db::users::delete(conn, id).await?;
        Ok(Written::removed())
    })
    .await
}

/// What is no id names nobody.
fn id_of(text: &str) -> Result<UserId> {
    text.parse().map_err(|_| Error::NotFound(ONE))
}

fn email() -> Shape<String> {
    let schema = serde_json::json!({
        "type": "string", "minLength": 3, "maxLength": 254, "pattern": r"^[!-~]+@[!-~]+$",
    });
    Shape::new(schema, |value| person::email(value.as_str().ok_or("is not text")?))
}

fn name() -> Shape<String> {
    let schema = serde_json::json!({
        "type": "string", "maxLength": person::LONGEST_NAME, "pattern": r"^[^\u0000-\u001f\u007f-\u009f]*$",
    });
    Shape::new(schema, |value| person::name(value.as_str().ok_or("is not text")?))
}

/// A password that is to be set.
fn password_text() -> Shape<String> {
    let schema = serde_json::json!({
        "type": "string", "minLength": person::SHORTEST_PASSWORD, "maxLength": person::LONGEST_PASSWORD,
        "writeOnly": true,
    });
    Shape::new(schema, |value| {
        let text = value.as_str().ok_or("is not text")?;
        person::password_fault(text).map_or_else(|| Ok(text.to_owned()), Err)
    })
}
