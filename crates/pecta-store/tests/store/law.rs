//! Properties that hold whatever the input, on a backend.

use crate::fixture::Backend;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

/// Holds a law against inputs that are drawn at random: so many on SQLite, and a third of them on
/// PostgreSQL, where a database takes longer to make.
pub(crate) async fn law<S, F>(
    backend: Backend,
    cases: u32,
    inputs: S,
    check: impl Fn(S::Value) -> F + Send + 'static,
) where
    S: Strategy + Send + 'static,
    F: Future<Output = Result<(), TestCaseError>>,
{
    let cases = match backend {
        Backend::Sqlite => cases,
        Backend::Postgres => cases / 3,
    };
    let mut runner = TestRunner::new(ProptestConfig {
        // There is no file of the test's own to keep failures in.
        failure_persistence: None,
        ..ProptestConfig::with_cases(cases)
    });
    let runtime = Handle::current();
    let run = move || {
        let outcome = runner.run(&inputs, |input| runtime.block_on(check(input)));
        outcome.unwrap();
    };
    spawn_blocking(run).await.unwrap();
}
