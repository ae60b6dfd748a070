//! Counts of candidate policies.

use crate::fixture::{Backend, Fixture};
use pecta_store::{CandidateBatch, CandidateCount, Counted};

pub(crate) async fn a_batch_of_counts_is_added_once(backend: Backend) {
    let fixture = Fixture::new(backend);
    let (acme, other) = (fixture.origin("acme").await, fixture.origin("other").await);
    let add = async |origin: pecta_store::Origin, version, counter: &str, sequence, count| {
        let batch = CandidateBatch {
            counter: counter.to_owned(),
            sequence,
        };
        let counts = vec![CandidateCount {
            what: Counted::Compared,
            name: String::new(),
            rule: String::new(),
            count,
        }];
        let org = origin.org();
        let store = &fixture.store;
        let added = store.add_candidate_counts(org, version, batch, counts);
        added.await.unwrap();
        let counts = store.candidate_counts(org, version).await.unwrap();
        counts.iter().map(|count| count.count).collect::<Vec<_>>()
    };
    for (origin, version, counter, sequence, count, expected) in [
        (acme, 1, "a", 1, 3, 3),
        // Whoever was not told that they were added sends them again.
        (acme, 1, "a", 1, 3, 3),
        (acme, 1, "a", 2, 4, 7),
        (acme, 1, "a", 2, 4, 7),
        (acme, 1, "b", 1, 5, 12),
        (acme, 1, "a", 3, 1, 13),
        (other, 1, "a", 1, 2, 2),
        (acme, 2, "a", 1, 6, 6),
    ] {
        let counts = add(origin, version, counter, sequence, count).await;
        assert_eq!(counts, [expected], "{counter} {sequence}");
    }
}
