//! Opening the database with its master key.

use crate::failure::Failure;
use crate::private_file;
use crate::settings::{MasterKeySource, Settings};
use pecta_store::{Administration, MasterKey, OpenError, Place, Store};
use std::io;
use std::path::Path;

/// A key that is made on one machine would be missing on the next.
const NOT_GIVEN: &str = "the master key must be given for PostgreSQL, as PECTA_MASTER_KEY or by \
    --master-key-file; `pecta-server master-key new` prints a new one";

/// Opens the database for serving; a new one is made when there is none.
pub(crate) fn open(settings: &Settings) -> Result<Store, Failure> {
    let source = &settings.master_key;
    let master_key = |place: Place<'_>| match (source, place) {
        (MasterKeySource::Text(text), _) => {
            MasterKey::parse(text).map_err(|error| error.to_string())
        }
        (MasterKeySource::File(path), place) => from_file(path, place),
        (MasterKeySource::Beside, Place::Folder { path, .. }) => {
            from_file(&path.join("pecta.key"), place)
        }
        (MasterKeySource::Beside, Place::Server) => Err(NOT_GIVEN.to_owned()),
    };
    pecta_store::open(&settings.database_url, settings.scoring, master_key).map_err(failure)
}

/// Opens a database that must exist, for commands that take no master key.
pub(crate) fn administer(settings: &Settings) -> Result<Administration, Failure> {
    Administration::open(&settings.database_url).map_err(failure)
}

fn failure(error: OpenError) -> Failure {
    match error {
        OpenError::Url | OpenError::WrongUrl(_) | OpenError::NoMasterKey(_) => {
            Failure::usage(error)
        }
        OpenError::Database { .. } => Failure::failed(error),
    }
}

/// The master key from its file, which is made for a file database while no key is sealed in it yet.
fn from_file(path: &Path, place: Place<'_>) -> Result<MasterKey, String> {
    let key = match std::fs::read_to_string(path) {
        Ok(text) => MasterKey::parse(&text).map_err(io::Error::other),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Err(error) => match place {
            Place::Server => Err(error),
            Place::Folder {
                holds_sealed_keys: true,
                ..
            } => Err(io::Error::other(
                "not found, and the database holds keys that only its master key opens; put it \
                 back, or give it as PECTA_MASTER_KEY",
            )),
            Place::Folder { .. } => make(path),
        },
    };
    key.map_err(|error| format!("the master key file {}: {error}", path.display()))
}

fn make(path: &Path) -> io::Result<MasterKey> {
    let key = MasterKey::generate(getrandom::fill)?;
    let text = key.to_text();
    if private_file::create(path, &format!("{}\n", text.as_str()))? {
        return Ok(key);
    }
    // Another process that starts at the same time was first; its key is the one.
    let text = std::fs::read_to_string(path)?;
    MasterKey::parse(&text).map_err(io::Error::other)
}
