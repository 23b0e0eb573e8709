//! A proxy between the server and PostgreSQL that knows a COMMIT when it passes, and can cut the connection there; and
//! that can fall silent.

use std::{
    collections::HashMap,
    io::{self, Read, Write},
    net::Shutdown,
    os::unix::net::{UnixListener, UnixStream},
    path::PathBuf,
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use tempfile::TempDir;

use super::postgres::Cluster;

/// What a client sends in the place of a protocol version to ask for TLS.
const TLS_QUESTION: [u8; 4] = 80_877_103_u32.to_be_bytes();

/// Where a connection is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// The COMMIT does not arrive.
    Before,
    /// The COMMIT is on its way; nobody knows how far it got.
    During,
    /// The COMMIT has been carried out, and its answer is lost.
    After,
}

impl Cut {
    pub const ALL: [Self; 3] = [Self::Before, Self::During, Self::After];
}

/// Listens in a folder of its own, as PostgreSQL would. Its threads end with the process.
pub struct Proxy {
    folder: TempDir,
    shared: Arc<Shared>,
}

struct Shared {
    target: PathBuf,
    /// The next COMMIT is cut so.
    cut: Mutex<Option<Cut>>,
    cuts: AtomicUsize,
    /// From the next cut on nobody is let in.
    then_refuse: AtomicBool,
    refuses: AtomicBool,
    /// Whether nothing is passed on for now, in either direction.
    silent: Mutex<bool>,
    speaks: Condvar,
}

impl Proxy {
    pub fn new(cluster: &Cluster) -> Self {
        let folder = tempfile::tempdir().expect("a folder for a socket");
        let listener = UnixListener::bind(folder.path().join(".s.PGSQL.5432")).expect("a socket");
        let shared = Arc::new(Shared {
            target: cluster.socket(),
            cut: Mutex::new(None),
            cuts: AtomicUsize::new(0),
            then_refuse: AtomicBool::new(false),
            refuses: AtomicBool::new(false),
            silent: Mutex::new(false),
            speaks: Condvar::new(),
        });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if accepting.refuses.load(Ordering::SeqCst) {
                    continue;
                }
                let shared = Arc::clone(&accepting);
                thread::spawn(move || drop(shared.relay(client)));
            }
        });
        Self { folder, shared }
    }

    /// The URL of a database, through this proxy.
    pub fn url(&self, direct: &str) -> String {
        let database = direct.trim_start_matches("postgres:///").split('?').next().expect("a database");
        Cluster::url_at(self.folder.path(), database)
    }

    /// Cuts the next COMMIT.
    pub fn cut(&self, cut: Cut) {
        *self.shared.cut.lock().expect("the next cut") = Some(cut);
    }

    /// Cuts the next COMMIT, and lets nobody in from then on.
    pub fn cut_and_refuse(&self, cut: Cut) {
        self.shared.then_refuse.store(true, Ordering::SeqCst);
        self.cut(cut);
    }

    pub fn let_in(&self) {
        self.shared.then_refuse.store(false, Ordering::SeqCst);
        self.shared.refuses.store(false, Ordering::SeqCst);
    }

    /// Passes nothing on any more and closes nothing, as a network that loses every packet.
    pub fn fall_silent(&self) {
        *self.shared.silent.lock().expect("whether it is silent") = true;
    }

    /// Passes on what it has kept, and everything from then on.
    pub fn speak(&self) {
        *self.shared.silent.lock().expect("whether it is silent") = false;
        self.shared.speaks.notify_all();
    }

    pub fn cuts(&self) -> usize {
        self.shared.cuts.load(Ordering::SeqCst)
    }
}

impl Shared {
    fn wait_while_silent(&self) {
        let silent = self.silent.lock().expect("whether it is silent");
        drop(self.speaks.wait_while(silent, |silent| *silent).expect("whether it is silent"));
    }

    fn relay(self: &Arc<Self>, mut client: UnixStream) -> io::Result<()> {
        let mut server = UnixStream::connect(&self.target)?;
        let lost = Arc::new(AtomicBool::new(false));
        let answers = {
            let (mut from, mut to, lost) = (server.try_clone()?, client.try_clone()?, Arc::clone(&lost));
            let shared = Arc::clone(self);
            thread::spawn(move || {
                let mut buffer = [0; 16 * 1024];
                while let Ok(length @ 1..) = from.read(&mut buffer) {
                    shared.wait_while_silent();
                    // What is lost ends here: somebody only waits for it.
                    if lost.load(Ordering::SeqCst) || to.write_all(&buffer[..length]).is_err() {
                        break;
                    }
                }
            })
        };
        let cut = self.forward(&mut client, &mut server, &lost);
        if let Ok(Some(cut)) = cut {
            if cut == Cut::After {
                // The thread ends when it has read the answer.
                let _ = answers.join();
            }
            if self.then_refuse.load(Ordering::SeqCst) {
                self.refuses.store(true, Ordering::SeqCst);
            }
            self.cuts.fetch_add(1, Ordering::SeqCst);
        }
        let _ = client.shutdown(Shutdown::Both);
        server.shutdown(Shutdown::Both)
    }

    /// Passes on what the client says, message by message, until the connection ends or is cut.
    fn forward(&self, client: &mut UnixStream, server: &mut UnixStream, lost: &AtomicBool) -> io::Result<Option<Cut>> {
        // The first messages have no type: a question whether there is TLS, and the start of the session.
        loop {
            let start = read_body(client)?;
            self.wait_while_silent();
            server.write_all(&framed(None, &start))?;
            if !start.starts_with(&TLS_QUESTION) {
                break;
            }
        }
        let mut commits: HashMap<String, bool> = HashMap::new();
        let mut cutting = None;
        loop {
            let mut kind = [0];
            client.read_exact(&mut kind)?;
            let body = read_body(client)?;
            self.wait_while_silent();
            let texts: Vec<_> = body.split(|byte| *byte == 0).take(2).map(String::from_utf8_lossy).collect();
            let is_commit = match (kind[0], texts.as_slice()) {
                // A statement gets a name, and is run by its name.
                (b'P', [name, sql]) => {
                    commits.insert(name.to_string(), sql == "COMMIT");
                    false
                }
                (b'B', [_, name]) => commits.get(name.as_ref()).copied().unwrap_or(false),
                (b'Q', [sql, ..]) => sql == "COMMIT",
                _ => false,
            };
            if is_commit {
                cutting = self.cut.lock().expect("the next cut").take();
            }
            match cutting {
                Some(Cut::Before) => return Ok(cutting),
                // Set before anything can be answered.
                Some(Cut::During | Cut::After) => lost.store(true, Ordering::SeqCst),
                None => {}
            }
            server.write_all(&framed(Some(kind[0]), &body))?;
            if cutting.is_some() && matches!(kind[0], b'S' | b'Q') {
                return Ok(cutting);
            }
        }
    }
}

/// A message's body, which follows its length.
fn read_body(stream: &mut UnixStream) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length).saturating_sub(4);
    let mut body = vec![0; usize::try_from(length).expect("a length")];
    stream.read_exact(&mut body)?;
    Ok(body)
}

fn framed(kind: Option<u8>, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).expect("a length");
    kind.into_iter().chain(length.to_be_bytes()).chain(body.iter().copied()).collect()
}
