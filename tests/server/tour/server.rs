//! The real binary in an empty folder of its own, on a port of its own.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

pub const BINARY: &str = env!("CARGO_BIN_EXE_tenantry");

pub struct Server {
    process: Child,
    url: String,
    folder: Option<TempDir>,
}

/// A program without any setting of whoever runs the tests.
pub fn without_settings(program: &str) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("TENANTRY_") {
            command.env_remove(name);
        }
    }
    command
}

impl Server {
    pub fn start() -> Self {
        Self::start_in(tempfile::tempdir().expect("a folder"))
    }

    /// Starts and waits for the line that says that it is ready.
    pub fn start_in(folder: TempDir) -> Self {
        let mut process = without_settings(BINARY)
            .args(["--listen", "127.0.0.1:0"])
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut line = String::new();
        let output = process.stdout.take().expect("its output is a pipe");
        // Ends without a line when the process does.
        BufReader::new(output).read_line(&mut line).expect("a line");
        let url = line.trim().strip_prefix("tenantry is ready at ").unwrap_or_else(|| panic!("not ready: {line:?}"));
        Self { url: url.to_owned(), process, folder: Some(folder) }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn folder(&self) -> &Path {
        self.folder.as_ref().expect("it runs").path()
    }

    /// Stops it as an operator does, and leaves its folder.
    pub fn stop(mut self) -> TempDir {
        let told = Command::new("kill").arg(self.process.id().to_string()).status().expect("kill");
        assert!(told.success());
        let ended = self.process.wait().expect("it ends");
        assert!(ended.success(), "SIGTERM ended it with {ended}");
        self.folder.take().expect("it ran")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
