//! How far long work is: a bar on a terminal, lines elsewhere. On standard error.

use std::sync::{Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressStyle};

use crate::replay::{Progress, Step};

pub(super) struct Display {
    bar: ProgressBar,
    /// The last line's step, and how many tenths were done.
    told: Mutex<Option<(Step, i64)>>,
}

impl Display {
    /// On anything but a terminal the bar is hidden and lines take its place.
    pub(super) fn new() -> Self {
        let bar = ProgressBar::new(0);
        let template = "{msg:10} {wide_bar} {human_pos}/{human_len} events, {per_sec}, {eta}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self { bar, told: Mutex::new(None) }
    }

    pub(super) fn show(&self, progress: Progress) {
        if self.bar.is_hidden() {
            return self.tell(progress);
        }
        self.bar.set_length(u64::try_from(progress.head).unwrap_or(0));
        self.bar.set_position(u64::try_from(progress.position).unwrap_or(0));
        self.bar.set_message(progress.step.as_str());
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    #[expect(clippy::print_stderr, reason = "progress is not the answer of the command")]
    fn tell(&self, Progress { step, position, head }: Progress) {
        let tenths = position.saturating_mul(10) / head.max(1);
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.replace((step, tenths)) != Some((step, tenths)) {
            eprintln!("{}: {position} of {head} events", step.as_str());
        }
    }
}
