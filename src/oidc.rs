//! An `OpenID` Connect provider that vouches for people: authorization code flow with PKCE, state and nonce. What it
//! says is believed only when its keys have signed it for this program, for this very sign-in, and not long ago.

mod fetch;

use std::{fmt, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::{
    AccessTokenHash, AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret,
    CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, Nonce,
    OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError,
    Scope, TokenResponse,
    core::{
        CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreIdToken, CoreIdTokenClaims,
        CoreIdTokenVerifier, CoreJwsSigningAlgorithm as Alg, CoreProviderMetadata,
        CoreTokenResponse, CoreUserInfoClaims,
    },
};
use tokio::sync::Mutex;

use self::fetch::Fetch;
use crate::{
    clock::Clock,
    config::{OidcSettings, Secret},
    error::Chain,
    outbound::{Outbound, blot},
};

/// How long what the provider says of itself is taken to hold.
const KEPT: TimeDelta = TimeDelta::hours(1);
/// How long one answer of the provider may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// What may sign for a person: only what needs the provider's own key.
const TRUSTED: [Alg; 9] = [
    Alg::RsaSsaPkcs1V15Sha256,
    Alg::RsaSsaPkcs1V15Sha384,
    Alg::RsaSsaPkcs1V15Sha512,
    Alg::RsaSsaPssSha256,
    Alg::RsaSsaPssSha384,
    Alg::RsaSsaPssSha512,
    Alg::EcdsaP256Sha256,
    Alg::EcdsaP384Sha384,
    Alg::EdDsa,
];

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// The provider of the settings, if there is one. Cheap to clone.
#[derive(Clone)]
pub struct Provider(Option<Arc<Known>>);

struct Known {
    settings: OidcSettings,
    fetch: Fetch,
    /// What it says of itself, with its keys, and since when.
    metadata: Mutex<Option<(DateTime<Utc>, CoreProviderMetadata)>>,
}

/// A sign-in that has begun: where the browser goes, and what must be known when it comes back.
#[derive(Debug)]
pub struct Begun {
    /// The provider's page.
    pub url: String,
    /// What the browser brings back.
    pub state: String,
    /// What the provider signs.
    pub nonce: String,
    /// What proves that the code is asked for by whom it was made for.
    pub verifier: String,
}

/// Whom the provider vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The provider, as it names itself.
    pub issuer: String,
    /// What it calls the person, for ever.
    pub subject: String,
    /// Their address, when the provider has made sure that it is theirs.
    pub email: Option<String>,
    /// How they are called; may be empty.
    pub name: String,
}

/// Why nobody is vouched for. The texts are for the log.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It does not answer, or too slowly.
    #[error("the provider does not answer: {0}")]
    Away(String),
    /// It answers with what nobody can use.
    #[error("the provider answers nonsense: {0}")]
    Nonsense(String),
    /// It does not give out who it is.
    #[error("the provider refuses: {0}")]
    Refused(String),
    /// What it says cannot be believed.
    #[error("the provider's word cannot be believed: {0}")]
    Untrusted(String),
}

impl Provider {
    /// The provider of the settings. Asks it for nothing yet.
    pub fn new(settings: Option<&OidcSettings>, outbound: &Outbound, clock: &Clock) -> Self {
        // Not even at a test's pace less than a loaded machine needs.
        let patience = clock.scaled(PATIENCE).max(Duration::from_secs(1));
        let fetch = Fetch::new(outbound.clone(), patience);
        let known = |settings| Arc::new(Known { settings, fetch, metadata: Mutex::new(None) });
        Self(settings.cloned().map(known))
    }

    /// Begins a sign-in that comes back to `redirect`.
    pub async fn begin(&self, redirect: &str, now: DateTime<Utc>) -> Result<Begun, Failure> {
        let known = self.known()?;
        let (metadata, _) = known.metadata(now, false).await?;
        let client = known.client(metadata, redirect)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        // The library asks for openid by itself.
        let scopes = known.settings.scopes.iter().filter(|scope| *scope != "openid");
        let (url, state, nonce) = client
            .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
            .add_scopes(scopes.cloned().map(Scope::new))
            .set_pkce_challenge(challenge)
            .url();
        Ok(Begun {
            url: url.to_string(),
            state: state.secret().clone(),
            nonce: nonce.secret().clone(),
            verifier: verifier.secret().clone(),
        })
    }

    /// Ends a sign-in: asks for what `code` stands for, and believes it only when everything fits.
    pub async fn finish(
        &self,
        code: String,
        verifier: String,
        nonce: String,
        redirect: &str,
        now: DateTime<Utc>,
    ) -> Result<Person, Failure> {
        let known = self.known()?;
        let (metadata, was_kept) = known.metadata(now, false).await?;
        let mut client = known.client(metadata, redirect)?;
        let tokens = known.exchange(&client, code, verifier).await?;
        let token = tokens
            .id_token()
            .ok_or_else(|| Failure::Nonsense("there is no ID token in its answer".to_owned()))?;
        let nonce = Nonce::new(nonce);
        let mut claims = verified(&client, token, &tokens, &nonce, now);
        if matches!(claims, Err(Unverified::Signature(_))) && was_kept {
            // It may have other keys by now.
            let (metadata, _) = known.metadata(now, true).await?;
            client = known.client(metadata, redirect)?;
            claims = verified(&client, token, &tokens, &nonce, now);
        }
        let claims = claims.map_err(|cause| Failure::Untrusted(Chain(&cause).to_string()))?;
        known.person(&client, &tokens, claims).await
    }

    fn known(&self) -> Result<&Known, Failure> {
        let missing = || Failure::Refused("oidc.issuer is not set".to_owned());
        self.0.as_deref().ok_or_else(missing)
    }
}

impl Known {
    /// What the provider says of itself, and whether that was known already.
    async fn metadata(
        &self,
        now: DateTime<Utc>,
        anew: bool,
    ) -> Result<(CoreProviderMetadata, bool), Failure> {
        let mut kept = self.metadata.lock().await;
        if let Some((since, metadata)) = &*kept
            && !anew
            && now - *since < KEPT
        {
            return Ok((metadata.clone(), true));
        }
        let issuer = IssuerUrl::new(self.settings.issuer.clone())
            .map_err(|cause| Failure::Nonsense(cause.to_string()))?;
        let http = |request| self.fetch.send(request);
        let found = CoreProviderMetadata::discover_async(issuer, &http).await;
        let metadata = found.map_err(|cause| fetch::failure(&cause))?;
        *kept = Some((now, metadata.clone()));
        Ok((metadata, false))
    }

    fn client(&self, metadata: CoreProviderMetadata, redirect: &str) -> Result<Client, Failure> {
        let redirect = RedirectUrl::new(redirect.to_owned())
            .map_err(|cause| Failure::Nonsense(format!("public_url: {cause}")))?;
        let methods = metadata.token_endpoint_auth_methods_supported();
        let has = |method| methods.is_some_and(|methods| methods.contains(&method));
        let in_body = has(CoreClientAuthMethod::ClientSecretPost)
            && !has(CoreClientAuthMethod::ClientSecretBasic);
        let secret = self.settings.client_secret.as_ref();
        let secret = secret.map(|secret| ClientSecret::new(secret.reveal().to_owned()));
        let id = ClientId::new(self.settings.client_id.clone());
        let client = CoreClient::from_provider_metadata(metadata, id, secret);
        let how = if in_body { AuthType::RequestBody } else { AuthType::BasicAuth };
        Ok(client.set_redirect_uri(redirect).set_auth_type(how))
    }

    async fn exchange(
        &self,
        client: &Client,
        code: String,
        verifier: String,
    ) -> Result<CoreTokenResponse, Failure> {
        let http = |request| self.fetch.send(request);
        let request = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|cause| Failure::Nonsense(cause.to_string()))?
            .set_pkce_verifier(PkceCodeVerifier::new(verifier));
        request.request_async(&http).await.map_err(|cause| match cause {
            RequestTokenError::ServerResponse(answer) => {
                // It may have been sent in the body, or written otherwise than it is.
                let secret = self.settings.client_secret.iter().map(Secret::reveal);
                Failure::Refused(blot::text(answer.error().as_ref(), secret))
            }
            other => fetch::failure(&other),
        })
    }

    /// Who it is. Some providers tell the address only when they are asked once more.
    async fn person(
        &self,
        client: &Client,
        tokens: &CoreTokenResponse,
        claims: &CoreIdTokenClaims,
    ) -> Result<Person, Failure> {
        let subject = claims.subject().clone();
        let mut email = claims.email().map(|email| email.as_str().to_owned());
        let mut is_verified = claims.email_verified() == Some(true);
        let mut name = claims.name().and_then(|name| name.get(None)).map(|name| name.to_string());
        let ask = client.user_info(tokens.access_token().clone(), Some(subject.clone()));
        if let (None, Ok(request)) = (&email, ask) {
            let http = |request| self.fetch.send(request);
            let told: Result<CoreUserInfoClaims, _> = request.request_async(&http).await;
            let told = told.map_err(|cause| fetch::failure(&cause))?;
            email = told.email().map(|email| email.as_str().to_owned());
            is_verified = told.email_verified() == Some(true);
            name =
                name.or(told.name().and_then(|name| name.get(None)).map(|name| name.to_string()));
        }
        Ok(Person {
            issuer: claims.issuer().as_str().to_owned(),
            subject: subject.as_str().to_owned(),
            email: email.filter(|_| is_verified),
            name: name.unwrap_or_default(),
        })
    }
}

/// Why an ID token is not believed.
#[derive(Debug, thiserror::Error)]
enum Unverified {
    #[error("{0}")]
    Signature(String),
    #[error("{0}")]
    Claims(String),
}

/// The claims of an ID token that is signed by the provider, for this program and this sign-in, and not over.
fn verified<'t>(
    client: &Client,
    token: &'t CoreIdToken,
    tokens: &CoreTokenResponse,
    nonce: &Nonce,
    now: DateTime<Utc>,
) -> Result<&'t CoreIdTokenClaims, Unverified> {
    let verifier: CoreIdTokenVerifier<'_> =
        client.id_token_verifier().set_allowed_algs(TRUSTED).set_time_fn(move || now);
    let claims = token.claims(&verifier, nonce).map_err(|cause| match cause {
        ClaimsVerificationError::SignatureVerification(cause) => {
            Unverified::Signature(Chain(&cause).to_string())
        }
        other => Unverified::Claims(Chain(&other).to_string()),
    })?;
    if let Some(expected) = claims.access_token_hash() {
        let signature = |cause: &dyn std::error::Error| Unverified::Signature(cause.to_string());
        let alg = token.signing_alg().map_err(|cause| signature(&cause))?;
        let key = token.signing_key(&verifier).map_err(|cause| signature(&cause))?;
        let actual = AccessTokenHash::from_token(tokens.access_token(), alg, key)
            .map_err(|cause| signature(&cause))?;
        if actual != *expected {
            return Err(Unverified::Claims("the access token is another one".to_owned()));
        }
    }
    Ok(claims)
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Provider")
            .field(&self.0.as_ref().map(|known| &known.settings.issuer))
            .finish()
    }
}
