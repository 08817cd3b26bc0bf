//! `/users`: who has an account here, for the owners.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{Data, Form, Path, Query},
};
use askama::Template;
use serde::Deserialize;

use super::faults::Faults;
use crate::{
    db::{
        self,
        users::{UserChange, UserRow},
    },
    error::{Error, Result},
    model::{id::UserId, person, role::Role},
    state::App,
    web::{
        auth::{SignedIn, SignedInOwner},
        links, respond,
        shell::Shell,
    },
};

/// What was done, when a form leads back here.
#[derive(Deserialize)]
pub(in crate::web) struct Done {
    done: Option<String>,
}

/// What the form for a new account sends.
#[derive(Default, Deserialize)]
pub(in crate::web) struct Invited {
    email: String,
    name: String,
    role: String,
}

/// What the form for another role sends.
#[derive(Deserialize)]
pub(in crate::web) struct NewRole {
    role: String,
}

/// `GET /users`
pub(in crate::web) async fn list(
    app: Data<App>,
    shell: Shell,
    owner: SignedInOwner,
    query: Query<Done>,
) -> Result<HttpResponse> {
    let done = match query.done.as_deref() {
        Some("disabled") => {
            Some("That account is closed: its sessions have ended, its tokens are refused.")
        }
        Some("enabled") => Some("That account is open again."),
        Some("role") => Some("The role is changed."),
        _ => None,
    };
    let page = UsersPage::of(&app, shell, owner, Invited::default()).await?;
    respond::page(&UsersPage { done, ..page })
}

/// `POST /users`: makes an account without a password, and shows the link that sets one.
pub(in crate::web) async fn invite(
    app: Data<App>,
    request: HttpRequest,
    shell: Shell,
    owner: SignedInOwner,
    form: Form<Invited>,
) -> Result<HttpResponse> {
    let invited = form.into_inner();
    let mut faults = Faults::default();
    let email = faults.take("email", person::email(&invited.email));
    let name = faults.take("name", person::name(&invited.name));
    let role = faults.take("role", invited.role.parse::<Role>());
    if let (Some(email), Some(name), Some(role)) = (email, name, role) {
        let conn = app.conn().await?;
        let made = db::accounts::invite(&conn, &email, &name, role, app.clock.now()).await;
        drop(conn);
        match made {
            Ok(user) => {
                slog::info!(app.log, "an account was made"; "user_id" => user.0, "by" => owner.0.user.0);
                return show_link(&app, &request, shell, owner, user, email).await;
            }
            Err(Error::Conflict(_)) => faults.add("email", "has an account already"),
            Err(other) => return Err(other),
        }
    }
    let page = UsersPage::of(&app, shell, owner, invited).await?;
    respond::page_with(StatusCode::UNPROCESSABLE_ENTITY, &UsersPage { faults, ..page })
}

/// `POST /users/{id}/link`: another link that sets a password, for somebody who has lost theirs.
pub(in crate::web) async fn link(
    app: Data<App>,
    request: HttpRequest,
    shell: Shell,
    owner: SignedInOwner,
    id: Path<UserId>,
) -> Result<HttpResponse> {
    let user = find(&app, *id).await?;
    let Some(email) = user.email.filter(|_| user.disabled_at.is_none()) else {
        let text = "this account is closed, so no link opens it; open it first";
        return Err(Error::Conflict(text.to_owned()));
    };
    show_link(&app, &request, shell, owner, user.id, email).await
}

/// `POST /users/{id}/disable`
pub(in crate::web) async fn disable(
    app: Data<App>,
    _: SignedInOwner,
    id: Path<UserId>,
) -> Result<HttpResponse> {
    let disabled_at = Some(Some(app.clock.now()));
    let change = UserChange { disabled_at, ..UserChange::default() };
    update(&app, *id, &change, "disabled").await
}

/// `POST /users/{id}/enable`
pub(in crate::web) async fn enable(
    app: Data<App>,
    _: SignedInOwner,
    id: Path<UserId>,
) -> Result<HttpResponse> {
    let change = UserChange { disabled_at: Some(None), ..UserChange::default() };
    update(&app, *id, &change, "enabled").await
}

/// `POST /users/{id}/role`
pub(in crate::web) async fn set_role(
    app: Data<App>,
    _: SignedInOwner,
    id: Path<UserId>,
    form: Form<NewRole>,
) -> Result<HttpResponse> {
    let role = form.role.parse().map_err(|fault: String| Error::invalid("role", fault))?;
    let change = UserChange { role: Some(role), ..UserChange::default() };
    update(&app, *id, &change, "role").await
}

async fn update(app: &App, user: UserId, change: &UserChange, done: &str) -> Result<HttpResponse> {
    let mut conn = app.conn().await?;
    let changed = db::users::update(&mut conn, user, change, None, app.clock.now()).await?;
    changed.ok_or(Error::NotFound("account"))?;
    Ok(respond::see_other(&format!("/users?done={done}")))
}

async fn find(app: &App, user: UserId) -> Result<UserRow> {
    let all = db::users::all(&*app.conn().await?).await?;
    all.into_iter().find(|row| row.id == user).ok_or(Error::NotFound("account"))
}

async fn show_link(
    app: &App,
    request: &HttpRequest,
    shell: Shell,
    SignedInOwner(person): SignedInOwner,
    user: UserId,
    email: String,
) -> Result<HttpResponse> {
    let path = links::set_password(app, user, links::INVITATION).await?;
    let link = format!("{}{path}", links::base_for(app, request));
    let page = LinkPage { shell, person, email, link };
    let mut response = respond::page_with(StatusCode::CREATED, &page)?;
    let no_store = header::HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, no_store);
    Ok(response)
}

#[derive(Template)]
#[template(path = "users/list.html")]
struct UsersPage {
    shell: Shell,
    person: SignedIn,
    users: Vec<UserRow>,
    invited: Invited,
    done: Option<&'static str>,
    faults: Faults,
}

impl UsersPage {
    async fn of(
        app: &App,
        shell: Shell,
        SignedInOwner(person): SignedInOwner,
        invited: Invited,
    ) -> Result<Self> {
        let users = db::users::all(&*app.conn().await?).await?;
        Ok(Self { shell, person, users, invited, done: None, faults: Faults::default() })
    }

    /// Whether nobody else could look after this installation.
    fn is_last_owner(&self, user: &UserRow) -> bool {
        let can = |user: &UserRow| {
            user.role == Role::Owner && user.disabled_at.is_none() && user.email.is_some()
        };
        can(user) && self.users.iter().filter(|other| can(other)).count() == 1
    }
}

#[derive(Template)]
#[template(path = "users/link.html")]
struct LinkPage {
    shell: Shell,
    person: SignedIn,
    email: String,
    link: String,
}
