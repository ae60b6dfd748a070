//! The server's executable, built once per test run.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

const NAME: &str = "pecta-server";

/// The path of the server, built with the profile and into the folder of the running tests.
pub(crate) fn server() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(build)
}

fn build() -> PathBuf {
    // TARGET/PROFILE/deps/TEST
    let test = std::env::current_exe().expect("the path of the test");
    let mut folders = test.ancestors().skip(2);
    let profile = folders.next().and_then(Path::file_name);
    let profile = profile.and_then(|name| name.to_str()).expect("a profile");
    let target = folders.next().expect("a target folder");

    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--quiet", "--package", NAME, "--bin", NAME])
        .args(["--message-format", "json", "--profile"])
        .arg(if profile == "debug" { "dev" } else { profile })
        .arg("--target-dir")
        .arg(target)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo runs");
    assert!(built.status.success(), "the server does not build");
    let messages = String::from_utf8(built.stdout).expect("cargo writes UTF-8");
    let executable = messages.lines().find_map(executable_of);
    executable.expect("cargo names the executable that it built")
}

fn executable_of(message: &str) -> Option<PathBuf> {
    let message: serde_json::Value = serde_json::from_str(message).ok()?;
    let is_server = message["target"]["name"] == NAME;
    let path = message["executable"].as_str()?;
    is_server.then(|| path.into())
}
