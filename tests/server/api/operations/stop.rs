//! Stopping in order.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use crate::support::{DEADLINE, Server, eventually};

both!(accepted_requests_are_finished, a_request_that_never_ends_does_not_hold_it, both_signals_stop_it);

/// Begins a creation and returns when the server waits for its body.
fn begin(server: &Server, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.address()).expect("a connection");
    stream.set_read_timeout(Some(DEADLINE)).expect("a deadline");
    let head = format!(
        "POST /api/v1/organizations HTTP/1.1\r\nhost: x\r\nauthorization: Basic YWRtaW5AZXhhbXBsZS5jb206Y2hhbmdlbWU=\r\n\
         content-type: application/json\r\ncontent-length: {}\r\nexpect: 100-continue\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).expect("the head");
    let expected = "HTTP/1.1 100 Continue\r\n\r\n";
    let mut answered = vec![0; expected.len()];
    stream.read_exact(&mut answered).expect("an interim answer");
    assert_eq!(String::from_utf8_lossy(&answered), expected);
    stream
}

async fn is_closed(server: &Server) {
    eventually("it takes no more connections", || async { TcpStream::connect(server.address()).is_err() }).await;
}

async fn accepted_requests_are_finished(mut server: Server) {
    let body = r#"{"name":"Acme","slug":"acme"}"#;
    let mut begun = begin(&server, body);
    server.process.signal("TERM");
    is_closed(&server).await;
    assert!(server.process.is_running());
    begun.write_all(body.as_bytes()).expect("the body");
    let mut answer = String::new();
    begun.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 201 Created\r\n"), "{answer}");
    let status = server.process.wait();
    assert!(status.success(), "{status}");
    server.start_again();
    server.get("/api/v1/organizations/acme").send().await.expect(200);
}

async fn a_request_that_never_ends_does_not_hold_it(mut server: Server) {
    let _begun = begin(&server, r#"{"name":"Acme"}"#);
    server.process.signal("TERM");
    assert!(server.process.wait().success());
}

async fn both_signals_stop_it(mut server: Server) {
    for signal in ["TERM", "INT"] {
        // The client keeps this connection open.
        server.get("/livez").send().await.expect(200);
        server.process.signal(signal);
        assert!(server.process.wait().success());
        server.start_again();
    }
}
