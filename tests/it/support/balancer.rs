//! A load balancer as simple as they come: connections go round robin to the replicas whose `/health/ready` says 200, and
//! stay where they went. What fails is never tried again, neither a connection nor a request.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use super::cluster::PATIENCE;

/// From one look at a replica to the next.
const LOOK: Duration = Duration::from_millis(100);

/// The balancer. Gone at the end, with its connections.
#[derive(Debug)]
pub(crate) struct Balancer {
    port: u16,
    places: Arc<[Place]>,
    _serving: JoinSet<()>,
}

/// Where a replica is, and what came of it.
#[derive(Debug)]
struct Place {
    port: u16,
    is_ready: AtomicBool,
    open: AtomicUsize,
    carried: AtomicUsize,
    refused: AtomicUsize,
    /// Why connections went there no longer, each time.
    left: Mutex<Vec<String>>,
}

impl Balancer {
    /// One before the replicas at these ports. Returns when all of them are ready.
    pub(crate) async fn before(ports: &[u16]) -> Self {
        let place = |port: &u16| Place {
            port: *port,
            is_ready: AtomicBool::default(),
            open: AtomicUsize::default(),
            carried: AtomicUsize::default(),
            refused: AtomicUsize::default(),
            left: Mutex::default(),
        };
        let places: Arc<[Place]> = ports.iter().map(place).collect();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut serving = JoinSet::new();
        serving.spawn(serve(listener, Arc::clone(&places)));
        for at in 0..places.len() {
            serving.spawn(look(Arc::clone(&places), at));
        }
        let balancer = Self { port, places, _serving: serving };
        for at in 0..ports.len() {
            balancer.goes_to(at).await;
        }
        balancer
    }

    /// What clients ask: `http://127.0.0.1:4711`.
    pub(crate) fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Waits until connections go to a replica.
    pub(crate) async fn goes_to(&self, at: usize) {
        let began = Instant::now();
        while !self.places[at].is_ready.load(SeqCst) {
            assert!(began.elapsed() < PATIENCE, "replica {at} is ready");
            tokio::time::sleep(LOOK / 10).await;
        }
    }

    /// How many connections lead to a replica at present.
    pub(crate) fn open(&self, at: usize) -> usize {
        self.places[at].open.load(SeqCst)
    }

    /// How many connections have led to each replica.
    pub(crate) fn carried(&self) -> Vec<usize> {
        self.places.iter().map(|place| place.carried.load(SeqCst)).collect()
    }

    /// Why connections went to each replica no longer, each time that it was ready no more.
    pub(crate) fn left(&self) -> Vec<Vec<String>> {
        self.places.iter().map(|place| place.left.lock().unwrap().clone()).collect()
    }

    /// How many connections each replica has refused.
    pub(crate) fn refused(&self) -> Vec<usize> {
        self.places.iter().map(|place| place.refused.load(SeqCst)).collect()
    }
}

async fn serve(listener: TcpListener, places: Arc<[Place]>) {
    let mut connections = JoinSet::new();
    for turn in 0.. {
        let (client, _) = listener.accept().await.unwrap();
        let ready = |at: &usize| places[*at].is_ready.load(SeqCst);
        let all = places.len();
        // With nobody ready it is as good to ask anybody.
        let at = (turn..turn + all).map(|n| n % all).find(ready).unwrap_or(turn % all);
        connections.spawn(carry(client, Arc::clone(&places), at));
        while connections.try_join_next().is_some() {}
    }
}

async fn carry(mut client: TcpStream, places: Arc<[Place]>, at: usize) {
    let place = &places[at];
    let Ok(mut replica) = TcpStream::connect(("127.0.0.1", place.port)).await else {
        place.refused.fetch_add(1, SeqCst);
        return;
    };
    place.open.fetch_add(1, SeqCst);
    place.carried.fetch_add(1, SeqCst);
    // That one side hangs up is how each of them ends.
    let _ = copy_bidirectional(&mut client, &mut replica).await;
    place.open.fetch_sub(1, SeqCst);
}

async fn look(places: Arc<[Place]>, at: usize) {
    let place = &places[at];
    let http = reqwest::Client::builder().timeout(Duration::from_secs(2)).pool_max_idle_per_host(0);
    let http = http.build().unwrap();
    let url = format!("http://127.0.0.1:{}/health/ready", place.port);
    loop {
        let began = Instant::now();
        let answer = http.get(&url).send().await;
        let is_ready = answer.as_ref().is_ok_and(|answer| answer.status() == 200);
        if place.is_ready.swap(is_ready, SeqCst) && !is_ready {
            let why = format!("after {} ms: {answer:?}", began.elapsed().as_millis());
            place.left.lock().unwrap().push(why);
        }
        tokio::time::sleep(LOOK).await;
    }
}
