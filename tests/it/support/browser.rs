//! Browsers in a scene, in which people sign in and send forms as our pages do.

use super::{
    server::{Answer, Server},
    web::{header, post_form, send},
};

/// The owner's password, and everybody's.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// A browser in which somebody is signed in.
#[derive(Debug)]
pub(crate) struct Browser<'a> {
    server: &'a Server,
    /// Its cookie, as it is sent.
    pub(crate) cookie: String,
    /// What its forms carry.
    pub(crate) csrf: String,
}

/// The owner claims the account.
pub(crate) async fn claim(server: &Server) -> Answer {
    let form = [("email", "Ann@Example.org"), ("password", PASSWORD), ("password_again", PASSWORD)];
    send(post_form(server, "/setup", &form)).await
}

/// The owner's browser, right after the account was claimed.
pub(crate) async fn owner(server: &Server) -> Browser<'_> {
    Browser::of(server, &claim(server).await).await
}

/// Another browser of whoever has this address and the usual password.
pub(crate) async fn sign_in<'a>(server: &'a Server, email: &str) -> Browser<'a> {
    let answer = try_sign_in(server, email, PASSWORD).await;
    Browser::of(server, &answer).await
}

/// Tries to sign in.
pub(crate) async fn try_sign_in(server: &Server, email: &str, password: &str) -> Answer {
    send(post_form(server, "/login", &[("email", email), ("password", password)])).await
}

/// The cookie that an answer sets.
pub(crate) fn cookie(answer: &Answer) -> String {
    header(answer, "set-cookie").split(';').next().unwrap_or("").to_owned()
}

/// What stands between two texts of a page.
pub(crate) fn between<'t>(page: &'t str, before: &str, after: &str) -> &'t str {
    let (_, rest) = page.split_once(before).unwrap_or_else(|| panic!("no {before} in {page}"));
    rest.split_once(after).unwrap_or_else(|| panic!("no {after} in {page}")).0
}

impl<'a> Browser<'a> {
    /// The browser that `answer` has signed in.
    pub(crate) async fn of(server: &'a Server, answer: &Answer) -> Self {
        let cookie = cookie(answer);
        assert!(cookie.starts_with("deal_scout_session="), "{}: {}", answer.status, answer.body);
        Self::with(server, &cookie).await
    }

    /// The browser that has this cookie.
    pub(crate) async fn with(server: &'a Server, cookie: &str) -> Self {
        let page = server.get_with("/status", &[("cookie", cookie)]).await.body;
        let csrf = between(&page, "name=\"csrf-token\" content=\"", "\"").to_owned();
        Self { server, cookie: cookie.to_owned(), csrf }
    }

    /// Opens a page.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.server.get_with(path, &[("cookie", &self.cookie)]).await
    }

    /// Sends a form as a page of ours does, with its hidden field.
    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        let form = [form, &[("csrf", self.csrf.as_str())]].concat();
        self.post_bare(path, &form).await
    }

    /// Sends a form as it is.
    pub(crate) async fn post_bare(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        send(post_form(self.server, path, form).header("cookie", &self.cookie)).await
    }

    /// Whether it is signed in still.
    pub(crate) async fn is_signed_in(&self) -> bool {
        self.get("/").await.status == 200
    }
}
