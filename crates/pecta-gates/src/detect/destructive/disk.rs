//! Commands that overwrite disks, partitions and volumes.

use super::{Rule, example};
use crate::detect::{
    around,
    shell::{
        cues::{Cue, around_it, names, programs, text},
        invocation::Invocation,
        lexer::Word,
        paths::{Reach, normalise, reach},
    },
};

/// Devices that hold no data of their own.
const HARMLESS: &[&str] = &[
    "console", "dsp", "fd", "full", "kmsg", "log", "null", "ptmx", "pts", "random", "shm",
    "stderr", "stdin", "stdout", "tcp", "tty", "ttyS", "ttyUSB", "udp", "urandom", "zero",
];

/// Whether the path is a device that holds data.
fn is_device(path: &str) -> bool {
    let path = normalise(path);
    if path.starts_with("\\\\.\\PhysicalDrive") {
        return true;
    }
    let Some(name) = path.strip_prefix("/dev/") else {
        return false;
    };
    let first = name.split('/').next().unwrap_or(name);
    let stem = first.trim_end_matches(|c: char| c.is_ascii_digit());
    !first.is_empty() && !HARMLESS.contains(&stem)
}

/// What is in every text that breaks a rule.
pub(super) const CUES: &[Cue] = &[
    around_it(&["/dev/"], is_written_to),
    programs(
        names![
            "cp",
            "tee",
            "sponge",
            "mv",
            "install",
            "ddrescue",
            "mke2fs",
            "mkswap",
            "mkdosfs",
            "newfs",
            "wipefs",
            "blkdiscard",
            "sgdisk",
            "sfdisk",
            "parted",
            "fdisk",
            "hdparm",
            "nvme",
            "badblocks",
            "cryptsetup",
            "mdadm",
        ],
        &["/dev/"],
    ),
    programs(&["mkfs"], &["/dev/"]),
    programs(names!["shred", "srm", "scrub"], &[]),
    programs(names!["zpool", "zfs"], &["destroy"]),
    programs(names!["gpart"], &["delete", "destroy"]),
    programs(names!["btrfs"], &["delete"]),
    programs(
        names!["diskutil"],
        &["delete", "erase", "partition", "zerodisk"],
    ),
    text(&["lvremove", "pvremove", "vgremove", "physicaldrive"], &[]),
];

/// Whether the device here is one that holds data, and stands where it is written to or where a variable gets its name.
fn is_written_to(text: &str, at: usize) -> bool {
    let (before, device) = around(text.as_bytes(), at);
    let name = device.get("/dev/".len()..).unwrap_or_default();
    let is_letter = |byte: &&u8| byte.is_ascii_alphabetic();
    let length = name.iter().take_while(is_letter).count();
    let (stem, after) = around(name, length);
    let is_whole = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`);,.".contains(byte);
    let holds_none = after.first().is_none_or(is_whole)
        && HARMLESS.iter().any(|harmless| harmless.as_bytes() == stem);
    let is_between = |byte: &&u8| byte.is_ascii_whitespace() || b"\"'\\".contains(byte);
    let between = before.iter().rev().take_while(is_between).count();
    let operator = before.iter().rev().nth(between);
    !holds_none && operator.is_some_and(|byte| b">|&=".contains(byte))
}

/// Whether the program makes file systems; `mkfs.ext4` does as `mkfs` does.
pub(super) fn makes_file_systems(name: &str) -> bool {
    name.starts_with("mkfs.") || ["mkfs", "mke2fs", "mkswap", "mkdosfs", "newfs"].contains(&name)
}

fn names_device(run: &Invocation<'_>) -> bool {
    run.operands(&[]).any(|word| is_device(&word.text))
}

/// Whether the program gets its commands from a pipe, a here-document or a file.
fn reads_script(run: &Invocation<'_>) -> bool {
    let command = run.command;
    command.reads_from.is_some()
        || command.input.is_some()
        || command.redirects.iter().any(|redirect| !redirect.writes)
}

fn writes_to(run: &Invocation<'_>, is: impl Fn(&Word<'_>) -> bool) -> bool {
    run.command
        .redirects
        .iter()
        .any(|redirect| redirect.writes && is(&redirect.target))
}

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "dd-to-device",
        flags: "`dd` onto a disk",
        programs: &["dd", "dcfldd", "dc3dd", "pv", "gdd"],
        matches: |run| {
            run.args
                .iter()
                .any(|word| word.text.strip_prefix("of=").is_some_and(is_device))
        },
        example: example(
            "dd if=image.iso of=/dev/sda bs=4M",
            "dd if=/dev/sda of=disk.img",
        ),
    },
    Rule {
        id: "write-to-device",
        flags: "output redirected onto a disk",
        programs: &[""],
        matches: |run| writes_to(run, |target| is_device(&target.text)),
        example: example("cat image.iso > /dev/nvme0n1", "make > /dev/null 2>&1"),
    },
    Rule {
        id: "copy-to-device",
        flags: "a file copied onto a disk",
        programs: &["cp", "tee", "sponge", "mv", "install", "ddrescue"],
        matches: |run| {
            // `ddrescue` may be given a map of what it copied, last.
            if run.name == "ddrescue" {
                return run
                    .operand(&[], 1)
                    .is_some_and(|word| is_device(&word.text));
            }
            let last = run
                .operands(&[])
                .last()
                .is_some_and(|word| is_device(&word.text));
            last || (run.name == "tee" && names_device(run))
        },
        example: example("cp image.iso /dev/sdb", "cp /dev/sdb image.iso"),
    },
    Rule {
        id: "make-filesystem",
        flags: "a file system made on a disk",
        programs: &[],
        matches: |run| {
            let rehearses = run.has_option('n', "dry-run") && run.name != "mkswap"
                || run.has_any(&["--help", "-V"]);
            makes_file_systems(run.name)
                && !rehearses
                && (names_device(run)
                    || run
                        .operands(&["-t", "-L"])
                        .any(|word| word.text.starts_with('$')))
        },
        example: example("mkfs.ext4 -F /dev/sdb1", "mkfs.ext4 disk.img"),
    },
    Rule {
        id: "wipe-device",
        flags: "a disk wiped, partitioned anew or encrypted",
        programs: &[
            "wipefs",
            "blkdiscard",
            "sgdisk",
            "sfdisk",
            "parted",
            "fdisk",
            "hdparm",
            "nvme",
            "badblocks",
            "cryptsetup",
            "mdadm",
        ],
        matches: |run| {
            let wipes = match run.name {
                "wipefs" => run.has_option('a', "all") || run.has_option('o', "offset"),
                "blkdiscard" => true,
                "sgdisk" => {
                    run.has_option('Z', "zap-all")
                        || run.has_option('z', "zap")
                        || run.has_option('o', "clear")
                }
                "sfdisk" => run.has_any(&["--delete", "--wipe"]) || reads_script(run),
                "fdisk" => reads_script(run),
                "parted" => run.has_any(&["rm", "mklabel", "mktable", "mkpart", "resizepart"]),
                "hdparm" => run.has_any(&[
                    "--security-erase",
                    "--security-erase-enhanced",
                    "--trim-sector-ranges",
                ]),
                "nvme" => run.has_any(&["format", "sanitize", "write-zeroes", "delete-ns"]),
                "badblocks" => run.has_option('w', "write-mode"),
                "cryptsetup" => run.has_any(&["luksFormat", "luksErase", "erase", "reencrypt"]),
                _ => run.has_word("--zero-superblock"),
            };
            wipes
                && !run.is_rehearsal()
                && !(run.name == "wipefs" && run.has_option('n', "no-act"))
                && names_device(run)
        },
        example: example("wipefs -a /dev/sdb", "wipefs /dev/sdb"),
    },
    Rule {
        id: "shred",
        flags: "files or disks overwritten beyond recovery",
        programs: &["shred", "srm", "wipe", "scrub"],
        matches: |run| {
            !run.is_rehearsal()
                && run
                    .operands(&["-n", "-s", "--iterations", "--size"])
                    .any(|word| reach(word, run) != Reach::Temporary)
        },
        example: example("shred -u keys.db", "shred --help"),
    },
    Rule {
        id: "remove-volume",
        flags: "volumes, pools and datasets removed",
        programs: &[
            "zpool", "zfs", "lvremove", "vgremove", "pvremove", "btrfs", "diskutil", "gpart", "lvm",
        ],
        matches: |run| {
            let removes = match run.name {
                "zpool" | "zfs" => run.does(&[], &["destroy"]) && !run.has_option('n', "dry-run"),
                "gpart" => run.does(&[], &["destroy"]) || run.does(&[], &["delete"]),
                "btrfs" => run.does(&[], &["subvolume", "delete"]),
                "diskutil" => {
                    let verb = run
                        .operand(&[], 0)
                        .map(|word| word.text.to_ascii_lowercase());
                    verb.is_some_and(|verb| {
                        verb.starts_with("erase")
                            || verb.starts_with("partition")
                            || verb == "zerodisk"
                            || verb == "secureerase"
                    }) || run.does(&[], &["apfs", "deleteContainer"])
                        || run.does(&[], &["apfs", "deleteVolume"])
                }
                "lvm" => run
                    .operand(&[], 0)
                    .is_some_and(|word| word.text.ends_with("remove")),
                _ => run.operand(&[], 0).is_some(),
            };
            removes && !run.is_rehearsal()
        },
        example: example("zfs destroy -r tank/home", "zfs list"),
    },
];
