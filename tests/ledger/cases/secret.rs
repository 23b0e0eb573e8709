//! A ledger belongs to the secret that it was made with.

use tenantry::ledger::{OpenError, open, secret::RootSecret};

use crate::database::Store;

pub async fn another_secret_is_refused(store: Store) {
    let node = store.node().await;
    node.organization("acme").await;
    node.close().await;
    let ours = RootSecret::read(&store.options().secret_file).expect("a file").expect("a secret").fingerprint();
    let options = store.options_with_secret("other.key");
    let other = RootSecret::create(&options.secret_file).expect("made").fingerprint();
    match open(&options).await.map(drop) {
        Err(OpenError::SecretMismatch { path, found, expected }) => {
            assert_eq!(path, options.secret_file.display().to_string());
            assert_eq!((found, expected), (other, ours));
        }
        answer => panic!("{answer:?}"),
    }
    assert_eq!(store.node().await.events().await.len(), 1, "with its own it opens");
}

pub async fn a_missing_secret_is_asked_for_by_name(store: Store) {
    store.node().await.close().await;
    let fingerprint = RootSecret::read(&store.options().secret_file).expect("a file").expect("a secret").fingerprint();
    let options = store.options_with_secret("lost.key");
    let error = open(&options).await.map(drop).expect_err("the secret is missing");
    assert!(matches!(error, OpenError::SecretMissing { .. }), "{error}");
    let message = error.to_string();
    assert!(message.contains("lost.key") && message.contains(&fingerprint), "{message}");
    assert!(!options.secret_file.exists(), "no other secret is made in its place");
}
