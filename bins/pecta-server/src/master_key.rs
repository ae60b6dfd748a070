//! The commands on the master key, which work while servers run.
//!
//! A rotation first writes the file, with the old key behind the new one, and then seals all secret keys anew.
//! So whenever it is interrupted, the file holds the keys for everything in the database.

use crate::database;
use crate::failure::Failure;
use crate::private_file;
use crate::settings::{MasterKeySource, Settings};
use pecta_store::{Keyring, MasterKey};
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// What is to be done with the master key of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// A new one takes its place.
    Rotate,
    /// Everything is sealed under the one that is given first.
    Reseal,
}

const NOT_A_FILE: &str = "the master key is given as PECTA_MASTER_KEY, which cannot be rewritten from here: \
    give every server a new one there and the old one as PECTA_MASTER_KEY_PREVIOUS, then run \
    `pecta-server master-key reseal` with both";

/// The commands as the command line defines them.
pub(crate) fn command() -> clap::Command {
    let new = clap::Command::new("new")
        .about("Print a new master key, for PECTA_MASTER_KEY or a file; nothing is stored");
    let rotate = clap::Command::new("rotate").about(
        "Put a new master key into the file, keep the old one behind it, and seal every secret key \
         under the new one, also while a server runs",
    );
    let reseal = clap::Command::new("reseal").about(
        "Seal every secret key under the master key that is given first, where the other one was put \
         in place by hand",
    );
    clap::Command::new("master-key")
        .about("Make, rotate and apply the master key, which must be given for PostgreSQL")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands([new, rotate, reseal])
}

/// Prints a new master key and nothing else.
pub(crate) fn new() -> Result<(), Failure> {
    let key = MasterKey::generate(getrandom::fill).map_err(Failure::failed)?;
    print(&format!("{}\n", key.to_text().as_str()))
}

/// Does what the command line asks for.
pub(crate) fn run(settings: &Settings, action: Action) -> Result<(), Failure> {
    match action {
        Action::Rotate => rotate(settings),
        Action::Reseal => reseal(settings, database::keyring(settings)?),
    }
}

fn rotate(settings: &Settings) -> Result<(), Failure> {
    let file = file(settings)?;
    // Held until the end: of two rotations at a time, one would drop the key that the other just made.
    let _lock = lock(&file)?;
    let keyring = database::keyring(settings)?;
    // What is still sealed under the key that is dropped now would be lost.
    database::reseal(settings, keyring)?;
    let new = MasterKey::generate(getrandom::fill).map_err(Failure::failed)?;
    let keyring = database::keyring(settings)?.rotated(new);
    private_file::replace(&file, &keyring.to_text())
        .map_err(|error| Failure::failed(format!("cannot write {}: {error}", file.display())))?;
    reseal(settings, keyring)
}

fn reseal(settings: &Settings, keyring: Keyring) -> Result<(), Failure> {
    let id = keyring.current().id();
    let keys = database::reseal(settings, keyring)?;
    print(&format!(
        "sealed under the master key {id}: {keys} secret keys\n"
    ))
}

/// The file of the master key, which must be one.
fn file(settings: &Settings) -> Result<PathBuf, Failure> {
    match &settings.master_key {
        MasterKeySource::Given { .. } => Err(Failure::usage(NOT_A_FILE)),
        MasterKeySource::File(path) => Ok(path.clone()),
        MasterKeySource::Beside => database::file_beside(settings),
    }
}

/// A lock on the file's folder: the file itself is replaced. It ends with the process.
fn lock(file: &Path) -> Result<File, Failure> {
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let locked = File::open(folder).and_then(|folder| folder.lock().map(|()| folder));
    locked.map_err(|error| Failure::failed(format!("cannot lock {}: {error}", folder.display())))
}

fn print(text: &str) -> Result<(), Failure> {
    std::io::stdout()
        .write_all(text.as_bytes())
        .map_err(Failure::failed)
}
