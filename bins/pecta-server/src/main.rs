//! Pecta server.

fn main() {}
