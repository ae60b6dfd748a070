//! What a rule about a command of Windows is, and the command that it looks at.

use crate::detect::destructive::Example;

/// A rule about one command.
pub(in crate::detect::destructive) struct CommandRule {
    pub(in crate::detect::destructive) id: &'static str,
    pub(in crate::detect::destructive) flags: &'static str,
    /// The programs it is about, in lower case.
    pub(super) programs: &'static [&'static str],
    pub(super) matches: fn(&Run<'_>) -> bool,
    pub(in crate::detect::destructive) example: Example,
}

/// A command with its arguments in lower case.
pub(super) struct Run<'c> {
    pub(super) name: &'c str,
    pub(super) args: &'c [String],
    pub(super) is_piped: bool,
}

impl Run<'_> {
    pub(super) fn has(&self, arg: &str) -> bool {
        self.args.iter().any(|other| other == arg)
    }

    /// Whether a switch of cmd.exe is given, alone or in a row: `/s`, `/s/q`.
    pub(super) fn switch(&self, letter: char) -> bool {
        self.args
            .iter()
            .filter(|arg| arg.starts_with('/'))
            .any(|arg| {
                arg.split('/')
                    .any(|switch| switch.len() == 1 && switch.starts_with(letter))
            })
    }

    /// Whether a parameter of PowerShell is given, by any prefix of its name that is as long as `least`.
    pub(super) fn parameter(&self, name: &str, least: usize) -> bool {
        self.args.iter().any(|arg| {
            let (given, value) = arg.split_once(':').unwrap_or((arg, ""));
            let given = given.strip_prefix('-').unwrap_or_default();
            given.len() >= least && name.starts_with(given) && value != "$false"
        })
    }

    /// The parameters of PowerShell with their values: `-Name value`, `-Name:value`.
    pub(super) fn settings(&self) -> impl Iterator<Item = (&str, &str)> {
        let values = self.args.iter().skip(1).map(String::as_str).chain([""]);
        let pairs = self.args.iter().zip(values);
        let given = pairs.filter(|(name, _)| name.starts_with('-'));
        given.map(|(name, value)| name.split_once(':').unwrap_or((name, value)))
    }

    pub(super) fn targets(&self) -> impl Iterator<Item = &String> {
        self.args.iter().filter(|arg| !arg.starts_with(['-', '/']))
    }

    /// Whether all that is named is in directories for temporary files.
    pub(super) fn is_temporary(&self) -> bool {
        let temporary = |target: &String| {
            let inside = [
                "%temp%\\",
                "%tmp%\\",
                "$env:temp\\",
                "$env:tmp\\",
                "$env:temp/",
                "${env:temp}\\",
                "/tmp/",
            ];
            let user = target.contains("\\appdata\\local\\temp\\")
                || target.starts_with("c:\\windows\\temp\\")
                || target.starts_with("c:\\temp\\");
            !target.contains("..")
                && (user || inside.iter().any(|directory| target.starts_with(directory)))
        };
        self.targets().next().is_some() && self.targets().all(temporary)
    }

    pub(super) fn starts_with(&self, words: &[&str]) -> bool {
        self.args.len() >= words.len() && self.args.iter().zip(words).all(|(arg, word)| arg == word)
    }
}
