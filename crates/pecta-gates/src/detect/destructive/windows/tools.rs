//! The tools of the system, which cmd.exe and PowerShell run alike, and the cmdlets that do the same.

use super::rule::CommandRule;
use crate::detect::destructive::example;

/// Rules about the tools of the system.
pub(super) const RULES: &[CommandRule] = &[
    CommandRule {
        id: "windows-diskpart",
        flags: "`diskpart` with a script",
        programs: &["diskpart"],
        matches: |run| run.is_piped || run.switch('s'),
        example: example(
            "(echo select disk 0 & echo clean) | diskpart",
            "Get-Partition | Format-Table",
        ),
    },
    CommandRule {
        id: "windows-delete-backups",
        flags: "shadow copies, backups or logs deleted, or recovery switched off",
        programs: &[
            "vssadmin",
            "wmic",
            "wbadmin",
            "bcdedit",
            "fsutil",
            "wevtutil",
            "clear-eventlog",
            "disable-computerrestore",
        ],
        matches: |run| match run.name {
            "clear-eventlog" | "disable-computerrestore" => !run.parameter("whatif", 2),
            "vssadmin" => {
                run.starts_with(&["delete", "shadows"])
                    || run.starts_with(&["resize", "shadowstorage"])
            }
            "wmic" => run.has("shadowcopy") && run.has("delete"),
            "wbadmin" => run.has("delete"),
            "bcdedit" => {
                run.has("/delete")
                    || run.has("recoveryenabled") && run.has("no")
                    || run.has("ignoreallfailures")
            }
            "fsutil" => run.starts_with(&["usn", "deletejournal"]),
            _ => run.has("cl") || run.has("clear-log"),
        },
        example: example(
            "vssadmin delete shadows /all /quiet",
            "vssadmin list shadows",
        ),
    },
    CommandRule {
        id: "windows-wipe-free-space",
        flags: "free space or files overwritten beyond recovery",
        programs: &["cipher", "sdelete", "sdelete64"],
        matches: |run| match run.name {
            "cipher" => run.args.iter().any(|arg| arg.starts_with("/w")),
            _ => run.targets().next().is_some(),
        },
        example: example("cipher /w:C", "cipher /c notes.txt"),
    },
    CommandRule {
        id: "windows-open-permissions",
        flags: "permissions or owners changed throughout a drive or Windows itself",
        programs: &["icacls", "takeown"],
        matches: |run| {
            let vital = |target: &String| {
                let path = target.trim_end_matches('\\');
                path.len() == 2 && path.ends_with(':') || path.starts_with("c:\\windows")
            };
            let recurses = if run.name == "icacls" {
                run.switch('t')
            } else {
                run.switch('r')
            };
            recurses && run.targets().any(vital)
        },
        example: example("icacls C:\\ /grant Everyone:F /T", "icacls notes.txt"),
    },
    CommandRule {
        id: "windows-delete-registry",
        flags: "keys of the registry deleted",
        programs: &["reg", "remove-itemproperty"],
        matches: |run| run.name == "reg" && run.starts_with(&["delete"]),
        example: example(
            "reg delete HKLM\\Software\\App /f",
            "reg query HKLM\\Software\\App",
        ),
    },
    CommandRule {
        id: "windows-stop-machine",
        flags: "a machine shut down or restarted",
        programs: &["stop-computer", "restart-computer", "shutdown"],
        matches: |run| match run.name {
            "shutdown" => run.switch('s') || run.switch('r') || run.switch('p'),
            _ => !run.parameter("whatif", 2),
        },
        example: example("shutdown /s /t 0", "shutdown /a"),
    },
    CommandRule {
        id: "windows-delete-account",
        flags: "accounts, services, virtual machines or all scheduled tasks deleted",
        programs: &[
            "net",
            "remove-localuser",
            "remove-aduser",
            "remove-adcomputer",
            "remove-computer",
            "remove-vm",
            "schtasks",
            "sc",
        ],
        matches: |run| match run.name {
            "net" => {
                run.args
                    .first()
                    .is_some_and(|arg| ["user", "localgroup"].contains(&arg.as_str()))
                    && run.has("/delete")
            }
            "schtasks" => run.has("/delete") && run.has("*"),
            "sc" => run.starts_with(&["delete"]),
            _ => (run.is_piped || !run.args.is_empty()) && !run.parameter("whatif", 2),
        },
        example: example("net user ann /delete", "net user ann"),
    },
    CommandRule {
        id: "windows-disable-defences",
        flags: "the virus scanner or the firewall switched off",
        programs: &["set-mppreference", "netsh", "set-netfirewallprofile"],
        matches: |run| match run.name {
            "netsh" => {
                run.starts_with(&["advfirewall", "set"]) && run.has("off")
                    || run.starts_with(&["firewall", "set", "opmode"]) && run.has("disable")
            }
            "set-mppreference" => run
                .settings()
                .any(|(name, value)| name.starts_with("-disable") && !is_false(value)),
            _ => run
                .settings()
                .any(|(name, value)| name == "-enabled" && is_false(value)),
        },
        example: example(
            "Set-MpPreference -DisableRealtimeMonitoring $true",
            "Set-MpPreference -DisableRealtimeMonitoring $false",
        ),
    },
    CommandRule {
        id: "windows-kill-system",
        flags: "a process killed that Windows needs, or that defends it",
        programs: &["taskkill", "stop-process"],
        matches: |run| {
            let vital = |arg: &String| {
                PROCESSES.contains(&arg.trim_end_matches(".exe").trim_start_matches("-name:"))
            };
            run.args.iter().any(vital) && !run.parameter("whatif", 2)
        },
        example: example("taskkill /f /im lsass.exe", "taskkill /im node.exe"),
    },
    CommandRule {
        id: "windows-mirror",
        flags: "what a copied directory does not hold deleted where it is copied to",
        programs: &["robocopy"],
        matches: |run| (run.has("/mir") || run.has("/purge")) && !run.has("/l"),
        example: example(
            "robocopy C:\\empty D:\\data /MIR",
            "robocopy C:\\a D:\\b /MIR /L",
        ),
    },
    CommandRule {
        id: "windows-remove-feature",
        flags: "roles of a server removed, or the recycle bin emptied without asking",
        programs: &[
            "uninstall-windowsfeature",
            "remove-windowsfeature",
            "clear-recyclebin",
        ],
        matches: |run| {
            let asks = || !run.parameter("force", 2) && !run.has("-confirm:$false");
            (run.name != "clear-recyclebin" && !run.args.is_empty() || !asks())
                && !run.parameter("whatif", 2)
        },
        example: example("Clear-RecycleBin -Force", "Clear-RecycleBin -Force -WhatIf"),
    },
];

/// Processes without which Windows stops, or is without defences.
const PROCESSES: &[&str] = &[
    "csrss", "lsass", "msmpeng", "services", "smss", "svchost", "wininit", "winlogon",
];

fn is_false(value: &str) -> bool {
    ["$false", "false", "0"].contains(&value)
}
