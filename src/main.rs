//! The server and its command line.

/// Requests allocate on one thread and free on another, which the system's allocator does slowly: with it a quarter of
/// the time of a write went there.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> std::process::ExitCode {
    tenantry::cli::run().await
}
