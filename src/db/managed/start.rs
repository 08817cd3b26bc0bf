//! How a cluster comes to run, and how it is let go: the story from top to bottom. Blocking; runs off the async threads.

use std::{path::Path, time::Duration};

use slog::{Logger, warn};

use super::{
    ManagedError, Released, Started, cluster,
    lock::{Turn, Users},
    log_file,
    place::Place,
    platform,
    process::{self, State},
    programs::{self, Programs},
    ready::{Answer, Ping},
    wait::Wait,
};

/// Creates, starts or adopts the cluster. Afterwards it answers, has its database, and `held` is our share in it.
pub(super) fn run(
    place: &Place,
    setting: Option<&Path>,
    held: &mut Option<Users>,
    ping: &Ping,
    wait: &Wait,
    log: &Logger,
) -> Result<Started, ManagedError> {
    platform::prepare(place)?;
    let turn = Turn::take(place, wait)?;
    let present = cluster::major(place)?;
    let (major, fresh) = if let Some(major) = present {
        (major, None)
    } else {
        let programs = programs::to_create(setting)?;
        cluster::create(place, &programs, &turn, wait, log)?;
        (programs.major, Some(programs))
    };
    // Kept when the rest fails: a server that takes long to come up is ours to wait for, and ours to stop.
    let users = match held {
        Some(users) => users,
        None => held.insert(Users::join(place, &turn)?),
    };
    let mut server = Server { place, setting, turn, users, wait: wait.again(), major, fresh, log };
    let launched = server.bring_up(ping)?;
    let adopted = !launched && present.is_some();
    Ok(Started { created: present.is_none(), adopted, major, took: Duration::ZERO })
}

/// Lets go of the cluster; the last of its users stops it.
pub(super) fn release(
    place: &Place,
    held: &mut Option<Users>,
    wait: &Wait,
) -> Result<Released, ManagedError> {
    let Some(users) = held else { return Ok(Released::NotHeld) };
    let turn = Turn::take(place, wait)?;
    let alone = users.is_alone(place, &turn)?;
    if alone {
        process::stop(place, &turn, wait)?;
    }
    // Within the turn: the next to let go has to see that we are gone.
    *held = None;
    Ok(if alone { Released::Stopped } else { Released::LeftRunning })
}

struct Server<'a> {
    place: &'a Place,
    setting: Option<&'a Path>,
    turn: Turn,
    users: &'a Users,
    wait: Wait,
    major: u32,
    /// The programs that have just created the cluster.
    fresh: Option<Programs>,
    log: &'a Logger,
}

impl Server<'_> {
    /// Asks until the database answers, and does what is missing for it. Returns whether a server was launched.
    fn bring_up(&mut self, ping: &Ping) -> Result<bool, ManagedError> {
        let log_file = self.place.log_file();
        let mut launched_at: Option<u64> = None;
        let mut why = "nobody listens on its socket".to_owned();
        loop {
            // A server that is starting is not asked: it would log each question, fifty a second.
            let answer = match process::not_ready(self.place) {
                Some(says) => Answer::Busy(format!("it is {says}")),
                None => ping.ask(),
            };
            match answer {
                Answer::Ready => return Ok(launched_at.is_some()),
                Answer::NoDatabase => {
                    ping.create_database().map_err(|text| self.not_started(&text))?;
                }
                Answer::Busy(text) => why = text,
                Answer::Refused(text) => return Err(self.not_ours(&text)),
                Answer::Silent => match process::state(self.place, &self.turn)? {
                    State::Down(no_life) => {
                        if let Some(from) = launched_at {
                            return Err(self.not_started(&log_file::since(&log_file, from)));
                        }
                        let programs = self.programs()?;
                        log_file::shorten(&log_file)
                            .map_err(ManagedError::io("shorten", &log_file))?;
                        launched_at = Some(log_file::length(&log_file));
                        process::launch(self.place, &programs, no_life)?;
                    }
                    State::Up { lost: true } => {
                        self.stop_the_lost()?;
                        launched_at = None;
                    }
                    State::Up { lost: false } => {}
                },
            }
            if !self.wait.pause()? {
                let waited = self.wait.patience();
                return Err(ManagedError::NotReady { waited, why, log: log_file });
            }
        }
    }

    fn programs(&mut self) -> Result<Programs, ManagedError> {
        match self.fresh.take() {
            Some(programs) => Ok(programs),
            None => programs::to_run(self.setting, self.major, &self.place.cluster()),
        }
    }

    /// A server that nobody can reach is stopped, unless somebody does reach it from where they are.
    fn stop_the_lost(&self) -> Result<(), ManagedError> {
        let folder = platform::address(self.place);
        if !self.users.is_alone(self.place, &self.turn)? {
            return Err(ManagedError::OutOfReach { folder });
        }
        warn!(
            self.log,
            "PostgreSQL runs without its socket in {}: it is started again",
            folder.display()
        );
        process::stop(self.place, &self.turn, &self.wait)
    }

    fn not_started(&self, text: &str) -> ManagedError {
        ManagedError::StartFailed { log: self.place.log_file(), tail: text.to_owned() }
            .or_disk_full("starting the database in", &self.place.cluster(), text)
    }

    fn not_ours(&self, text: &str) -> ManagedError {
        let reason = format!(
            "was not made by Deal Scout, or was changed: PostgreSQL does not let us in ({text}); move it away, or set \
             DATABASE_URL to use it as an external database"
        );
        ManagedError::NotOurs { path: self.place.cluster(), reason }
    }
}
