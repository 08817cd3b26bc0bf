//! How far a backup or a restore has come: a bar on a terminal, a line for each quarter elsewhere.

use std::io::{IsTerminal, stderr};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::complain;
use crate::backup::{Progress, Step};

/// Tells people, on standard error.
pub(super) struct Told {
    bar: Option<ProgressBar>,
    step: Option<Step>,
    quarters: u64,
}

impl Told {
    pub(super) fn new() -> Self {
        let bar = stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(Some(1), ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template("{prefix:22} {bar:30} {percent:>3} %");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar
        });
        Self { bar, step: None, quarters: 0 }
    }

    pub(super) fn tell(&mut self, progress: Progress) {
        let is_next = self.step.replace(progress.step) != Some(progress.step);
        if let Some(bar) = &self.bar {
            bar.set_prefix(words(progress.step));
            bar.set_length(progress.of.max(1));
            bar.set_position(progress.done);
            return;
        }
        if is_next {
            self.quarters = 0;
            complain(words(progress.step));
        }
        let quarters = progress.done.saturating_mul(4) / progress.of.max(1);
        if quarters > self.quarters {
            self.quarters = quarters;
            complain(&format!("{}: {} %", words(progress.step), quarters * 25));
        }
    }

    pub(super) fn end(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}

fn words(step: Step) -> &'static str {
    match step {
        Step::Counting => "counting rows",
        Step::Writing => "writing the archive",
        Step::Checking => "checking the archive",
        Step::Loading => "loading rows",
        Step::Finishing => "checking references",
    }
}
