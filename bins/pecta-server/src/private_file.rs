//! Files that hold secrets: readable by their owner only, from the first byte on.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, chown};
use std::path::{Path, PathBuf};

/// Writes a file, in place of one that may be there, whose owner, group and mode it then has: whoever could read the old
/// one, such as a server that runs as another user, can read the new one.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let draft = Draft::write(path, text)?;
    if let Some(old) = metadata(path)? {
        keep_access(&draft.path, &old)?;
    }
    fs::rename(&draft.path, path)?;
    sync_directory(path)
}

/// Writes a file unless there is one; `false` when there is.
pub(crate) fn create(path: &Path, text: &str) -> io::Result<bool> {
    let draft = Draft::write(path, text)?;
    // Unlike a rename, a link never replaces what another process put there meanwhile.
    match fs::hard_link(&draft.path, path) {
        Ok(()) => sync_directory(path).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

fn metadata(path: &Path) -> io::Result<Option<Metadata>> {
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        metadata => metadata.map(Some),
    }
}

/// First the owner, because a change of owner may take rights away.
fn keep_access(path: &Path, old: &Metadata) -> io::Result<()> {
    let new = fs::metadata(path)?;
    if (new.uid(), new.gid()) != (old.uid(), old.gid()) {
        chown(path, Some(old.uid()), Some(old.gid()))?;
    }
    fs::set_permissions(path, old.permissions())
}

/// The whole text under another name, removed when it is dropped.
struct Draft {
    path: PathBuf,
}

impl Draft {
    fn write(path: &Path, text: &str) -> io::Result<Self> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.draft", std::process::id()));
        let path = path.with_file_name(name);
        let mut options = OpenOptions::new();
        let mut file = options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        let draft = Self { path };
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        Ok(draft)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // After a rename there is nothing left to remove.
        let _ = fs::remove_file(&self.path);
    }
}

/// Makes a new name survive a power cut.
fn sync_directory(path: &Path) -> io::Result<()> {
    let directory = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    File::open(directory.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn files_are_private_and_only_replaced_on_purpose() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key");
        assert!(create(&path, "one").unwrap());
        assert!(!create(&path, "two").unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
        replace(&path, "three").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "three");
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        // One that a group may read stays so, and stays its owner's where this process may give files away.
        fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).unwrap();
        let given = chown(&path, Some(12_345), Some(12_346));
        replace(&path, "four").unwrap();
        let after = fs::metadata(&path).unwrap();
        assert_eq!(after.permissions().mode() & 0o777, 0o640);
        if given.is_ok() {
            assert_eq!((after.uid(), after.gid()), (12_345, 12_346));
        }
        assert_eq!(
            fs::read_dir(directory.path()).unwrap().count(),
            1,
            "no draft is left behind"
        );
    }
}
