//! A folder for the results.

use crate::failure::Failure;
use std::fs;
use std::path::{Path, PathBuf};

/// A folder that files can be made in.
pub struct Folder(PathBuf);

impl Folder {
    /// The one at `path`, made if it is not there. What speaks against it is to be known before
    /// minutes are spent on measuring.
    pub fn at(path: &Path) -> Result<Self, Failure> {
        fs::create_dir_all(path).map_err(|error| Failure::file(path, error))?;
        let probe = temporary(path, "probe");
        fs::write(&probe, "").map_err(|error| Failure::file(path, error))?;
        fs::remove_file(&probe).map_err(|error| Failure::file(path, error))?;
        Ok(Self(path.to_owned()))
    }

    /// Writes files by these names: all of them whole, or none.
    pub fn write(&self, files: &[(&str, &str)]) -> Result<(), Failure> {
        let written = self.write_beside(files);
        if written.is_err() {
            for (name, _) in files {
                // One that was never made is no matter.
                let _ = fs::remove_file(temporary(&self.0, name));
            }
        }
        written
    }

    fn write_beside(&self, files: &[(&str, &str)]) -> Result<(), Failure> {
        for (name, contents) in files {
            if self.0.join(name).is_dir() {
                return Err(Failure::file(&self.0.join(name), "a folder has this name"));
            }
            let path = temporary(&self.0, name);
            fs::write(&path, contents).map_err(|error| Failure::file(&path, error))?;
        }
        // Only now, when all are on the disk, do the names change hands.
        for (name, _) in files {
            let path = self.0.join(name);
            fs::rename(temporary(&self.0, name), &path)
                .map_err(|error| Failure::file(&path, error))?;
        }
        Ok(())
    }
}

fn temporary(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!(".{name}.{}.tmp", std::process::id()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new_path(test: &str) -> PathBuf {
        std::env::temp_dir().join(format!("activations-peers-{}-{test}", std::process::id()))
    }

    fn names(path: &Path) -> Vec<String> {
        let entries = fs::read_dir(path).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn files_are_written_whole_or_not_at_all() {
        let path = new_path("whole");
        let folder = Folder::at(&path.join("made")).unwrap();
        folder.write(&[("a", "1"), ("b", "2")]).unwrap();
        assert_eq!(names(&folder.0), ["a", "b"]);
        fs::create_dir(folder.0.join("c")).unwrap();
        let error = folder.write(&[("a", "3"), ("c", "4")]).unwrap_err();
        assert!(error.message().unwrap().contains("made/c"));
        assert_eq!(names(&folder.0), ["a", "b", "c"]);
        assert_eq!(fs::read_to_string(folder.0.join("a")).unwrap(), "1");
        fs::remove_dir_all(path).unwrap();
    }

    #[test]
    fn what_is_no_folder_is_refused() {
        let path = new_path("file");
        fs::write(&path, "").unwrap();
        for refused in [path.clone(), path.join("below")] {
            let error = Folder::at(&refused).err().unwrap().message().unwrap();
            assert!(error.contains("activations-peers"), "{error}");
        }
        fs::remove_file(path).unwrap();
    }
}
