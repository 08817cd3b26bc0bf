//! As whom the cluster runs. PostgreSQL refuses to run as root, so root lends it an unprivileged account.

use std::{
    fs::{self, Metadata},
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
};

use rustix::process::geteuid;

/// An account of this system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) uid: u32,
    pub(super) gid: u32,
    /// Its name, for messages.
    pub(super) name: String,
}

impl Account {
    /// The account to run the cluster as; `None` runs it as the present user, who is not root.
    ///
    /// What exists decides first: the owner of the cluster, then the owner of the data directory, then well-known
    /// accounts.
    pub(super) fn to_lend(data_dir: &Path, cluster: &Path) -> Option<Self> {
        if !geteuid().is_root() {
            return None;
        }
        let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let owner = |path: &Path| {
            let meta = fs::metadata(path).ok().filter(|meta| meta.uid() != 0)?;
            let name = name_of(&passwd, meta.uid());
            Some(Self { uid: meta.uid(), gid: meta.gid(), name })
        };
        owner(cluster)
            .or_else(|| owner(data_dir))
            .or_else(|| {
                ["postgres", "deal-scout", "nobody"].iter().find_map(|name| find(&passwd, name))
            })
            .or_else(|| Some(Self { uid: 65534, gid: 65534, name: "nobody".to_owned() }))
    }

    /// Whether it may pass through a folder.
    pub(super) fn can_enter(&self, folder: &Metadata) -> bool {
        let bit = if folder.uid() == self.uid {
            0o100
        } else if folder.gid() == self.gid {
            0o010
        } else {
            0o001
        };
        folder.permissions().mode() & bit != 0
    }
}

/// The account `name` in the text of /etc/passwd, unless it is root by another name.
fn find(passwd: &str, name: &str) -> Option<Account> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        if fields.next()? != name {
            return None;
        }
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        (uid != 0).then(|| Account { uid, gid, name: name.to_owned() })
    })
}

fn name_of(passwd: &str, uid: u32) -> String {
    let uid = uid.to_string();
    passwd
        .lines()
        .map(|line| line.split(':').collect::<Vec<_>>())
        .find(|fields| fields.get(2) == Some(&uid.as_str()))
        .map_or_else(|| format!("user {uid}"), |fields| fields[0].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/sh\ntoor:x:0:0::/:/bin/sh\nbad:x:many\n\
                          postgres:x:101:104:PostgreSQL:/var/lib/postgresql:/bin/bash\n";

    #[test]
    fn an_account_is_found_by_name_but_never_root() {
        let postgres = Account { uid: 101, gid: 104, name: "postgres".to_owned() };
        assert_eq!(find(PASSWD, "postgres"), Some(postgres));
        assert_eq!(find(PASSWD, "toor"), None);
        assert_eq!(find(PASSWD, "bad"), None);
        assert_eq!(find(PASSWD, "deal-scout"), None);
        assert_eq!(name_of(PASSWD, 101), "postgres");
        assert_eq!(name_of(PASSWD, 7), "user 7");
    }

    #[test]
    fn a_folder_is_closed_to_whom_its_mode_says() {
        let dir = tempfile::tempdir().unwrap();
        let stranger = Account { uid: 4_000_001, gid: 4_000_001, name: "stranger".to_owned() };
        let enters = |mode| {
            fs::set_permissions(dir.path(), PermissionsExt::from_mode(mode)).unwrap();
            stranger.can_enter(&fs::metadata(dir.path()).unwrap())
        };
        assert!(!enters(0o700));
        assert!(!enters(0o750));
        assert!(enters(0o711));
    }
}
