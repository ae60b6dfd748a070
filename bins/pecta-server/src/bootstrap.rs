//! The first start on an empty database: an org and its keys, shown once.

use crate::failure::Failure;
use crate::private_file;
use pecta_store::{Bootstrap, Store};
use std::io::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

/// The name of the first org.
const ORG: &str = "default";

/// Makes the first org, unless there is one, and shows its keys: in `file`, else on stderr. Keys that
/// cannot be shown are not made.
pub(crate) async fn bootstrap(
    store: &Store,
    file: Option<PathBuf>,
    address: SocketAddr,
) -> Result<(), Failure> {
    let publish = move |made: &Bootstrap| match file {
        Some(file) => write(made, &file),
        None => greet(made, address).map_err(|error| format!("cannot show the keys: {error}")),
    };
    store.bootstrap(ORG, publish).await.map_err(Failure::failed)
}

fn write(made: &Bootstrap, file: &Path) -> Result<(), String> {
    let json = serde_json::json!({
        "org": made.org,
        "publishable_key": made.publishable_key.expose(),
        "secret_key": made.secret_key.expose(),
    });
    private_file::replace(file, &format!("{json}\n")).map_err(|error| {
        format!(
            "cannot write the bootstrap file {}: {error}",
            file.display()
        )
    })
}

fn greet(made: &Bootstrap, address: SocketAddr) -> io::Result<()> {
    let address = reachable(address);
    let (org, publishable, secret) = (
        &made.org,
        made.publishable_key.expose(),
        made.secret_key.expose(),
    );
    write!(
        io::stderr(),
        r#"
First start: made the org `{org}` and its keys. They are shown this once.

  publishable key  {publishable}
  secret key       {secret}

Gate an output:

  curl -X POST http://{address}/v1/evaluate \
    -H "Authorization: Bearer {publishable}" \
    -H "Content-Type: application/json" \
    -d '{{"agent_id": "research-bot-v2", "tool": "shell.run", "output": {{"stdout": "ls -la /tmp"}}, "latency_ms": 18}}'

"#
    )
}

/// An address that a client on this machine can use, where the server listens on all of them.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}
