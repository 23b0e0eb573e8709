//! The README and the recipes say what is true: the tour's commands run and answer what stands beside them, and every
//! file, setting, code and metric that is named exists.

mod claims;
mod dashboard;
mod markdown;
mod server;
mod shape;

use std::process::Command;

use self::{
    markdown::{Block, Document},
    server::Server,
};
use crate::support::Program;

const TOUR: &str = "A five-minute tour";
/// Where the tour's commands go.
const ADDRESS: &str = "http://localhost:8080";
/// What the README's first command builds.
const BUILT: &str = "target/release/tenantry";
/// Ends the output of one block.
const MARK: &str = "--- end of block ---";

/// The create command of the classic documents. It must work as it stands, apart from the host.
const CLASSIC_CREATE: &str = r#"curl -X POST http://localhost:8080/api/organizations \
  -H "Content-Type: application/json" \
  -u admin@example.com:changeme \
  -d '{
    "name": "Acme Corp",
    "slug": "acme",
    "owner_email": "admin@acme.com"
  }'
"#;

/// The body of the update in the classic documents.
const CLASSIC_UPDATE: &str = r#"{
    "name": "Updated Name",
    "jwt_expiry_secs": 7200
  }"#;

/// The commands of the tour, each with the blocks that show its answer.
fn steps() -> Vec<(String, Vec<Block>)> {
    let mut steps: Vec<(String, Vec<Block>)> = Vec::new();
    for block in Document::read("README.md").blocks(TOUR) {
        match (block.language.as_str(), steps.last_mut()) {
            ("sh", _) => steps.push((block.text, vec![])),
            ("json" | "text", Some((_, answers))) => answers.push(block),
            (language, _) => panic!("the tour has a {language:?} block that no command belongs to"),
        }
    }
    assert!(steps.len() >= 10, "the tour has only {} commands", steps.len());
    steps
}

/// Runs the commands in one shell that stops at the first failure; the output of each.
fn run(commands: &[&str], server: &Server) -> Vec<String> {
    let mut script = "set -euo pipefail\n".to_owned();
    for command in commands {
        script.push_str(&command.replace(ADDRESS, server.url()).replace(BUILT, env!("CARGO_BIN_EXE_tenantry")));
        script.push_str(&format!("printf '\\n%s\\n' '{MARK}'\n"));
    }
    let mut bash = Command::new("bash");
    bash.env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path))).current_dir(server.folder());
    let done = bash.arg("-c").arg(&script).output().expect("bash");
    let output = String::from_utf8(done.stdout).expect("the tour prints UTF-8");
    let complaints = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "a command failed after this output:\n{output}\n{complaints}");
    let outputs: Vec<_> = output.split(&format!("\n{MARK}\n")).map(str::to_owned).collect();
    assert_eq!(outputs.len(), commands.len() + 1, "the shell ended early");
    outputs
}

#[test]
fn every_command_of_the_tour_answers_what_stands_beside_it() {
    let server = Server::start();
    let steps = steps();
    let commands: Vec<_> = steps.iter().map(|(command, _)| command.as_str()).collect();
    for ((command, answers), output) in steps.iter().zip(run(&commands, &server)) {
        assert!(!answers.is_empty(), "no answer stands beside\n{command}");
        for answer in answers {
            let shown = answer.text.replace(ADDRESS, server.url());
            let checked =
                if answer.language == "json" { shape::json(&shown, &output) } else { shape::lines(&shown, &output) };
            checked.unwrap_or_else(|why| {
                panic!("{why}\nafter\n{command}\nthe README shows\n{shown}\nbut it was\n{output}")
            });
        }
    }
}

#[test]
fn the_classic_commands_are_in_the_tour_as_they_stand() {
    let commands: String = steps().into_iter().map(|(command, _)| command).collect();
    assert!(commands.contains(CLASSIC_CREATE), "the create command differs");
    assert!(commands.contains(CLASSIC_UPDATE), "the body of the update differs");
    for request in ["curl http://localhost:8080/api/organizations ", "curl http://localhost:8080/api/organizations/"] {
        assert!(commands.contains(request), "{request} is missing");
    }
    for method in ["-X PUT", "-X DELETE"] {
        assert!(commands.contains(&format!("{method} {ADDRESS}/api/organizations/")), "{method} is missing");
    }
}

#[test]
fn a_copy_of_a_stopped_servers_folder_is_a_backup() {
    let server = Server::start();
    run(&[CLASSIC_CREATE], &server);
    let folder = server.stop();
    let copy = tempfile::tempdir().expect("a folder");
    let copied = Command::new("cp").arg("-r").arg(folder.path().join("data")).arg(copy.path()).status().expect("cp");
    assert!(copied.success());
    drop(folder);
    let restored = Server::start_in(copy);
    let outputs =
        run(&["curl -sf http://localhost:8080/api/organizations/acme -u admin@example.com:changeme\n"], &restored);
    assert!(outputs[0].contains("\"Acme Corp\""), "{}", outputs[0]);
}

#[test]
fn the_binary_is_the_one_that_was_built() {
    let folder = tempfile::tempdir().expect("a folder");
    let printed = Program::new(folder.path()).arg("--version").run().stdout;
    assert_eq!(printed.trim(), format!("tenantry {}", env!("CARGO_PKG_VERSION")));
}
