//! Opening the database with its master key.

use crate::failure::Failure;
use crate::private_file;
use crate::settings::{MasterKeySource, Settings};
use pecta_store::{Administration, MasterKey, OpenError, OrgId, Store};
use std::io;
use std::path::Path;

/// Opens the database for serving; a new one is made when there is none.
pub(crate) fn open(settings: &Settings) -> Result<Store, Failure> {
    let source = &settings.master_key;
    let master_key = |directory: &Path, holds_sealed_keys| match source {
        MasterKeySource::Text(text) => MasterKey::parse(text).map_err(|error| error.to_string()),
        MasterKeySource::File(path) => from_file(path, holds_sealed_keys),
        MasterKeySource::Beside => from_file(&directory.join("pecta.key"), holds_sealed_keys),
    };
    pecta_store::open(&settings.database_url, settings.scoring, master_key).map_err(failure)
}

/// Opens a database that must exist, for commands that take no master key.
pub(crate) fn administer(settings: &Settings) -> Result<Administration, Failure> {
    Administration::open(&settings.database_url).map_err(failure)
}

/// Makes or updates the database; says which migrations ran.
pub(crate) fn migrate(settings: &Settings) -> Result<Vec<String>, Failure> {
    pecta_store::migrate(&settings.database_url).map_err(failure)
}

/// The org of a name, which must be there.
pub(crate) fn org(database: &mut Administration, name: &str) -> Result<OrgId, Failure> {
    let org = database.org(name).map_err(Failure::failed)?;
    org.ok_or_else(|| unknown_org(name))
}

/// There is no org of that name.
pub(crate) fn unknown_org(name: &str) -> Failure {
    Failure::failed(format!("there is no org `{name}`"))
}

fn failure(error: OpenError) -> Failure {
    match error {
        OpenError::Url => Failure::usage(error),
        OpenError::Database { .. } => Failure::failed(error),
    }
}

/// The master key from its file, which is made while no key is sealed yet.
fn from_file(path: &Path, holds_sealed_keys: bool) -> Result<MasterKey, String> {
    let key = match std::fs::read_to_string(path) {
        Ok(text) => MasterKey::parse(&text).map_err(io::Error::other),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Err(_) if holds_sealed_keys => Err(io::Error::other(
            "not found, and the database holds keys that only its master key opens; put it back, \
             or give it as PECTA_MASTER_KEY",
        )),
        Err(_) => make(path),
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
