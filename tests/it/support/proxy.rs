//! What stands between two programs: a TCP proxy that passes, cuts, swallows, delays or throttles.

use std::{future::pending, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    task::JoinHandle,
};

/// What happens to what comes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// It passes.
    Open,
    /// Connections end at once, and new ones do, too.
    Cut,
    /// Connections stay and nothing arrives, ever; not even later what was sent on them now. As behind a firewall that
    /// has forgotten them.
    Swallowed,
    /// Each piece, in each direction, comes so much later.
    Slow(Duration),
    /// So many bytes a second, in each direction.
    Narrow(u32),
}

/// The proxy. Gone at the end, with its connections.
#[derive(Debug)]
pub(crate) struct Proxy {
    /// Where it listens, on 127.0.0.1.
    pub(crate) port: u16,
    way: watch::Sender<Way>,
    serving: JoinHandle<()>,
}

impl Proxy {
    /// One that passes everything to `port`.
    pub(crate) async fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let own = listener.local_addr().unwrap().port();
        let (way, watched) = watch::channel(Way::Open);
        let serving = tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                tokio::spawn(carry(client, port, watched.clone()));
            }
        });
        Self { port: own, way, serving }
    }

    /// From this moment on.
    pub(crate) fn set(&self, way: Way) {
        self.way.send_replace(way);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.way.send_replace(Way::Cut);
        self.serving.abort();
    }
}

async fn carry(client: TcpStream, port: u16, way: watch::Receiver<Way>) {
    let is = *way.borrow();
    match is {
        Way::Cut => return,
        Way::Swallowed => return swallow(client.into_split().0, way).await,
        _ => {}
    }
    let Ok(server) = TcpStream::connect(("127.0.0.1", port)).await else { return };
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    // When one direction ends, both do: the halves that are dropped close the sockets.
    tokio::select! {
        () = pump(from_client, to_server, way.clone()) => {}
        () = pump(from_server, to_client, way) => {}
    }
}

async fn pump(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut way: watch::Receiver<Way>) {
    let mut piece = vec![0; 16 * 1024];
    loop {
        let most = match *way.borrow() {
            Way::Narrow(bytes) => usize::try_from(bytes / 20).unwrap().clamp(1, piece.len()),
            _ => piece.len(),
        };
        let read = tokio::select! {
            read = from.read(&mut piece[..most]) => read,
            () = cut(&mut way) => return,
        };
        let length = match read {
            Ok(0) | Err(_) => return,
            Ok(length) => length,
        };
        let is = *way.borrow();
        match is {
            Way::Cut => return,
            Way::Swallowed => return swallow(from, way).await,
            Way::Slow(time) => tokio::time::sleep(time).await,
            Way::Narrow(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            Way::Open => {}
        }
        if to.write_all(&piece[..length]).await.is_err() {
            return;
        }
    }
}

/// Reads and forgets until the other side gives up.
async fn swallow(mut from: OwnedReadHalf, mut way: watch::Receiver<Way>) {
    let mut nothing = [0; 1024];
    loop {
        tokio::select! {
            read = from.read(&mut nothing) => if !matches!(read, Ok(1..)) { return },
            () = cut(&mut way) => return,
        }
    }
}

async fn cut(way: &mut watch::Receiver<Way>) {
    if way.wait_for(|way| *way == Way::Cut).await.is_err() {
        pending::<()>().await;
    }
}
