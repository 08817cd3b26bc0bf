//! Answers that are too large, too slow, cut off, or bombs: each is a fault in words, and none fills the memory.

use std::{io::Write, time::Duration};

use deal_scout::outbound::{Answer, Fault, Outbound};
use flate2::{Compression, write::GzEncoder};

use super::{Book, outbound, public};
use crate::support::{
    http::{Reply, Web},
    postgres::free_port,
};

const LIMIT: usize = 10_000;

async fn told(reply: Reply) -> Result<Answer, Fault> {
    let web = Web::start(move |_| reply.clone()).await;
    ask(&outbound("127.0.0.1", &Book::of(&[])), &web.url("/")).await
}

async fn ask(out: &Outbound, url: &str) -> Result<Answer, Fault> {
    out.send(public(url).at_most(LIMIT).within(Duration::from_millis(400))).await
}

fn packed(body: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(body).unwrap();
    packer.finish().unwrap()
}

fn chunked(chunks: &[&[u8]], end: &[u8]) -> Vec<u8> {
    let mut bytes = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for chunk in chunks {
        bytes.extend(format!("{:x}\r\n", chunk.len()).bytes());
        bytes.extend_from_slice(chunk);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(end);
    bytes
}

#[tokio::test]
async fn an_answer_within_the_limits_is_taken_whole() {
    for reply in [
        Reply::new(200, vec![b'x'; LIMIT]),
        Reply::Stalled(chunked(&[&vec![b'x'; LIMIT]], b"0\r\n\r\n")),
        Reply::new(200, packed(&vec![b'x'; LIMIT])).with("content-encoding", "gzip"),
    ] {
        let answer = told(reply).await.unwrap();
        assert_eq!(answer.body.len(), LIMIT);
        assert!(!answer.headers.contains_key("content-encoding"));
    }
    // Whatever the status, it is an answer.
    for status in [201, 304, 404, 429, 500] {
        assert_eq!(told(Reply::new(status, "")).await.unwrap().status, status);
    }
}

#[tokio::test]
async fn an_answer_above_the_limit_is_refused() {
    let announced = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", LIMIT + 1);
    for reply in [
        // Told by its length alone: nothing of the body is waited for.
        Reply::Stalled(announced.into_bytes()),
        Reply::Stalled(chunked(&[&[b'x'; 6000], &[b'x'; 6000]], b"")),
        Reply::Raw([&b"HTTP/1.0 200 OK\r\n\r\n"[..], &[b'x'; LIMIT + 1]].concat()),
        Reply::new(200, packed(&vec![0; 64 << 20])).with("content-encoding", "gzip"),
        Reply::new(200, packed(&packed(&vec![0; 32 << 20]))).with("content-encoding", "gzip, gzip"),
    ] {
        let fault = told(reply).await.unwrap_err();
        assert!(matches!(fault, Fault::TooLarge { limit: LIMIT, .. }), "{fault:?}");
    }
}

#[tokio::test]
async fn a_head_without_an_end_is_refused() {
    let long = format!("HTTP/1.1 200 OK\r\nx: {}\r\ncontent-length: 0\r\n\r\n", "y".repeat(70_000));
    assert!(matches!(told(Reply::Raw(long.into_bytes())).await, Err(Fault::TooLarge { .. })));
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "x: y\r\n".repeat(5000));
    assert!(matches!(told(Reply::Raw(many.into_bytes())).await, Err(Fault::Unreachable { .. })));
    let endless = format!("HTTP/1.1 200 OK\r\nx: {}", "y".repeat(2 << 20));
    assert!(matches!(
        told(Reply::Stalled(endless.into_bytes())).await,
        Err(Fault::Unreachable { .. })
    ));
}

#[tokio::test]
async fn half_an_answer_is_a_fault_and_never_a_short_answer() {
    let whole = Reply::new(200, r#"{"itemSummaries":[]}"#);
    let gzip = packed(b"hello, is there anybody?");
    for reply in [
        whole.clone().cut_off(0),
        whole.clone().cut_off(19),
        Reply::Raw(chunked(&[b"{}"], b"")),
        Reply::Raw(chunked(&[b"{}"], b"5\r\nhe")),
        Reply::new(200, &gzip[..gzip.len() - 9]).with("content-encoding", "gzip"),
    ] {
        let fault = told(reply.clone()).await.unwrap_err();
        assert!(matches!(fault, Fault::CutOff { .. }), "{reply:?}: {fault:?}");
        assert!(fault.is_passing());
    }
}

#[tokio::test]
async fn silence_and_trickling_are_given_up() {
    for reply in [
        Reply::Stalled(Vec::new()),
        Reply::Stalled(b"HTTP/1.1 200 OK\r\ncontent-le".to_vec()),
        Reply::Stalled(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx".to_vec()),
    ] {
        let fault = told(reply).await.unwrap_err();
        assert!(matches!(fault, Fault::Slow { .. }) && fault.is_passing(), "{fault:?}");
    }
}

#[tokio::test]
async fn nonsense_is_told_apart_from_nobody() {
    for (reply, packed) in [
        (Reply::Raw(b"SSH-2.0-OpenSSH_9.6\r\n".to_vec()), false),
        (Reply::Raw(Vec::new()), false),
        (Reply::new(200, "plain").with("content-encoding", "gzip"), true),
        (Reply::new(200, "plain").with("content-encoding", "zstd"), true),
    ] {
        let fault = told(reply).await.unwrap_err();
        assert_eq!(
            matches!(fault, Fault::Packed { .. } | Fault::CutOff { .. }),
            packed,
            "{fault:?}"
        );
    }
    let out = outbound("127.0.0.1", &Book::of(&[]));
    let fault = ask(&out, &format!("http://127.0.0.1:{}/", free_port())).await.unwrap_err();
    assert!(fault.to_string().ends_with("cannot be reached: nobody listens there"), "{fault}");
    let fault = ask(&out, "http://nowhere.example/").await.unwrap_err();
    assert_eq!(
        fault.to_string(),
        "there is no nowhere.example to be found; check the spelling of the address"
    );
}
