//! Quick looks at a text, which tell what searches need not look at it at all.

mod kinds;

mod last_four;
mod marks;
mod numbers;
mod scratch;
mod words;

pub(crate) use kinds::ByteKinds;
pub(crate) use last_four::visit_last_four;
pub(crate) use marks::is_ascii;
pub(crate) use numbers::{Shapes, run_length, visit_numbers};
pub(crate) use scratch::Scratch;
pub(crate) use words::{Words, code, flat, starts_with_word};

/// How many bytes of a string are looked at together; they stay in the fastest cache.
pub(crate) const BLOCK: usize = 1024;

/// What the processor has and all that it could lack of it, for tests of what depends on that.
#[cfg(test)]
fn levels() -> Vec<fearless_simd::Level> {
    use fearless_simd::Level;
    let level = Level::new();
    #[cfg(target_arch = "x86_64")]
    let lower = [
        level.as_avx2().map(Level::Avx2),
        level.as_sse4_2().map(Level::Sse4_2),
        level.as_sse2().map(Level::Sse2),
    ];
    #[cfg(not(target_arch = "x86_64"))]
    let lower = [];
    [Some(level)].into_iter().chain(lower).flatten().collect()
}
