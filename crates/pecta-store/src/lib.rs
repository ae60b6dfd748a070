//! Durable storage of verdicts, reputations and keys.
//!
//! [`Store`] is the façade: async methods over plain records, the same whatever database stands
//! behind it. Opening takes two steps, because the master key is found or made between them:
//!
//! ```no_run
//! # fn master_key(_: bool) -> pecta_store::MasterKey { unimplemented!() }
//! let unopened = pecta_store::open("sqlite:pecta.db")?;
//! let master_key = master_key(unopened.holds_sealed_keys());
//! let store = unopened.start(master_key, pecta_store::Scoring::default())?;
//! # Ok::<(), pecta_store::OpenError>(())
//! ```
//!
//! Every query takes the [`OrgId`] that it is limited to, and only the store hands those out: by key
//! or by the name of an org. There is no HTTP, no gate and no payload here; the reports of gates are
//! text that is kept as it came.

mod clock;
mod error;
mod event;
mod id;
mod key;
mod org;
mod record;
mod schema;
mod sqlite;
mod store;

// What the façade takes and gives of the crates below it, so that a composing program needs only this one.
pub use pecta_auth::{ApiKey, KeyKind, MasterKey};
pub use pecta_reputation::{Latency, Scoring};

pub use error::{OpenError, StoreError};
pub use event::{EventFilter, EventRecord, Source};
pub use key::{KeyDetails, KeyId, NewKey, StoredKey};
pub use org::OrgId;
pub use record::{AgentReputation, EvaluationId, NewEvent, Origin, Outcome, Receipt};
pub use store::{AgentRecord, Bootstrap, Store, Unopened, open};
