//! Writing: stdout, and files that are either the old one or the new one, never half of it.

use std::fs::{File, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::exit::Stop;
use crate::document::Format;
use crate::encoding::Named;
use crate::error::{Error, Result};

/// The encoding to write.
#[derive(Debug, Clone, Copy)]
pub enum Encoded {
    /// What was read.
    Same,
    As(Named),
}

impl Encoded {
    /// `same`, or the name of an encoding.
    pub fn parse(name: &str) -> std::result::Result<Self, String> {
        if name == "same" { Ok(Self::Same) } else { Named::parse(name).map(Self::As) }
    }

    /// What is written of a file that was read as this. Where nothing was asked for UTF-8, but for what says its encoding
    /// itself: that should stay true.
    pub fn of(asked: Option<Self>, format: Format, read: Named) -> Named {
        match asked {
            None if format.says_encoding() => read,
            None => Named::UTF8,
            Some(Self::Same) => read,
            Some(Self::As(named)) => named,
        }
    }
}

/// Writes results to stdout.
pub struct Stdout(io::BufWriter<io::Stdout>);

impl Stdout {
    pub fn new() -> Self {
        Self(io::BufWriter::with_capacity(1 << 16, io::stdout()))
    }

    pub fn write(&mut self, bytes: &[u8]) -> std::result::Result<(), Stop> {
        self.0.write_all(bytes).map_err(|e| Stop::stdout(&e))
    }

    /// What is written so far goes out; the last call of every command, for a drop would hide a full disk.
    pub fn flush(&mut self) -> std::result::Result<(), Stop> {
        self.0.flush().map_err(|e| Stop::stdout(&e))
    }
}

/// A file in the making. It takes its place when it is whole ([`Replacement::commit`]), else it is gone.
pub struct Replacement {
    place: PathBuf,
    old: Option<Metadata>,
    sink: Sink,
}

enum Sink {
    /// A new file beside the old one: only a rename in one folder is one step.
    Temporary(io::BufWriter<NamedTempFile>),
    /// What is no regular file (a device, a pipe) is written to as it is.
    Direct(File),
}

impl Replacement {
    /// Begins a file that is to stand at `path`. A symbolic link stays one: what it leads to is replaced.
    pub fn begin(path: &Path) -> Result<Self> {
        let error = |e: io::Error| Error::io(path, &e);
        let place = if path.is_symlink() { path.canonicalize().map_err(error)? } else { path.to_owned() };
        let old = match std::fs::metadata(&place) {
            Ok(old) => Some(old),
            Err(e) if e.kind() == io::ErrorKind::NotFound => None,
            Err(e) => return Err(error(e)),
        };
        if let Some(old) = &old {
            if old.permissions().readonly() {
                return Err(Error::config(Some(&path.display().to_string()), None, "is read-only"));
            }
            if old.is_dir() {
                return Err(Error::config(Some(&path.display().to_string()), None, "is a folder"));
            }
            if !old.is_file() {
                let sink = Sink::Direct(File::options().write(true).open(&place).map_err(error)?);
                return Ok(Self { place, old: None, sink });
            }
        }
        let folder = place.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        builder.prefix(".ungarble-");
        #[cfg(unix)]
        {
            // As any program makes a file: what the umask leaves. Without this a temporary file is private.
            use std::os::unix::fs::PermissionsExt as _;
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let file = builder.tempfile_in(folder).map_err(error)?;
        Ok(Self { place, old, sink: Sink::Temporary(io::BufWriter::with_capacity(1 << 16, file)) })
    }

    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let written = match &mut self.sink {
            Sink::Temporary(file) => file.write_all(bytes),
            Sink::Direct(file) => file.write_all(bytes),
        };
        written.map_err(|e| Error::io(&self.place, &e))
    }

    /// Puts the file in its place, with the permissions and, where that is allowed, the owner of the old one. With a
    /// suffix the old one is kept under its name and the suffix.
    pub fn commit(self, backup: Option<&str>) -> Result<()> {
        let place = self.place;
        let error = |e: io::Error| Error::io(&place, &e);
        let file = match self.sink {
            Sink::Temporary(file) => file.into_inner().map_err(|e| error(e.into_error()))?,
            Sink::Direct(mut file) => return file.flush().map_err(error),
        };
        if let Some(old) = &self.old {
            if let Some(suffix) = backup {
                let mut name = place.clone().into_os_string();
                name.push(suffix);
                std::fs::copy(&place, &name).map_err(|e| Error::io(Path::new(&name), &e))?;
            }
            // The owner first: changing it may clear permission bits. Only root may give files away; others keep on.
            #[cfg(unix)]
            {
                use std::os::unix::fs::MetadataExt as _;
                let _ = std::os::unix::fs::fchown(file.as_file(), Some(old.uid()), Some(old.gid()));
            }
            file.as_file().set_permissions(old.permissions()).map_err(error)?;
        }
        file.as_file().sync_all().map_err(error)?;
        file.persist(&place).map_err(|e| error(e.error))?;
        // The rename itself must reach the disk; not every system lets a folder be opened for that.
        let folder = place.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if let Ok(folder) = File::open(folder) {
            let _ = folder.sync_all();
        }
        Ok(())
    }
}
