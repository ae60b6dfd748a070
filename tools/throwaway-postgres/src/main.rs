//! Starts a server with an empty database, prints the database's URL, and ends with standard input.
//!
//! Exit codes: 0 when the input has ended, 3 where PostgreSQL is not installed, 1 for everything else.

use std::error::Error;
use std::io::{Write as _, stderr, stdin, stdout};
use std::process::ExitCode;
use throwaway_postgres::Installation;

/// The database's name.
const DATABASE: &str = "throwaway";

fn main() -> ExitCode {
    let (error, code): (Box<dyn Error>, _) = match Installation::find() {
        Ok(installation) => match serve(&installation) {
            Ok(()) => return ExitCode::SUCCESS,
            Err(error) => (error, 1),
        },
        Err(missing) => (missing.into(), 3),
    };
    // Nobody may be listening any more; the exit code still tells.
    let _ = writeln!(stderr(), "{error}");
    ExitCode::from(code)
}

fn serve(installation: &Installation) -> Result<(), Box<dyn Error>> {
    let server = installation.start()?;
    server.create_database(DATABASE)?;
    writeln!(stdout(), "{}", server.url(DATABASE))?;
    std::io::copy(&mut stdin(), &mut std::io::sink())?;
    Ok(())
}
