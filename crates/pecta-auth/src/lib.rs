//! API keys, the signatures made with them, and the sealing of secret keys at rest.
//!
//! - [`ApiKey`] is what a client presents; a server stores its [`KeyHash`] and nothing else of it.
//! - [`Scopes`] say what a key may do, and [`AgentPatterns`] for which agents.
//! - [`Signature`] proves that a body comes from the holder of a secret key. Because the secret key
//!   itself is the signing key, the server has to keep it: sealed under a [`MasterKey`], which is
//!   not in the database.
//! - [`ChainHash`] makes a log in which nothing can be altered alone.
//!
//! Randomness comes in as an argument: every function that needs some takes a `fill` that overwrites
//! a buffer with uniformly random bytes from a cryptographic source, or fails. Types that hold a key
//! wipe it when dropped and leave it out of their `Debug` form.

mod agents;
mod chain;
mod hex;
mod key;
mod keyring;
mod kind;
mod master_key;
mod scope;
mod seal;
mod signature;
#[cfg(test)]
mod testing;

pub use agents::{AgentPatternError, AgentPatterns};
pub use chain::{ChainHash, ChainHashFormatError};
pub use key::{ApiKey, KeyFormatError, KeyHash};
pub use keyring::{Keyring, KeyringFormatError};
pub use kind::{KeyKind, UnknownKeyKind};
pub use master_key::{MasterKey, MasterKeyFormatError, MasterKeyId};
pub use scope::{Scope, Scopes, UnknownScope};
pub use seal::{Binding, OpenError, SealedKey};
pub use signature::{Signature, SignatureFormatError, sign, sign_at};
