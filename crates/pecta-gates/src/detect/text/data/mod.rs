//! Facts and phrases that the detectors look up.

mod calling_codes;
mod iban_formats;
mod refusals;
mod service_tokens;
mod token_format;
mod token_formats;

pub(super) use calling_codes::CALLING_CODES;
pub(super) use iban_formats::IBAN_FORMATS;
pub(super) use refusals::{Language, REFUSALS};
pub(super) use service_tokens::SERVICE_TOKENS;
pub(super) use token_format::{Alphabet, Guard, TokenFormat};
pub(super) use token_formats::TOKENS;

/// The names of the top-level domains, as the root zone has them; those in other scripts left out.
pub(super) const TOP_LEVEL_DOMAINS: &str = include_str!("top_level_domains.txt");
