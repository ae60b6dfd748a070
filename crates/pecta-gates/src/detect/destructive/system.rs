//! Commands that take files, permissions or the running system by other means than `rm`.

use super::{Rule, example};
use crate::detect::shell::{
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

fn is_vital(run: &Invocation<'_>, word: &Word) -> bool {
    reach(word, run.script) == Reach::Vital
}

/// Whether the path is a system directory, or a file of the system.
fn is_system(run: &Invocation<'_>, word: &Word) -> bool {
    let path = normalise(&word.text);
    is_vital(run, word) || SYSTEM.iter().any(|directory| is_within(&path, directory))
}

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "find-delete",
        programs: &["find", "gfind"],
        matches: |run| {
            let narrowed = find::is_narrowed(run.args);
            let roots = find::roots(run.args);
            let far = |word: &Word| match reach(word, run.script) {
                Reach::Temporary => false,
                Reach::Vital => true,
                Reach::Ordinary => !narrowed || word.text.starts_with(['/', '~', '$']),
            };
            let temporary =
                |word: &Word| ["/tmp", "/var/tmp"].contains(&word.text.trim_end_matches('/'));
            run.has_word("-delete")
                && (roots.iter().any(|word| far(word) && !temporary(word))
                    || (roots.is_empty() && !narrowed))
        },
        example: example("find / -delete", "find /tmp -mtime +7 -delete"),
    },
    Rule {
        id: "remove-system-file",
        programs: &["rm", "unlink"],
        matches: |run| {
            let critical = |word: &Word| {
                let path = normalise(&word.text);
                let programs = ["/boot", "/bin", "/sbin", "/lib", "/lib64"];
                CRITICAL.contains(&path.as_str())
                    || programs.iter().any(|directory| is_within(&path, directory))
            };
            run.operands(&[]).any(critical)
        },
        example: example("rm -f /etc/passwd", "rm -f /etc/nginx/conf.d/old.conf"),
    },
    Rule {
        id: "change-permissions-of-system",
        programs: &["chmod", "chown", "chgrp", "setfacl", "chattr"],
        matches: |run| {
            run.has_option('R', "recursive") && run.operands(&[]).any(|word| is_system(run, word))
        },
        example: example("chmod -R 777 /", "chmod -R 755 public"),
    },
    Rule {
        id: "open-permissions",
        programs: &["chmod"],
        matches: |run| {
            let open = run.args.iter().any(|word| {
                ["777", "0777", "a+rwx", "000", "0000", "a-rwx"].contains(&word.text.as_str())
            });
            open && run.operands(&[]).skip(1).any(|word| is_system(run, word))
        },
        example: example("chmod 777 /etc/shadow", "chmod 644 notes.txt"),
    },
    Rule {
        id: "move-to-nowhere",
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
        programs: &[""],
        matches: |run| {
            run.command.redirects.iter().any(|redirect| {
                let path = normalise(&redirect.target.text);
                redirect.writes
                    && !redirect.appends
                    && SYSTEM.iter().any(|directory| is_within(&path, directory))
            })
        },
        example: example(": > /etc/passwd", "echo ok > out.txt"),
    },
    Rule {
        id: "truncate-file",
        programs: &["truncate"],
        matches: |run| {
            let to_zero = run.args.windows(2).any(|pair| matches!(pair, [option, size] if ["-s", "--size"].contains(&option.text.as_str()) && size.text == "0"))
                || run.has_any(&["-s0", "--size=0"]);
            to_zero
                && run
                    .operands(&["-s", "--size"])
                    .any(|word| reach(word, run.script) != Reach::Temporary)
        },
        example: example(
            "truncate -s 0 /var/lib/app/app.db",
            "truncate -s 10M disk.img",
        ),
    },
    Rule {
        id: "sync-delete",
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
        programs: &["crontab"],
        matches: |run| run.has_option('r', "remove"),
        example: example("crontab -r", "crontab -l"),
    },
    Rule {
        id: "clear-history",
        programs: &["history", "unset"],
        matches: |run| {
            if run.name == "history" {
                run.has_option('c', "clear")
            } else {
                run.has_any(&["HISTFILE", "HISTSIZE"])
            }
        },
        example: example("history -c", "history 20"),
    },
    Rule {
        id: "stop-machine",
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
                    .contains(&word.text.as_str())
            }),
            "init" | "telinit" => run
                .operand(&[], 0)
                .is_some_and(|word| ["0", "6"].contains(&word.text.as_str())),
            "shutdown" => !run.has_any(&["-c", "-k", "--help", "/a", "/?"]) && !run.args.is_empty(),
            _ => run.args.iter().all(Word::is_option) && !run.has_word("--help"),
        },
        example: example("sudo shutdown -h now", "systemctl restart nginx"),
    },
    Rule {
        id: "disable-service",
        programs: &["systemctl"],
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
            let verb = run.operand(&[], 0).is_some_and(|word| {
                ["stop", "disable", "mask", "kill"].contains(&word.text.as_str())
            });
            verb && run
                .operands(&[])
                .skip(1)
                .any(|word| critical.contains(&word.text.trim_end_matches(".service")))
        },
        example: example("systemctl disable --now sshd", "systemctl stop myapp"),
    },
    Rule {
        id: "kill-everything",
        programs: &["kill", "killall5", "pkill"],
        matches: |run| {
            match run.name {
            "kill" => run.args.len() > 1 && run.args.last().is_some_and(|word| word.text == "-1"),
            "pkill" => {
                run.args.last().is_some_and(|word| word.text == ".")
                    || run.args.windows(2).any(|pair| matches!(pair, [option, user] if ["-u", "-U"].contains(&option.text.as_str()) && user.text == "root"))
            }
            _ => true,
        }
        },
        example: example("kill -9 -1", "kill -9 4711"),
    },
    Rule {
        id: "flush-firewall",
        programs: &["iptables", "ip6tables", "nft", "ufw"],
        matches: |run| match run.name {
            "nft" => run.does(&[], &["flush", "ruleset"]),
            "ufw" => run.has_any(&["disable", "reset"]),
            _ => run.has_option('F', "flush"),
        },
        example: example("iptables -F", "iptables -L"),
    },
    Rule {
        id: "delete-user",
        programs: &["userdel", "deluser"],
        matches: |run| {
            run.has_option('r', "remove") || run.has_any(&["--remove-home", "--remove-all-files"])
        },
        example: example("userdel -r ann", "usermod -L ann"),
    },
    Rule {
        id: "remove-essential-package",
        programs: &["apt", "apt-get", "dpkg", "yum", "dnf", "rpm", "pacman"],
        matches: |run| {
            let essential = [
                "*",
                "bash",
                "coreutils",
                "glibc",
                "kernel",
                "libc6",
                "linux-image",
                "openssh-server",
                "sudo",
                "systemd",
            ];
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
                    .any(|word| essential.contains(&word.text.as_str()))
        },
        example: example("apt-get purge -y sudo", "apt-get remove -y cowsay"),
    },
    Rule {
        id: "trigger-kernel",
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
