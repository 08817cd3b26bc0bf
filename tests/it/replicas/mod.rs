//! Three processes of the program over one PostgreSQL and one Redis, behind a balancer, while people read and write.

mod killed;
mod pgbouncer;
mod reads;
mod rolling;
mod shared;
mod taken_over;

use crate::support::{
    Server, TestDb,
    balancer::Balancer,
    people,
    postgres::free_port,
    redis::OwnRedis,
    server::{Builder, program},
};

/// So many replicas.
const REPLICAS: usize = 3;
/// All of them seal with the same key.
const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// One of them has migrated, and the others found it done.
fn assert_one_migrated<'s>(servers: impl Iterator<Item = &'s Server>) {
    let has_migrated = |server: &&Server| {
        let applied = |line: &String| line.starts_with("✓ Migrations applied");
        server.entrypoint().iter().any(|line| applied(line) && !line.contains("(0 new"))
    };
    assert_eq!(servers.filter(has_migrated).count(), 1, "one migrates");
}

/// The replicas and what they share.
struct Replicas {
    db: TestDb,
    redis: OwnRedis,
    ports: [u16; REPLICAS],
    settings: Vec<(&'static str, String)>,
    /// A replica that is down is none.
    servers: [Option<Server>; REPLICAS],
    /// What Ann's programs and browsers say who they are with.
    token: String,
    cookie: String,
}

impl Replicas {
    /// All at once on an empty database: one brings the schema up, the others wait for it.
    async fn started() -> Self {
        Self::started_with(&[]).await
    }

    /// The same with more settings.
    async fn started_with(settings: &[(&'static str, String)]) -> Self {
        let (db, redis) = (TestDb::empty().await, OwnRedis::started());
        let ports = [free_port(), free_port(), free_port()];
        let mut scene = Self {
            db,
            redis,
            ports,
            settings: settings.to_vec(),
            servers: [None, None, None],
            token: String::new(),
            cookie: String::new(),
        };
        for at in 0..REPLICAS {
            scene.launch(at).await;
        }
        for server in scene.servers.iter().flatten() {
            server.ready().await;
        }
        assert_one_migrated(scene.servers.iter().flatten());
        let name_ann = format!("UPDATE users SET email = '{}', name = 'Ann'", people::ANN);
        scene.db.run(&name_ann).await;
        scene.token = people::token(&scene.db, people::ANN, "write").await;
        scene.cookie = people::session(&scene.db, people::ANN).await;
        scene
    }

    /// What a replica is started with.
    fn replica(&self, at: usize) -> Builder {
        let replica = program("serve")
            .env("DATABASE_URL", &self.db.url)
            .env("REDIS_URL", self.redis.url())
            .env("PORT", self.ports[at].to_string())
            .env("DEAL_SCOUT__SECRET_KEY", KEY)
            .env("DEAL_SCOUT__STARTUP__PACE", "1")
            .env("DEAL_SCOUT__STOP__DRAIN_S", "2")
            // Counted, and never reached.
            .env("DEAL_SCOUT__LIMITS__REQUESTS_PER_MINUTE", "1000000000");
        self.settings.iter().fold(replica, |replica, (name, value)| replica.env(name, value))
    }

    /// Starts a replica and waits until it listens.
    async fn launch(&mut self, at: usize) {
        let replica = self.replica(at);
        let starting = tokio::task::spawn_blocking(|| replica.start());
        self.servers[at] = Some(starting.await.expect("it starts"));
    }

    /// Starts a replica and waits until the balancer sends people there.
    async fn join(&mut self, at: usize, balancer: &Balancer) {
        self.launch(at).await;
        self.servers[at].as_ref().expect("it was started").ready().await;
        balancer.goes_to(at).await;
    }
}
