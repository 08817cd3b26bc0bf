//! The token of the application: asked for once, shared by every search and replica, renewed before it ends.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use tokio::sync::Mutex;

use super::{Ebay, answer, request};
use crate::{
    config::Secret,
    market::{call, source::Fault, text},
    outbound::{
        Reach, Request,
        header::{AUTHORIZATION, HeaderValue},
    },
};

/// A token is not used in its last minutes: a clock may be wrong, and a search takes its time.
const AHEAD: Duration = Duration::from_mins(5);

/// One asks for a token at a time; the others find it kept.
static TURN: Mutex<()> = Mutex::const_new(());

impl Ebay<'_> {
    /// A token for `scope`. `refused` is one that eBay has just not taken: it is not handed out again.
    pub(super) async fn token(
        &self,
        scope: &str,
        refused: Option<&Secret>,
    ) -> Result<Secret, Fault> {
        let key = self.key(scope);
        if let Some(kept) = self.kept(&key, refused).await {
            return Ok(kept);
        }
        let _turn = TURN.lock().await;
        if let Some(kept) = self.kept(&key, refused).await {
            return Ok(kept);
        }
        let (token, seconds) = self.new_token(scope).await?;
        let time = Duration::from_secs(seconds).saturating_sub(AHEAD);
        if !time.is_zero() {
            let until = self.means.clock.now() + time;
            let kept = format!("{} {}", until.timestamp(), token.reveal());
            self.means.keep.set(&key, kept.into_bytes(), time).await;
        }
        Ok(token)
    }

    async fn kept(&self, key: &str, refused: Option<&Secret>) -> Option<Secret> {
        let kept = String::from_utf8(self.means.keep.get(key).await?).ok()?;
        let (until, token) = kept.split_once(' ')?;
        let is_good = until.parse::<i64>().ok()? > self.means.clock.now().timestamp();
        let token = Secret::new(token);
        (is_good && refused != Some(&token)).then_some(token)
    }

    async fn new_token(&self, scope: &str) -> Result<(Secret, u64), Fault> {
        let settings = self.settings;
        let pair = format!("{}:{}", settings.client_id, settings.client_secret.reveal());
        let basic = HeaderValue::try_from(format!("Basic {}", STANDARD.encode(pair)));
        let basic = basic.map_err(|_| Fault::Refused("eBay's keys cannot be sent".to_owned()))?;
        let asked = Request::post(
            request::token_url(&settings.api_url),
            Reach::Configured,
            "application/x-www-form-urlencoded",
            request::token_body(scope),
        )
        .secret_header(AUTHORIZATION, basic);
        let answer = self.means.outbound.send(asked).await.map_err(call::of_outbound)?;
        if matches!(answer.status, 400 | 401 | 403) {
            let body = serde_json::from_slice(&answer.body).unwrap_or_default();
            let why = answer::error(&body).unwrap_or_else(|| answer.status.to_string());
            return Err(Fault::Refused(format!(
                "eBay does not accept the keys ({why}); check ebay.client_id, ebay.client_secret and ebay.api_url"
            )));
        }
        let body = call::json("eBay", &answer, answer::error, self.means.clock.now())?;
        let (token, seconds) = answer::token(&body)
            .ok_or_else(|| Fault::Nonsense("eBay answers without a token".to_owned()))?;
        Ok((Secret::new(token), seconds))
    }

    /// Tokens of another keyset, site or scope are others.
    fn key(&self, scope: &str) -> String {
        let api = self.settings.api_url.as_str();
        format!("ebay/{}", text::digest(&[api, &self.settings.client_id, scope]))
    }
}
