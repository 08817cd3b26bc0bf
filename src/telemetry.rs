//! Logging: slog to standard error, with the `log` and `tracing` records of libraries brought in.
//!
//! A terminal shows readable lines; elsewhere each record is one JSON object a line. Writing happens on a thread of its
//! own, so whoever holds [`Telemetry`] to the very end of `main` loses no line.

mod plain;

use std::{
    fmt,
    io::{self, IsTerminal, LineWriter, Write},
    panic,
    time::SystemTime,
};

use chrono::{DateTime, SecondsFormat, Utc};
use slog::{
    BorrowedKV, Drain, FnValue, Level, Logger, Never, OwnedKVList, Record, RecordStatic, SingleKV,
    crit, o,
};
use slog_async::{AsyncGuard, OverflowStrategy};

use crate::config::{LogFormat, LogSettings};

/// Records that may wait to be written; more are dropped, and the loss is reported.
const WAITING: usize = 4096;

tokio::task_local! {
    static REQUEST: String;
}

/// Does `work` for the request of this name: every line that it logs on the way carries the name as `request_id`.
pub async fn in_request<T>(id: String, work: impl Future<Output = T>) -> T {
    REQUEST.scope(id, work).await
}

/// The voice of the process. Dropping it writes what is still waiting.
pub struct Telemetry {
    /// The root logger.
    pub log: Logger,
    _until_written: AsyncGuard,
}

impl fmt::Debug for Telemetry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Telemetry").field("log", &self.log).finish_non_exhaustive()
    }
}

/// Starts logging to standard error, brings in the records of libraries and logs panics.
///
/// To be called once in a process; a second call gives a logger of its own, but libraries stay with the first.
pub fn init(settings: &LogSettings) -> Telemetry {
    let readable = match settings.format {
        LogFormat::Auto => io::stderr().is_terminal(),
        LogFormat::Json => false,
        LogFormat::Terminal => true,
    };
    let (drain, guard) = if readable {
        let lines = slog_term::TermDecorator::new().stderr().build();
        let lines =
            slog_term::FullFormat::new(plain::Plain(lines)).use_custom_timestamp(clock_time);
        in_background(lines.use_original_order().build())
    } else {
        in_background(json(LineWriter::new(io::stderr())))
    };
    let log = Logger::root(Levels { least: settings.level, drain }, o!());
    bring_in_libraries(&log);
    log_panics(log.clone());
    Telemetry { log, _until_written: guard }
}

fn in_background<D>(drain: D) -> (slog_async::Async, AsyncGuard)
where
    D: Drain<Err = io::Error, Ok = ()> + Send + 'static,
{
    // Nobody may be listening on standard error any more; the work goes on all the same.
    slog_async::Async::new(drain.ignore_res())
        .chan_size(WAITING)
        .overflow_strategy(OverflowStrategy::DropAndReport)
        .thread_name("log".to_owned())
        .build_with_guard()
}

/// One object a line: `ts`, `level`, `msg`, then what the record carries.
fn json<W: Write>(out: W) -> slog_json::Json<W> {
    slog_json::Json::new(out)
        .set_newlines(true)
        .add_key_value(o!(
            "msg" => FnValue(|record: &Record<'_>| record.msg().to_string()),
            "level" => FnValue(|record: &Record<'_>| record.level().as_str()),
            "ts" => FnValue(|_: &Record<'_>| timestamp()),
        ))
        .build()
}

fn timestamp() -> String {
    DateTime::<Utc>::from(SystemTime::now()).to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn clock_time(out: &mut dyn Write) -> io::Result<()> {
    let now = DateTime::<chrono::Local>::from(SystemTime::now());
    write!(out, "{}", now.format("%H:%M:%S%.3f"))
}

/// Lets through what is to be logged: our own records from `least` up, those of libraries from Info up at most.
#[derive(Debug)]
struct Levels<D> {
    least: Level,
    drain: D,
}

impl<D> Levels<D> {
    fn lets_through(&self, record: &Record<'_>) -> bool {
        // Records out of the `log` crate carry their target as tag; ours carry none. Below Info the PostgreSQL driver
        // logs statements with their parameters, and HTTP libraries log headers: both may hold secrets.
        let target = record.tag();
        let is_ours = target.is_empty() || target.starts_with("deal_scout");
        // The web server tells at Info when it starts and stops; the start-up story tells that in our words.
        let library = if target.starts_with("actix_server") { Level::Warning } else { Level::Info };
        let least = if is_ours || self.least.is_at_least(library) { self.least } else { library };
        record.level().is_at_least(least)
    }
}

impl<D: Drain<Ok = ()>> Drain for Levels<D> {
    type Ok = ();
    type Err = Never;

    fn log(&self, record: &Record<'_>, values: &OwnedKVList) -> Result<(), Never> {
        if !self.lets_through(record) {
            return Ok(());
        }
        // The queue reports what it drops by itself.
        let in_request = REQUEST.try_with(|id| {
            let place = RecordStatic {
                location: record.location(),
                tag: record.tag(),
                level: record.level(),
            };
            let more = (SingleKV::from(("request_id", id.as_str())), record.kv());
            let _ = self.drain.log(&Record::new(&place, record.msg(), BorrowedKV(&more)), values);
        });
        if in_request.is_err() {
            let _ = self.drain.log(record, values);
        }
        Ok(())
    }

    fn is_enabled(&self, level: Level) -> bool {
        level.is_at_least(self.least)
    }
}

fn bring_in_libraries(log: &Logger) {
    // The scope's logger stays to the end of the process: without one, a late record of a library would panic.
    slog_scope::set_global_logger(log.new(o!())).cancel_reset();
    // Fails only when a logger is there already, which then stays.
    let _ = slog_stdlog::init_with_level(log::Level::Info);
}

fn log_panics(log: Logger) {
    panic::set_hook(Box::new(move |info| {
        let what = info.payload_as_str().unwrap_or("no message");
        let place = info.location().map_or_else(String::new, ToString::to_string);
        let thread = std::thread::current();
        let thread = thread.name().unwrap_or("unnamed").to_owned();
        crit!(log, "a fault in the program: {}", what; "at" => place, "thread" => thread);
    }));
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use slog::{debug, info};

    use super::*;

    /// What was written, for whoever wants to read it.
    #[derive(Clone, Default)]
    pub(super) struct Page(Arc<Mutex<Vec<u8>>>);

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Page {
        pub(super) fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }

        fn lines(&self) -> Vec<serde_json::Value> {
            self.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
        }
    }

    fn logger(page: &Page, least: Level) -> Logger {
        Logger::root(Levels { least, drain: Mutex::new(json(page.clone())).map(slog::Fuse) }, o!())
    }

    #[test]
    fn a_record_is_one_json_object_whatever_its_text() {
        let page = Page::default();
        let text = "✓ said \"yes\"\n\\ and \u{1} went";
        info!(logger(&page, Level::Info), "{}", text; "søk" => "a\"b", "n" => 7);
        let [line] = page.lines().try_into().unwrap();
        assert_eq!(line["msg"], text);
        assert_eq!(line["level"], "INFO");
        assert_eq!(line["søk"], "a\"b");
        assert_eq!(line["n"], 7);
        let ts = line["ts"].as_str().unwrap();
        assert!(DateTime::parse_from_rfc3339(ts).is_ok() && ts.ends_with('Z'), "{ts}");
    }

    #[tokio::test]
    async fn what_is_logged_on_the_way_of_a_request_carries_its_name() {
        let page = Page::default();
        let log = logger(&page, Level::Info);
        in_request("abc-1".to_owned(), async {
            info!(log, "looked"; "n" => 7);
            tokio::task::yield_now().await;
            info!(log.new(o!("by" => "ann")), "answered");
        })
        .await;
        info!(log, "alone");
        let [looked, answered, alone] = page.lines().try_into().unwrap();
        assert_eq!((&looked["request_id"], &looked["n"]), (&"abc-1".into(), &7.into()));
        assert_eq!((&answered["request_id"], &answered["by"]), (&"abc-1".into(), &"ann".into()));
        assert!(alone.get("request_id").is_none(), "{alone}");
    }

    #[test]
    fn libraries_never_speak_below_info() {
        let page = Page::default();
        let log = logger(&page, Level::Trace);
        debug!(log, # "tokio_postgres::query", "executing with parameters"; "p" => "secret");
        debug!(log, "ours");
        info!(log, # "reqwest::connect", "theirs");
        info!(log, # "actix_server::worker", "shutting down idle worker");
        let said: Vec<_> = page.lines().iter().map(|line| line["msg"].clone()).collect();
        assert_eq!(said, ["ours", "theirs"]);
    }

    #[test]
    fn a_higher_level_holds_for_libraries_too() {
        let page = Page::default();
        let log = logger(&page, Level::Error);
        info!(log, # "reqwest::connect", "theirs");
        info!(log, "ours");
        assert_eq!(page.lines(), Vec::<serde_json::Value>::new());
    }
}
