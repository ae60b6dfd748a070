//! Whether the entries of an org are those that were written.

use super::AuditRow;
use crate::error::StoreError;
use pecta_auth::ChainHash;
use std::fmt;

/// How far a log has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditHead {
    /// The number of entries, which is the sequence of the last one.
    pub count: i64,
    /// The hash of the last one.
    pub hash: ChainHash,
}

impl AuditHead {
    /// That of an empty log.
    pub(crate) const NONE: Self = Self {
        count: 0,
        hash: ChainHash::START,
    };
}

/// Where a log is not as it was written: the first place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditFault {
    /// The entry with this sequence was altered, or put in.
    Altered(i64),
    /// The entry with this sequence is missing.
    Missing(i64),
    /// All entries fit together, but the org names another last one than that with this sequence.
    Head(i64),
    /// All entries fit together, but the one with this sequence is not the one that was noted.
    NotNoted(i64),
}

impl fmt::Display for AuditFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Altered(sequence) => write!(f, "entry {sequence} was altered or put in"),
            Self::Missing(sequence) => write!(f, "entry {sequence} is missing"),
            Self::Head(sequence) => {
                write!(f, "entry {sequence} is not the last one that the org names")
            }
            Self::NotNoted(sequence) => write!(f, "entry {sequence} is not the one that was noted"),
        }
    }
}

/// What a log proved to be: whole, with this head, or not.
pub type AuditVerdict = Result<AuditHead, AuditFault>;

/// The head in the columns of an org.
pub(crate) fn head((count, hash): (i64, Option<Vec<u8>>)) -> Result<AuditHead, StoreError> {
    let hash = match hash {
        None => Some(ChainHash::START),
        Some(bytes) => ChainHash::from_bytes(&bytes),
    };
    let hash = hash.ok_or_else(|| StoreError::corrupt("the head of an audit log"))?;
    Ok(AuditHead { count, hash })
}

/// What a further entry follows: what the org names or, where that does not fit, the newest entry there is. So an
/// administrator is not kept from acting by whoever altered the database; verifying still tells of it.
pub(crate) fn followed(
    named: Result<AuditHead, StoreError>,
    newest: Option<&AuditRow>,
) -> AuditHead {
    let there = newest.map_or(AuditHead::NONE, |row| {
        let (count, hash) = row.head();
        let hash = ChainHash::from_bytes(hash).unwrap_or(ChainHash::START);
        AuditHead { count, hash }
    });
    named
        .ok()
        .filter(|named| named.count >= there.count)
        .unwrap_or(there)
}

/// A walk along a log, from the lowest sequence on that a row can have: what was put in front of the first entry is found, too.
pub(crate) struct Walk {
    /// Where the entries begin that were not looked at.
    next: i64,
    /// What the entries so far end in.
    reached: AuditHead,
    /// An earlier head, which must be on the way.
    noted: Option<AuditHead>,
    fault: Option<AuditFault>,
}

impl Walk {
    pub(crate) fn new(noted: Option<AuditHead>) -> Self {
        Self {
            next: i64::MIN,
            reached: AuditHead::NONE,
            noted,
            fault: None,
        }
    }

    /// The sequence to go on from; `None` when the way ended in a fault.
    pub(crate) fn next(&self) -> Option<i64> {
        self.fault.is_none().then_some(self.next)
    }

    /// Takes the next entries.
    pub(crate) fn pass(&mut self, rows: &[AuditRow]) {
        for row in rows {
            if let Err(fault) = self.step(row) {
                self.fault.get_or_insert(fault);
                return;
            }
        }
    }

    fn step(&mut self, row: &AuditRow) -> Result<(), AuditFault> {
        let expected = self.reached.count + 1;
        if row.sequence < expected {
            return Err(AuditFault::Altered(row.sequence));
        }
        if row.sequence > expected {
            return Err(AuditFault::Missing(expected));
        }
        let hash = row.hash_behind(&self.reached.hash);
        if hash.as_bytes() != row.hash.as_slice() {
            return Err(AuditFault::Altered(expected));
        }
        self.reached = AuditHead {
            count: expected,
            hash,
        };
        self.next = expected + 1;
        match self.noted {
            Some(noted) if noted.count == expected && noted.hash != hash => {
                Err(AuditFault::NotNoted(expected))
            }
            _ => Ok(()),
        }
    }

    /// What the log is, whose org names this head, if what it names is one.
    pub(crate) fn end(self, head: Option<AuditHead>) -> AuditVerdict {
        let Self {
            reached,
            noted,
            fault,
            ..
        } = self;
        if let Some(fault) = fault {
            return Err(fault);
        }
        let noted = noted.map_or(0, |noted| noted.count);
        let known = head.map_or(0, |head| head.count).max(noted);
        if known > reached.count {
            return Err(AuditFault::Missing(reached.count + 1));
        }
        match head {
            Some(head) if head == reached => Ok(reached),
            _ => Err(AuditFault::Head(reached.count)),
        }
    }
}
