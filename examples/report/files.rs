//! One activation on the user's own data.

use crate::failure::Failure;
use crate::input::{self, Format};
use activations::{Activation, AnyActivation, Isa};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// An activation, and the files to read from and to write to.
#[derive(Debug)]
pub struct Job {
    pub activation: AnyActivation<'static>,
    pub isa: Isa,
    pub input: PathBuf,
    pub output: PathBuf,
}

/// Does the job, and says what was done. The output appears whole or not at all.
pub fn apply(job: &Job) -> Result<String, Failure> {
    let Job {
        activation,
        isa,
        input,
        output,
    } = job;
    let format = format_of(input);
    let bytes = read(input).map_err(|error| Failure::file(input, error))?;
    let mut array = input::parse(format, &bytes).map_err(|error| Failure::file(input, error))?;
    activation.apply_in_place_on(*isa, &mut array.values)?;
    replace(output, &array.to_bytes()).map_err(|error| Failure::file(output, error))?;
    Ok(format!(
        "{activation} on {isa}: {} elements of {} to {}",
        array.values.len(),
        input.display(),
        output.display()
    ))
}

fn format_of(path: &Path) -> Format {
    match path.extension() {
        Some(extension) if extension.eq_ignore_ascii_case("npy") => Format::Npy,
        _ => Format::Raw,
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    require_regular(&fs::metadata(path)?)?;
    fs::read(path)
}

/// A device has no end to read to, and a rename would put a file in its place.
fn require_regular(metadata: &fs::Metadata) -> io::Result<()> {
    if metadata.is_file() {
        Ok(())
    } else if metadata.is_dir() {
        Err(io::ErrorKind::IsADirectory.into())
    } else {
        Err(io::Error::other("not a regular file"))
    }
}

/// Makes `bytes` the contents of the file at `path`, or leaves what is there.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // Through a symbolic link: the file that it leads to is replaced, not the link.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let permissions = match fs::metadata(&target) {
        Ok(metadata) => {
            require_regular(&metadata)?;
            // The directory's permissions decide over a rename; the file's are to be respected.
            File::options().write(true).open(&target)?;
            Some(metadata.permissions())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let temporary = Temporary::beside(&target)?;
    let mut file = &temporary.file;
    file.write_all(bytes)?;
    if let Some(permissions) = permissions {
        file.set_permissions(permissions)?;
    }
    file.sync_all()?;
    // Only now, when all is on the disk, does the name change hands.
    fs::rename(&temporary.path, &target)
}

/// A file that is gone when it goes out of scope, unless it was renamed.
struct Temporary {
    path: PathBuf,
    file: File,
}

impl Temporary {
    /// In the same directory, as a rename works within one file system only.
    fn beside(target: &Path) -> io::Result<Self> {
        let name = format!(".activations-report-{}.tmp", std::process::id());
        let path = target.with_file_name(name);
        let file = File::create_new(&path).map_err(|error| {
            let text = format!("cannot create a temporary file beside it: {error}");
            io::Error::new(error.kind(), text)
        })?;
        Ok(Self { path, file })
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // After the rename there is nothing of this name; on failure it does not matter why.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A directory of its own for each test.
    struct Directory(PathBuf);

    impl Directory {
        fn new(test: &str) -> Self {
            let name = format!("activations-report-{}-{test}", std::process::id());
            let path = std::env::temp_dir().join(name);
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
            let path = self.0.join(name);
            fs::write(&path, bytes).unwrap();
            path
        }

        fn names(&self) -> Vec<String> {
            let entries = fs::read_dir(&self.0).unwrap();
            let names = entries.map(|entry| entry.unwrap().file_name());
            let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
            names.sort();
            names
        }
    }

    impl Drop for Directory {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn job(input: &Path, output: &Path) -> Job {
        Job {
            activation: "leaky_relu(negative_slope=0.5)".parse().unwrap(),
            isa: Isa::detect(),
            input: input.to_owned(),
            output: output.to_owned(),
        }
    }

    fn raw(values: &[f32]) -> Vec<u8> {
        values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect()
    }

    #[test]
    fn the_result_is_written_beside_or_over_the_input() {
        let dir = Directory::new("result");
        let input = dir.file("x.f32", &raw(&[-2.0, 2.0]));
        let output = dir.0.join("y.f32");
        let said = apply(&job(&input, &output)).unwrap();
        assert!(said.contains("2 elements"), "{said}");
        assert_eq!(fs::read(&output).unwrap(), raw(&[-1.0, 2.0]));
        apply(&job(&input, &input)).unwrap();
        assert_eq!(fs::read(&input).unwrap(), raw(&[-1.0, 2.0]));
        assert_eq!(dir.names(), ["x.f32", "y.f32"]);
    }

    #[test]
    fn an_error_leaves_the_output_untouched() {
        let dir = Directory::new("untouched");
        let output = dir.file("y.npy", b"precious");
        let wrong_type = b"\x93NUMPY\x01\0\x39\0\
            {'descr': '<f8', 'fortran_order': False, 'shape': (1,)}\n\n12345678";
        for (name, bytes) in [
            ("odd.f32", &b"12345"[..]),
            ("text.npy", b"1, 2, 3"),
            ("truncated.npy", b"\x93NUMPY\x01\0\x76\0{'descr"),
            ("type.npy", wrong_type),
        ] {
            let input = dir.file(name, bytes);
            let error = apply(&job(&input, &output)).unwrap_err().message().unwrap();
            assert!(error.contains(name), "{error}");
            assert_eq!(fs::read(&output).unwrap(), b"precious");
        }
        for missing in [dir.0.join("missing.npy"), dir.0.clone()] {
            assert!(apply(&job(&missing, &output)).is_err());
        }
        assert_eq!(fs::read(&output).unwrap(), b"precious");
        assert_eq!(dir.names().len(), 5);
    }

    #[test]
    fn what_is_no_file_is_no_output() {
        let dir = Directory::new("no-file");
        let input = dir.file("x.f32", &raw(&[1.0]));
        for output in [dir.0.clone(), dir.0.join("none/y.f32"), dir.0.join("..")] {
            assert!(
                apply(&job(&input, &output)).is_err(),
                "{}",
                output.display()
            );
        }
        assert_eq!(dir.names(), ["x.f32"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_sockets_and_permissions_kept() {
        use std::os::unix::{fs::PermissionsExt, fs::symlink, net::UnixListener};
        let dir = Directory::new("unix");
        let input = dir.file("x.f32", &raw(&[-4.0]));

        let output = dir.file("y.f32", b"");
        fs::set_permissions(&output, fs::Permissions::from_mode(0o640)).unwrap();
        let link = dir.0.join("link.f32");
        symlink(&output, &link).unwrap();
        apply(&job(&input, &link)).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&output).unwrap(), raw(&[-2.0]));
        let mode = fs::metadata(&output).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640);

        let socket = dir.0.join("socket");
        let _listener = UnixListener::bind(&socket).unwrap();
        for (input, output) in [(&input, &socket), (&socket, &output)] {
            let error = apply(&job(input, output)).unwrap_err().message().unwrap();
            assert!(error.contains("not a regular file"), "{error}");
        }
        assert_eq!(dir.names(), ["link.f32", "socket", "x.f32", "y.f32"]);
    }
}
