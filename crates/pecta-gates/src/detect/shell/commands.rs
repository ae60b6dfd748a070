//! What stands at the head of a command: assignments, reserved words, and programs that run another command.

use super::word_set::WordSet;

/// Programs whose names tell that a line is shell text, even where it reads like a sentence. Names that are also common
/// English words are left out when they would make prose of every day look like shell.
static KNOWN: WordSet<152> = WordSet::new(&[
    "[",
    "[[",
    "apt",
    "apt-get",
    "awk",
    "aws",
    "az",
    "base64",
    "bash",
    "brew",
    "builtin",
    "busybox",
    "bzip2",
    "cargo",
    "cat",
    "cd",
    "chgrp",
    "chmod",
    "chown",
    "chroot",
    "cmp",
    "command",
    "cp",
    "crontab",
    "curl",
    "cut",
    "dd",
    "df",
    "diff",
    "dig",
    "dnf",
    "do",
    "doas",
    "docker",
    "du",
    "echo",
    "egrep",
    "else",
    "env",
    "eval",
    "exec",
    "exit",
    "export",
    "fdisk",
    "fgrep",
    "find",
    "gcc",
    "gcloud",
    "git",
    "grep",
    "gsutil",
    "gunzip",
    "gzip",
    "head",
    "helm",
    "if",
    "ifconfig",
    "ionice",
    "ip",
    "jq",
    "kill",
    "killall",
    "kubectl",
    "ln",
    "local",
    "ls",
    "lsblk",
    "make",
    "man",
    "mkdir",
    "mkfs",
    "mktemp",
    "mount",
    "mv",
    "mysql",
    "nano",
    "nc",
    "nice",
    "node",
    "nohup",
    "npm",
    "npx",
    "parted",
    "perl",
    "php",
    "ping",
    "pip",
    "pip3",
    "pkill",
    "pnpm",
    "podman",
    "printenv",
    "printf",
    "ps",
    "psql",
    "pushd",
    "pwd",
    "python",
    "python3",
    "readlink",
    "realpath",
    "rm",
    "rmdir",
    "rsync",
    "ruby",
    "scp",
    "sed",
    "seq",
    "service",
    "setsid",
    "sh",
    "shred",
    "sleep",
    "sort",
    "source",
    "ssh",
    "stat",
    "stdbuf",
    "su",
    "sudo",
    "sync",
    "systemctl",
    "tail",
    "tar",
    "tee",
    "terraform",
    "test",
    "then",
    "time",
    "timeout",
    "touch",
    "tr",
    "trap",
    "truncate",
    "umount",
    "uname",
    "uniq",
    "unzip",
    "vi",
    "vim",
    "wc",
    "wget",
    "which",
    "while",
    "whoami",
    "wipefs",
    "xargs",
    "xxd",
    "yarn",
    "yum",
    "zip",
    "zsh",
]);

/// Words that a shell reads as part of its grammar, in front of a command.
const RESERVED: &[&str] = &[
    "!", "{", "}", "do", "done", "elif", "else", "fi", "if", "then", "until", "while", "coproc",
];

/// Shells, which run the text they are given.
pub(crate) const SHELLS: &[&str] = &[
    "ash", "bash", "csh", "dash", "fish", "ksh", "mksh", "sh", "tcsh", "zsh",
];

/// Interpreters of other languages, which run the text they are given.
pub(crate) const INTERPRETERS: &[&str] = &[
    "bun", "deno", "lua", "node", "perl", "php", "pwsh", "python", "ruby",
];

/// A program that runs the command behind its own options.
pub(crate) struct Wrapper {
    pub(crate) names: &'static [&'static str],
    /// Its options that take the next word as their value.
    pub(crate) valued: &'static [&'static str],
    /// How many operands stand before the command.
    pub(crate) operands: usize,
    /// Whether the command gets more operands than are written here.
    pub(crate) feeds: bool,
}

const fn wrapper(
    names: &'static [&'static str],
    valued: &'static [&'static str],
    operands: usize,
) -> Wrapper {
    Wrapper {
        names,
        valued,
        operands,
        feeds: false,
    }
}

/// The wrappers.
pub(crate) const WRAPPERS: &[Wrapper] = &[
    wrapper(
        &["sudo"],
        &[
            "-u", "--user", "-g", "--group", "-h", "--host", "-p", "--prompt", "-C", "-D",
            "--chdir", "-R", "-T", "-r", "-t", "-U",
        ],
        0,
    ),
    wrapper(&["doas"], &["-u", "-C"], 0),
    wrapper(&["env"], &["-u", "--unset", "-C", "--chdir"], 0),
    wrapper(&["nice"], &["-n"], 0),
    wrapper(&["ionice"], &["-c", "-n", "-p"], 0),
    wrapper(&["chrt", "taskset", "prlimit"], &[], 1),
    wrapper(
        &[
            "nohup",
            "time",
            "gtime",
            "setsid",
            "command",
            "builtin",
            "exec",
            "busybox",
            "toybox",
            "unbuffer",
            "caffeinate",
            "eatmydata",
            "fakeroot",
            "catchsegv",
            "noglob",
            "nocorrect",
            "CMD",
            "ENTRYPOINT",
            "RUN",
            "rtk",
            "pkexec",
            "winpty",
            "chronic",
        ],
        &["-f", "-o", "-a"],
        0,
    ),
    wrapper(&["stdbuf"], &["-i", "-o", "-e"], 0),
    wrapper(&["strace", "ltrace"], &["-e", "-o", "-p", "-s", "-u"], 0),
    wrapper(
        &["timeout", "gtimeout"],
        &["-k", "--kill-after", "-s", "--signal"],
        1,
    ),
    wrapper(&["flock"], &["-w", "--timeout", "-E"], 1),
    wrapper(&["chroot", "gosu", "su-exec", "setuidgid"], &[], 1),
    wrapper(&["runuser"], &["-u", "-g"], 0),
    wrapper(
        &["systemd-run"],
        &["-p", "--property", "-u", "--unit", "--uid", "--gid"],
        0,
    ),
    wrapper(
        &["proxychains", "proxychains4", "torsocks", "tsocks"],
        &["-f"],
        0,
    ),
    wrapper(&["watch"], &["-n", "--interval"], 0),
    wrapper(&["nsenter", "unshare"], &["-t", "--target"], 0),
    wrapper(&["dotenv", "direnv", "mise", "asdf"], &["-f", "-e"], 0),
    Wrapper {
        names: &["xargs", "gxargs"],
        valued: &[
            "-I",
            "-n",
            "-P",
            "-L",
            "-d",
            "-a",
            "-E",
            "-s",
            "--max-args",
            "--max-procs",
            "--delimiter",
            "--arg-file",
        ],
        operands: 0,
        feeds: true,
    },
    Wrapper {
        names: &["parallel"],
        valued: &["-j", "--jobs", "-a", "-I", "--colsep"],
        operands: 0,
        feeds: true,
    },
];

/// Programs other than wrappers, shells and interpreters whose arguments are seen through, or whose output is.
const RUNNERS: &[&str] = &[
    ".",
    "adb",
    "alias",
    "ansible",
    "at",
    "autossh",
    "batch",
    "docker",
    "docker-compose",
    "echo",
    "eval",
    "fd",
    "fdfind",
    "find",
    "gcloud",
    "gfind",
    "git",
    "incus",
    "kubectl",
    "lxc",
    "nerdctl",
    "oc",
    "podman",
    "printf",
    "runuser",
    "screen",
    "script",
    "sg",
    "source",
    "ssh",
    "su",
    "tmux",
    "trap",
    "vagrant",
    "wsl",
];

/// The name and the value, when the word assigns to a variable.
pub(crate) fn assignment(word: &str) -> Option<(&str, &str)> {
    let (name, value) = word.split_once('=')?;
    let name = name.strip_suffix('+').unwrap_or(name);
    let mut bytes = name.bytes();
    let starts = bytes
        .next()
        .is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    (starts && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
        .then_some((name, value))
}

/// Whether the word is one of the grammar's, in front of a command.
pub(crate) fn is_reserved(word: &str) -> bool {
    RESERVED.contains(&word)
}

/// Whether a line that starts with the word is shell text.
pub(crate) fn is_known(word: &str) -> bool {
    KNOWN.contains(word)
}

/// Whether a program may be run that is named behind this word.
pub(crate) fn runs_others(name: &str) -> bool {
    RUNNERS.binary_search(&name).is_ok()
        || is_reserved(name)
        || SHELLS.contains(&name)
        || is_interpreter(name)
        || WRAPPERS.iter().any(|wrapper| wrapper.names.contains(&name))
}

/// The name of a program without its directory, its version and the `.exe` of Windows.
pub(crate) fn program(word: &str) -> &str {
    let name = word.rsplit('/').next().unwrap_or(word);
    name.strip_suffix(".exe").unwrap_or(name)
}

/// Whether the program is an interpreter; `python3.11` is one as `python` is.
pub(crate) fn is_interpreter(name: &str) -> bool {
    let base = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    INTERPRETERS.contains(&base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runners_are_sorted() {
        assert!(RUNNERS.is_sorted());
    }

    #[test]
    fn assignments_are_told_from_other_words() {
        assert_eq!(assignment("A_1=b=c"), Some(("A_1", "b=c")));
        assert_eq!(assignment("PATH+=x"), Some(("PATH", "x")));
        assert_eq!(assignment("=x"), None);
        assert_eq!(assignment("1=x"), None);
        assert_eq!(assignment("of=/dev/sda"), Some(("of", "/dev/sda")));
        assert_eq!(assignment("--of=x"), None);
        assert_eq!(assignment("x"), None);
    }
}
