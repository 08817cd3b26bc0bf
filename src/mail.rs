//! Mail, through the SMTP server of the settings. One connection a mail; nobody's request waits for it.

use std::{fmt, sync::Arc, time::Duration};

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, MultiPart, header::ContentType},
    transport::smtp::{
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};
use slog::{Logger, info, warn};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    config::{SmtpSettings, SmtpTls},
    error::{Chain, Error, Result},
};

/// Mails that may be on their way at once; what comes on top is refused, so that a slow server fills no memory.
const AT_ONCE: usize = 16;

/// What mail leaves through. Cheap to clone.
#[derive(Clone)]
pub struct Mailer(Option<Arc<Server>>);

struct Server {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    /// For messages: `mail.example.org:587`.
    name: String,
    /// How long one mail may take in all.
    patience: Duration,
    turns: Arc<Semaphore>,
}

/// A mail to be.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Whom it goes to.
    pub to: String,
    /// What it is about.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// The same with marks, for who likes that better.
    pub html: Option<String>,
    /// The same for each try of the same mail, so that a mail box may take it for one.
    pub key: Option<String>,
}

/// The right to have one mail on its way.
#[derive(Debug)]
pub struct Turn {
    _permit: OwnedSemaphorePermit,
}

impl Mailer {
    /// Uses the server of the settings. Connects when there is something to send, never before.
    ///
    /// # Errors
    /// When TLS is wanted and this system knows no authorities to trust.
    pub fn new(settings: Option<&SmtpSettings>) -> Result<Self> {
        settings.map(Server::new).transpose().map(|server| Self(server.map(Arc::new)))
    }

    /// Whether there is a server to send through.
    pub fn is_configured(&self) -> bool {
        self.0.is_some()
    }

    /// A turn to send a mail, unless too many are on their way already, or there is no server.
    pub fn turn(&self) -> Option<Turn> {
        let server = self.0.as_ref()?;
        let permit = Arc::clone(&server.turns).try_acquire_owned().ok()?;
        Some(Turn { _permit: permit })
    }

    /// Sends a mail and waits until the server has taken it.
    ///
    /// # Errors
    /// In words for the operator, with the server and the cause; never with whom the mail is for.
    pub async fn send(&self, mail: &Mail, _: &Turn) -> Result<()> {
        let Some(server) = &self.0 else {
            return Err(Error::Failed("no mail server is set; set SMTP_HOST".to_owned()));
        };
        let message = server.written(mail)?;
        let sending = server.transport.send(message);
        match tokio::time::timeout(server.patience, sending).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(failure)) => Err(server.refused(&failure)),
            Err(_) => Err(Error::Failed(format!(
                "the mail server {} took longer than {} s; check that it works, or set smtp.timeout_s higher",
                server.name,
                server.patience.as_secs()
            ))),
        }
    }

    /// Sends a mail and says in the log how that went: `what` it is, without whom it is for.
    pub async fn send_and_tell(&self, mail: &Mail, turn: &Turn, what: &str, log: &Logger) {
        match self.send(mail, turn).await {
            Ok(()) => info!(log, "a mail was sent: {}", what),
            Err(failure) => warn!(log, "a mail was not sent: {}: {}", what, Chain(&failure)),
        }
    }
}

impl Server {
    fn new(settings: &SmtpSettings) -> Result<Self> {
        let name = format!("{}:{}", settings.host, settings.port);
        let trusted = || {
            TlsParameters::new(settings.host.clone()).map_err(|cause| {
                Error::Failed(format!(
                    "TLS to the mail server {name} cannot be set up: {}",
                    Chain(&cause)
                ))
            })
        };
        let tls = match settings.tls {
            SmtpTls::Implicit => Tls::Wrapper(trusted()?),
            SmtpTls::StartTls => Tls::Required(trusted()?),
            SmtpTls::Off => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host)
            .port(settings.port)
            .tls(tls)
            .timeout(Some(settings.timeout));
        if let Some((user, password)) = &settings.login {
            let password = password.reveal().to_owned();
            builder = builder.credentials(Credentials::new(user.clone(), password));
        }
        let from = settings.from.parse().map_err(Error::internal)?;
        let patience = settings.timeout.saturating_mul(4);
        let turns = Arc::new(Semaphore::new(AT_ONCE));
        Ok(Self { transport: builder.build(), from, name, patience, turns })
    }

    fn written(&self, mail: &Mail) -> Result<Message> {
        let to: Mailbox = mail.to.parse().map_err(|_| {
            Error::Failed("a mail has no address that a mail server would take".to_owned())
        })?;
        let mut builder = Message::builder().from(self.from.clone()).to(to).subject(&mail.subject);
        if let Some(key) = &mail.key {
            builder = builder.message_id(Some(format!("<{key}@{}>", self.from.email.domain())));
        }
        let (text, html) = (mail.text.clone(), mail.html.clone());
        let message = match html {
            Some(html) => builder.multipart(MultiPart::alternative_plain_html(text, html)),
            None => builder.header(ContentType::TEXT_PLAIN).body(text),
        };
        message.map_err(Error::internal)
    }

    /// A failure in words. What a server answers may repeat an address, so only its code is told.
    fn refused(&self, failure: &lettre::transport::smtp::Error) -> Error {
        let name = &self.name;
        Error::Failed(match failure.status() {
            Some(code) => format!(
                "the mail server {name} refused it with code {code}; its own log says why (535: user or password, \
                 550 and 553: sender or recipient)"
            ),
            None if failure.is_timeout() => {
                format!(
                    "the mail server {name} did not answer in time; check SMTP_HOST and SMTP_PORT"
                )
            }
            None if failure.is_tls() => format!(
                "TLS with the mail server {name} failed: {}; check its certificate and SMTP_USE_TLS",
                Chain(failure)
            ),
            None => format!(
                "the mail server {name} cannot be used: {}; check SMTP_HOST, SMTP_PORT and SMTP_USE_TLS",
                Chain(failure)
            ),
        })
    }
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Mailer").field(&self.0.as_ref().map(|server| &server.name)).finish()
    }
}
