//! TLS without a proxy in front: a certificate and its key from files, which can be changed while the server runs.

use crate::failure::Failure;
use crate::settings::TlsFiles;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use std::fmt::Display;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

/// The certificate that new connections get.
#[derive(Debug, Clone)]
pub(crate) struct Tls {
    files: TlsFiles,
    current: Arc<Current>,
}

#[derive(Debug)]
struct Current(RwLock<Arc<CertifiedKey>>);

impl Tls {
    pub(crate) fn load(files: TlsFiles) -> Result<Self, Failure> {
        let key = read(&files).map_err(Failure::usage)?;
        let current = Arc::new(Current(RwLock::new(Arc::new(key))));
        Ok(Self { files, current })
    }

    /// TLS 1.2 and 1.3.
    pub(crate) fn config(&self) -> Result<ServerConfig, Failure> {
        let resolver: Arc<dyn ResolvesServerCert> = Arc::<Current>::clone(&self.current);
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(Failure::failed)?;
        Ok(config.with_no_client_auth().with_cert_resolver(resolver))
    }

    /// Reads the files again. What cannot be used changes nothing; connections that are open keep what they have.
    pub(crate) fn reload(&self) {
        match read(&self.files) {
            Ok(key) => {
                let current = self.current.0.write();
                *current.unwrap_or_else(PoisonError::into_inner) = Arc::new(key);
                tracing::info!("the certificate was read again");
            }
            Err(reason) => tracing::error!(reason, "the certificate stays as it was"),
        }
    }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let current = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(&current))
    }
}

fn read(files: &TlsFiles) -> Result<CertifiedKey, String> {
    let wrong = |path: &Path, reason: &dyn Display| format!("{}: {reason}", path.display());
    let (certificate, key) = (&files.certificate, &files.key);
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, pem::Error>>)
        .map_err(|error| wrong(certificate, &error))?;
    if chain.is_empty() {
        return Err(wrong(certificate, &"there is no certificate in it"));
    }
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| wrong(key, &error))?;
    CertifiedKey::from_der(chain, private, &ring::default_provider())
        .map_err(|error| wrong(key, &error))
}
