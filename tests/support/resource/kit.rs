//! A server for a convention, and an organization for it to run in.

use std::{
    process::{Child, Command, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{Resource, Write};
use crate::support::{Engine, Person, Reply, Request, Server};

/// Ends before any access token does.
const LASTS: Duration = Duration::from_secs(10 * 60);

static IDLE: Mutex<Vec<Idle>> = Mutex::new(Vec::new());
static PLACES: AtomicUsize = AtomicUsize::new(1);

/// A server that waits for the next convention. Most of what a convention would cost is to start one.
struct Idle {
    kit: Kit,
    watchdog: Child,
}

/// A server that no other test uses meanwhile. Others have used it before.
pub struct Kit {
    pub server: Server,
    pub resource: &'static Resource,
    /// Belongs wherever they are brought in.
    pub jane: Person,
    /// Belongs nowhere.
    pub outsider: Person,
    started: Instant,
}

/// Runs a convention on a server that is idle, or else on a new one.
pub async fn run(engine: Engine, resource: &'static Resource, convention: impl AsyncFnOnce(&mut Kit)) {
    let idle = {
        let mut idle = IDLE.lock().expect("the idle servers");
        idle.iter().position(|idle| idle.kit.server.engine() == engine).map(|at| idle.swap_remove(at))
    };
    let mut kit = match idle.map(Idle::wake) {
        Some(kit) if kit.started.elapsed() < LASTS => kit,
        _ => Kit::start(engine, resource).await,
    };
    kit.resource = resource;
    convention(&mut kit).await;
    kit.server.process.assert_sound();
    let idle = Idle::new(kit);
    IDLE.lock().expect("the idle servers").push(idle);
}

impl Idle {
    /// Whatever is idle when this process ends is not dropped: its watchdog ends it, and removes its folder.
    fn new(kit: Kit) -> Self {
        let script = r#"
            trap '' INT TERM HUP
            cat > /dev/null
            kill -KILL "$1" 2> /dev/null
            rm -rf "$2""#;
        let mut command = Command::new("sh");
        command.args(["-c", script, "watchdog", &kit.server.process.id().to_string()]);
        command.arg(kit.server.deployment().folder()).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        Self { watchdog: command.spawn().expect("a watchdog for a server"), kit }
    }

    fn wake(mut self) -> Kit {
        let _ = self.watchdog.kill();
        let _ = self.watchdog.wait();
        self.kit.server.renew_client();
        self.kit
    }
}

impl Kit {
    async fn start(engine: Engine, resource: &'static Resource) -> Self {
        let server = Server::start(engine);
        let (jane, outsider) = (server.person("jane@kit.example").await, server.person("outsider@kit.example").await);
        Self { server, resource, jane, outsider, started: Instant::now() }
    }

    /// A new organization of the superadmin.
    pub async fn place(&self) -> Place<'_> {
        let org = format!("org-{}", PLACES.fetch_add(1, Ordering::Relaxed));
        let body = json!({ "name": org, "slug": org, "plan": "enterprise" });
        self.server.post("/api/v1/organizations").json(body).send().await.expect(201);
        let mut names = vec![("{org}", org.clone())];
        if self.resource.is_in_space() {
            names.extend(self.space(&org).await);
        }
        Place { server: &self.server, resource: self.resource, org, names, made: AtomicUsize::new(1) }
    }

    /// A new space of the organization, in which there are two products for what is about some. Products are made where
    /// they are not asked for themselves.
    async fn space(&self, org: &str) -> Vec<(&'static str, String)> {
        let space = format!("space-of-{org}");
        let body = json!({ "name": space, "slug": space, "organization": org });
        self.server.post("/api/v1/spaces").json(body).send().await.expect(201);
        let mut names = vec![("{space}", space.clone())];
        if self.resource.tag != "products" {
            for name in ["{producer}", "{consumer}"] {
                let products = self.server.post(&format!("/api/v1/spaces/{space}/products"));
                let made = products.json(json!({ "name": name })).send().await.expect(201);
                names.push((name, made.id().to_owned()));
            }
        }
        names
    }
}

/// An organization, and how the resource is asked for in it. Requests are by the superadmin.
pub struct Place<'a> {
    pub server: &'a Server,
    pub resource: &'static Resource,
    pub org: String,
    /// What stands for the segments of paths, and for the texts of bodies.
    names: Vec<(&'static str, String)>,
    made: AtomicUsize,
}

impl<'a> Place<'a> {
    /// A place that was made before.
    pub fn known(kit: &'a Kit, names: Vec<(&'static str, String)>) -> Self {
        let org = names.iter().find(|(name, _)| *name == "{org}").map(|(_, org)| org.clone());
        // Numbers go on where no earlier use of the organization has been.
        let made = AtomicUsize::new(1000);
        Self { server: &kit.server, resource: kit.resource, org: org.expect("an organization"), names, made }
    }

    /// One that does not exist.
    pub fn nowhere(kit: &'a Kit) -> Self {
        Self::known(kit, ["{org}", "{space}"].map(|name| (name, "nowhere".to_owned())).into())
    }

    /// What it is known by.
    pub fn names(&self) -> Vec<(&'static str, String)> {
        self.names.clone()
    }

    fn named(&self, name: &str) -> Option<&str> {
        self.names.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// A number that was not used here before.
    pub fn number(&self) -> usize {
        self.made.fetch_add(1, Ordering::Relaxed)
    }

    /// A path of the OpenAPI document with the organization and the row in it.
    fn fill(&self, path: &str, row: &str) -> String {
        let segments = path.split('/').map(|segment| match self.named(segment) {
            Some(name) => name,
            None if segment.starts_with('{') => row,
            None => segment,
        });
        segments.collect::<Vec<_>>().join("/")
    }

    /// The list, with these parameters.
    pub fn list(&self, parameters: &str) -> Request {
        let of = self.resource.of.replace("{org}", &self.org);
        let mut request = self.server.get(&self.path_of_list());
        for parameter in of.split('&').chain(parameters.split('&')).filter(|parameter| !parameter.is_empty()) {
            request = request.parameter(parameter);
        }
        request
    }

    pub fn one(&self, row: &str) -> Request {
        self.server.get(&self.path_of_one(row))
    }

    pub fn path_of_one(&self, row: &str) -> String {
        self.fill(self.resource.one, row)
    }

    pub fn path_of_list(&self) -> String {
        self.fill(self.resource.list, "")
    }

    /// Without its body.
    pub fn bare(&self, write: &Write, row: &str) -> Request {
        self.server.request(write.method, &self.fill(write.path, row))
    }

    pub fn write(&self, write: &Write, row: &str, n: usize) -> Request {
        match self.body(write, n) {
            Value::Null => self.bare(write, row),
            body => self.bare(write, row).json(body),
        }
    }

    /// The body of a write, with names of what there is here.
    pub fn body(&self, write: &Write, n: usize) -> Value {
        let mut body = (write.body)(&self.org, n);
        for text in body.as_object_mut().into_iter().flat_map(serde_json::Map::values_mut) {
            if let Some(name) = text.as_str().and_then(|text| self.named(text)) {
                *text = name.into();
            }
        }
        body
    }

    pub fn create(&self) -> Request {
        self.write(&self.resource.create, "", self.number())
    }

    /// Makes a row.
    pub async fn row(&self) -> Reply {
        self.create().send().await.expect(201)
    }

    /// What stands for a row in paths.
    pub fn reference(&self, row: &Value) -> String {
        let found = row.pointer(self.resource.reference).and_then(Value::as_str);
        found.unwrap_or_else(|| panic!("no {} in {row}", self.resource.reference)).to_owned()
    }

    /// Makes a row that can be written to in this way; what stands for it. The creation needs none.
    pub async fn target(&self, write: &Write) -> String {
        if std::ptr::eq(write, &raw const self.resource.create) {
            return String::new();
        }
        let row = self.reference(&self.row().await.json);
        self.prepare(write, &row).await;
        row
    }

    /// Does what has to be done to a row before it can be written to in this way.
    pub async fn prepare(&self, write: &Write, row: &str) {
        if let Some((method, path)) = write.after {
            let done = self.server.request(method, &self.fill(path, row)).send().await;
            assert!((200..300).contains(&done.status), "{method} {path}: {done}");
        }
    }

    /// A write that can be sent: each time to a row of its own, with a body of its own.
    pub async fn ready(&self, write: &Write) -> Request {
        let row = self.target(write).await;
        self.write(write, &row, self.number())
    }

    /// Every request about the resource, whatever it is about: the list, the row, and every write to it.
    pub fn requests(&self, row: &str) -> Vec<(Request, Asked<'_>)> {
        let mut requests = vec![(self.list(""), Asked::List)];
        if self.resource.read.this().is_some() {
            requests.push((self.one(row), Asked::One));
        }
        requests
            .extend(self.resource.writes().map(|write| (self.write(write, row, self.number()), Asked::Write(write))));
        requests
    }

    /// What the list and a row show.
    pub async fn shown(&self, row: Option<&str>) -> (Value, Value) {
        let one = match row.filter(|row| !row.is_empty() && self.resource.read.this().is_some()) {
            Some(row) => self.one(row).send().await.expect(200).json,
            None => Value::Null,
        };
        let list = if self.resource.pages.this().is_some() { "limit=100" } else { "" };
        (self.list(list).send().await.expect(200).json, one)
    }

    /// Makes a person a member.
    pub async fn bring(&self, person: &Person, role: &str) {
        let body = json!({ "user_email": person.email, "role": role });
        self.server.post(&format!("{}/users", self.path())).json(body).send().await.expect(201);
    }

    /// `/api/v1/organizations/{org}`.
    pub fn path(&self) -> String {
        format!("/api/v1/organizations/{}", self.org)
    }

    /// Suspends it, deletes it, and brings it back.
    pub async fn act(&self, action: &str) {
        let done = match action {
            "delete" => self.server.delete(&self.path()).send().await,
            action => self.server.post(&format!("{}/{action}", self.path())).send().await,
        };
        assert!((200..300).contains(&done.status), "{action}: {done}");
    }
}

/// What a request is about.
pub enum Asked<'a> {
    List,
    One,
    Write(&'a Write),
}

impl Asked<'_> {
    pub fn is_creation(&self, resource: &Resource) -> bool {
        matches!(self, Self::Write(write) if std::ptr::eq(*write, &raw const resource.create))
    }

    /// Whether it is about the organization rather than about one row.
    pub fn is_of_all(&self, resource: &Resource) -> bool {
        matches!(self, Self::List) || self.is_creation(resource)
    }

    pub fn permission(&self, resource: &Resource) -> &'static str {
        match self {
            Self::List | Self::One => resource.permission,
            Self::Write(write) => write.permission,
        }
    }
}

/// A reply without what is shown once.
pub fn lasting(write: &Write, body: &Value) -> Value {
    let mut body = body.clone();
    for pointer in write.once {
        if let Some(shown) = body.pointer_mut(pointer) {
            *shown = Value::Null;
        }
        // What is absent is not shown either.
        if let (Some((place, name)), true) = (pointer.rsplit_once('/'), body.pointer(pointer) == Some(&Value::Null))
            && let Some(object) = body.pointer_mut(place).and_then(Value::as_object_mut)
        {
            object.remove(name);
        }
    }
    body
}
