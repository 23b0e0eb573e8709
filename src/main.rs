//! The server and its command line.

#[tokio::main]
async fn main() -> std::process::ExitCode {
    tenantry::cli::run().await
}
