//! Pecta.
