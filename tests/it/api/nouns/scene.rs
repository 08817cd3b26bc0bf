//! A server, and Ann and Bob with a token each.

use deal_scout::{
    clock::Clock,
    config::{Env, Overrides, load},
    state::App,
};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use crate::support::{
    Server, TestDb,
    database::silent,
    people::{self, ANN, BOB},
    server::Answer,
    web::{self, header, send},
};

/// Ann's and Bob's rows are in one database, behind one server.
#[derive(Debug)]
pub(super) struct Scene {
    pub(super) db: TestDb,
    pub(super) server: Server,
    pub(super) ann: String,
    pub(super) bob: String,
}

impl Scene {
    pub(super) async fn new() -> Self {
        let db = people::two().await;
        let ann = people::token(&db, ANN, "write").await;
        let bob = people::token(&db, BOB, "write").await;
        let server = web::serve(&db).await;
        Self { db, server, ann, bob }
    }

    /// A request of Ann's below `/api/v1`.
    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let address = format!("{}/api/v1{path}", self.server.base());
        self.server.http().request(method, address).bearer_auth(&self.ann)
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Answer {
        send(self.request(Method::POST, path).json(body)).await
    }

    pub(super) async fn patch(&self, path: &str, body: &Value) -> Answer {
        send(self.request(Method::PATCH, path).json(body)).await
    }

    pub(super) async fn delete(&self, path: &str) -> Answer {
        send(self.request(Method::DELETE, path)).await
    }

    /// Ann makes a row, and this is its id.
    pub(super) async fn made(&self, path: &str, body: &Value) -> i64 {
        let answer = self.post(path, body).await;
        assert_eq!(answer.status, 201, "{path} {}", answer.body);
        let id = answer.json()["id"].as_i64().unwrap();
        assert_eq!(header(&answer, "location"), format!("/api/v1{path}/{id}"));
        id
    }

    /// Bob makes a row, and this is its id.
    pub(super) async fn made_by_bob(&self, path: &str, body: &Value) -> i64 {
        let path = format!("/api/v1{path}");
        let answer = people::post(&self.server, &self.bob, &path, body).await;
        assert_eq!(answer.status, 201, "{path} {}", answer.body);
        answer.json()["id"].as_i64().unwrap()
    }

    /// An ad of `email`'s that is not due to be scored.
    pub(super) async fn ad(&self, email: &str, id: i64) -> i64 {
        self.db
            .run(&format!(
                "INSERT INTO listings (id, user_id, source_id, title, price_amount, score_due_at)
                 SELECT {id}, id, 'ad-{id}', 'Camera {id}', {id} * 100, NULL FROM users WHERE email = '{email}'"
            ))
            .await;
        id
    }
}

/// The names of the fields that an answer finds fault with, when it is a 422.
pub(super) fn faults(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 422, "{}", answer.body);
    let problem = answer.json();
    let errors = problem["errors"].as_array().unwrap_or_else(|| panic!("{problem}"));
    errors.iter().map(|fault| fault["field"].as_str().unwrap().to_owned()).collect()
}

/// An amount in dollars' cents.
pub(super) fn usd(amount: i64) -> Value {
    serde_json::json!({"amount": amount, "currency": "USD"})
}

/// The fields that an order needs.
pub(super) fn order(number: &str) -> Value {
    serde_json::json!({"platform": "ebay", "platform_order_id": number, "total": usd(12_000)})
}

/// The program's parts over the same database and data directory as the scene's server.
pub(super) fn app(scene: &Scene) -> App {
    let folder = scene.server.data_dir.path();
    let vars = [("DATABASE_URL", scene.db.url.as_str())];
    let env = Env::of(std::env::temp_dir(), &vars);
    let mut settings = load(&Overrides::new(None), &env).unwrap().settings;
    folder.clone_into(&mut settings.data_dir);
    App::new(settings, Clock::fixed(chrono::Utc::now()), silent()).unwrap()
}
