//! The channel that the operator gives by `DISCORD_WEBHOOK_URL`: the owner's, made at the first start and kept at the
//! address of the setting. It is switched off, renamed and chosen in searches like any other.

use diesel_async::AsyncPgConnection;
use serde_json::json;
use slog::{info, warn};

use crate::{
    db::{
        self,
        channels::{Channel, ChannelFields, Filter},
        outbox,
        owned::{By, Owned},
        sealed::CHANNEL_SECRET,
    },
    error::{Error, Result},
    model::{channel::ChannelKind, id::UserId},
    state::App,
};

const SETTING: &str = "DISCORD_WEBHOOK_URL";
/// More than anybody has.
const MOST: i64 = 1000;

/// Makes the owner's channel of the setting, and lets it tell of those searches that have no channel; or brings the
/// one that is there up to the setting's address. Does nothing where the setting is not set.
pub async fn adopt_discord(app: &App) -> Result<()> {
    let Some(hook) = &app.settings.discord_webhook else { return Ok(()) };
    let mut conn = app.conn().await?;
    let owner = db::users::owner(&conn).await?;
    let context = CHANNEL_SECRET.context(owner);
    let filter = Filter { kind: Some(ChannelKind::Discord), ..Filter::default() };
    let all = Channel::list(&mut conn, owner, &filter, By::default(), None, MOST).await?;
    let secret = app.sealer.seal(&context, hook)?;
    let Some(known) = all.into_iter().find(|row| row.settings["from"] == SETTING) else {
        return make(app, &mut conn, owner, secret).await;
    };
    let way = outbox::way(&mut conn, owner, known.id).await?;
    let stored = way.and_then(|way| app.sealer.open(&context, &way.secret?).ok());
    if stored.as_ref() != Some(hook) {
        let change = ChannelFields { secret: Some(Some(secret)), ..ChannelFields::default() };
        Channel::update(&mut conn, owner, known.id, &change).await?;
        info!(app.log, "the channel of {SETTING} has a new address"; "channel_id" => known.id.0);
    }
    Ok(())
}

async fn make(
    app: &App,
    conn: &mut AsyncPgConnection,
    owner: UserId,
    secret: Vec<u8>,
) -> Result<()> {
    let mut new = ChannelFields {
        kind: Some(ChannelKind::Discord),
        settings: Some(json!({"from": SETTING})),
        secret: Some(Some(secret)),
        ..ChannelFields::default()
    };
    for name in ["Discord", "Discord (from the settings)"] {
        new.name = Some(name.to_owned());
        match Channel::insert(conn, owner, &new).await.map_err(Error::from) {
            Ok(made) => {
                let searches = outbox::adopt_searches(conn, owner, made.id).await?;
                info!(app.log, "a channel was made of {SETTING}"; "channel_id" => made.id.0, "searches" => searches);
                return Ok(());
            }
            Err(Error::Conflict(_)) => {}
            Err(other) => return Err(other),
        }
    }
    warn!(app.log, "no channel was made of {SETTING}: its names are taken");
    Ok(())
}
