//! Where words of readers are.

use std::{borrow::Cow, ops::Range};

/// Where words of readers are in a text.
#[derive(Default)]
pub(super) struct Places {
    /// Those of each of the scanner's searches.
    pub(super) of_searches: Vec<Vec<usize>>,
    /// Parts of the text that go on as the text before them does, and after how many bytes it repeats itself. The places in
    /// them are not noted: most readers need none of them.
    repeats: Vec<(Range<usize>, usize)>,
}

/// For how many places there is room from the start.
const FEW: usize = 16;

impl Places {
    pub(super) fn push(&mut self, search: usize, at: usize) {
        if self.of_searches.len() <= search {
            self.of_searches.resize_with(search + 1, Vec::new);
        }
        if let Some(own) = self.of_searches.get_mut(search) {
            if own.is_empty() {
                own.reserve(FEW);
            }
            own.push(at);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.of_searches.iter().all(Vec::is_empty)
    }

    /// Those of all searches, in order and counted from `start`.
    pub(super) fn all(&self, start: usize) -> Vec<usize> {
        let of_all = self.of_searches.iter().flatten();
        let mut all: Vec<_> = of_all.map(|at| at - start).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Takes note of a block that goes on as the text before it does.
    pub(super) fn repeat(&mut self, block: &Range<usize>, period: usize) {
        match self.repeats.last_mut() {
            Some((last, same)) if last.end == block.start && *same == period => {
                last.end = block.end;
            }
            _ => self.repeats.push((block.clone(), period)),
        }
    }

    /// The places, which are in order and counted from `start`, with those of the repeated blocks.
    pub(super) fn repeated(&self, places: &[usize], start: usize) -> Vec<usize> {
        let mut all = places.to_vec();
        for (block, period) in &self.repeats {
            let block = block.start - start..block.end - start;
            let first = |from| places.partition_point(|at| *at < from);
            let last = places.get(first(block.start - period)..first(block.start));
            let shifts = (*period..).step_by(*period);
            let shifts = shifts.take(block.len().div_ceil(*period));
            let repeated = shifts.flat_map(|by| last.into_iter().flatten().map(move |at| at + by));
            all.extend(repeated.filter(|at| *at < block.end));
        }
        all.sort_unstable();
        all
    }

    /// Forgets what is before a position.
    pub(super) fn forget(&mut self, start: usize) {
        self.repeats.retain(|(block, _)| block.start >= start);
        for places in &mut self.of_searches {
            places.retain(|&at| at >= start);
        }
    }
}

/// The places, which hardly are out of order, in it, counted from `start`.
pub(super) fn in_order(places: &[usize], start: usize) -> Cow<'_, [usize]> {
    if start == 0 && places.is_sorted() {
        return Cow::Borrowed(places);
    }
    let mut places: Vec<_> = places.iter().map(|at| at - start).collect();
    if !places.is_sorted() {
        sort(&mut places);
    }
    Cow::Owned(places)
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
    fn places_are_repeated_throughout_blocks() {
        let mut places = Places::default();
        for at in [4, 13, 11, 17] {
            places.push(2, at);
        }
        places.push(0, 17);
        places.repeat(&(20..30), 10);
        places.repeat(&(30..37), 10);
        places.push(0, 41);
        places.repeat(&(50..53), 9);
        let repeated = |own: &[usize], start| places.repeated(&in_order(own, start), start);
        assert_eq!(
            places.repeated(&places.all(4), 4),
            [0, 7, 9, 13, 17, 19, 23, 27, 29, 37, 46]
        );
        assert_eq!(repeated(&places.of_searches[0], 0), [17, 27, 41, 50]);
        assert_eq!(places.of_searches[2], [4, 13, 11, 17]);
        places.forget(30);
        assert_eq!(places.repeated(&places.all(30), 30), [11, 20]);
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
