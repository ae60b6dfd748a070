//! An agent's window over all its evaluations, and the one over those that can be trusted.

use crate::{Evaluation, Window};

/// The last 500 evaluations of one agent, and its last 500 *verified* ones.
///
/// The two are the same window until the first evaluation that is not verified, and are kept apart from
/// then on: an agent without such evaluations costs no more than a [`Window`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Windows {
    all: Window,
    apart: Option<Window>,
}

impl Windows {
    /// The windows of an agent that was never evaluated.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// From a window over all evaluations, and the one over those that are verified if it is kept
    /// apart.
    #[must_use]
    pub fn of(all: Window, apart: Option<Window>) -> Self {
        Self { all, apart }
    }

    /// Counts an evaluation, in the window of verified ones only if it is one.
    pub fn push(&mut self, evaluation: Evaluation, is_verified: bool) {
        match &mut self.apart {
            Some(verified) if is_verified => verified.push(evaluation),
            None if !is_verified => self.apart = Some(self.all.clone()),
            _ => {}
        }
        self.all.push(evaluation);
    }

    /// The window over all evaluations.
    #[must_use]
    pub fn all(&self) -> &Window {
        &self.all
    }

    /// The window over the verified evaluations.
    #[must_use]
    pub fn verified(&self) -> &Window {
        self.apart.as_ref().unwrap_or(&self.all)
    }

    /// The window over the verified evaluations, if it is kept apart: once one was not verified.
    #[must_use]
    pub fn apart(&self) -> Option<&Window> {
        self.apart.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Latency;
    use proptest::prelude::*;

    fn window<'e>(evaluations: impl IntoIterator<Item = &'e (Evaluation, bool)>) -> Window {
        let mut window = Window::new();
        for (evaluation, _) in evaluations {
            window.push(*evaluation);
        }
        window
    }

    fn evaluations() -> impl Strategy<Value = Vec<(Evaluation, bool)>> {
        let verified = prop_oneof![Just(0.0), Just(0.5), Just(0.999), Just(1.0)];
        let length = prop_oneof![0..60_usize, 0..1_600_usize];
        (verified, length).prop_flat_map(|(verified, length)| {
            let one = (any::<bool>(), 0..=60_000_000_u64);
            let one = one.prop_map(|(passed, micros)| Evaluation {
                passed,
                latency: Latency::from_micros(micros).unwrap(),
            });
            proptest::collection::vec((one, proptest::bool::weighted(verified)), length)
        })
    }

    proptest! {
        #[test]
        fn each_window_is_that_of_its_evaluations(evaluations in evaluations()) {
            let mut windows = Windows::new();
            for (evaluation, is_verified) in &evaluations {
                windows.push(*evaluation, *is_verified);
            }
            let verified = evaluations.iter().filter(|(_, is_verified)| *is_verified);
            let all_verified = verified.clone().count() == evaluations.len();
            prop_assert_eq!(windows.verified(), &window(verified));
            prop_assert_eq!(windows.all(), &window(&evaluations));
            prop_assert_eq!(windows.apart().is_none(), all_verified);
        }
    }
}
