//! `token`: keys for programs, by whoever runs the program.

use std::process::ExitCode;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{
    Context, complain, say,
    user::{address, find},
};
use crate::{
    app::{self, App},
    db::{
        self,
        api_tokens::{ApiToken, ApiTokenFields},
        owned::Owned,
    },
    error::{Error, Result},
    model::{id::ApiTokenId, person, scope::Scope},
    web::auth::token::NewToken,
};

pub(super) const EXAMPLE: &str = "Examples:
  deal-scout token add ann@example.org --scope read
  deal-scout token list
  deal-scout token revoke 7

A program sends its token with every request: Authorization: Bearer ds_...";

/// What to do with tokens.
#[derive(Debug, Args)]
pub(super) struct TokenArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Makes a token and prints it, this once.
    #[command(after_help = "Examples:
  TOKEN=$(deal-scout token add ann@example.org --scope read)
  deal-scout token add ann@example.org --scope write --name backup --expires-in-days 90 --json")]
    Add {
        /// Whose rows it opens.
        email: String,
        /// read, write or admin; each includes the one before it, and admin is for owners.
        #[arg(long, default_value = "read")]
        scope: Scope,
        /// What it is for.
        #[arg(long, default_value = "made by command")]
        name: String,
        /// When it ends; never, when it is not given.
        #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=36_500))]
        expires_in_days: Option<u32>,
        /// As JSON: {"token","id","scope"}.
        #[arg(long)]
        json: bool,
    },
    /// Tells which tokens there are, and when each was last used.
    #[command(after_help = "Example:\n  deal-scout token list ann@example.org --json")]
    List {
        /// Whose; everybody's, when it is not given.
        email: Option<String>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Takes a token back at once. It stays listed.
    #[command(after_help = "Example:\n  deal-scout token revoke 7")]
    Revoke {
        /// Its id, as `token list` tells it.
        id: ApiTokenId,
    },
}

pub(super) async fn run(args: TokenArgs, context: Context) -> Result<ExitCode> {
    let app = app::open(context.settings, &context.log).await?;
    let work = async {
        match args.action {
            Action::Add { email, scope, name, expires_in_days, json } => {
                let expires_at =
                    expires_in_days.map(|days| app.clock.now() + TimeDelta::days(days.into()));
                add(&app, &email, scope, &name, expires_at, json).await
            }
            Action::List { email, json } => list(&app, email.as_deref(), json).await,
            Action::Revoke { id } => revoke(&app, id).await,
        }
    };
    app::run_then_close(&app, work).await?;
    Ok(ExitCode::SUCCESS)
}

async fn add(
    app: &App,
    email: &str,
    scope: Scope,
    name: &str,
    expires_at: Option<DateTime<Utc>>,
    as_json: bool,
) -> Result<()> {
    let email = address(email)?;
    let name = person::name(name)
        .and_then(|name| if name.is_empty() { Err("is empty".to_owned()) } else { Ok(name) })
        .map_err(|fault| Error::Failed(format!("the name {fault}")))?;
    let mut conn = app.conn().await?;
    let user = find(&conn, &email).await?;
    if user.disabled_at.is_some() {
        return Err(Error::Failed(format!(
            "{email} is disabled, so no token of theirs would be taken; `deal-scout user disable {email} --enable` \
             opens the account again"
        )));
    }
    if !user.role.widest_scope().includes(scope) {
        return Err(Error::Failed(format!(
            "{email} is a {}, and the scope {scope} is for owners; take read or write",
            user.role
        )));
    }
    let token = NewToken::draw();
    let fields = ApiTokenFields {
        name: Some(name),
        scope: Some(scope),
        expires_at,
        prefix: Some(token.prefix),
        token_digest: Some(token.digest.into()),
    };
    let made = ApiToken::insert(&mut conn, user.id, &fields).await?;
    if as_json {
        let shown = json!({"token": token.text, "id": made.id, "scope": made.scope});
        return say(&shown.to_string());
    }
    say(&token.text)?;
    complain(&format!(
        "token {} of {email} with the scope {scope}; keep it, it is not shown again",
        made.id
    ));
    Ok(())
}

async fn list(app: &App, email: Option<&str>, as_json: bool) -> Result<()> {
    let conn = app.conn().await?;
    let user = match email {
        Some(email) => Some(find(&conn, &address(email)?).await?.id),
        None => None,
    };
    let tokens = db::api_tokens::all(&conn, user).await?;
    if as_json {
        let tokens: Vec<_> =
            tokens.iter().map(|(token, email)| shown(token, email.as_deref())).collect();
        return say(&json!(tokens).to_string());
    }
    say(&format!(
        "{:>4}  {:11}  {:5}  {:10}  {:8}  {}",
        "id", "begins with", "scope", "last used", "state", "whose, and what for"
    ))?;
    for (token, email) in &tokens {
        let ApiToken { id, prefix, scope, name, .. } = token;
        let last_use = token.last_used_at.map_or_else(|| "never".to_owned(), day);
        let state = state(token, app.clock.now());
        let email = email.as_deref().unwrap_or("(not claimed)");
        say(&format!(
            "{:>4}  {prefix:11}  {scope:5}  {last_use:10}  {state:8}  {email}: {name}",
            id.0
        ))?;
    }
    Ok(())
}

async fn revoke(app: &App, id: ApiTokenId) -> Result<()> {
    let conn = app.conn().await?;
    let Some(user) = db::api_tokens::holder(&conn, id).await? else {
        return Err(Error::Failed(format!(
            "there is no token {id}; `deal-scout token list` tells which there are"
        )));
    };
    if db::api_tokens::revoke(&conn, user, id, app.clock.now()).await? {
        say(&format!("token {id} is revoked"))
    } else {
        say(&format!("token {id} was revoked already"))
    }
}

fn state(token: &ApiToken, now: DateTime<Utc>) -> &'static str {
    match (token.revoked_at, token.expires_at) {
        (Some(_), _) => "revoked",
        (None, Some(end)) if end <= now => "expired",
        _ => "valid",
    }
}

fn shown(token: &ApiToken, email: Option<&str>) -> Value {
    let time = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    json!({
        "id": token.id, "email": email, "name": token.name, "scope": token.scope, "prefix": token.prefix,
        "last_used_at": token.last_used_at.map(time), "expires_at": token.expires_at.map(time),
        "revoked_at": token.revoked_at.map(time), "created_at": time(token.created_at),
    })
}

fn day(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d").to_string()
}
