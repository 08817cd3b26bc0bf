//! Server-sent events, read as a browser does.

use super::Server;

/// An open stream.
#[derive(Debug)]
pub(crate) struct Events {
    response: reqwest::Response,
    text: String,
}

/// One event: its name, which is `message` when none is said, and its data.
pub(crate) type Event = (String, String);

impl Events {
    /// Opens the stream at `path` with a browser's cookie.
    pub(crate) async fn open(server: &Server, cookie: &str, path: &str) -> Self {
        let request = server.http().get(format!("{}{path}", server.base()));
        let response = request.header("cookie", cookie).send().await.expect("it answers");
        assert_eq!(response.status().as_u16(), 200);
        let kind = response.headers()["content-type"].to_str().expect("text");
        assert!(kind.starts_with("text/event-stream"), "{kind}");
        Self { response, text: String::new() }
    }

    /// The next event; `None` when the stream has ended.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(end) = self.text.find("\n\n") {
                let block: String = self.text.drain(..end + 2).collect();
                let event = event(&block);
                match event {
                    Some(event) => return Some(event),
                    None => continue,
                }
            }
            let chunk = self.response.chunk().await.expect("the stream goes on")?;
            self.text.push_str(std::str::from_utf8(&chunk).expect("text"));
        }
    }

    /// Everything up to the end.
    pub(crate) async fn rest(mut self) -> Vec<Event> {
        let mut all = Vec::new();
        while let Some(event) = self.next().await {
            all.push(event);
        }
        all
    }
}

/// An event; nothing of a comment.
fn event(block: &str) -> Option<Event> {
    let mut name = "message".to_owned();
    let mut data = Vec::new();
    for line in block.lines() {
        match line.split_once(": ") {
            Some(("event", value)) => value.clone_into(&mut name),
            Some(("data", value)) => data.push(value),
            _ => {}
        }
    }
    (!data.is_empty()).then(|| (name, data.join("\n")))
}
