//! Commands that take files, permissions or the running system by other means than `rm`.

use super::{
    Rule, example,
    processes::{self, ends_vital},
};
use crate::detect::shell::{
    cues::{Cue, names, programs, text},
    find,
    invocation::Invocation,
    lexer::Word,
    paths::{Reach, is_within, normalise, reach},
};

/// Directories of the system, whose files everything else rests on.
const SYSTEM: &[&str] = &[
    "/bin", "/boot", "/etc", "/lib", "/lib64", "/sbin", "/usr", "/var/lib",
];

/// Files of settings without which a system does not start, or lets nobody in.
const CRITICAL: &[&str] = &[
    "/etc/fstab",
    "/etc/group",
    "/etc/hosts",
    "/etc/passwd",
    "/etc/resolv.conf",
    "/etc/shadow",
    "/etc/ssh/sshd_config",
    "/etc/sudoers",
];

fn is_vital(run: &Invocation<'_>, word: &Word<'_>) -> bool {
    reach(word, run) == Reach::Vital
}

/// Whether the path is a system directory, or a file of the system.
fn is_system(run: &Invocation<'_>, word: &Word<'_>) -> bool {
    let path = normalise(&word.text);
    is_vital(run, word) || SYSTEM.iter().any(|directory| is_within(&path, directory))
}

/// Whether the path is one of these files.
fn is_critical(word: &Word<'_>) -> bool {
    CRITICAL.contains(&normalise(&word.text).as_str())
}

/// What is in every text that breaks a rule.
pub(super) const CUES: &[Cue] = &[
    text(&["-delete", "unset hist"], &[]),
    text(&["bash_history", "zsh_history", "sh_history"], &[]),
    text(names!["-exec", "-execdir"], find::REMOVERS),
    text(
        &["of=/", "of=\"/", "of='/"],
        &["bin", "boot", "etc", "lib", "usr", "var"],
    ),
    programs(
        names!["chmod", "chown", "chgrp", "setfacl", "chattr"],
        &["/", "~"],
    ),
    programs(names!["mv"], &["/", "~"]),
    programs(names!["tee"], &["etc"]),
    text(
        &[
            "> /", ">  ", "> \\", ">\\ ", ">//", ">/.", ">/'", ">/\"", ">/\\", ">/$", ">/{", ">/[",
            ">/*", ">/?",
        ],
        &["bin", "boot", "etc", "lib", "usr", "var", "proc"],
    ),
    // The same directories, whose first letter is part of the word.
    text(
        &[">/b", ">/e", ">/l", ">/p", ">/s", ">/u", ">/v"],
        &["in", "oot", "tc", "ib", "sr", "ar", "roc"],
    ),
    programs(
        &[
            "truncate -",
            "crontab ",
            "crontab\"",
            "crontab'",
            "history -",
            "shutdown ",
            "shutdown\"",
            "shutdown'",
            "reboot",
            "halt",
            "poweroff",
        ],
        &[],
    ),
    programs(
        &["truncate\"", "truncate'", "history\"", "history'"],
        &["-"],
    ),
    programs(
        &["init 0", "init 6", "telinit 0", "telinit 6", "killall5"],
        &[],
    ),
    programs(&["init\"", "init'"], &["0", "6"]),
    programs(names!["rclone"], &["purge", "delete"]),
    programs(
        names!["systemctl"],
        &[
            "poweroff",
            "halt",
            "reboot",
            "kexec",
            "rescue",
            "emergency",
            "stop",
            "disable",
            "mask",
            "kill",
        ],
    ),
    programs(names!["service"], &["stop"]),
    programs(&["kill -", "kill\"", "kill'"], &["-1"]),
    programs(names!["pkill"], &[".", "root"]),
    programs(names!["killall", "pkill"], processes::VITAL),
    programs(names!["cp", "ln"], &["/dev/null", "/dev/zero"]),
    programs(names!["unlink"], &["/"]),
    programs(
        names!["iptables", "ip6tables", "nft", "ufw"],
        &["f", "reset", "disable"],
    ),
    programs(names!["setenforce"], &["0", "permissive"]),
    programs(names!["passwd", "usermod"], &["-"]),
    programs(names!["userdel", "deluser"], &["r"]),
    programs(
        names!["apt", "apt-get", "dpkg", "yum", "dnf", "rpm", "pacman"],
        ESSENTIAL,
    ),
];

/// Packages without which a system does not start, or nobody can log in.
const ESSENTIAL: &[&str] = &[
    "*",
    "bash",
    "coreutils",
    "glibc",
    "kernel",
    "libc6",
    "linux-image",
    "linux-image-amd64",
    "linux-image-generic",
    "openssh-server",
    "sudo",
    "systemd",
];

/// Whether the word is the file of a shell's history.
fn is_history(word: &Word<'_>) -> bool {
    [".bash_history", ".zsh_history", ".sh_history"]
        .iter()
        .any(|name| word.text.ends_with(name))
}

/// Whether the word is a device that is always empty.
fn is_nothing(word: &Word<'_>) -> bool {
    ["/dev/null", "/dev/zero"].contains(&word.text.as_ref())
}

/// Whether `shutdown` takes the word for an option, or for when: `now`, `+5`, `23:00`.
fn is_time_or_option(word: &Word<'_>) -> bool {
    let is_time = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b':')
    };
    word.text == "now" || word.text.starts_with(['-', '+', '/', '$']) || is_time(&word.text)
}

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "find-delete",
        flags: "`find -delete` or `-exec rm` of everything, or far from where it is run",
        programs: &["find", "gfind"],
        matches: |run| {
            let narrowed = find::is_narrowed(run.args);
            let roots = find::roots(run.args);
            let far = |word: &Word<'_>| match reach(word, run) {
                Reach::Temporary => false,
                Reach::Vital => true,
                Reach::Ordinary => !narrowed || word.text.starts_with(['/', '~', '$']),
            };
            let temporary =
                |word: &Word<'_>| ["/tmp", "/var/tmp"].contains(&word.text.trim_end_matches('/'));
            find::removes(run.args)
                && (roots.iter().any(|word| far(word) && !temporary(word))
                    || (roots.is_empty() && !narrowed))
        },
        example: example("find / -delete", "find /tmp -mtime +7 -delete"),
    },
    Rule {
        id: "remove-system-file",
        flags: "a file removed that the system needs to start or to let anyone in",
        programs: &["rm", "unlink"],
        matches: |run| {
            let is_program = |word: &Word<'_>| {
                let path = normalise(&word.text);
                let programs = ["/boot", "/bin", "/sbin", "/lib", "/lib64"];
                programs.iter().any(|directory| is_within(&path, directory))
            };
            run.operands(&[])
                .any(|word| is_critical(word) || is_program(word))
        },
        example: example("rm -f /etc/passwd", "rm -f /etc/nginx/conf.d/old.conf"),
    },
    Rule {
        id: "change-permissions-of-system",
        flags: "permissions or owners changed throughout a directory of the system",
        programs: &["chmod", "chown", "chgrp", "setfacl", "chattr"],
        matches: |run| {
            run.has_option('R', "recursive") && run.operands(&[]).any(|word| is_system(run, word))
        },
        example: example("chmod -R 777 /", "chmod -R 755 public"),
    },
    Rule {
        id: "open-permissions",
        flags: "files of the system opened or closed to everyone",
        programs: &["chmod"],
        matches: |run| {
            let open = run.args.iter().any(|word| {
                ["777", "0777", "a+rwx", "000", "0000", "a-rwx"].contains(&word.text.as_ref())
            });
            open && run.operands(&[]).skip(1).any(|word| is_system(run, word))
        },
        example: example("chmod 777 /etc/shadow", "chmod 644 notes.txt"),
    },
    Rule {
        id: "move-to-nowhere",
        flags: "files moved to `/dev/null`, or a whole system or home moved",
        programs: &["mv"],
        matches: |run| {
            let mut operands: Vec<_> = run.operands(&[]).collect();
            let last = operands.pop();
            last.is_some_and(|word| word.text == "/dev/null") && !operands.is_empty()
                || operands.iter().any(|word| is_vital(run, word))
        },
        example: example("mv ~/* /dev/null", "mv a.txt b.txt"),
    },
    Rule {
        id: "overwrite-system-file",
        flags: "a file of the system overwritten",
        programs: &["", "dd", "cp", "ln", "tee"],
        matches: |run| {
            if run.name == "tee" {
                return !run.has_option('a', "append") && run.operands(&[]).any(is_critical);
            }
            let is_system_file = |path: &str| {
                let path = normalise(path);
                SYSTEM.iter().any(|directory| is_within(&path, directory))
            };
            if ["cp", "ln"].contains(&run.name) {
                let mut operands = run.operands(&[]);
                let from_nothing = operands.next().is_some_and(is_nothing);
                return from_nothing
                    && operands
                        .last()
                        .is_some_and(|word| is_system_file(&word.text));
            }
            let mut targets = run
                .args
                .iter()
                .filter_map(|word| word.text.strip_prefix("of="));
            run.name == "dd" && targets.any(is_system_file)
                || run.name.is_empty()
                    && run.command.redirects.iter().any(|redirect| {
                        redirect.writes
                            && !redirect.appends
                            && is_system_file(&redirect.target.text)
                    })
        },
        example: example(": > /etc/passwd", "echo ok > out.txt"),
    },
    Rule {
        id: "truncate-file",
        flags: "a file cut to nothing",
        programs: &["truncate"],
        matches: |run| {
            let to_zero = run.args.windows(2).any(|pair| matches!(pair, [option, size] if ["-s", "--size"].contains(&option.text.as_ref()) && size.text == "0"))
                || run.has_any(&["-s0", "--size=0"]);
            to_zero
                && run
                    .operands(&["-s", "--size"])
                    .any(|word| reach(word, run) != Reach::Temporary)
        },
        example: example(
            "truncate -s 0 /var/lib/app/app.db",
            "truncate -s 10M disk.img",
        ),
    },
    Rule {
        id: "sync-delete",
        flags: "a system or home made equal to something else, or a remote purged",
        programs: &["rsync", "rclone"],
        matches: |run| {
            let deletes = run
                .args
                .iter()
                .any(|word| word.text.starts_with("--delete"));
            let last = || {
                run.operands(&["-e", "--exclude", "--include", "-f"])
                    .last()
                    .is_some_and(|word| is_vital(run, word))
            };
            let purges = || {
                run.name == "rclone" && (run.does(&[], &["purge"]) || run.does(&[], &["delete"]))
            };
            !run.is_rehearsal()
                && !run.has_option('n', "dry-run")
                && ((deletes && last()) || purges())
        },
        example: example(
            "rsync -a --delete empty/ /home/",
            "rsync -a --delete src/ backup/",
        ),
    },
    Rule {
        id: "remove-crontab",
        flags: "a user's scheduled jobs removed",
        programs: &["crontab"],
        matches: |run| run.has_option('r', "remove"),
        example: example("crontab -r", "crontab -l"),
    },
    Rule {
        id: "clear-history",
        flags: "a shell's history cleared or switched off",
        programs: &["", "cp", "history", "ln", "rm", "unset"],
        matches: |run| match run.name {
            "history" => run.has_option('c', "clear"),
            "unset" => run.has_any(&["HISTFILE", "HISTSIZE"]),
            "" => run.command.redirects.iter().any(|redirect| {
                redirect.writes && !redirect.appends && is_history(&redirect.target)
            }),
            "rm" => run.operands(&[]).any(is_history),
            _ => {
                run.operands(&[]).next().is_some_and(is_nothing)
                    && run.operands(&[]).last().is_some_and(is_history)
            }
        },
        example: example("history -c", "history 20"),
    },
    Rule {
        id: "stop-machine",
        flags: "a machine shut down or restarted",
        programs: &[
            "shutdown",
            "reboot",
            "halt",
            "poweroff",
            "init",
            "telinit",
            "systemctl",
        ],
        matches: |run| match run.name {
            "systemctl" => run.operand(&[], 0).is_some_and(|word| {
                ["poweroff", "halt", "reboot", "kexec", "rescue", "emergency"]
                    .contains(&word.text.as_ref())
            }),
            "init" | "telinit" => run
                .operand(&[], 0)
                .is_some_and(|word| ["0", "6"].contains(&word.text.as_ref())),
            "shutdown" => {
                !run.has_any(&["-c", "-k", "--help", "/a", "/?"])
                    && run.args.first().is_some_and(is_time_or_option)
            }
            _ => run.args.iter().all(Word::is_option) && !run.has_word("--help"),
        },
        example: example("sudo shutdown -h now", "systemctl restart nginx"),
    },
    Rule {
        id: "disable-service",
        flags: "a service that others need stopped or disabled",
        programs: &["systemctl", "service"],
        matches: |run| {
            let critical = [
                "ssh",
                "sshd",
                "firewalld",
                "ufw",
                "auditd",
                "apparmor",
                "network",
                "networking",
                "NetworkManager",
                "systemd-networkd",
                "systemd-resolved",
            ];
            let is_critical =
                |word: &Word<'_>| critical.contains(&word.text.trim_end_matches(".service"));
            if run.name == "service" {
                return run.args.first().is_some_and(is_critical)
                    && run.args.get(1).is_some_and(|word| word.text == "stop");
            }
            let verb = run.operand(&[], 0).is_some_and(|word| {
                ["stop", "disable", "mask", "kill"].contains(&word.text.as_ref())
            });
            verb && run.operands(&[]).skip(1).any(is_critical)
        },
        example: example("systemctl disable --now sshd", "systemctl stop myapp"),
    },
    Rule {
        id: "kill-everything",
        flags: "all processes killed, or one that others need",
        programs: &["kill", "killall", "killall5", "pkill"],
        matches: |run| {
            let last = |text: &str| run.args.last().is_some_and(|word| word.text == text);
            let of_root = || {
                run.args.windows(2).any(|pair| matches!(pair, [option, user] if ["-u", "-U"].contains(&option.text.as_ref()) && user.text == "root"))
            };
            match run.name {
                "kill" => run.args.len() > 1 && last("-1"),
                "killall" => ends_vital(run),
                "pkill" => last(".") || of_root() || ends_vital(run),
                _ => true,
            }
        },
        example: example("killall -9 sshd", "killall -HUP sshd"),
    },
    Rule {
        id: "flush-firewall",
        flags: "a firewall's rules thrown away, or SELinux switched off",
        programs: &["iptables", "ip6tables", "nft", "ufw", "setenforce"],
        matches: |run| match run.name {
            "setenforce" => run.has_any(&["0", "Permissive", "permissive"]),
            "nft" => run.does(&[], &["flush", "ruleset"]),
            "ufw" => run.has_any(&["disable", "reset"]),
            _ => run.has_option('F', "flush"),
        },
        example: example("iptables -F", "iptables -L"),
    },
    Rule {
        id: "delete-user",
        flags: "a user's account deleted together with its home",
        programs: &["userdel", "deluser"],
        matches: |run| {
            run.has_option('r', "remove") || run.has_any(&["--remove-home", "--remove-all-files"])
        },
        example: example("userdel -r ann", "usermod -L ann"),
    },
    Rule {
        id: "open-login",
        flags: "an account's password removed, or the superuser locked out",
        programs: &["passwd", "usermod"],
        matches: |run| {
            let is_root = || run.operands(&[]).any(|word| word.text == "root");
            if run.name == "passwd" {
                run.has_option('d', "delete") || run.has_option('l', "lock") && is_root()
            } else {
                run.has_option('L', "lock") && is_root()
            }
        },
        example: example("passwd -d root", "passwd ann"),
    },
    Rule {
        id: "remove-essential-package",
        flags: "a package removed that the system needs",
        programs: &["apt", "apt-get", "dpkg", "yum", "dnf", "rpm", "pacman"],
        matches: |run| {
            let removes = run.has_any(&[
                "remove",
                "purge",
                "erase",
                "autoremove",
                "-r",
                "-e",
                "-P",
                "-R",
                "-Rns",
                "--purge",
                "--remove",
            ]);
            removes
                && run
                    .operands(&[])
                    .any(|word| ESSENTIAL.contains(&word.text.as_ref()))
        },
        example: example("apt-get purge -y sudo", "apt-get remove -y cowsay"),
    },
    Rule {
        id: "trigger-kernel",
        flags: "the kernel crashed or restarted through `/proc`",
        programs: &[""],
        matches: |run| {
            run.command.redirects.iter().any(|redirect| {
                redirect.writes && redirect.target.text.ends_with("/proc/sysrq-trigger")
            })
        },
        example: example(
            "echo c > /proc/sysrq-trigger",
            "cat /proc/cpuinfo > cpu.txt",
        ),
    },
];
