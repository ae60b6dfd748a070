//! Durable storage of verdicts, reputations and keys.
//!
//! [`Store`] is the façade of a server: async methods over plain records, the same whatever database
//! stands behind it. [`Administration`] is that of the command line.
//!
//! ```no_run
//! use pecta_store::{MasterKey, Scoring};
//!
//! let store = pecta_store::open("sqlite:pecta.db", Scoring::default(), |_| {
//!     let key = MasterKey::parse("...").map_err(|error| error.to_string());
//!     key.map(Into::into)
//! })?;
//! # Ok::<(), pecta_store::OpenError>(())
//! ```
//!
//! Every query of a server takes the [`OrgId`] that it is limited to, and only the store hands those
//! out, with a key that it knows. There is no HTTP, no gate and no payload here; the reports of gates
//! are text that is kept as it came.

mod administration;
mod agent;
mod audit;
mod candidate;
mod clock;
mod erasure;
mod error;
mod event;
mod id;
mod key;
mod master_keys;
mod migrations;
mod open;
mod org;
mod policy;
mod postgres;
mod query;
mod queue;
mod rate_limits;
mod record;
mod retention;
mod schema;
mod sealed;
mod sqlite;
mod store;
mod suppression;

// What the façade takes and gives of the crates below it, so that a composing program needs only this one.
pub use pecta_auth::{
    AgentPatternError, AgentPatterns, ApiKey, ChainHash, ChainHashFormatError, KeyKind, Keyring,
    KeyringFormatError, MasterKey, Scope, Scopes, UnknownScope,
};
pub use pecta_reputation::{Latency, Scoring};

pub use administration::{Administration, folder, migrate};
pub use agent::{AgentPage, AgentPosition, AgentRecord};
pub use audit::{Actor, AuditEntry, AuditFault, AuditHead, AuditPage, AuditVerdict};
pub use candidate::{CandidateBatch, CandidateCount, Counted};
pub use error::{BackupError, OpenCause, OpenError, StoreError};
pub use event::{EventFilter, EventPage, EventPosition, EventRecord, Source};
pub use key::{KeyDetails, KeyId, KeyPage, MadeKey, NewKey, RotatedKey, StoredKey};
pub use master_keys::MasterKeys;
pub use open::{Place, open, open_for_keys};
pub use org::{OrgChange, OrgId, OrgSettings, RequiredSignature};
pub use policy::{PolicyChange, PolicyRecord, PolicyRole, Precondition};
pub use queue::Recording;
pub use rate_limits::{LimitChange, RateLimits};
pub use record::{AgentReputation, NewEvent, Origin, Outcome, Receipt};
pub use sealed::SigningKey;
pub use store::{Bootstrap, Store};
pub use suppression::{NewSuppression, SuppressionRecord};
