//! The names of gates.

use std::{
    borrow::Borrow,
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    ops::Deref,
    sync::Arc,
};

use crate::BuiltIn;

/// The name of a gate: a string that is cheap to clone, and free to clone when it is that of a [built-in gate](BuiltIn).
///
/// Every verdict holds the names of all gates. Threads that count the same references wait for each other, and even one alone
/// would spend on that a good part of what a short output costs.
#[derive(Clone)]
pub struct GateName(Repr);

#[derive(Clone)]
enum Repr {
    BuiltIn(&'static str),
    Own(Arc<str>),
}

impl GateName {
    pub(crate) fn new(name: &str) -> Self {
        Self(match BuiltIn::find(name) {
            Some(gate) => Repr::BuiltIn(gate.name()),
            None => Repr::Own(name.into()),
        })
    }
}

impl Deref for GateName {
    type Target = str;

    fn deref(&self) -> &str {
        match &self.0 {
            Repr::BuiltIn(name) => name,
            Repr::Own(name) => name,
        }
    }
}

impl Borrow<str> for GateName {
    fn borrow(&self) -> &str {
        self
    }
}

impl PartialEq for GateName {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for GateName {}

impl PartialOrd for GateName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for GateName {
    fn cmp(&self, other: &Self) -> Ordering {
        (**self).cmp(&**other)
    }
}

impl Hash for GateName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl fmt::Display for GateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&**self, f)
    }
}

impl fmt::Debug for GateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashSet};

    use super::*;

    #[test]
    fn a_name_is_its_text() {
        let names = ["pii", "content", "mine"].map(GateName::new);
        assert!(matches!(
            &names,
            [
                GateName(Repr::BuiltIn("pii")),
                GateName(Repr::BuiltIn("content")),
                GateName(Repr::Own(_))
            ]
        ));
        for name in &names {
            assert_eq!(format!("{name} {name:?}"), format!("{0} {0:?}", &**name));
            let same = GateName(Repr::Own(Arc::from(&**name)));
            assert_eq!(*name, same);
            assert!(HashSet::from([name.clone()]).contains(&same));
        }
        let sorted = BTreeSet::from(names);
        assert!(sorted.iter().map(|name| &**name).is_sorted());
        assert!(sorted.contains("mine") && !sorted.contains("yours"));
    }
}
