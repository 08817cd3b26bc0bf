//! `healthcheck` against servers that answer one thing.

use std::{
    io::{Read, Write},
    net::TcpListener,
    thread,
};

use crate::support::server::program;

/// A server that gives one answer, once; its port.
fn server(status: &'static str, body: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let mut request = [0; 1024];
        let _ = client.read(&mut request).unwrap();
        let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n", body.len());
        client.write_all(format!("{head}{body}").as_bytes()).unwrap();
    });
    port
}

#[test]
fn a_server_that_is_ok_exits_with_0_and_says_nothing() {
    let port = server("200 OK", r#"{"ok":true}"#);
    let (code, out, messages) = program("healthcheck").env("PORT", port.to_string()).finish();
    assert_eq!((code, out.as_str(), messages.as_str()), (Some(0), "", ""));
}

#[test]
fn a_server_that_is_not_ok_exits_with_1_and_its_reason() {
    let body = r#"{"ok":false,"phase":"degraded","reason":"table listings is missing"}"#;
    let port = server("200 OK", body);
    let (code, _, messages) = program("healthcheck").env("PORT", port.to_string()).finish();
    assert_eq!(code, Some(1));
    assert!(messages.contains("table listings is missing"), "{messages}");
}

#[test]
fn any_answer_is_life() {
    let port = server("503 Service Unavailable", "not even JSON");
    let url = format!("http://127.0.0.1:{port}/anything");
    let (code, _, messages) = program("healthcheck").arg("--live").arg("--url").arg(url).finish();
    assert_eq!((code, messages.as_str()), (Some(0), ""));
}

#[test]
fn no_answer_exits_with_1() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let check = program("healthcheck").arg("--live").env("PORT", gone.to_string());
    let (code, _, messages) = check.finish();
    assert_eq!(code, Some(1));
    assert!(messages.contains("no answer from http://127.0.0.1"), "{messages}");
}
