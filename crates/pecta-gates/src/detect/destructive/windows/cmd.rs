//! Commands built into cmd.exe.

use super::rule::CommandRule;
use crate::detect::destructive::example;

/// Rules about the commands of cmd.exe.
pub(super) const RULES: &[CommandRule] = &[
    CommandRule {
        id: "cmd-remove-tree",
        flags: "a directory with all in it removed by `rd /s`",
        programs: &["rd", "rmdir"],
        matches: |run| run.switch('s') && run.targets().next().is_some() && !run.is_temporary(),
        example: example("cmd /c rd /s /q C:\\data", "rd /s /q %TEMP%\\build"),
    },
    CommandRule {
        id: "cmd-delete-tree",
        flags: "files deleted throughout a directory by `del /s`, or all in it without asking",
        programs: &["del", "erase"],
        matches: |run| {
            let all = || {
                run.targets().any(|target| {
                    target.ends_with("\\*") || target.ends_with("*.*") || target == "*"
                })
            };
            let system = || {
                run.targets()
                    .any(|target| target.starts_with("c:\\windows\\"))
            };
            (run.switch('s') || system() || (run.switch('q') || run.switch('f')) && all())
                && run.targets().next().is_some()
                && !run.is_temporary()
        },
        example: example("del /f /s /q C:\\*", "del /q build.log"),
    },
    CommandRule {
        id: "cmd-format",
        flags: "a volume formatted",
        programs: &["format", "format.com"],
        matches: |run| run.args.first().is_some_and(|arg| is_drive(arg)),
        example: example("echo y | format D: /q", "npm run format"),
    },
];

fn is_drive(arg: &str) -> bool {
    matches!(arg.as_bytes(), [letter, b':'] | [letter, b':', b'\\' | b'/'] if letter.is_ascii_alphabetic())
}
