//! Requests byte by byte: a client's library would tidy up what is meant to hurt.

use std::{fmt::Write as _, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::support::Server;

/// What came back: the status, and everything as text. 0 when the connection was closed without a word.
pub(super) struct Told {
    pub(super) status: u16,
    pub(super) text: String,
}

/// Sends bytes and reads until the other side closes.
pub(super) async fn send(server: &Server, bytes: &[u8]) -> Told {
    send_within(server, bytes, Duration::from_secs(10)).await
}

/// The same where the other side may wait for more: what it says within a while.
pub(super) async fn send_within(server: &Server, bytes: &[u8], patience: Duration) -> Told {
    let place = server.base().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(place).await.unwrap();
    // It may answer and close before all has been sent.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = timeout(patience, stream.read_to_end(&mut answer)).await;
    let text = String::from_utf8_lossy(&answer).into_owned();
    let status = text.get(9..12).and_then(|status| status.parse().ok()).unwrap_or(0);
    Told { status, text }
}

/// Every byte of a text percent-encoded, so that no client's library looks into it.
pub(super) fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        write!(out, "%{byte:02x}").unwrap();
        out
    })
}

/// `GET` of a target as it is, with further headers.
pub(super) async fn get(server: &Server, target: &str, headers: &str) -> Told {
    let request =
        format!("GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n");
    send(server, request.as_bytes()).await
}
