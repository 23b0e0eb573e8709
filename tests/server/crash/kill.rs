//! The server is killed at random moments and started again.

use std::time::Duration;

use rand::{Rng, SeedableRng, rngs::StdRng};

use super::{load::Load, rounds, seed};
use crate::support::Server;

both!(nothing_is_lost_or_doubled);

async fn nothing_is_lost_or_doubled(mut server: Server) {
    let seed = seed();
    let mut random = StdRng::seed_from_u64(seed);
    let load = Load::start(&server, seed);
    for _ in 0..rounds(6) {
        load.progress(random.random_range(1..80)).await;
        // Not always right behind an answer.
        tokio::time::sleep(Duration::from_micros(random.random_range(0..5000))).await;
        server.kill();
        server.start_again();
        load.follow(&server);
    }
    load.progress(20).await;
    let record = load.finish().await;
    println!("{} deeds, {} of them acknowledged", record.deeds.len(), record.acknowledged());
    record.check(&server).await;
    // What was true before the last crash is true after it.
    server.start_again();
    record.check(&server).await;
}
