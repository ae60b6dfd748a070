//! Opening the database with its master key.

use crate::failure::Failure;
use crate::private_file;
use crate::settings::{MasterKeySource, Settings};
use pecta_store::{Administration, Keyring, MasterKey, MasterKeys, OpenError, OrgId, Place, Store};
use std::io;
use std::path::{Path, PathBuf};

/// The name of the file that holds the master key beside a database.
const FILE: &str = "pecta.key";

/// A key that is made on one machine would be missing on the next.
const NOT_GIVEN: &str = "the master key must be given for PostgreSQL, as PECTA_MASTER_KEY or by \
    --master-key-file; `pecta-server master-key new` prints a new one";

/// Opens the database for serving; a new one is made when there is none.
pub(crate) fn open(settings: &Settings) -> Result<Store, Failure> {
    let master_keys = |place: Place<'_>| master_keys(&settings.master_key, place);
    pecta_store::open(&settings.database_url, settings.scoring, master_keys).map_err(failure)
}

/// Opens the database to make or rotate a key, also while a server runs on it; a new one is made when there is none.
pub(crate) fn open_for_keys(settings: &Settings) -> Result<Store, Failure> {
    let master_keys = |place: Place<'_>| master_keys(&settings.master_key, place);
    pecta_store::open_for_keys(&settings.database_url, master_keys).map_err(failure)
}

/// The master keys that are given or in their file, as they are now.
pub(crate) fn keyring(settings: &Settings) -> Result<Keyring, Failure> {
    let keyring = match &settings.master_key {
        MasterKeySource::Given { current, previous } => given(current, previous.as_deref()),
        MasterKeySource::File(path) => read(path).map_err(|error| unreadable(path, &error)),
        MasterKeySource::Beside => {
            let path = file_beside(settings)?;
            read(&path).map_err(|error| unreadable(&path, &error))
        }
    };
    keyring.map_err(Failure::failed)
}

/// The file of the master key where nothing else is said: beside the database, which must be a file.
pub(crate) fn file_beside(settings: &Settings) -> Result<PathBuf, Failure> {
    let folder = pecta_store::folder(&settings.database_url).map_err(failure)?;
    let folder = folder.ok_or_else(|| Failure::usage(NOT_GIVEN))?;
    Ok(folder.join(FILE))
}

/// Seals every secret key under the current master key; says how many were not.
pub(crate) fn reseal(settings: &Settings, keyring: Keyring) -> Result<usize, Failure> {
    let mut database = administer(settings)?;
    database.reseal(keyring).map_err(Failure::failed)
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
        OpenError::Url | OpenError::WrongUrl(_) | OpenError::NoMasterKey(_) => {
            Failure::usage(error)
        }
        OpenError::Database { .. } => Failure::failed(error),
    }
}

fn master_keys(source: &MasterKeySource, place: Place<'_>) -> Result<MasterKeys, String> {
    match (source, place) {
        (MasterKeySource::Given { current, previous }, _) => {
            Ok(given(current, previous.as_deref())?.into())
        }
        (MasterKeySource::File(path), place) => from_file(path, place),
        (MasterKeySource::Beside, Place::Folder { path, .. }) => from_file(&path.join(FILE), place),
        (MasterKeySource::Beside, Place::Server) => Err(NOT_GIVEN.to_owned()),
    }
}

fn given(current: &str, previous: Option<&str>) -> Result<Keyring, String> {
    let key = |text: &str| MasterKey::parse(text).map_err(|error| error.to_string());
    Ok(Keyring::new(key(current)?, previous.map(key).transpose()?))
}

/// The master keys from their file, which is made for a file database while no key is sealed in it yet. They are
/// read again when they were rotated.
fn from_file(path: &Path, place: Place<'_>) -> Result<MasterKeys, String> {
    let keyring = match read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => match place {
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
        read => read,
    };
    let keyring = keyring.map_err(|error| unreadable(path, &error))?;
    let path = path.to_owned();
    let read = move || read(&path).map_err(|error| unreadable(&path, &error));
    Ok(MasterKeys::read_by(keyring, read))
}

fn read(path: &Path) -> io::Result<Keyring> {
    let text = std::fs::read_to_string(path)?;
    Keyring::parse(&text).map_err(io::Error::other)
}

fn unreadable(path: &Path, error: &io::Error) -> String {
    format!("the master key file {}: {error}", path.display())
}

fn make(path: &Path) -> io::Result<Keyring> {
    let keyring = Keyring::from(MasterKey::generate(getrandom::fill)?);
    if private_file::create(path, &keyring.to_text())? {
        return Ok(keyring);
    }
    // Another process that starts at the same time was first; its key is the one.
    read(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_for_a_file_and_must_be_given_for_a_server() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        let file = MasterKeySource::File(path.join("key"));
        let asked = |source, place| master_keys(source, place).map(drop);
        let text = |name: &str| std::fs::read_to_string(path.join(name));

        let beside = asked(&MasterKeySource::Beside, Place::Server).unwrap_err();
        assert!(beside.contains("must be given"), "{beside}");
        let missing = asked(&file, Place::Server).unwrap_err();
        assert!(missing.contains("No such file"), "{missing}");
        let folder = |holds_sealed_keys| Place::Folder {
            path,
            holds_sealed_keys,
        };
        let lost = asked(&file, folder(true)).unwrap_err();
        assert!(lost.contains("put it back"), "{lost}");
        assert!(!path.join("key").exists());

        asked(&file, folder(false)).unwrap();
        let made = text("key").unwrap();
        assert!(Keyring::parse(&made).is_ok());
        for place in [folder(false), folder(true), Place::Server] {
            asked(&file, place).unwrap();
            assert_eq!(text("key").unwrap(), made, "it is made once");
        }
        let given = MasterKeySource::Given {
            current: made,
            previous: None,
        };
        asked(&given, Place::Server).unwrap();
        assert!(!path.join("pecta.key").exists());
        asked(&MasterKeySource::Beside, folder(false)).unwrap();
        assert!(path.join("pecta.key").exists());
    }
}
