//! Running commands as steps: each is shown before it runs, and named when it fails.

use crate::Outcome;
use std::path::Path;
use std::process::{Command, Stdio};

/// A cargo command, given as one types it. No argument of it may hold a space.
pub(crate) fn cargo(root: &Path, arguments: &str) -> Command {
    let mut command = Command::new("cargo");
    command.args(arguments.split_whitespace()).current_dir(root);
    command
}

/// Shows the command and runs it.
pub(crate) fn run(command: &mut Command) -> Outcome {
    run_as(&shown(command), command)
}

/// Runs the command and shows it as `name`: for one whose arguments are not for a log.
pub(crate) fn run_as(name: &str, command: &mut Command) -> Outcome {
    announce(name);
    let status = command
        .status()
        .map_err(|error| format!("`{name}` did not start: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{name}` failed: {status}").into())
    }
}

/// Whether the command, run unseen, succeeds.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    let unseen = command.stdout(Stdio::null()).stderr(Stdio::null());
    unseen.status().is_ok_and(|status| status.success())
}

/// Shows the name of a step that is about to run.
pub(crate) fn announce(name: &str) {
    eprintln!("\n$ {name}");
}

/// Says why something is not run.
pub(crate) fn skip(what: &str, why: &str) {
    eprintln!("\nskipped: {what}: {why}");
}

fn shown(command: &Command) -> String {
    let mut words = Vec::new();
    for (name, value) in command.get_envs() {
        let value = value.unwrap_or_default().to_string_lossy();
        words.push(format!("{}='{value}'", name.to_string_lossy()));
    }
    words.push(command.get_program().to_string_lossy().into_owned());
    words.extend(
        command
            .get_args()
            .map(|word| word.to_string_lossy().into_owned()),
    );
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_shown_as_one_types_it() {
        let mut command = cargo(Path::new("."), "doc  --no-deps");
        command.env("RUSTDOCFLAGS", "-D warnings");
        assert_eq!(
            shown(&command),
            "RUSTDOCFLAGS='-D warnings' cargo doc --no-deps"
        );
    }

    #[test]
    fn a_failed_step_is_named() {
        let mut missing = Command::new("./no-such-program");
        assert!(!succeeds(&mut missing));
        let error = run_as("the step", &mut missing).unwrap_err().to_string();
        assert!(error.starts_with("`the step` did not start: "), "{error}");
    }
}
