//! Destructive commands of Windows: cmd.exe and PowerShell.
//!
//! Names and options are read whatever their case. A backslash is a path's, not an escape.

mod cmd;
mod powershell;
mod rule;
mod splitter;
mod tools;

use self::{
    rule::{CommandRule, Run},
    splitter::split,
};
use crate::detect::{
    Entry,
    shell::{
        Report,
        cues::{Cue, text},
        decode,
        lexer::Word,
        prose, told,
    },
};

/// What is in every text that breaks a rule.
pub(super) const CUES: &[Cue] = &[
    text(&["rd ", "rmdir "], &["/s", "-fo", "hkcu:", "hklm:"]),
    text(
        &["del ", "erase "],
        &["/s", "/q", "/f", "-fo", "c:\\windows\\", "hkcu:", "hklm:"],
    ),
    text(&["ri ", "rm ", "rm\"", "rm'"], &["-fo", "hkcu:", "hklm:"]),
    text(
        &["remove-"],
        &[
            "-fo",
            "c:\\windows",
            "hkcu:",
            "hklm:",
            "partition",
            "volume",
            "virtualdisk",
            "storagepool",
            "localuser",
            "aduser",
            "computer",
            "vm",
            "windowsfeature",
        ],
    ),
    text(&["clear-"], &["disk", "eventlog", "recyclebin"]),
    text(&["set-mppreference"], &["-disable"]),
    text(&["set-netfirewallprofile"], &["-enabled"]),
    text(&["netsh"], &["off", "disable"]),
    text(&["robocopy"], &["/mir", "/purge"]),
    text(&["forfiles"], &["/c"]),
    text(&["icacls"], &["/t"]),
    text(&["takeown"], &["/r"]),
    text(&["format "], &[":"]),
    text(&["wmic "], &["delete"]),
    text(&["cipher "], &["/w"]),
    text(
        &[
            "format-volume",
            "initialize-disk",
            "uninstall-windowsfeature",
            "disable-computerrestore",
            "diskpart",
            "vssadmin",
            "wbadmin ",
            "bcdedit ",
            "fsutil ",
            "wevtutil ",
            "sdelete",
            "reg delete",
            "reg.exe",
            "stop-computer",
            "restart-computer",
            "net user",
            "net localgroup",
            "schtasks ",
            "sc delete",
            "select disk",
            "iex",
            "invoke-expression",
        ],
        &[],
    ),
    text(&["shutdown "], &["/s", "/r", "/p"]),
    text(
        &["taskkill", "stop-process"],
        &[
            "csrss", "lsass", "msmpeng", "services", "smss", "svchost", "wininit", "winlogon",
        ],
    ),
    text(&["powershell", "pwsh"], &["-e", "/e"]),
];

/// The tables of rules. The first rule counts that a command breaks.
pub(super) const TABLES: [&[CommandRule]; 3] = [cmd::RULES, powershell::RULES, tools::RULES];

/// What the rules flag.
pub(super) fn entries() -> Vec<Entry> {
    let rules = TABLES.into_iter().flatten();
    rules
        .map(|rule| rule.example.entry(rule.id, rule.flags))
        .collect()
}

/// The programs that rules are about or that run others, in lower case.
pub(super) fn programs() -> impl Iterator<Item = &'static str> {
    let rules = TABLES.into_iter().flatten();
    let names = rules.flat_map(|rule| rule.programs).copied();
    names.chain(["cmd", "powershell"])
}

/// How deep commands run text before it is left alone.
const DEEPEST: usize = 4;

/// Calls `each` with the rules that a text breaks as commands of Windows, and where.
pub(super) fn commands(text: &str, each: Report<'_>) {
    judge(text, 0, each);
    told::commands(text, &mut |command, told| {
        judge(command, 1, &mut |rule, _| each(rule, told.clone()));
    });
}

fn judge(text: &str, depth: usize, each: Report<'_>) {
    let (mut fetched, mut selected) = (false, false);
    for command in split(text) {
        let words = command.words.as_slice();
        let lower: Vec<String> = words
            .iter()
            .map(|word| word.text.to_ascii_lowercase())
            .collect();
        if !command.is_piped && !command.is_inner {
            fetched = false;
        }
        let Some(range) = words
            .first()
            .zip(words.last())
            .map(|(first, last)| first.range.start..last.range.end)
        else {
            continue;
        };
        let start = head(&lower);
        let (Some(name), Some(rest)) = (lower.get(start), words.get(start + 1..)) else {
            continue;
        };
        if depth == 0 && prose::is_sentence(rest) {
            continue;
        }
        let name = name.rsplit(['\\', '/']).next().unwrap_or(name);
        let name = name.strip_suffix(".exe").unwrap_or(name);
        if depth < DEEPEST {
            nested(name, rest, &mut |text| {
                judge(text, depth + 1, &mut |rule, _| each(rule, range.clone()));
            });
        }
        let mut args = lower.get(start + 1..).unwrap_or_default().to_vec();
        if fetched && command.is_piped {
            args.push("iwr".to_owned());
        }
        let run = Run {
            name,
            args: &args,
            is_piped: command.is_piped,
        };
        // The words that diskpart reads, one command a line.
        selected |= lower.starts_with(&["select".to_owned(), "disk".to_owned()]);
        if selected && name == "clean" {
            each("windows-diskpart", range.clone());
        }
        let found = TABLES
            .into_iter()
            .flatten()
            .find(|rule| rule.programs.contains(&name) && (rule.matches)(&run));
        if let Some(rule) = found {
            each(rule.id, range);
        }
        fetched |= [
            "iwr",
            "irm",
            "curl",
            "wget",
            "invoke-webrequest",
            "invoke-restmethod",
        ]
        .contains(&name)
            || lower.iter().any(|word| word.contains("downloadstring"));
    }
}

/// Calls `each` with the text that a command runs.
fn nested(name: &str, args: &[Word<'_>], each: &mut dyn FnMut(&str)) {
    let joined = |from: usize| {
        let texts: Vec<&str> = args
            .iter()
            .skip(from)
            .map(|word| word.text.as_ref())
            .collect();
        texts.join(" ")
    };
    let is =
        |word: &Word<'_>, names: &[&str]| names.contains(&word.text.to_ascii_lowercase().as_str());
    match name {
        "cmd" => {
            if let Some(at) = args.iter().position(|word| is(word, &["/c", "/k", "/r"])) {
                // Quotes that a path still has are lost; a path without its quotes reads the same here.
                each(&joined(at + 1));
            }
        }
        "powershell" | "pwsh" => {
            for (at, word) in args.iter().enumerate() {
                let text = word.text.to_ascii_lowercase();
                let option = text.strip_prefix(['-', '/']).unwrap_or_default();
                if !option.is_empty() && "command".starts_with(option) {
                    return each(&joined(at + 1));
                }
                if option.len() >= 2 && "encodedcommand".starts_with(option) || option == "e" {
                    let encoded = args.get(at + 1).and_then(|word| decode::base64(&word.text));
                    return each(&decode::utf16(&encoded.unwrap_or_default()));
                }
            }
            let options = args
                .iter()
                .take_while(|word| word.text.starts_with('-'))
                .count();
            each(&joined(options));
        }
        "forfiles" => {
            if let Some(at) = args.iter().position(|word| is(word, &["/c"])) {
                // It runs the command once for each file that it finds.
                each(&joined(at + 1).replace("@path", "/s *"));
            }
        }
        "start" | "call" | "bat" | "runas" | "invoke-expression" | "iex" | "psexec"
        | "start-process" => {
            for word in args.iter().filter(|word| word.text.contains(' ')) {
                each(&word.text);
            }
        }
        _ => {}
    }
}

/// Where the command starts behind the words in front of it.
fn head(words: &[String]) -> usize {
    let mut at = 0;
    while let Some(word) = words.get(at) {
        match word.trim_start_matches('@') {
            "call" | "sudo" | "gsudo" | "else" | "do" | "try" | "finally" | "" | "." | "&" => {
                at += 1;
            }
            "start" => {
                at += 1 + words
                    .iter()
                    .skip(at + 1)
                    .take_while(|word| word.starts_with('/') || word.is_empty())
                    .count();
            }
            "if" => {
                at += if words.get(at + 1).is_some_and(|word| word == "not") {
                    4
                } else {
                    3
                }
            }
            "for" => {
                at = words
                    .iter()
                    .position(|word| word == "do")
                    .map_or(words.len(), |at| at + 1);
            }
            _ => break,
        }
    }
    at
}
