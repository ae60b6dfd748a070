//! Processes that a system needs, and signals that end them.

use crate::detect::shell::invocation::Invocation;

/// Processes that let people in or keep the others running.
pub(super) const VITAL: &[&str] = &[
    "auditd",
    "dbus-daemon",
    "init",
    "sshd",
    "systemd",
    "systemd-journald",
    "systemd-logind",
    "NetworkManager",
];

/// Signals that end no process, by name and by number.
const HARMLESS: &[&str] = &["0", "1", "CONT", "HUP", "USR1", "USR2", "WINCH"];

/// Whether a program that sends signals to processes by name ends one that the system needs.
pub(super) fn ends_vital(run: &Invocation<'_>) -> bool {
    let is_harmless = run.args.iter().any(|word| {
        let signal = word.text.trim_start_matches('-');
        let signal = signal.rsplit('=').next().unwrap_or(signal);
        HARMLESS.contains(&signal.trim_start_matches("SIG"))
    });
    let mut names = run.operands(&["-s", "--signal", "-u", "-U"]);
    !is_harmless && names.any(|word| VITAL.contains(&word.text.as_ref()))
}
