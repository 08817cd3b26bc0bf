//! A real mail server in a scene: aiosmtpd, from the folder of tools where `scripts/test` puts it.

use std::{
    io::{BufRead, BufReader},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, ChildStdout, Stdio},
    time::Instant,
};

use super::{
    authority::Identity,
    cluster::PATIENCE,
    mortal,
    server::{Builder, program},
};

/// A mail server that keeps what it gets. Killed at the end.
#[derive(Debug)]
pub(crate) struct MailServer {
    child: Child,
    mails: BufReader<ChildStdout>,
    /// Where it listens.
    pub(crate) port: u16,
}

impl MailServer {
    /// Starts one; `None`, with a message, where there is no Python with aiosmtpd.
    pub(crate) fn start() -> Option<Self> {
        Self::start_with(&[])
    }

    /// One that takes nothing before `STARTTLS`.
    pub(crate) fn start_tls(made: &Identity) -> Option<Self> {
        let (certificate, key) = (made.certificate.to_str()?, made.key.to_str()?);
        Self::start_with(&["--tlscert", certificate, "--tlskey", key])
    }

    /// One that speaks TLS from the first byte.
    pub(crate) fn start_smtps(made: &Identity) -> Option<Self> {
        let (certificate, key) = (made.certificate.to_str()?, made.key.to_str()?);
        Self::start_with(&["--smtpscert", certificate, "--smtpskey", key])
    }

    fn start_with(tls: &[&str]) -> Option<Self> {
        let tools = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).with_file_name("tools");
        let python = || {
            let mut python = mortal::command("python3", mortal::End::Kill);
            python.env("PYTHONPATH", &tools).stderr(Stdio::null());
            python
        };
        let there = python().args(["-c", "import aiosmtpd"]).status();
        if !there.is_ok_and(|status| status.success()) {
            eprintln!("skipped: there is no aiosmtpd; scripts/test installs it where there is pip");
            return None;
        }
        let port = free_port();
        let mut child = python()
            .args(["-u", "-m", "aiosmtpd", "-n", "-l", &format!("127.0.0.1:{port}")])
            .args(tls)
            .args(["-c", "aiosmtpd.handlers.Debugging", "stdout"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("python starts");
        let mails = BufReader::new(child.stdout.take().expect("its output is read"));
        let until = Instant::now() + PATIENCE;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < until, "the mail server listens in time");
        }
        Some(Self { child, mails, port })
    }

    /// The next mail, with its head, as plain text.
    pub(crate) fn next(&mut self) -> String {
        let mut mail = String::new();
        loop {
            let mut line = String::new();
            let read = self.mails.read_line(&mut line).expect("its output is text");
            assert!(read > 0, "the mail server ended");
            if line.contains("END MESSAGE") {
                // Quoted-printable, as far as our mails have it.
                return mail.replace("=\n", "").replace("=3D", "=");
            }
            mail.push_str(&line);
        }
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port on which nobody listens.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// The server over `database`, with a mail server at `port` of this machine.
pub(crate) fn with_mail(database: &str, port: u16) -> Builder {
    program("serve")
        .env("DATABASE_URL", database)
        .env("SMTP_HOST", "127.0.0.1")
        .env("SMTP_PORT", port.to_string())
        .env("SMTP_USE_TLS", "false")
        .env("EMAIL_FROM", "Deals <deals@example.org>")
        .env("DEAL_SCOUT__SMTP__TIMEOUT_S", "1")
        .env("DEAL_SCOUT__PUBLIC_URL", "https://deals.example.org/")
}
