//! An authority of a test's own, and a certificate by it.

use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

/// Files of one server's identity, as PEM.
#[derive(Debug)]
pub(crate) struct Identity {
    /// Whom to trust.
    pub(crate) authority: PathBuf,
    /// The server's certificate.
    pub(crate) certificate: PathBuf,
    /// Its key.
    pub(crate) key: PathBuf,
}

/// Makes an authority, and a certificate for `names`, in `folder`.
pub(crate) fn identity(folder: &Path, names: &[&str]) -> Identity {
    let mut authority = CertificateParams::new(Vec::new()).expect("parameters");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate().expect("a key");
    let authority_cert = authority.self_signed(&authority_key).expect("an authority");
    let key = KeyPair::generate().expect("a key");
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let certificate = CertificateParams::new(names)
        .expect("parameters")
        .signed_by(&key, &Issuer::new(authority, authority_key))
        .expect("a certificate");
    let file = |name: &str, text: String| {
        let file = folder.join(name);
        std::fs::write(&file, text).expect("it is written");
        file
    };
    Identity {
        authority: file("authority.pem", authority_cert.pem()),
        certificate: file("server.crt", certificate.pem()),
        key: file("server.key", key.serialize_pem()),
    }
}
