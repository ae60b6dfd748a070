//! What a thread that answers requests has to itself, so that it waits for no other.

use crate::app::App;
use crate::principal::Principal;
use foldhash::HashMap;
use pecta_auth::KeyHash;
use std::cell::RefCell;
use std::ops::Deref;
use std::rc::Rc;
use std::time::Duration;

/// How many keys a thread remembers.
const CAPACITY: usize = 1_000;

/// The state that all requests share, and the good keys that this thread saw lately.
#[derive(Debug)]
pub(crate) struct Worker {
    app: App,
    seen: RefCell<HashMap<KeyHash, Seen>>,
}

#[derive(Debug)]
struct Seen {
    principal: Rc<Principal>,
    /// The era of the keys from before it was looked up.
    era: u64,
}

impl Worker {
    pub(crate) fn new(app: App) -> Self {
        Self {
            app,
            seen: RefCell::default(),
        }
    }

    /// A key that is good, if this thread knows it as such and no key has changed since.
    pub(crate) fn recall(&self, hash: &KeyHash, now: Duration) -> Option<Rc<Principal>> {
        let seen = self.seen.borrow();
        let found = seen.get(hash)?;
        let holds = found.era == self.keys().era()
            && found.principal.is_fresh(now)
            && found.principal.is_usable();
        holds.then(|| Rc::clone(&found.principal))
    }

    /// Remembers a key that was looked up in an era. What is remembered shares nothing with other threads, which would all count
    /// the references to it in one place.
    pub(crate) fn remember(&self, hash: KeyHash, found: &Principal, era: u64) -> Rc<Principal> {
        let limits = self.rate_limits();
        let principal = Rc::new(Principal::new(found.key.clone(), found.since, limits));
        let mut seen = self.seen.borrow_mut();
        if seen.len() >= CAPACITY {
            seen.clear();
        }
        let remembered = Seen {
            principal: Rc::clone(&principal),
            era,
        };
        seen.insert(hash, remembered);
        principal
    }
}

impl Deref for Worker {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}
