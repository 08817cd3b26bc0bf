//! A small disk of a test's own, to be filled and emptied.

use std::{
    fs::{self, File, Permissions},
    io::Write,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The disk, in memory. Unmounted at the end; stop what lives on it before.
#[derive(Debug)]
pub(crate) struct Disk(PathBuf);

impl Disk {
    /// Mounts one of a size such as `20m` at a path that is made. `None`, with a message, where this is not allowed.
    pub(crate) fn mount(at: &Path, size: &str) -> Option<Self> {
        if !rustix::process::geteuid().is_root() {
            eprintln!("skipped: needs root, to mount a small disk");
            return None;
        }
        fs::create_dir(at).unwrap();
        let options = format!("size={size},mode=0755");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(at)
            .stderr(Stdio::null())
            .status();
        if !mounted.is_ok_and(|status| status.success()) {
            eprintln!("skipped: no disk may be mounted here");
            return None;
        }
        fs::set_permissions(at, Permissions::from_mode(0o755)).unwrap();
        Some(Self(at.to_owned()))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Makes it larger or smaller.
    pub(crate) fn resize(&self, size: &str) {
        let options = format!("remount,size={size}");
        let status = Command::new("mount").args(["-o", &options]).arg(&self.0).status().unwrap();
        assert!(status.success());
    }

    /// Fills it to the last byte.
    pub(crate) fn fill(&self) {
        let mut file = File::create(self.0.join("full")).unwrap();
        while file.write_all(&[0; 8192]).is_ok() {}
        while file.write_all(&[0]).is_ok() {}
    }

    /// Takes away what filled it.
    pub(crate) fn empty(&self) {
        fs::remove_file(self.0.join("full")).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: a process that ends at this moment may still hold a file.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}
