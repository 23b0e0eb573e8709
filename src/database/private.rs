//! Folders and files that are for the account the server runs under, whatever others may do by default.

use std::{
    fs::{DirBuilder, File, Permissions},
    io,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::Path,
};

/// Makes a folder and those above it, where they are missing. One that exists may be shared on purpose, and stays as it
/// is.
pub fn make_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Opens a file for writing, and makes it where it is missing.
pub fn open_or_make(path: &Path) -> io::Result<File> {
    let file = File::options().create(true).truncate(false).write(true).mode(0o600).open(path)?;
    make_private(path)?;
    Ok(file)
}

/// Makes a new file; one that exists is an error.
pub fn make_new(path: &Path) -> io::Result<File> {
    File::options().create_new(true).write(true).mode(0o600).open(path)
}

/// Takes away what others may do with a file, if it exists. Where another account owns the file, or the file system knows no
/// permissions, it stays as it is, and the log says so.
pub fn make_private(path: &Path) -> io::Result<()> {
    let mode = match path.metadata() {
        Ok(metadata) => metadata.permissions().mode(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    if mode & 0o077 == 0 {
        return Ok(());
    }
    match std::fs::set_permissions(path, Permissions::from_mode(mode & 0o700)) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            tracing::warn!(path = %path.display(), "others may use this file, and that cannot be changed");
            Ok(())
        }
        changed => changed,
    }
}
