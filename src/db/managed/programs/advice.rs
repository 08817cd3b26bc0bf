//! What to do when PostgreSQL's programs are missing, in the commands of this system.

use std::{fs, path::Path};

/// No usable programs; `found` names those that are too old.
pub(super) fn missing(found: &str, oldest: u32) -> String {
    let found = if found.is_empty() {
        "PostgreSQL's programs (initdb and postgres) were not found".to_owned()
    } else {
        format!("PostgreSQL {oldest} or newer is needed; found only {found}")
    };
    format!(
        "{found}. Install them ({}), or name their folder in database.programs, or set DATABASE_URL \
         to a PostgreSQL that runs already, or run `podman-compose up`.",
        System::present().install(None)
    )
}

/// The programs of the cluster's version are missing; `found` names the others.
pub(super) fn other_major(cluster: &Path, major: u32, found: &str) -> String {
    let found = if found.is_empty() { "none" } else { found };
    let cluster = cluster.display();
    format!(
        "The database in {cluster} was made by PostgreSQL {major}, and its programs are not here (found: {found}). It \
         has not been touched. Either install PostgreSQL {major} beside the others ({install}) or name its folder in \
         database.programs; then all goes on as before. Or move the data to another version: where PostgreSQL {major} \
         is, start it on that folder, `pg_dump -U deals deals > deals.sql`, stop it; rename the folder to \
         {cluster}-{major}; start Deal Scout once, and `psql -U deals deals < deals.sql`. Or set DATABASE_URL to use \
         another database.",
        install = System::present().install(Some(major)),
    )
}

/// A family of systems with one way to install.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum System {
    Debian,
    Fedora,
    Suse,
    Alpine,
    Arch,
    Mac,
    Windows,
    Other,
}

impl System {
    fn present() -> Self {
        if cfg!(windows) {
            return Self::Windows;
        }
        if cfg!(target_os = "macos") {
            return Self::Mac;
        }
        let told = fs::read_to_string("/etc/os-release").unwrap_or_default();
        Self::from_os_release(&told)
    }

    /// `ID` names the system, `ID_LIKE` those that it descends from, the nearest first.
    fn from_os_release(text: &str) -> Self {
        let value = |key: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
            line.unwrap_or_default().trim().trim_matches(['"', '\'']).to_owned()
        };
        let names = format!("{} {}", value("ID"), value("ID_LIKE"));
        let family = |name: &str| match name {
            "debian" | "ubuntu" => Some(Self::Debian),
            "fedora" | "rhel" | "centos" => Some(Self::Fedora),
            "suse" | "opensuse" => Some(Self::Suse),
            "alpine" => Some(Self::Alpine),
            "arch" => Some(Self::Arch),
            _ => None,
        };
        names.split_whitespace().find_map(family).unwrap_or(Self::Other)
    }

    /// The command that installs the server, of one major version where the system has several.
    fn install(self, major: Option<u32>) -> String {
        let numbered = |before: &str, after: &str| {
            major.map_or_else(
                || format!("{before}{after}"),
                |major| format!("{before}{major}{after}"),
            )
        };
        match (self, major) {
            (Self::Debian, Some(major)) => format!(
                "sudo apt install postgresql-{major}; if apt does not know it, see https://apt.postgresql.org"
            ),
            (Self::Debian, None) => "sudo apt install postgresql".to_owned(),
            (Self::Fedora, Some(major)) => format!(
                "sudo dnf install postgresql{major}-server postgresql{major}-contrib; if dnf does not know it, see \
                 https://yum.postgresql.org"
            ),
            (Self::Fedora, None) => {
                "sudo dnf install postgresql-server postgresql-contrib".to_owned()
            }
            (Self::Suse, _) => format!(
                "sudo zypper install {} {}",
                numbered("postgresql", "-server"),
                numbered("postgresql", "-contrib")
            ),
            (Self::Alpine, _) => format!(
                "apk add {} {}",
                numbered("postgresql", ""),
                numbered("postgresql", "-contrib")
            ),
            (Self::Arch, None) => "sudo pacman -S postgresql".to_owned(),
            (Self::Arch, Some(_)) => "sudo pacman -S postgresql-old-upgrade".to_owned(),
            (Self::Mac, major) => format!("brew install postgresql@{}", major.unwrap_or(17)),
            (Self::Windows, _) => {
                "the installer from https://www.postgresql.org/download/windows".to_owned()
            }
            (Self::Other, _) => "see https://www.postgresql.org/download".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_known_by_itself_or_by_its_descent() {
        for (text, expected) in [
            ("PRETTY_NAME=\"Debian GNU/Linux 12\"\nID=debian\n", System::Debian),
            ("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", System::Debian),
            ("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", System::Fedora),
            ("ID=alpine\n", System::Alpine),
            ("ID=manjaro\nID_LIKE=arch\n", System::Arch),
            ("ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"\n", System::Suse),
            ("ID=nixos\n", System::Other),
            ("", System::Other),
        ] {
            assert_eq!(System::from_os_release(text), expected, "{text}");
        }
    }

    #[test]
    fn the_advice_names_every_way_out() {
        let told = missing("", 14);
        for way in
            ["were not found", "Install", "database.programs", "DATABASE_URL", "podman-compose up"]
        {
            assert!(told.contains(way), "{way} is not in: {told}");
        }
        assert!(missing("12.4 in /usr/bin", 14).contains("14 or newer is needed; found only 12.4"));
    }

    #[test]
    fn a_cluster_of_another_version_is_explained_with_the_way_to_move_it() {
        let told = other_major(Path::new("/data/postgres"), 13, "15.18 in /usr/bin");
        for part in [
            "/data/postgres was made by PostgreSQL 13",
            "not been touched",
            "pg_dump",
            "/data/postgres-13",
        ] {
            assert!(told.contains(part), "{part} is not in: {told}");
        }
        assert_eq!(
            System::Debian.install(Some(13)).split(';').next(),
            Some("sudo apt install postgresql-13")
        );
        assert_eq!(
            System::Suse.install(Some(16)),
            "sudo zypper install postgresql16-server postgresql16-contrib"
        );
        assert_eq!(System::Alpine.install(None), "apk add postgresql postgresql-contrib");
    }
}
