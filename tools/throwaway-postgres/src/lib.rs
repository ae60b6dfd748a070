//! A PostgreSQL server of a test's or benchmark's own.
//!
//! The server's programs must be installed; they make a cluster in a temporary directory and serve it
//! on a free port of 127.0.0.1, with `fsync` on, as in earnest. It is gone when the value is dropped,
//! and also when the process that holds it ends in any other way.
//!
//! ```no_run
//! use throwaway_postgres::{Installation, Shutdown};
//!
//! let postgres = Installation::find()?.start()?;
//! postgres.create_database("test")?;
//! println!("{}", postgres.url("test"));
//! postgres.stop(Shutdown::Immediate)?;
//! postgres.start()?;
//! assert_eq!(postgres.query("test", "SELECT 1 + 1")?, "2\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod installation;
mod keeper;
mod postgres;
mod programs;

pub use installation::{Installation, NotFound};
pub use postgres::{Postgres, Shutdown};
