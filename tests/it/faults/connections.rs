//! Many that say nothing, many that are slow, and what is no HTTP.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::first_look;
use crate::support::{Server, TestDb};

const IDLE: usize = 10_000;
const SLOW: usize = 1_000;

async fn started(db: &TestDb) -> Server {
    let server = first_look(&db.url).start();
    server.ready().await;
    server
}

fn address(server: &Server) -> &str {
    server.base().strip_prefix("http://").unwrap()
}

async fn assert_served(server: &Server) {
    for path in ["/health", "/", "/api/v1/listings"] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    }
}

/// So many connections, or none and a message where the system does not allow them.
async fn connections(server: &Server, wanted: usize) -> Vec<TcpStream> {
    let limit = getrlimit(Resource::Nofile).maximum;
    let raised = Rlimit { current: limit, maximum: limit };
    let enough = u64::try_from(wanted).unwrap() + 500;
    if setrlimit(Resource::Nofile, raised).is_err() || limit.is_some_and(|limit| limit < enough) {
        eprintln!("skipped: {enough} open files are needed (ulimit -n), {limit:?} are allowed");
        return Vec::new();
    }
    stream::iter(0..wanted)
        .map(|_| async { TcpStream::connect(address(server)).await.unwrap() })
        .buffer_unordered(64)
        .collect()
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_idle_connections_hold_up_nobody() {
    let db = TestDb::new().await;
    let server = started(&db).await;
    let idle = connections(&server, IDLE).await;
    assert_served(&server).await;
    drop(idle);
    assert_served(&server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_slow_connections_hold_up_nobody_and_are_hung_up_on() {
    let db = TestDb::new().await;
    let server = started(&db).await;
    let mut slow = connections(&server, SLOW).await;
    if slow.is_empty() {
        return;
    }
    // Half of them never end their head, half of them promise a body and send a byte now and then.
    for (n, stream) in slow.iter_mut().enumerate() {
        let begun: &[u8] = if n % 2 == 0 {
            b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
        } else {
            b"POST /api/v1/comps HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
              Content-Length: 100000\r\n\r\n{"
        };
        stream.write_all(begun).await.unwrap();
    }
    for _ in 0..3 {
        for stream in &mut slow {
            // It may have hung up already.
            let _ = stream.write_all(b" ").await;
        }
        assert_served(&server).await;
    }
    // Who never ends a head is hung up on, with or without a word.
    let mut said = Vec::new();
    let ended = tokio::time::timeout(Duration::from_mins(1), slow[0].read_to_end(&mut said)).await;
    assert!(ended.is_ok(), "a head that never ends is not waited for");
    let said = String::from_utf8_lossy(&said);
    assert!(said.is_empty() || said.starts_with("HTTP/1.1 408"), "{said}");
    drop(slow);
    assert_served(&server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_http_gets_a_refusal_and_harms_nothing() {
    let db = TestDb::new().await;
    let server = started(&db).await;
    let long = format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(200_000));
    let many = format!("GET / HTTP/1.1\r\n{}\r\n", "X-A: b\r\n".repeat(20_000));
    let nonsense: Vec<Vec<u8>> = vec![
        b"\0\0\0\0\0\0\0\0\r\n\r\n".to_vec(),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".to_vec(),
        b"GET\r\n\r\n".to_vec(),
        b"GET / HTTP/9.9\r\n\r\n".to_vec(),
        b"G\xc3\x89T / HTTP/1.1\r\nHost: a\r\n\r\n".to_vec(),
        b"GET /\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n".to_vec(),
        b"GET /%zz%00 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".to_vec(),
        b"GET / HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n".to_vec(),
        b"GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n".to_vec(),
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n".to_vec(),
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello".to_vec(),
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n".to_vec(),
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\nzz\r\n".to_vec(),
        b"POST /api/v1/comps HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
          Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n".to_vec(),
        b"POST /api/v1/comps HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
          Content-Encoding: gzip\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnope".to_vec(),
        long.into_bytes(),
        many.into_bytes(),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
    ];
    for bytes in nonsense {
        let mut stream = TcpStream::connect(address(&server)).await.unwrap();
        // The server may hang up in the middle of a very long one.
        let _ = stream.write_all(&bytes).await;
        let _ = stream.shutdown().await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        let answer = String::from_utf8_lossy(&answer);
        let begins = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned();
        let is_refused = answer.is_empty() || answer.starts_with("HTTP/1.1 4");
        assert!(is_refused, "{begins:?} was answered with {answer}");
    }
    assert_served(&server).await;
    let (status, story) = server.terminate();
    assert!(status.success());
    assert!(!story.iter().any(|line| line.contains("panic")), "{}", story.join("\n"));
}
