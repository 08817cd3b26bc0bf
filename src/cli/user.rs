//! `user`: accounts, by whoever runs the program.

use std::{
    io::{IsTerminal, Read, stdin},
    process::ExitCode,
};

use chrono::SecondsFormat;
use clap::{Args, Subcommand};
use serde_json::json;

use super::{Context, complain, say};
use crate::{
    app::{self, App},
    db::{
        self,
        users::{NewUser, UserChange, UserRow},
    },
    error::{Error, Result},
    model::{person, role::Role},
    web::{links, password},
};

pub(super) const EXAMPLE: &str = "Examples:
  deal-scout user add ann@example.org --password-stdin < password.txt
  deal-scout user list
  deal-scout user disable bob@example.org

The first account is the owner's unless --role says otherwise. A running server needs no restart.";

/// What to do with accounts.
#[derive(Debug, Args)]
pub(super) struct UserArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Makes an account, or claims the owner's.
    #[command(after_help = "Example:
  deal-scout user add ann@example.org --name Ann --password-stdin < password.txt")]
    Add {
        /// The address that signs in.
        email: String,
        /// owner or member; the first account is the owner's, every other one a member's.
        #[arg(long)]
        role: Option<Role>,
        /// How the person is called.
        #[arg(long, default_value = "")]
        name: String,
        #[command(flatten)]
        password: PasswordArgs,
        /// The account as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Tells who has an account.
    #[command(after_help = "Example:\n  deal-scout user list --json")]
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Sets another password and ends the sessions of the account.
    #[command(after_help = "Example:
  deal-scout user set-password ann@example.org --password-stdin < password.txt")]
    SetPassword {
        /// The address that signs in.
        email: String,
        #[command(flatten)]
        password: PasswordArgs,
    },
    /// Prints a link that sets a new password, once and within an hour. It begins with the setting `public_url`.
    #[command(after_help = "Example:\n  deal-scout user reset-link ann@example.org")]
    ResetLink {
        /// The address that signs in.
        email: String,
        /// As JSON: `{"link","expires_at"}`.
        #[arg(long)]
        json: bool,
    },
    /// Closes an account without removing anything: its sessions end and its tokens are refused.
    #[command(after_help = "Examples:
  deal-scout user disable bob@example.org
  deal-scout user disable bob@example.org --enable")]
    Disable {
        /// The address that signs in.
        email: String,
        /// Open it again instead.
        #[arg(long)]
        enable: bool,
    },
}

/// Where a password comes from.
#[derive(Debug, Args)]
struct PasswordArgs {
    /// Read the password from standard input; a newline at its end is dropped.
    #[arg(long, required = true)]
    password_stdin: bool,
}

pub(super) async fn run(args: UserArgs, context: Context) -> Result<ExitCode> {
    // Before the database is opened: what was typed wrongly is told at once.
    let work = Work::of(args.action)?;
    let app = app::open(context.settings, &context.log).await?;
    app::run_then_close(&app, work.on(&app)).await?;
    Ok(ExitCode::SUCCESS)
}

/// An action whose input was read and checked.
enum Work {
    Add { email: String, role: Option<Role>, name: String, password: String, json: bool },
    List { json: bool },
    SetPassword { email: String, password: String },
    ResetLink { email: String, json: bool },
    Disable { email: String, enable: bool },
}

impl Work {
    fn of(action: Action) -> Result<Self> {
        Ok(match action {
            Action::Add { email, role, name, json, password: _ } => Self::Add {
                email: address(&email)?,
                role,
                name: person::name(&name)
                    .map_err(|fault| Error::Failed(format!("the name {fault}")))?,
                password: read_password()?,
                json,
            },
            Action::List { json } => Self::List { json },
            Action::SetPassword { email, password: _ } => {
                Self::SetPassword { email: address(&email)?, password: read_password()? }
            }
            Action::ResetLink { email, json } => Self::ResetLink { email: address(&email)?, json },
            Action::Disable { email, enable } => Self::Disable { email: address(&email)?, enable },
        })
    }

    async fn on(self, app: &App) -> Result<()> {
        match self {
            Self::Add { email, role, name, password, json } => {
                let password_hash = password::hash(password).await?;
                let new =
                    NewUser { email, name, password_hash, role: role.unwrap_or(Role::Member) };
                add(app, new, role, json).await
            }
            Self::List { json } => list(app, json).await,
            Self::SetPassword { email, password } => {
                let change = UserChange {
                    password_hash: Some(password::hash(password).await?),
                    ..UserChange::default()
                };
                update(app, &email, &change).await?;
                say(&format!("{email} has another password, and is signed out everywhere"))
            }
            Self::ResetLink { email, json } => reset_link(app, &email, json).await,
            Self::Disable { email, enable } => {
                let disabled_at = Some((!enable).then(|| app.clock.now()));
                update(app, &email, &UserChange { disabled_at, ..UserChange::default() }).await?;
                say(&format!("{email} is {}", if enable { "enabled" } else { "disabled" }))
            }
        }
    }
}

async fn reset_link(app: &App, email: &str, as_json: bool) -> Result<()> {
    let user = find(&*app.conn().await?, email).await?;
    if user.disabled_at.is_some() {
        return Err(Error::Failed(format!(
            "{email} is disabled, so no link would open the account; `deal-scout user disable {email} --enable` does"
        )));
    }
    let link =
        format!("{}{}", links::base(app), links::set_password(app, user.id, links::RESET).await?);
    if as_json {
        let expires_at = app.clock.now() + links::RESET;
        let expires_at = expires_at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        return say(&json!({ "link": link, "expires_at": expires_at }).to_string());
    }
    say(&link)?;
    complain(&format!("whoever opens it sets the password of {email}, once and within an hour"));
    Ok(())
}

/// The first account is the owner's, unless the role says otherwise.
async fn add(app: &App, new: NewUser, role: Option<Role>, as_json: bool) -> Result<()> {
    let mut conn = app.conn().await?;
    let claimed = match role {
        Some(Role::Member) => None,
        _ => db::users::claim_as(&conn, &new, app.clock.now()).await?,
    };
    let made = match claimed {
        Some(owner) => owner,
        None => db::users::insert(&mut conn, &new, app.clock.now()).await?,
    };
    if as_json {
        return say(&shown(&made).to_string());
    }
    say(&format!("{} has an account as {}", new.email, made.role))
}

async fn list(app: &App, as_json: bool) -> Result<()> {
    let users = db::users::all(&*app.conn().await?).await?;
    if as_json {
        let users: Vec<_> = users.iter().map(shown).collect();
        return say(&json!(users).to_string());
    }
    let email = |user: &UserRow| user.email.clone().unwrap_or_else(|| "(not claimed)".to_owned());
    let width = users.iter().map(|user| email(user).chars().count()).max().unwrap_or(0).max(5);
    say(&format!("{:>4}  {:width$}  {:6}  {:8}  {}", "id", "email", "role", "state", "name"))?;
    for user in &users {
        let state = if user.disabled_at.is_some() { "disabled" } else { "enabled" };
        let (id, email) = (user.id.0, email(user));
        let line = format!("{id:>4}  {email:width$}  {:6}  {state:8}  {}", user.role, user.name);
        say(line.trim_end())?;
    }
    Ok(())
}

async fn update(app: &App, email: &str, change: &UserChange) -> Result<()> {
    let mut conn = app.conn().await?;
    let user = find(&conn, email).await?.id;
    let changed = db::users::update(&mut conn, user, change, None, app.clock.now()).await?;
    changed.map(|_| ()).ok_or_else(|| nobody(email))
}

/// The account with an address, or what to do about there being none.
pub(super) async fn find(conn: &diesel_async::AsyncPgConnection, email: &str) -> Result<UserRow> {
    db::users::find_by_email(conn, email).await?.ok_or_else(|| nobody(email))
}

fn nobody(email: &str) -> Error {
    Error::Failed(format!(
        "nobody has an account as {email}; `deal-scout user list` tells who has one"
    ))
}

/// An address as it is stored.
pub(super) fn address(text: &str) -> Result<String> {
    person::email(text).map_err(|fault| Error::Failed(format!("'{text}' {fault}")))
}

fn read_password() -> Result<String> {
    let mut input = stdin();
    if input.is_terminal() {
        complain("type the password, then Enter and Ctrl-D; it is shown as you type");
    }
    let mut bytes = Vec::new();
    input
        .read_to_end(&mut bytes)
        .map_err(|cause| Error::Failed(format!("standard input cannot be read: {cause}")))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Error::Failed("the password is not UTF-8 text".to_owned()))?;
    let password = text.strip_suffix('\n').unwrap_or(&text);
    let password = password.strip_suffix('\r').unwrap_or(password);
    match person::password_fault(password) {
        Some(fault) => Err(Error::Failed(format!("the password {fault}"))),
        None => Ok(password.to_owned()),
    }
}

fn shown(user: &UserRow) -> serde_json::Value {
    let time = |at: chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    json!({
        "id": user.id, "email": user.email, "name": user.name, "role": user.role,
        "disabled_at": user.disabled_at.map(time), "created_at": time(user.created_at),
        "updated_at": time(user.updated_at),
    })
}
