//! The program's life, top to bottom: listen, bring the schema up, work, and stop in order.

use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::{Duration, Instant},
};

use actix_web::{HttpServer, dev::Server, middleware::from_fn, web::Data};
use slog::{Drain, Level, LevelFilter, Logger, error, info, o, warn};

pub use crate::state::App;
use crate::{
    clock::Clock,
    config::{Settings, mask_url},
    error::{Chain, Error, Result},
    startup::{Patience, Startup},
    systemd::{self, News},
    web, workers,
};

/// The longest rest between two tries of what is done at the first start.
const LONGEST_REST: Duration = Duration::from_mins(1);
/// How long what was broken off may take to leave things whole.
const LAST_GRACE: Duration = Duration::from_secs(3);
/// Requests that may wait to be accepted.
const BACKLOG: u32 = 1024;

/// Serves until it is told to stop. `prepare` is what is done when the service is first ready: the demo's sample data,
/// the code for `/setup`. It is tried again until it succeeds once.
pub async fn serve<P>(settings: Settings, log: Logger, began: Instant, prepare: P) -> Result<()>
where
    P: AsyncFn(Arc<App>) -> Result<()>,
{
    let clock = Clock::system(settings.startup.pace);
    let app = Arc::new(App::new(settings, clock, log)?);
    introduce(&app);
    allow_many_connections(&app.log);
    let (server, address) = listen(&app)?;
    info!(app.log, "[entrypoint] Listening on {address}");
    let handle = server.handle();
    let serving = tokio::spawn(server);
    let working = tokio::spawn(workers::run(Arc::clone(&app)));
    let mut starting = tokio::spawn(guard(Arc::clone(&app), began));
    let asking = tokio::spawn(watch_redis(Arc::clone(&app)));
    let looking = tokio::spawn(watch_replica(Arc::clone(&app)));
    let sorting = tokio::spawn(sort_out_connections(Arc::clone(&app)));
    let reporting = tokio::spawn(report(Arc::clone(&app), address));

    let outcome = tokio::select! {
        outcome = &mut starting => outcome.map_err(Error::internal).flatten(),
        outcome = prepare_then_wait(&app, prepare) => outcome,
        signal = asked_to_stop() => {
            info!(app.log, "stopping"; "because" => signal);
            drain(&app).await;
            Ok(())
        }
    };

    app.stop.cancel();
    asking.abort();
    looking.abort();
    sorting.abort();
    let rest = async {
        handle.stop(true).await;
        // Before the database is let go: the guard would take its stop for an outage and start it again.
        let guarded = if starting.is_finished() { Ok(()) } else { starting.await.map(|_| ()) };
        for finished in [guarded, working.await, serving.await.map(|_| ())] {
            if let Err(panic) = finished {
                error!(app.log, "a part of the program ended badly"; "error" => %Chain(&panic));
            }
        }
        app.tasks.close();
        app.tasks.wait().await;
    };
    let grace = app.settings.stop.grace;
    tokio::select! {
        () = rest => {}
        () = tokio::time::sleep(grace) => {
            warn!(app.log, "what had not ended within {} s was broken off", grace.as_secs());
        }
        _ = asked_to_stop() => warn!(app.log, "asked again to stop; work under way was broken off"),
    }
    app.break_off.cancel();
    app.tasks.close();
    if tokio::time::timeout(LAST_GRACE, app.tasks.wait()).await.is_err() {
        warn!(app.log, "something that was broken off did not end");
    }
    reporting.abort();
    app.database.release().await?;
    info!(app.log, "stopped");
    outcome
}

/// Calls the service not ready and goes on answering for a while, so that balancers go elsewhere before the port closes.
/// Nothing new is begun meanwhile; being asked again ends it.
async fn drain(app: &App) {
    systemd::tell(News::Stopping, &app.log);
    app.readiness.update(|status| status.stopping = true);
    app.stop.cancel();
    let drain = app.settings.stop.drain;
    if drain.is_zero() {
        return;
    }
    info!(app.log, "answering for {} s more while others take over", drain.as_secs());
    tokio::select! {
        () = app.clock.sleep(drain) => {}
        _ = asked_to_stop() => {}
    }
}

/// Opens the database for a command that runs beside or without a server: reaches it, brings the schema up when that
/// is allowed, and hands out the app. End with [`run_then_close`].
pub async fn open(settings: Settings, log: &Logger) -> Result<Arc<App>> {
    let app = quiet(settings, log)?;
    if let Err(failure) = startup(&app, Patience::COMMAND, Instant::now()).run_once().await {
        app.database.release().await?;
        return Err(failure);
    }
    // Ends with the command; a read that waits for a replica which has gone silent goes on elsewhere.
    drop(tokio::spawn(watch_replica(Arc::clone(&app))));
    Ok(app)
}

/// Reaches the database for a command that looks after the schema itself, or must not change it. End with
/// [`run_then_close`].
pub async fn reach(settings: Settings, log: &Logger) -> Result<Arc<App>> {
    let app = quiet(settings, log)?;
    if let Err(unreachable) = app.database.reach().await {
        let address = app.database.target().address();
        app.database.release().await?;
        let cause = unreachable.cause;
        return Err(Error::Failed(format!("the database at {address} is not reachable: {cause}")));
    }
    Ok(app)
}

/// The app of a command, which tells of trouble only.
fn quiet(settings: Settings, log: &Logger) -> Result<Arc<App>> {
    let quiet = Logger::root(LevelFilter::new(log.clone(), Level::Warning).fuse(), o!());
    let clock = Clock::system(settings.startup.pace);
    Ok(Arc::new(App::new(settings, clock, quiet)?))
}

/// Does a command's `work` on what [`open`] opened, unless it is asked to stop, and lets the database go in any case.
pub async fn run_then_close<T>(app: &App, work: impl Future<Output = Result<T>>) -> Result<T> {
    let outcome = tokio::select! {
        outcome = work => outcome,
        signal = asked_to_stop() => Err(Error::Failed(format!(
            "stopped by {signal}; what is stored is whole, and the same command completes it"
        ))),
    };
    close(app).await?;
    outcome
}

/// Lets the database go.
async fn close(app: &App) -> Result<()> {
    app.stop.cancel();
    app.database.release().await
}

fn startup(app: &App, patience: Patience, began: Instant) -> Startup<'_> {
    Startup {
        database: &app.database,
        readiness: &app.readiness,
        migrate: app.settings.startup.migrate,
        patience,
        clock: &app.clock,
        log: &app.log,
        began,
    }
}

async fn guard(app: Arc<App>, began: Instant) -> Result<()> {
    let startup = startup(&app, Patience::SERVER, began);
    tokio::select! {
        outcome = startup.run() => outcome,
        () = app.stop.cancelled() => Ok(()),
    }
}

/// Asks Redis every second, whatever the database does meanwhile.
async fn watch_redis(app: Arc<App>) {
    while !app.stop.is_cancelled() {
        let redis = app.cache.ping().await;
        app.readiness.update(|status| status.redis = redis);
        app.clock.sleep(Duration::from_secs(1)).await;
    }
}

/// Asks the replica for heavy reads every second, whatever the start-up does.
async fn watch_replica(app: Arc<App>) {
    while app.reads.state().is_some() && !app.stop.is_cancelled() {
        app.reads.look(&app.db).await;
        app.clock.sleep(Duration::from_secs(1)).await;
    }
}

/// Whenever the database has gone, has every idle connection show that it lives: those that do not are thrown away while
/// nobody waits for one. A network can let connections die without a word.
async fn sort_out_connections(app: Arc<App>) {
    loop {
        app.readiness.lost().await;
        let idle = app.db.state().idle_connections;
        futures_util::future::join_all((0..idle).map(|_| app.db.get())).await;
        app.readiness.ready().await;
    }
}

/// Tells systemd that the port is bound, how the service is whenever that changes, and that it still answers.
async fn report(app: Arc<App>, address: SocketAddr) {
    systemd::tell(News::Ready, &app.log);
    let mut changes = app.readiness.subscribe();
    let telling = async {
        let mut last = String::new();
        loop {
            let status = Arc::clone(&changes.borrow_and_update());
            let text = status.in_a_sentence();
            if text != last {
                systemd::tell(News::Status(text), &app.log);
                text.clone_into(&mut last);
            }
            if changes.changed().await.is_err() {
                return;
            }
        }
    };
    let own = app.settings.own_address(address.port());
    // Once it stops, it need not answer any more.
    let beating = app.stop.run_until_cancelled(systemd::beat(own, &app.log));
    tokio::join!(telling, beating);
}

fn introduce(app: &App) {
    let log = &app.log;
    let settings = &app.settings;
    info!(log, "[entrypoint] ============================================");
    info!(log, "[entrypoint] Deal Scout {}", env!("CARGO_PKG_VERSION"));
    info!(
        log,
        "[entrypoint] Configuration: database={} redis={} port={}",
        settings
            .database
            .url
            .as_ref()
            .map_or_else(|| "managed".to_owned(), |url| mask_url(url.reveal())),
        settings.redis_url.as_ref().map_or_else(|| "none".to_owned(), |url| mask_url(url.reveal())),
        settings.port
    );
}

/// Raises the number of files that may be open as far as the system lets an ordinary process: each connection is one,
/// and where 1,024 is the custom, a thousand idle browsers would shut everybody else out.
#[cfg(unix)]
fn allow_many_connections(log: &Logger) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if let Err(cause) = setrlimit(Resource::Nofile, raised) {
        warn!(log, "the limit of open files stays as it is"; "error" => %cause, "limit" => ?limit.current);
    }
}

#[cfg(not(unix))]
fn allow_many_connections(_: &Logger) {}

fn listen(app: &Arc<App>) -> Result<(Server, SocketAddr)> {
    let wanted = SocketAddr::new(app.settings.host, app.settings.port);
    let taken = |cause: std::io::Error| {
        Error::Failed(format!(
            "{wanted} cannot be listened on: {cause}; stop what uses it, or set another with PORT or HOST"
        ))
    };
    let listener = TcpListener::bind(wanted).map_err(taken)?;
    let address = listener.local_addr().map_err(taken)?;
    let data: Data<App> = Data::from(Arc::clone(app));
    let server = HttpServer::new(move || {
        actix_web::App::new()
            .app_data(data.clone())
            .wrap(from_fn(web::edge::outermost))
            .configure(web::health::routes)
            .configure(web::routes::all)
    })
    .backlog(BACKLOG)
    .disable_signals()
    // Longer than our own patience, which tells when it ends.
    .shutdown_timeout((app.settings.stop.grace + LAST_GRACE).as_secs())
    .listen(listener)
    .map_err(taken)?
    .run();
    Ok((server, address))
}

/// Runs `prepare` when the service is first ready, again until it succeeds, then waits for ever.
async fn prepare_then_wait<P>(app: &Arc<App>, prepare: P) -> Result<()>
where
    P: AsyncFn(Arc<App>) -> Result<()>,
{
    let mut rest = Duration::from_secs(2);
    loop {
        app.readiness.ready().await;
        let Err(failure) = prepare(Arc::clone(app)).await else { break };
        warn!(app.log, "what is done at the first start failed; it is tried again in {} s", rest.as_secs();
            "error" => %Chain(&failure));
        app.clock.sleep(rest).await;
        rest = (rest * 2).min(LONGEST_REST);
    }
    std::future::pending().await
}

/// Waits for Ctrl-C or SIGTERM and tells which it was.
pub async fn asked_to_stop() -> &'static str {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            return tokio::select! {
                _ = terminate.recv() => "SIGTERM",
                _ = tokio::signal::ctrl_c() => "Ctrl-C",
            };
        }
    }
    // Without a signal to listen for there is nothing to be asked by; the other branches go on.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
    "Ctrl-C"
}
