//! The words `sslmode` and `sslrootcert` of a PostgreSQL address, as libpq means them, turned into rustls settings.

use std::sync::Arc;

use rustls::{
    ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::CryptoProvider,
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject};
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::TargetError;

/// Whether and how the connection is encrypted.
#[derive(Clone)]
pub(super) enum TlsMode {
    Disable,
    Encrypt { connector: MakeRustlsConnect, required: bool },
}

impl TlsMode {
    pub(super) fn negotiation(&self) -> SslMode {
        match self {
            Self::Disable => SslMode::Disable,
            Self::Encrypt { required: false, .. } => SslMode::Prefer,
            Self::Encrypt { required: true, .. } => SslMode::Require,
        }
    }
}

/// Takes both words out of the address, since the driver knows only some of them, and says what they mean.
pub(super) fn take_from_url(url: &str) -> Result<(String, TlsMode), TargetError> {
    let (base, query) = url.rsplit_once('?').unwrap_or((url, ""));
    let (mut mode, mut root_file, mut rest) = (None, None, Vec::new());
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("sslmode", value)) => mode = Some(value),
            Some(("sslrootcert", value)) => {
                root_file = Some(value.replace("%2F", "/").replace("%2f", "/"));
            }
            _ => rest.push(pair),
        }
    }
    let url = if rest.is_empty() { base.to_owned() } else { format!("{base}?{}", rest.join("&")) };
    let trust = match (mode.unwrap_or("prefer"), &root_file) {
        ("disable", _) => return Ok((url, TlsMode::Disable)),
        ("prefer" | "allow", _) => (false, Trust::Anyone),
        // libpq checks the chain as soon as a root certificate is named.
        ("require", None) => (true, Trust::Anyone),
        ("require" | "verify-ca", _) => (true, Trust::Chain),
        ("verify-full", _) => (true, Trust::ChainAndName),
        (other, _) => {
            return Err(TargetError::Tls(format!(
                "sslmode={other} is not known; disable, prefer, require, verify-ca and verify-full are"
            )));
        }
    };
    let (required, trust) = trust;
    let connector = MakeRustlsConnect::new(client_config(trust, root_file.as_deref())?);
    Ok((url, TlsMode::Encrypt { connector, required }))
}

/// How far the server's certificate is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trust {
    Anyone,
    Chain,
    ChainAndName,
}

fn client_config(trust: Trust, root_file: Option<&str>) -> Result<ClientConfig, TargetError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|e| TargetError::Tls(e.to_string()))?;
    if trust == Trust::ChainAndName {
        return Ok(builder.with_root_certificates(roots(root_file)?).with_no_client_auth());
    }
    let chain = if trust == Trust::Chain {
        let verifier = WebPkiServerVerifier::builder_with_provider(
            Arc::new(roots(root_file)?),
            Arc::clone(&provider),
        )
        .build()
        .map_err(|e| TargetError::Tls(e.to_string()))?;
        Some(verifier)
    } else {
        None
    };
    Ok(builder
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Lenient { chain, provider }))
        .with_no_client_auth())
}

fn roots(root_file: Option<&str>) -> Result<RootCertStore, TargetError> {
    let mut store = RootCertStore::empty();
    if let Some(path) = root_file {
        let unreadable = |e: rustls_pki_types::pem::Error| {
            TargetError::Tls(format!("sslrootcert={path} cannot be read as PEM certificates: {e}"))
        };
        for certificate in CertificateDer::pem_file_iter(path).map_err(unreadable)? {
            store
                .add(certificate.map_err(unreadable)?)
                .map_err(|e| TargetError::Tls(e.to_string()))?;
        }
    } else {
        store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    if store.is_empty() {
        return Err(TargetError::Tls(
            "no root certificate was found; name one with sslrootcert=FILE".to_owned(),
        ));
    }
    Ok(store)
}

/// Checks the chain where there is one to check, and never the name: `require` and `verify-ca` of libpq.
#[derive(Debug)]
struct Lenient {
    chain: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Lenient {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Some(chain) = &self.chain else { return Ok(ServerCertVerified::assertion()) };
        match chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            Err(rustls::Error::InvalidCertificate(
                rustls::CertificateError::NotValidForName
                | rustls::CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(
            message,
            cert,
            dss,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(
            message,
            cert,
            dss,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ssl_words_leave_the_address_and_the_others_stay() {
        let (url, mode) =
            take_from_url("postgres://h/d?sslmode=require&application_name=x").unwrap();
        assert_eq!(url, "postgres://h/d?application_name=x");
        assert_eq!(mode.negotiation(), SslMode::Require);
        let (url, mode) = take_from_url("postgres://h/d?sslmode=disable").unwrap();
        assert_eq!((url.as_str(), mode.negotiation()), ("postgres://h/d", SslMode::Disable));
        assert_eq!(take_from_url("postgres://h/d").unwrap().1.negotiation(), SslMode::Prefer);
    }

    #[test]
    fn an_unknown_mode_and_a_missing_root_file_say_what_would_be_right() {
        let said = |url: &str| take_from_url(url).err().unwrap().to_string();
        assert!(said("postgres://h/d?sslmode=yes").contains("verify-full"));
        assert!(
            said("postgres://h/d?sslmode=verify-full&sslrootcert=%2Fno%2Fsuch")
                .contains("/no/such")
        );
    }
}
