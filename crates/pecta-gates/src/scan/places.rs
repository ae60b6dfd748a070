//! Where words of readers are.

use std::ops::Range;

/// Where words of readers are in a text.
#[derive(Default)]
pub(super) struct Places {
    pub(super) all: Vec<usize>,
    /// Those of each of the scanner's searches.
    pub(super) of_searches: Vec<Vec<usize>>,
}

impl Places {
    pub(super) fn push(&mut self, search: usize, at: usize) {
        if self.all.last() != Some(&at) {
            self.all.push(at);
        }
        if self.of_searches.len() <= search {
            self.of_searches.resize_with(search + 1, Vec::new);
        }
        if let Some(own) = self.of_searches.get_mut(search) {
            own.push(at);
        }
    }

    /// Adds those in a block that are where they were the period before, and so on.
    pub(super) fn repeat(&mut self, block: &Range<usize>, period: usize) {
        if self.all.is_empty() {
            return;
        }
        for places in self.of_searches.iter_mut().chain([&mut self.all]) {
            let from = places.len().saturating_sub(2 * period);
            let last = places.get(from..).unwrap_or_default().iter();
            let mut last: Vec<_> = last
                .copied()
                .filter(|at| (block.start - period..block.start).contains(at))
                .collect();
            last.sort_unstable();
            let known = last.len();
            let mut repeated = 0;
            while let Some(next) = last.get(repeated).map(|at| at + period)
                && next < block.end
            {
                last.push(next);
                repeated += 1;
            }
            places.extend_from_slice(last.get(known..).unwrap_or_default());
        }
    }

    /// Forgets the places before a position.
    pub(super) fn forget(&mut self, start: usize) {
        if self.all.is_empty() {
            return;
        }
        for places in self.of_searches.iter_mut().chain([&mut self.all]) {
            places.retain(|&at| at >= start);
        }
    }
}

/// The places, which hardly are out of order, in it, counted from `start`.
pub(super) fn in_order(places: &[usize], start: usize) -> Vec<usize> {
    let mut places: Vec<_> = places.iter().map(|at| at - start).collect();
    if !places.is_sorted() {
        sort(&mut places);
    }
    places
}

/// Sorts what is nearly in order, for which a general sort takes several times as long.
fn sort(places: &mut [usize]) {
    let mut left = 16 * places.len();
    for unsorted in 1..places.len() {
        let mut at = unsorted;
        while let Some([before, place]) =
            at.checked_sub(1).and_then(|from| places.get_mut(from..=at))
        {
            if before <= place {
                break;
            }
            if left == 0 {
                return places.sort_unstable();
            }
            std::mem::swap(before, place);
            left -= 1;
            at -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_repeated_throughout_a_block() {
        let mut places = Places::default();
        for at in [4, 13, 11, 17] {
            places.push(2, at);
        }
        places.push(0, 17);
        places.repeat(&(20..37), 10);
        assert_eq!(in_order(&places.all, 4), [0, 7, 9, 13, 17, 19, 23, 27, 29]);
        assert_eq!(
            places.of_searches,
            [
                vec![17, 27],
                vec![],
                vec![4, 13, 11, 17, 21, 23, 27, 31, 33]
            ]
        );
        places.forget(30);
        assert_eq!(places.all, [31, 33]);
    }

    #[test]
    fn places_are_sorted_however_far_out_of_order() {
        for places in [
            vec![],
            vec![3],
            vec![1, 3, 2, 5, 4],
            (0..100).rev().collect(),
        ] {
            let mut expected = places.clone();
            expected.sort_unstable();
            assert_eq!(in_order(&places, 0), expected);
        }
    }
}
