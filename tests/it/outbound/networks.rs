//! Private networks are refused: as they stand, behind names, behind names that change their mind, behind redirects.

use deal_scout::outbound::{Fault, Outbound, Reach, Request, parse};

use super::{Book, get, outbound, settings};
use crate::support::{
    database::silent,
    http::{Reply, Web},
};

fn is_refused(told: &Result<deal_scout::outbound::Answer, Fault>) -> bool {
    matches!(told, Err(Fault::Network { .. }))
}

#[tokio::test]
async fn nobody_connects_to_this_machine_whatever_it_is_called() {
    let web = Web::start(|_| Reply::new(200, "inside")).await;
    let book = Book::of(&[
        ("inside.example", &["127.0.0.1"]),
        ("mapped.example", &["::ffff:127.0.0.1"]),
        ("translated.example", &["64:ff9b::7f00:1"]),
        ("metadata.example", &["169.254.169.254"]),
        ("metadata6.example", &["fd00:ec2::254"]),
        ("several.example", &["10.0.0.1 192.168.1.1 ::1"]),
    ]);
    let out = outbound("", &book);
    let port = web.port();
    for host in [
        "127.0.0.1",
        "2130706433",
        "0x7f.1",
        "127.0.0.1.",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "inside.example",
        "mapped.example",
        "translated.example",
        "metadata.example",
        "metadata6.example",
        "several.example",
    ] {
        let told = get(&out, &format!("http://{host}:{port}/")).await;
        assert!(is_refused(&told), "{host}: {told:?}");
    }
    assert_eq!(web.connections(), 0);
}

#[tokio::test]
async fn localhost_is_refused_by_what_the_system_knows_of_it() {
    let web = Web::start(|_| Reply::new(200, "inside")).await;
    let clock = deal_scout::clock::Clock::system(1.0);
    let out = Outbound::new(&settings(&[]), clock, &silent()).unwrap();
    for host in ["localhost", "LOCALHOST"] {
        let told = get(&out, &format!("http://{host}:{}/", web.port())).await;
        assert!(is_refused(&told), "{host}: {told:?}");
    }
    assert_eq!(web.connections(), 0);
}

#[tokio::test]
async fn a_name_is_looked_up_once_and_what_was_checked_is_connected_to() {
    let good =
        Web::on("127.0.0.1:0", |_| Reply::new(200, "good").with("connection", "close")).await;
    let port = good.port();
    let bad = Web::on(&format!("127.0.0.2:{port}"), |_| Reply::new(200, "bad")).await;
    let book = Book::of(&[("rebinding.example", &["127.0.0.1", "127.0.0.2"])]);
    let out = outbound("127.0.0.1", &book);
    let url = format!("http://rebinding.example:{port}/");
    assert_eq!(get(&out, &url).await.unwrap().body, b"good");
    assert_eq!(book.lookups(), 1);
    assert!(is_refused(&get(&out, &url).await));
    assert_eq!((good.connections(), bad.connections()), (1, 0));
}

#[tokio::test]
async fn of_several_addresses_only_those_that_pass_are_tried() {
    let good = Web::on("127.0.0.1:0", |_| Reply::new(200, "good")).await;
    let port = good.port();
    let bad = Web::on(&format!("127.0.0.2:{port}"), |_| Reply::new(200, "bad")).await;
    let book = Book::of(&[("both.example", &["127.0.0.2 127.0.0.1"])]);
    let out = outbound("127.0.0.1", &book);
    assert_eq!(get(&out, &format!("http://both.example:{port}/")).await.unwrap().body, b"good");
    assert_eq!(bad.connections(), 0);
}

#[tokio::test]
async fn a_redirect_is_checked_like_the_first_address() {
    let inside = Web::on("127.0.0.2:0", |_| Reply::new(200, "inside")).await;
    let port = inside.port();
    let to = [
        format!("http://127.0.0.2:{port}/"),
        format!("http://inside.example:{port}/"),
        format!("//0x7f000002:{port}/"),
        format!("http://me@127.0.0.2:{port}/"),
        "file:///etc/passwd".to_owned(),
        "http://outside.example:25/".to_owned(),
    ];
    let count = to.len();
    let web = Web::start(move |asked| {
        let n: usize = asked.path().trim_start_matches('/').parse().unwrap();
        Reply::redirect(&to[n])
    })
    .await;
    let book = Book::of(&[("inside.example", &["127.0.0.2"]), ("outside.example", &["127.0.0.1"])]);
    let out = outbound("127.0.0.1", &book);
    for n in 0..count {
        let told = get(&out, &web.url(&format!("/{n}"))).await.unwrap_err();
        assert!(matches!(told, Fault::Network { .. } | Fault::Address { .. }), "{n}: {told:?}");
    }
    assert_eq!((web.asked().len(), inside.connections()), (count, 0));
}

#[tokio::test]
async fn the_operators_own_servers_are_reached_but_send_nobody_further_inside() {
    let inside = Web::on("127.0.0.2:0", |_| Reply::new(200, "inside")).await;
    let to = inside.url("/");
    let web = Web::start(move |asked| match asked.path() {
        "/away" => Reply::redirect(&to),
        "/here" => Reply::redirect("/"),
        _ => Reply::new(200, "own"),
    })
    .await;
    let out = outbound("", &Book::of(&[]));
    let own = |path| Request::get(parse(&web.url(path)).unwrap(), Reach::Configured);
    assert_eq!(out.send(own("/here")).await.unwrap().body, b"own");
    assert!(is_refused(&out.send(own("/away")).await));
    assert_eq!(inside.connections(), 0);
}

#[tokio::test]
async fn a_refusal_says_what_to_do_and_shows_no_secret() {
    let out = outbound("", &Book::of(&[]));
    let told = get(&out, "http://10.1.2.3/feed?key=s3cret").await.unwrap_err().to_string();
    assert_eq!(
        told,
        "10.1.2.3 is in a private network, which is not asked; an operator can allow it with outbound.allow"
    );
}
