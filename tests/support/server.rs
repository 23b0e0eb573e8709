//! The real binary as a process.

use std::{
    ffi::OsStr,
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex, mpsc},
    thread,
    time::Instant,
};

use super::{DEADLINE, Deployment, Engine, Request};

/// A run of the binary that has not begun. It has no environment but the one that is given to it.
pub struct Program {
    command: Command,
    admin: (&'static str, &'static str),
}

impl Program {
    pub fn new(folder: &Path) -> Self {
        Self::of(Command::new(env!("CARGO_BIN_EXE_tenantry")), folder)
    }

    /// With this mask for the files that it makes.
    pub fn under_umask(mask: &str, folder: &Path) -> Self {
        let mut command = Command::new("/bin/sh");
        let script = format!("umask {mask}; exec \"$0\" \"$@\"");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_tenantry")]);
        Self::of(command, folder)
    }

    fn of(mut command: Command, folder: &Path) -> Self {
        command.env_clear().current_dir(folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self { command, admin: ADMIN }
    }

    /// With a superadmin that a server may have which others can reach.
    pub fn own_admin(mut self) -> Self {
        self.admin = OWN_ADMIN;
        self.env("TENANTRY_ADMIN_EMAIL", OWN_ADMIN.0).env("TENANTRY_ADMIN_PASSWORD", OWN_ADMIN.1)
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    pub fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.command.args(args);
        self
    }

    pub fn spawn(mut self) -> Process {
        let mut child = self.command.spawn().expect("the binary runs");
        let stdout = child.stdout.take().expect("its output");
        let stderr = Captured::default();
        let (lines, first_line) = mpsc::channel();
        thread::spawn(move || {
            BufReader::new(stdout).lines().map_while(Result::ok).for_each(|line| drop(lines.send(line)))
        });
        let readers = vec![stderr.follow(child.stderr.take().expect("its errors"))];
        Process { child, stderr, lines: Mutex::new(first_line), readers }
    }

    /// Runs it to its end.
    pub fn run(self) -> Finished {
        let mut process = self.spawn();
        let status = process.wait();
        let stdout = process.lines.get_mut().expect("its output").iter().collect::<Vec<_>>().join("\n");
        Finished { status, stdout, stderr: process.stderr() }
    }
}

/// What a run of the binary left.
#[derive(Debug)]
pub struct Finished {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

#[derive(Default, Clone)]
struct Captured(Arc<Mutex<String>>);

impl Captured {
    fn follow(&self, stream: impl Read + Send + 'static) -> thread::JoinHandle<()> {
        let text = Arc::clone(&self.0);
        thread::spawn(move || {
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                let mut text = text.lock().expect("captured text");
                text.push_str(&line);
                text.push('\n');
            }
        })
    }
}

/// A running binary. It is killed when this value is dropped.
pub struct Process {
    child: Child,
    stderr: Captured,
    lines: Mutex<mpsc::Receiver<String>>,
    readers: Vec<thread::JoinHandle<()>>,
}

impl Process {
    /// Waits for the line that says where it serves.
    pub fn ready(&self) -> String {
        let line = self.lines.lock().expect("its output").recv_timeout(DEADLINE);
        let line = line.unwrap_or_else(|_| panic!("the server did not get ready:\n{}", self.stderr()));
        line.strip_prefix("tenantry is ready at ").unwrap_or_else(|| panic!("unexpected: {line}")).to_owned()
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn stderr(&self) -> String {
        self.stderr.0.lock().expect("captured text").clone()
    }

    /// Sends a signal by its name, such as TERM.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.id().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "signal {name}");
    }

    pub fn kill(&mut self) {
        let _ = self.child.kill();
        self.wait();
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("its state").is_none()
    }

    /// Nothing in it has panicked.
    pub fn assert_sound(&self) {
        assert!(!self.stderr().contains("panicked"), "the server panicked:\n{}", self.stderr());
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> ExitStatus {
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("its state") {
                break status;
            }
            if begun.elapsed() > DEADLINE {
                let _ = self.child.kill();
                panic!("it did not end:\n{}", self.stderr());
            }
            thread::sleep(std::time::Duration::from_millis(5));
        };
        self.readers.drain(..).for_each(|reader| drop(reader.join()));
        status
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            let stderr = self.stderr();
            let tail: Vec<_> = stderr.lines().rev().take(30).collect();
            eprintln!("the server's last words:\n{}", tail.into_iter().rev().collect::<Vec<_>>().join("\n"));
        } else {
            self.assert_sound();
        }
    }
}

fn client() -> reqwest::Client {
    let http = reqwest::Client::builder().timeout(DEADLINE).redirect(reqwest::redirect::Policy::none());
    http.build().expect("a client")
}

pub const ADMIN: (&str, &str) = ("admin@example.com", "changeme");
/// A server that others can reach refuses the one above.
pub const OWN_ADMIN: (&str, &str) = ("admin@example.com", "correct horse battery");

/// A server that is ready, as seen by the superadmin.
pub struct Server {
    pub url: String,
    pub process: Process,
    admin: (&'static str, &'static str),
    deployment: Deployment,
    http: reqwest::Client,
}

impl Server {
    /// A server over fresh data.
    pub fn start(engine: Engine) -> Self {
        Self::over(&Deployment::new(engine))
    }

    /// A node over this data.
    pub fn over(deployment: &Deployment) -> Self {
        Self::with(deployment, deployment.program())
    }

    /// A node over this data with settings of its own, made from [`Deployment::program`].
    pub fn with(deployment: &Deployment, program: Program) -> Self {
        let admin = program.admin;
        let process = program.spawn();
        Self { url: process.ready(), process, admin, deployment: deployment.clone(), http: client() }
    }

    /// For another test than the one that it was made for: a client's connections end with their runtime.
    pub fn renew_client(&mut self) {
        self.http = client();
    }

    /// One more node over the same data; only PostgreSQL has several.
    pub fn another_node(&self) -> Self {
        Self::over(&self.deployment)
    }

    pub fn deployment(&self) -> &Deployment {
        &self.deployment
    }

    pub fn engine(&self) -> Engine {
        self.deployment.engine
    }

    /// `host:port`.
    pub fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// Kills the process at once (SIGKILL).
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Starts it again after its end, over the same data, at another port.
    pub fn start_again(&mut self) {
        self.kill();
        *self = Self::over(&self.deployment);
    }

    pub fn get(&self, path: &str) -> Request {
        self.request("GET", path)
    }

    pub fn post(&self, path: &str) -> Request {
        self.request("POST", path)
    }

    pub fn patch(&self, path: &str) -> Request {
        self.request("PATCH", path)
    }

    pub fn put(&self, path: &str) -> Request {
        self.request("PUT", path)
    }

    pub fn delete(&self, path: &str) -> Request {
        self.request("DELETE", path)
    }

    /// A request by the superadmin. The path may be an absolute URL, as links are.
    pub fn request(&self, method: &str, path: &str) -> Request {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.url) };
        Request::new(self.http.clone(), method, url).basic(self.admin.0, self.admin.1)
    }

    /// The position of the ledger's last event.
    pub async fn head(&self) -> i64 {
        let asked = self.post("/api/v1/organizations?dry_run=true").json(serde_json::json!({ "name": "Head" }));
        asked.send().await.expect(200).position()
    }

    /// Makes an organization and returns its representation.
    pub async fn organization(&self, slug: &str) -> super::Reply {
        let body = serde_json::json!({ "name": slug, "slug": slug });
        self.post("/api/v1/organizations").json(body).send().await.expect(201)
    }

    /// Sends a request that has to be refused with this problem, whose type has to resolve, and that must leave
    /// nothing in the ledger.
    pub async fn refuses(&self, request: Request, status: u16, code: &str) -> super::Reply {
        let head = self.head().await;
        let what = request.to_string();
        let reply = request.send().await;
        assert_eq!((reply.status, reply["code"].as_str()), (status, Some(code)), "{what}: {reply}");
        reply.assert_problem(&self.url);
        let page = self.get(reply["type"].as_str().expect("a type")).anonymous().send().await.expect(200);
        assert!(page.body.contains(code), "{page}");
        assert_eq!(self.head().await, head, "{what} was refused and left something in the ledger");
        reply
    }
}
