//! `tenantry config`.

use std::fs;

use crate::support::{Deployment, Engine, Program};

fn lines(program: Program) -> Vec<String> {
    let finished = program.run();
    assert!(finished.status.success(), "{finished:?}");
    finished.stdout.lines().map(str::to_owned).collect()
}

#[test]
fn every_setting_has_its_source() {
    let deployment = Deployment::new(Engine::Sqlite);
    let folder = deployment.folder();
    let defaults = lines(Program::new(folder).arg("config"));
    for line in [
        "listen = 127.0.0.1:8080 (default)",
        "database_url = sqlite://data/tenantry.db (default)",
        "secret_file = data/secret.key (default)",
        "organization_creation = anyone (default)",
        "log = info (default)",
        "admin_password = (unset) (default)",
    ] {
        assert!(defaults.iter().any(|found| found == line), "{line} is not in {defaults:#?}");
    }

    // A flag is stronger than the environment, and that than the file.
    fs::write(
        folder.join("tenantry.toml"),
        "log = \"warn\"\nlisten = \"127.0.0.1:3\"\npublic_url = \"https://file.example\"\n",
    )
    .expect("a file");
    let program = Program::new(folder).args(["config", "--listen", "127.0.0.1:1"]);
    let found = lines(program.env("TENANTRY_LISTEN", "127.0.0.1:2").env("TENANTRY_PUBLIC_URL", "https://env.example"));
    for line in
        ["listen = 127.0.0.1:1 (flag)", "public_url = https://env.example (environment)", "log = warn (tenantry.toml)"]
    {
        assert!(found.iter().any(|found| found.eq_ignore_ascii_case(line)), "{line} is not in {found:#?}");
    }
    fs::rename(folder.join("tenantry.toml"), folder.join("other.toml")).expect("a file");
    let named = lines(Program::new(folder).args(["--config", "other.toml", "config"]));
    assert!(named.iter().any(|line| line == "log = warn (other.toml)"), "{named:#?}");
    assert!(!folder.join("data").exists(), "it only prints");
}

#[test]
fn secrets_are_masked() {
    let deployment = Deployment::new(Engine::Sqlite);
    for url in ["postgres://app:hunter2@db/tenantry", "postgres:///tenantry?host=/run&user=app&password=hunter2&x=y"] {
        let program = Program::new(deployment.folder()).arg("config").env("TENANTRY_DATABASE_URL", url);
        let found =
            lines(program.env("TENANTRY_ADMIN_PASSWORD", "hunter2").env("TENANTRY_ADMIN_EMAIL", "a@example.com"));
        assert!(!found.join("\n").contains("hunter2"), "{found:#?}");
        assert!(found.iter().any(|line| line == "admin_password = *** (environment)"), "{found:#?}");
    }
    for help in ["--help", "-h"] {
        let program = Program::new(deployment.folder()).arg(help).env("TENANTRY_ADMIN_PASSWORD", "hunter2");
        assert!(!lines(program).join("\n").contains("hunter2"));
    }
    fs::write(deployment.folder().join("tenantry.toml"), "admin_password = \"hunter2\"\n").expect("a file");
    let found = lines(Program::new(deployment.folder()).arg("config"));
    assert!(!found.join("\n").contains("hunter2"), "{found:#?}");
}

#[test]
fn a_file_that_is_not_right_is_refused() {
    let deployment = Deployment::new(Engine::Sqlite);
    let run = |content: &str| {
        fs::write(deployment.folder().join("tenantry.toml"), content).expect("a file");
        Program::new(deployment.folder()).arg("config").run()
    };
    for (content, word) in [
        ("colour = \"red\"", "colour"),
        ("listen = ", "tenantry.toml"),
        ("listen = [1]", "listen"),
        ("listen = \"nowhere\"", "listen"),
        ("log_format = \"xml\"", "log-format"),
    ] {
        let finished = run(content);
        assert!(!finished.status.success() && finished.stderr.contains(word), "{content}: {finished:?}");
    }
    let missing = Program::new(deployment.folder()).args(["--config", "missing.toml", "config"]).run();
    assert!(!missing.status.success() && missing.stderr.contains("missing.toml"), "{missing:?}");
}
