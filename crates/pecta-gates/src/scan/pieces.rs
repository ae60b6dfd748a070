//! The pieces that a long text is read in.

use crate::clock::Pace;

/// How long a piece is that a reader reads at once, in bytes.
const PIECE: usize = Pace::STRIDE;
/// How much two neighbouring pieces share at most, in bytes, so that a match on the seam is in one of them.
pub(super) const OVERLAP: usize = 4096;

/// Splits a text into overlapping pieces: where each starts, and the piece. All but the first start at the start of a line
/// where there is one.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut next = Some(0);
    std::iter::from_fn(move || {
        let start = next?;
        let rest = text.get(start..)?;
        let piece = rest.get(..rest.floor_char_boundary(PIECE))?;
        next = (piece.len() < rest.len()).then(|| {
            let shared = piece.floor_char_boundary(PIECE - OVERLAP);
            let tail = piece.get(shared..).unwrap_or_default();
            start + shared + tail.find('\n').map_or(0, |line_end| line_end + 1)
        });
        Some((start, piece))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_overlap_and_cover_the_text() {
        let check = |text: &str, shared: usize| {
            let mut end = 0;
            for (start, piece) in pieces(text) {
                assert!(start == 0 || end - start == shared, "{start} {end}");
                assert!(piece.len() <= PIECE);
                assert_eq!(text.get(start..start + piece.len()), Some(piece));
                end = start + piece.len();
            }
            assert_eq!(end, text.len());
        };
        check("", 0);
        check(&"x".repeat(PIECE), 0);
        check(&"x".repeat(3 * PIECE), OVERLAP);
        check(&"é".repeat(2 * PIECE), OVERLAP);
        check(&"sixteen bytes .\n".repeat(PIECE / 8), OVERLAP - 16);
    }
}
