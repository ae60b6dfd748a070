//! Destructive commands, by the tool that carries them out. One table of rules per family.

mod cloud;
mod disk;
mod fork_bomb;
mod git;
mod options;
mod remote;
mod sql;
mod system;
mod windows;

#[cfg(test)]
mod tests;

pub(crate) use sql::CLIENTS;

use super::shell::{
    Judge, Report, Words,
    invocation::{self, Invocation},
    rm,
};
use crate::{check::Check, prefilter::ByteKinds};

/// A rule about the programs that a text runs.
pub(crate) struct Rule {
    pub(crate) id: &'static str,
    /// The programs it is about; none for every program.
    pub(crate) programs: &'static [&'static str],
    pub(crate) matches: fn(&Invocation<'_>) -> bool,
    #[cfg_attr(
        not(test),
        expect(
            dead_code,
            reason = "documents the rule, and is read by the test of all examples"
        )
    )]
    pub(crate) example: Example,
}

/// A text that a rule flags, and one of the same kind that it leaves alone.
pub(crate) struct Example {
    #[cfg_attr(
        not(test),
        expect(
            dead_code,
            reason = "documents the rule, and is read by the test of all examples"
        )
    )]
    pub(crate) hit: &'static str,
    #[cfg_attr(
        not(test),
        expect(
            dead_code,
            reason = "documents the rule, and is read by the test of all examples"
        )
    )]
    pub(crate) miss: &'static str,
}

pub(crate) const fn example(hit: &'static str, miss: &'static str) -> Example {
    Example { hit, miss }
}

/// The first rule of the tables that the program breaks.
fn first_broken(run: &Invocation<'_>, tables: &[&[Rule]]) -> Option<&'static str> {
    let is_about = |rule: &Rule| rule.programs.is_empty() || rule.programs.contains(&run.name);
    let mut rules = tables.iter().copied().flatten();
    rules
        .find(|rule| is_about(rule) && (rule.matches)(run))
        .map(|rule| rule.id)
}

/// Reports the first rule that each program breaks which a text runs.
pub(crate) fn programs(text: &str, tables: &[&[Rule]], report: Report<'_>) {
    invocation::visit(text, &mut |run, range| {
        if let Some(rule) = first_broken(run, tables) {
            report(rule, range);
        }
    });
}

/// What judges a check of the gate.
pub(super) fn judge(check: Check) -> Option<Judge> {
    let (words, read): (Words, fn(&str, Report<'_>)) = match check {
        Check::Shell => (&[rm::WORDS, SHELL_WORDS], |text, report| {
            programs(text, &[rm::RULES, system::RULES, remote::RULES], report);
            fork_bomb::find(text, report);
        }),
        Check::Git => (
            &[&["git ", "git-", "git'", "git\"", "bfg "]],
            |text, report| {
                programs(text, &[git::RULES], report);
            },
        ),
        Check::Sql => (&[sql::WORDS], sql::judge),
        Check::Disk => (&[DISK_WORDS], |text, report| {
            programs(text, &[disk::RULES], report);
        }),
        Check::Cloud => (&[CLOUD_WORDS], |text, report| {
            programs(text, &[cloud::RULES], report);
        }),
        Check::Windows => (&[windows::WORDS], windows::commands),
        _ => return None,
    };
    Some(Judge {
        // Calls in code, such as `db.users.deleteMany({})`, have not even a space.
        needs: ByteKinds::NONE,
        words,
        read,
    })
}

/// Beside those of `rm`.
const SHELL_WORDS: &[&str] = &[
    "-delete",
    "chmod ",
    "chown ",
    "chgrp ",
    "setfacl ",
    "chattr ",
    "mv ",
    "> /",
    ">/",
    "truncate -",
    "--delete",
    "rclone ",
    "crontab ",
    "history -",
    "unset hist",
    "shutdown ",
    "reboot",
    "halt",
    "poweroff",
    "init 0",
    "init 6",
    "systemctl ",
    "kill -",
    "killall5",
    "pkill ",
    "unlink ",
    "iptables ",
    "ip6tables ",
    "nft ",
    "ufw ",
    "userdel ",
    "deluser ",
    "apt ",
    "apt-get ",
    "dpkg ",
    "yum ",
    "dnf ",
    "rpm ",
    "pacman ",
    "curl ",
    "wget ",
    "fetch ",
    "&}",
    "& }",
    "%0|%0",
    "gunzip",
    "zcat",
    "gzip ",
    "openssl ",
];

const DISK_WORDS: &[&str] = &[
    "/dev/",
    "mkfs",
    "shred ",
    "srm ",
    "scrub ",
    "zpool ",
    "zfs ",
    "lvremove",
    "pvremove",
    "vgremove",
    "btrfs ",
    "diskutil ",
    "physicaldrive",
    "gpart ",
];

const CLOUD_WORDS: &[&str] = &[
    "terraform ",
    "tofu ",
    "terragrunt ",
    "pulumi ",
    "cdk",
    "sst ",
    "serverless ",
    "sls ",
    "copilot ",
    "eksctl ",
    "aws ",
    "gcloud ",
    "gsutil ",
    "bq ",
    "firebase ",
    "az ",
    "kubectl ",
    "oc ",
    "helm",
    "docker",
    "podman ",
    "nerdctl ",
    "gh ",
    "glab ",
    "heroku ",
    "fly",
    "doctl ",
    "vercel ",
    "netlify ",
    "railway ",
    "vault ",
    "npm ",
    "wrangler ",
    "supabase ",
    "hcloud ",
    "microk8s ",
    "k3s ",
    "linode-cli ",
    "hub ",
    "kops ",
    "argocd ",
    "nomad ",
    "consul ",
    "etcdctl ",
    "mc ",
    "s3cmd ",
];
