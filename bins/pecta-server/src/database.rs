//! Opening the database with its master key.

use crate::failure::Failure;
use crate::private_file;
use crate::settings::Settings;
use pecta_store::{MasterKey, OpenError, Store, Unopened};
use std::io;
use std::path::{Path, PathBuf};

/// Opens the database for serving; a new one is made when there is none.
pub(crate) fn open(settings: &Settings) -> Result<Store, Failure> {
    start(look(settings)?, settings)
}

/// Opens a database that must exist, for commands that only make sense with one.
pub(crate) fn open_existing(settings: &Settings) -> Result<Store, Failure> {
    let unopened = look(settings)?;
    if unopened.is_new() {
        return Err(Failure::failed(
            "there is no database yet; start the server, or make a key",
        ));
    }
    start(unopened, settings)
}

fn look(settings: &Settings) -> Result<Unopened, Failure> {
    pecta_store::open(&settings.database_url).map_err(|error| match error {
        OpenError::Url => Failure::usage(error),
        other => Failure::failed(other),
    })
}

fn start(unopened: Unopened, settings: &Settings) -> Result<Store, Failure> {
    let master_key = master_key(settings, &unopened)?;
    unopened
        .start(master_key, settings.scoring)
        .map_err(Failure::failed)
}

/// The master key from the environment or its file, which is made while no key is sealed yet.
fn master_key(settings: &Settings, unopened: &Unopened) -> Result<MasterKey, Failure> {
    if let Some(text) = &settings.master_key {
        return MasterKey::parse(text)
            .map_err(|error| Failure::usage(format!("PECTA_MASTER_KEY: {error}")));
    }
    let beside = || unopened.directory().join("pecta.key");
    let path: PathBuf = settings.master_key_file.clone().unwrap_or_else(beside);
    let wrong = |error: &dyn std::fmt::Display| {
        Failure::failed(format!("the master key file {}: {error}", path.display()))
    };
    match std::fs::read_to_string(&path) {
        Ok(text) => MasterKey::parse(&text).map_err(|error| wrong(&error)),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(wrong(&error)),
        Err(_) if unopened.holds_sealed_keys() => Err(wrong(
            &"not found, and the database holds keys that only its master key opens; put it back, \
              or give it as PECTA_MASTER_KEY",
        )),
        Err(_) => make_master_key(&path).map_err(|error| wrong(&error)),
    }
}

fn make_master_key(path: &Path) -> io::Result<MasterKey> {
    let key = MasterKey::generate(getrandom::fill)?;
    let text = key.to_text();
    if private_file::create(path, &format!("{}\n", text.as_str()))? {
        return Ok(key);
    }
    // Another process that starts at the same time was first; its key is the one.
    let text = std::fs::read_to_string(path)?;
    MasterKey::parse(&text).map_err(io::Error::other)
}
