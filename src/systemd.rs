//! What systemd is told when it started the program as `Type=notify`: that it serves, how it is, that it still answers,
//! that it stops. Without systemd, and on other systems, nothing is told and nothing fails.

use std::{io, net::SocketAddr, time::Duration};

use slog::{Logger, warn};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};

/// The most that is read of an answer, in bytes.
const ANSWER_BYTES: u64 = 64 * 1024;

/// A piece of news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News<'a> {
    /// The port is bound: it serves.
    Ready,
    /// It was told to stop and is about it.
    Stopping,
    /// How it is, in a sentence; `systemctl status` shows it.
    Status(&'a str),
    /// It still answers.
    Alive,
}

/// Tells systemd, if it wants to be told.
#[cfg(unix)]
pub fn tell(news: News<'_>, log: &Logger) {
    use sd_notify::NotifyState;
    // A line is all that the protocol takes.
    let line;
    let state = match news {
        News::Ready => NotifyState::Ready,
        News::Stopping => NotifyState::Stopping,
        News::Status(text) => {
            line = text.replace(['\n', '\r'], " ");
            NotifyState::Status(&line)
        }
        News::Alive => NotifyState::Watchdog,
    };
    if let Err(e) = sd_notify::notify(&[state]) {
        warn!(log, "systemd could not be told {news:?}: {e}");
    }
}

/// Tells nobody: there is no systemd on this system.
#[cfg(not(unix))]
pub fn tell(_: News<'_>, _: &Logger) {}

/// Tells systemd's watchdog that the program lives, as long as the server at `address` really answers: a program whose
/// event loops hang does not, and is started anew. Returns at once when nobody watches, otherwise never.
pub async fn beat(address: SocketAddr, log: &Logger) {
    let Some(patience) = watchdog() else { return };
    // So that one answer that gets lost costs no restart.
    let pace = patience / 3;
    loop {
        match timeout(pace, answers(address)).await {
            Ok(Ok(())) => tell(News::Alive, log),
            Ok(Err(e)) => warn!(log, "the server does not answer itself at {address}: {e}"),
            Err(_) => warn!(log, "the server does not answer itself at {address} within {pace:?}"),
        }
        sleep(pace).await;
    }
}

/// How long systemd waits for a sign of life before it starts the program anew; none when it does not watch.
#[cfg(unix)]
fn watchdog() -> Option<Duration> {
    sd_notify::watchdog_enabled()
}

#[cfg(not(unix))]
fn watchdog() -> Option<Duration> {
    None
}

/// Asks `/health/live` as anybody would: through the socket, the accepting thread and a worker.
async fn answers(address: SocketAddr) -> io::Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    let question =
        format!("GET /health/live HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(question.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(ANSWER_BYTES).read_to_end(&mut answer).await?;
    if answer.starts_with(b"HTTP/1.1 200 ") {
        return Ok(());
    }
    let begin = String::from_utf8_lossy(&answer[..answer.len().min(32)]).into_owned();
    Err(io::Error::other(format!("200 was expected, not {begin:?}")))
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    /// A server that answers its first caller with these bytes.
    async fn saying(answer: &'static str) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut question = [0; 512];
            let length = stream.read(&mut question).await.unwrap();
            assert!(question[..length].starts_with(b"GET /health/live HTTP/1.1\r\n"));
            stream.write_all(answer.as_bytes()).await.unwrap();
        });
        address
    }

    #[tokio::test]
    async fn an_answer_of_200_is_a_sign_of_life_and_another_is_none() {
        assert!(answers(saying("HTTP/1.1 200 OK\r\n\r\n").await).await.is_ok());
        let refused = answers(saying("HTTP/1.1 500 Oh\r\n\r\n").await).await.unwrap_err();
        assert_eq!(refused.to_string(), "200 was expected, not \"HTTP/1.1 500 Oh\\r\\n\\r\\n\"");
        assert!(answers(saying("").await).await.is_err());
    }

    #[tokio::test]
    async fn a_server_that_accepts_and_says_nothing_gives_no_sign_of_life() {
        // The kernel accepts on its own; nobody reads.
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let asked = answers(listener.local_addr().unwrap());
        assert!(timeout(Duration::from_millis(50), asked).await.is_err());
    }
}
