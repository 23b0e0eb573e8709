//! Starting, and refusing to.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use crate::support::{Deployment, Engine, Program, Server, postgres::Cluster, server::Finished};

both!(a_secret_of_another_deployment_is_refused);

pub(super) fn refused(program: Program, words: &[&str]) -> Finished {
    let finished = program.run();
    assert_eq!(finished.status.code(), Some(1), "{finished:?}");
    for word in words {
        assert!(finished.stderr.contains(word), "{word} is not in {finished:?}");
    }
    assert!(!finished.stdout.contains("ready"), "{finished:?}");
    finished
}

/// Without settings everything is in `data`. Only the port is another one here, because the usual one may be in use.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_settings_it_makes_its_own_data() {
    let deployment = Deployment::new(Engine::Sqlite);
    let program = || Program::new(deployment.folder()).env("TENANTRY_LISTEN", "127.0.0.1:0");
    let server = Server::with(&deployment, program());
    assert!(server.url.starts_with("http://127.0.0.1:"));
    server.organization("acme").await;
    assert!(deployment.folder().join("data/tenantry.db").is_file());
    let secret = fs::metadata(deployment.folder().join("data/secret.key")).expect("a secret");
    assert_eq!(secret.permissions().mode() & 0o777, 0o600);
    assert!(server.process.stderr().contains("DEFAULT PASSWORD"), "no warning");
    drop(server);
    let server = Server::with(&deployment, program().arg("serve"));
    server.get("/api/v1/organizations/acme").send().await.expect(200);
}

/// Commits that could be lost are not acknowledged to strangers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn weak_durability_is_for_loopback_only() {
    let deployment = Deployment::new(Engine::Postgres);
    let name = deployment.database_url.trim_start_matches("postgres:///").split('?').next().expect("a name").to_owned();
    Cluster::shared().psql("postgres", &format!("ALTER DATABASE {name} SET synchronous_commit = off"));
    let open = deployment.program().env("TENANTRY_LISTEN", "0.0.0.0:0").env("TENANTRY_ADMIN_EMAIL", "root@example.com");
    refused(open.env("TENANTRY_ADMIN_PASSWORD", "correct horse battery"), &["refusing", "synchronous_commit = off"]);
    let server = Server::over(&deployment);
    assert!(server.process.stderr().contains("synchronous_commit"), "no warning");
}

async fn a_secret_of_another_deployment_is_refused(mut server: Server) {
    server.organization("acme").await;
    server.kill();
    let deployment = server.deployment().clone();
    let file = deployment.secret_file();
    let path = file.display().to_string();
    let secret = fs::read_to_string(&file).expect("a secret");

    fs::write(&file, "00".repeat(32)).expect("another secret");
    refused(deployment.program(), &[&path, "use the file it was made with"]);
    fs::write(&file, "not a secret").expect("no secret");
    let finished = refused(deployment.program(), &[&path]);
    assert!(!finished.stderr.contains("not a secret"), "the file's content is shown");
    fs::remove_file(&file).expect("no file");
    refused(deployment.program(), &[&path, "put that file there"]);
    assert!(!file.exists(), "a secret was made");

    fs::write(&file, secret).expect("the secret");
    server.start_again();
    server.get("/api/v1/organizations/acme").send().await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_has_one_process() {
    let mut server = Server::start(Engine::Sqlite);
    refused(server.deployment().program(), &["another process is using this database", "tenantry.db"]);
    refused(server.deployment().program().arg("migrate"), &["another process is using this database"]);
    server.organization("acme").await;
    server.kill();
    server.start_again();
    server.get("/api/v1/organizations/acme").send().await.expect(200);
}

#[test]
fn a_newer_schema_is_refused() {
    let deployment = Deployment::new(Engine::Postgres);
    assert!(deployment.program().arg("migrate").run().status.success());
    let name = deployment.database_url.trim_start_matches("postgres:///").split('?').next().expect("a name").to_owned();
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (999999, 'x', true, '', 0)";
    Cluster::shared().psql(&name, newer);
    refused(deployment.program(), &["999999", "start a newer one"]);
}

#[test]
fn an_unusable_database_is_named_without_its_password() {
    let deployment = Deployment::new(Engine::Sqlite);
    for url in ["mysql://app:hunter2@db/tenantry", "postgres:///tenantry?host=/nowhere&user=app&password=hunter2"] {
        let finished = refused(deployment.program().env("TENANTRY_DATABASE_URL", url), &["tenantry: "]);
        assert!(!finished.stderr.contains("hunter2"), "{finished:?}");
    }
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = port.local_addr().expect("an address").to_string();
    refused(deployment.program().env("TENANTRY_LISTEN", &address), &["cannot listen on", &address]);
}

/// Whatever others on the machine are allowed by default, the data is for the server's own account.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_data_is_private() {
    for umask in ["022", "000", "077"] {
        let deployment = Deployment::new(Engine::Sqlite);
        let folder = deployment.folder().join("some/data");
        let url = format!("sqlite://{}", folder.join("tenantry.db").display());
        let secret = folder.join("keys/secret.key");
        let program = || {
            Program::under_umask(umask, deployment.folder())
                .env("TENANTRY_LISTEN", "127.0.0.1:0")
                .env("TENANTRY_DATABASE_URL", &url)
                .env("TENANTRY_SECRET_FILE", &secret.display().to_string())
        };
        let modes = || {
            let mode = |path: &Path| fs::metadata(path).expect("a file").permissions().mode() & 0o777;
            let folders = [folder.parent().expect("a folder"), &folder, &folder.join("keys")].map(mode);
            let files =
                ["tenantry.db", "tenantry.db-wal", "tenantry.db-shm", "tenantry.db.lock", "tenantry.db.control"];
            (folders, files.map(|name| mode(&folder.join(name))), mode(&secret))
        };
        let mut server = Server::with(&deployment, program());
        server.organization("acme").await;
        assert_eq!(modes(), ([0o700; 3], [0o600; 5], 0o600), "umask {umask}");

        // What was wider before is made narrower where the server made it; a folder may be shared on purpose.
        server.kill();
        let set =
            |name: &str, mode| fs::set_permissions(folder.join(name), Permissions::from_mode(mode)).expect("a mode");
        for name in ["tenantry.db", "tenantry.db-wal", "tenantry.db-shm", "tenantry.db.lock"] {
            set(name, 0o644);
        }
        set("", 0o755);
        server = Server::with(&deployment, program());
        server.get("/api/v1/organizations/acme").send().await.expect(200);
        assert_eq!(modes(), ([0o700, 0o755, 0o700], [0o600; 5], 0o600), "umask {umask}");
    }
}
