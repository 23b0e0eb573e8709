//! The real binary in an empty folder of its own, as whoever follows the tour starts it.

use std::path::Path;

use tempfile::TempDir;

use crate::support::{Program, server::Process};

pub struct Server {
    // Ends before its folder does.
    process: Process,
    url: String,
    folder: TempDir,
}

impl Server {
    pub fn start() -> Self {
        Self::start_in(tempfile::tempdir().expect("a folder"))
    }

    pub fn start_in(folder: TempDir) -> Self {
        let process = Program::new(folder.path()).args(["--listen", "127.0.0.1:0"]).spawn();
        Self { url: process.ready(), process, folder }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Stops it as an operator does, and leaves its folder.
    pub fn stop(mut self) -> TempDir {
        self.process.signal("TERM");
        let ended = self.process.wait();
        assert!(ended.success(), "SIGTERM ended it with {ended}");
        self.folder
    }
}
