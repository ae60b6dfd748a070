//! TLS without a proxy in front.

use pecta_tests::{Home, Server, eventually, tests};
use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

tests!(
    once: [
        a_certificate_is_served_and_changed_without_a_restart,
        files_that_are_no_certificate_are_refused,
        what_does_not_come_is_not_waited_for,
    ],
);

const PATIENCE: Duration = Duration::from_secs(20);

/// A certificate for `localhost`.
fn certificate() -> CertifiedKey<KeyPair> {
    generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap()
}

/// Puts a certificate where the server reads it.
fn install(home: &Home, certificate: &CertifiedKey<KeyPair>) {
    fs::write(home.root().join("cert.pem"), certificate.cert.pem()).unwrap();
    let key = certificate.signing_key.serialize_pem();
    fs::write(home.root().join("key.pem"), key).unwrap();
}

fn home() -> Home {
    let home = Home::new();
    let file = |name| home.root().join(name).to_str().unwrap().to_owned();
    let (certificate, key) = (file("cert.pem"), file("key.pem"));
    home.set("PECTA_TLS_CERT", &certificate)
        .set("PECTA_TLS_KEY", &key)
}

type Connection = StreamOwned<ClientConnection, TcpStream>;

/// A connection of a client that trusts one certificate.
fn connect(server: &Server, trusted: &CertificateDer<'static>) -> io::Result<Connection> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let socket = TcpStream::connect(server.address())?;
    socket.set_read_timeout(Some(PATIENCE))?;
    Ok(StreamOwned::new(connection, socket))
}

/// What `/health` answers to a client that trusts one certificate.
fn ask(server: &Server, trusted: &CertificateDer<'static>) -> io::Result<String> {
    let mut stream = connect(server, trusted)?;
    stream.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

fn a_certificate_is_served_and_changed_without_a_restart() {
    let (first, second) = (certificate(), certificate());
    let home = home();
    install(&home, &first);
    let server = home.start();
    let answer = ask(&server, first.cert.der()).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(
        answer.contains("\r\nstrict-transport-security: "),
        "{answer}"
    );
    assert!(ask(&server, second.cert.der()).is_err());

    // A key that does not fit changes nothing.
    fs::write(server.home().root().join("cert.pem"), second.cert.pem()).unwrap();
    server.signal("HUP");
    let told = || {
        server
            .log()
            .contains("the certificate stays as it was")
            .then_some(())
    };
    eventually("the refusal is logged", told);
    ask(&server, first.cert.der()).unwrap();

    install(server.home(), &second);
    server.signal("HUP");
    eventually("the new certificate", || {
        ask(&server, second.cert.der()).ok()
    });
    assert!(ask(&server, first.cert.der()).is_err());
    server.stop("TERM");
}

fn files_that_are_no_certificate_are_refused() {
    let pair = certificate();
    for (certificate, key, reason) in [
        (
            String::new(),
            pair.signing_key.serialize_pem(),
            "cert.pem: there is no certificate in it",
        ),
        (pair.cert.pem(), String::new(), "key.pem: "),
        (
            pair.cert.pem(),
            certificate().signing_key.serialize_pem(),
            "key.pem: ",
        ),
    ] {
        let home = home();
        fs::write(home.root().join("cert.pem"), certificate).unwrap();
        fs::write(home.root().join("key.pem"), key).unwrap();
        let output = home.run(&[]);
        assert_eq!(output.code, Some(2), "{}", output.stderr);
        assert!(output.stderr.contains(reason), "{}", output.stderr);
        assert!(!output.stderr.contains("PRIVATE KEY"), "{}", output.stderr);
    }
}

fn what_does_not_come_is_not_waited_for() {
    let certificate = certificate();
    let home = home();
    install(&home, &certificate);
    let server = home.set("PECTA_HEAD_TIMEOUT_MS", "1000").start();
    let part = "GET /health HTTP/1.1\r\nHost: localhost\r\n";
    let mut stream = connect(&server, certificate.cert.der()).unwrap();
    write!(stream, "{part}\r\n").unwrap();
    let mut byte = [0];
    let mut answer = Vec::new();
    while !answer.ends_with(b"}") {
        stream.read_exact(&mut byte).unwrap();
        answer.extend(byte);
    }
    stream.write_all(part.as_bytes()).unwrap();
    let mut rest = String::new();
    stream.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
}
