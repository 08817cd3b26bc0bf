//! An `OpenID` Connect provider in a scene: discovery, keys, authorize and token over HTTP, with ID tokens that are
//! really signed (ES256). It can be told to do each thing wrongly.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use actix_web::{
    App, HttpResponse, HttpServer,
    dev::ServerHandle,
    web::{self, Data, Form, Query},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// What this program is called there.
pub(crate) const CLIENT: &str = "deal-scout";
/// What it proves itself with.
pub(crate) const SECRET: &str = "a secret between two";

/// What goes wrong, if anything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Trick {
    /// Nothing.
    #[default]
    None,
    /// The ID token carries another nonce.
    WrongNonce,
    /// It is for another program.
    WrongAudience,
    /// It is of another provider.
    WrongIssuer,
    /// It was over an hour ago.
    Expired,
    /// Another key has signed it.
    BadSignature,
    /// Nobody has signed it.
    Unsigned,
    /// What it says of itself names another provider.
    OtherIssuer,
    /// Its keys are not to be had.
    NoKeys,
    /// The token endpoint answers with a page.
    Nonsense,
    /// The token endpoint answers with more than anybody wants to read.
    Endless,
    /// The token endpoint refuses, and says again what the program proves itself with.
    Repeats,
    /// The token endpoint does not answer.
    Slow,
    /// It says who it is only on its own page of users.
    OnlyUserInfo,
}

/// What the provider knows and does.
#[derive(Debug)]
pub(crate) struct State {
    /// What goes wrong.
    pub(crate) trick: Trick,
    /// The claims of whoever signs in.
    pub(crate) claims: Value,
    /// Codes that were given out, with nonce, challenge and redirect.
    codes: HashMap<String, [String; 3]>,
    key: String,
    issuer: String,
    pkcs8: Vec<u8>,
    other_pkcs8: Vec<u8>,
}

/// The provider. It stops with the scene.
#[derive(Debug)]
pub(crate) struct FakeProvider {
    state: Data<Mutex<State>>,
    server: ServerHandle,
    /// Its address, as it names itself.
    pub(crate) issuer: String,
}

impl FakeProvider {
    /// One in which Ann signs in with a verified address.
    pub(crate) async fn start() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let issuer = format!("http://{}", listener.local_addr().expect("an address"));
        let state = Data::new(Mutex::new(State {
            trick: Trick::None,
            claims: json!({"sub": "248289761001", "email": "Ann@Example.org", "email_verified": true, "name": "Ann"}),
            codes: HashMap::new(),
            key: "key-1".to_owned(),
            issuer: issuer.clone(),
            pkcs8: new_key(),
            other_pkcs8: new_key(),
        }));
        let shared = state.clone();
        let server = HttpServer::new(move || {
            App::new()
                .app_data(shared.clone())
                .route("/.well-known/openid-configuration", web::get().to(discovery))
                .route("/jwks", web::get().to(jwks))
                .route("/authorize", web::get().to(authorize))
                .route("/token", web::post().to(token))
                .route("/userinfo", web::get().to(userinfo))
        })
        .workers(1)
        .disable_signals()
        .listen(listener)
        .expect("it listens")
        .run();
        let handle = server.handle();
        tokio::spawn(server);
        Self { state, server: handle, issuer }
    }

    /// What it knows and does, to be changed.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Signs with another key from now on, under another name.
    pub(crate) fn change_keys(&self) {
        let mut state = self.state();
        state.pkcs8 = new_key();
        "key-2".clone_into(&mut state.key);
    }
}

impl Drop for FakeProvider {
    fn drop(&mut self) {
        // The request to stop is sent at once; nobody waits for its end.
        drop(self.server.stop(false));
    }
}

fn lock(state: &Arc<Mutex<State>>) -> MutexGuard<'_, State> {
    state.lock().expect("no test panics while it holds this")
}

fn new_key() -> Vec<u8> {
    let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
    made.expect("a key").as_ref().to_vec()
}

fn pair(pkcs8: &[u8]) -> EcdsaKeyPair {
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8, &SystemRandom::new())
        .expect("a key")
}

async fn discovery(state: Data<Mutex<State>>) -> HttpResponse {
    let state = lock(&state);
    let (issuer, trick) = (&state.issuer, state.trick);
    let named = if trick == Trick::OtherIssuer { "https://elsewhere.example" } else { issuer };
    HttpResponse::Ok().json(json!({
        "issuer": named,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/jwks"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
    }))
}

async fn jwks(state: Data<Mutex<State>>) -> HttpResponse {
    let state = lock(&state);
    if state.trick == Trick::NoKeys {
        return HttpResponse::InternalServerError().finish();
    }
    let key = pair(&state.pkcs8);
    let point = key.public_key().as_ref();
    let part = |range| BASE64_URL_SAFE_NO_PAD.encode::<&[u8]>(&point[range]);
    HttpResponse::Ok().json(json!({"keys": [{
        "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": state.key,
        "x": part(1..33), "y": part(33..65),
    }]}))
}

/// What a person would see, who says yes at once.
async fn authorize(
    state: Data<Mutex<State>>,
    query: Query<HashMap<String, String>>,
) -> HttpResponse {
    let asked = |name: &str| query.get(name).cloned().unwrap_or_default();
    let is_right = asked("client_id") == CLIENT
        && asked("response_type") == "code"
        && asked("code_challenge_method") == "S256"
        && asked("scope").split(' ').any(|scope| scope == "openid");
    if !is_right {
        return HttpResponse::BadRequest().finish();
    }
    let code = format!("{:032x}", rand::random::<u128>());
    let kept = [asked("nonce"), asked("code_challenge"), asked("redirect_uri")];
    lock(&state).codes.insert(code.clone(), kept);
    let back = format!("{}?code={code}&state={}", asked("redirect_uri"), asked("state"));
    HttpResponse::Found().insert_header(("location", back)).finish()
}

async fn token(
    state: Data<Mutex<State>>,
    request: actix_web::HttpRequest,
    form: Form<HashMap<String, String>>,
) -> HttpResponse {
    let given = |name: &str| form.get(name).map_or("", String::as_str);
    let known = lock(&state).codes.remove(given("code"));
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(given("code_verifier")));
    let login = format!("{CLIENT}:{}", SECRET.replace(' ', "+"));
    let basic = base64::prelude::BASE64_STANDARD.encode(login);
    let authorization = request.headers().get("authorization").and_then(|v| v.to_str().ok());
    let Some([nonce, expected, redirect]) = known else { return refused("invalid_grant") };
    if expected != challenge || redirect != given("redirect_uri") {
        return refused("invalid_grant");
    }
    if authorization != Some(&format!("Basic {basic}")) {
        return refused("invalid_client");
    }
    let trick = lock(&state).trick;
    match trick {
        Trick::Nonsense => return HttpResponse::Ok().body("<h1>Hello</h1>"),
        Trick::Endless => return HttpResponse::Ok().body("x".repeat(3_000_000)),
        Trick::Repeats => return refused(&format!("no {SECRET}")),
        Trick::Slow => tokio::time::sleep(Duration::from_secs(30)).await,
        _ => {}
    }
    let id_token = lock(&state).id_token(&nonce);
    HttpResponse::Ok().json(json!({
        "access_token": "opaque", "token_type": "Bearer", "expires_in": 3600, "id_token": id_token,
    }))
}

async fn userinfo(state: Data<Mutex<State>>) -> HttpResponse {
    HttpResponse::Ok().json(&lock(&state).claims)
}

fn refused(error: &str) -> HttpResponse {
    HttpResponse::BadRequest().json(json!({ "error": error }))
}

impl State {
    fn id_token(&self, nonce: &str) -> String {
        let now = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now()).timestamp();
        let mut claims = self.claims.clone();
        if self.trick == Trick::OnlyUserInfo {
            claims = json!({ "sub": claims["sub"] });
        }
        claims["iss"] = json!(self.issuer);
        claims["aud"] = json!(CLIENT);
        claims["nonce"] = json!(nonce);
        claims["iat"] = json!(now);
        claims["exp"] = json!(now + 300);
        match self.trick {
            Trick::WrongNonce => claims["nonce"] = json!("another"),
            Trick::WrongAudience => claims["aud"] = json!("another-program"),
            Trick::WrongIssuer => claims["iss"] = json!("https://elsewhere.example"),
            Trick::Expired => claims["exp"] = json!(now - 3_600),
            _ => {}
        }
        let alg = if self.trick == Trick::Unsigned { "none" } else { "ES256" };
        let head = json!({ "alg": alg, "typ": "JWT", "kid": self.key });
        let [head, claims] =
            [head, claims].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part.to_string()));
        let text = format!("{head}.{claims}");
        let key = match self.trick {
            Trick::BadSignature => &self.other_pkcs8,
            Trick::Unsigned => return format!("{text}."),
            _ => &self.pkcs8,
        };
        let signed = pair(key).sign(&SystemRandom::new(), text.as_bytes()).expect("it signs");
        format!("{text}.{}", BASE64_URL_SAFE_NO_PAD.encode(signed.as_ref()))
    }
}
