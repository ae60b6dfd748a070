//! Black-box.
