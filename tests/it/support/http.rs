//! Other people's web servers: real sockets on loopback that answer as a scene tells them, well or badly.

use std::{
    fmt::Write,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// From one byte of a dripping answer to the next.
const DRIP: Duration = Duration::from_millis(50);

/// What a server was asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// The path with its query.
    pub(crate) target: String,
    /// Names in small letters.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Asked {
    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The path without its query.
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }

    /// A parameter of the query, decoded.
    pub(crate) fn query(&self, name: &str) -> Option<String> {
        let query = self.target.split_once('?')?.1;
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }
}

/// How a server answers.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// As it should.
    Whole { status: u16, headers: Vec<(String, String)>, body: Vec<u8> },
    /// The same, but it hangs up after so many bytes of the body.
    CutOff { whole: Box<Reply>, after: usize },
    /// These bytes, then it hangs up.
    Raw(Vec<u8>),
    /// These bytes, then nothing more until the other side gives up.
    Stalled(Vec<u8>),
    /// These bytes, then one more again and again until the other side gives up.
    Dripping(Vec<u8>),
}

impl Reply {
    /// Status and body, without headers.
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::Whole { status, headers: Vec::new(), body: body.into() }
    }

    /// 200 with JSON.
    pub(crate) fn json(body: &serde_json::Value) -> Self {
        Self::new(200, body.to_string()).with("content-type", "application/json")
    }

    /// 302 to `location`.
    pub(crate) fn redirect(location: &str) -> Self {
        Self::new(302, "moved").with("location", location)
    }

    /// The same with another header.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        if let Self::Whole { headers, .. } = &mut self {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// The same with another status.
    pub(crate) fn status(mut self, changed: u16) -> Self {
        if let Self::Whole { status, .. } = &mut self {
            *status = changed;
        }
        self
    }

    /// The same, cut off after so many bytes of its body.
    pub(crate) fn cut_off(self, after: usize) -> Self {
        Self::CutOff { whole: Box::new(self), after }
    }

    fn head(status: u16, headers: &[(String, String)], length: usize) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {status} Told\r\ncontent-length: {length}\r\n");
        for (name, value) in headers {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        head.push_str("\r\n");
        head.into_bytes()
    }

    /// The bytes, and what happens after them.
    fn bytes(self) -> (Vec<u8>, After) {
        match self {
            Self::Whole { status, headers, body } => {
                let mut bytes = Self::head(status, &headers, body.len());
                bytes.extend(body);
                (bytes, After::GoOn)
            }
            Self::CutOff { whole, after } => {
                let (bytes, _) = whole.clone().bytes();
                let Self::Whole { body, .. } = *whole else { panic!("only a whole reply is cut") };
                (bytes[..bytes.len() - body.len() + after].to_vec(), After::HangUp)
            }
            Self::Raw(bytes) => (bytes, After::HangUp),
            Self::Stalled(bytes) => (bytes, After::Stall),
            Self::Dripping(bytes) => (bytes, After::Drip),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After {
    GoOn,
    HangUp,
    Stall,
    Drip,
}

/// A web server. Gone at the end.
#[derive(Debug)]
pub(crate) struct Web {
    address: SocketAddr,
    seen: Arc<Seen>,
    serving: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Seen {
    connections: AtomicUsize,
    asked: Mutex<Vec<Asked>>,
}

impl Web {
    /// One on 127.0.0.1 that answers as `answer` says.
    pub(crate) async fn start(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        Self::on("127.0.0.1:0", answer).await
    }

    /// One on an address of choice, such as `127.0.0.2:0`.
    pub(crate) async fn on(
        address: &str,
        answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Seen::default());
        let answer = Arc::new(answer);
        let noted = Arc::clone(&seen);
        let serving = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                noted.connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(stream, Arc::clone(&noted), Arc::clone(&answer)));
            }
        });
        Self { address, seen, serving }
    }

    /// Its port.
    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// `http://127.0.0.1:port` and `path`.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What it was asked, in order.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.seen.asked.lock().unwrap().clone()
    }

    /// The paths of what it was asked, in order.
    pub(crate) fn paths(&self) -> Vec<String> {
        self.asked().iter().map(|asked| asked.path().to_owned()).collect()
    }

    /// How often somebody connected.
    pub(crate) fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(
    mut stream: TcpStream,
    seen: Arc<Seen>,
    answer: Arc<impl Fn(&Asked) -> Reply + Send + Sync + 'static>,
) {
    while let Some(asked) = read(&mut stream).await {
        seen.asked.lock().unwrap().push(asked.clone());
        let (bytes, after) = answer(&asked).bytes();
        // The other side may have had enough.
        if stream.write_all(&bytes).await.is_err() || after == After::HangUp {
            return;
        }
        if after == After::Drip {
            while stream.write_all(b" ").await.is_ok() {
                // How slow it is: slow enough to last for ever, fast enough to look alive.
                tokio::time::sleep(DRIP).await;
            }
            return;
        }
        if after == After::Stall {
            let mut rest = Vec::new();
            let _ = stream.read_to_end(&mut rest).await;
            return;
        }
    }
}

async fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap();
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ').map(str::to_owned);
    let (method, target) = (first.next()?, first.next()?);
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_lowercase(), value.trim().to_owned()))
    };
    let headers: Vec<_> = lines.filter_map(header).collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let mut body = vec![0; length.map_or(0, |(_, length)| length.parse().unwrap())];
    stream.read_exact(&mut body).await.ok()?;
    Some(Asked { method, target, headers, body })
}
