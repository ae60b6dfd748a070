//! Destructive commands, by the tool that carries them out. One table of rules per family.

mod cloud;
mod disk;
mod fork_bomb;
mod git;
mod options;
mod platforms;
mod processes;
mod remote;
mod sql;
mod system;
mod windows;

#[cfg(test)]
mod tests;

use std::sync::LazyLock;

pub(crate) use sql::CLIENTS;

use super::{
    Entry,
    shell::{
        Judge, Piece, Read, Report,
        cues::Cue,
        invocation::{self, Invocation},
        rm,
    },
};
use crate::{check::Check, prefilter::ByteKinds};

/// A rule about the programs that a text runs.
pub(crate) struct Rule {
    pub(crate) id: &'static str,
    pub(crate) flags: &'static str,
    /// The programs it is about; none for every program.
    pub(crate) programs: &'static [&'static str],
    pub(crate) matches: fn(&Invocation<'_>) -> bool,
    pub(crate) example: Example,
}

impl Rule {
    pub(crate) fn entry(&self) -> Entry {
        self.example.entry(self.id, self.flags)
    }
}

/// A text that a rule flags, and one of the same kind that it leaves alone.
pub(crate) struct Example {
    pub(crate) hit: &'static str,
    pub(crate) miss: &'static str,
}

impl Example {
    fn entry(&self, id: &'static str, flags: &'static str) -> Entry {
        Entry {
            id,
            flags,
            hit: self.hit,
            miss: self.miss,
        }
    }
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

/// Whether a rule is about the program.
pub(super) fn is_judged(name: &str) -> bool {
    static NAMES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
        let tables = [
            rm::RULES,
            system::RULES,
            git::RULES,
            sql::TOOLS,
            disk::RULES,
            cloud::RULES,
            platforms::RULES,
        ];
        let rules = tables.into_iter().flatten();
        let names = rules.flat_map(|rule| rule.programs).copied();
        let mut names: Vec<_> = names
            .chain(remote::LISTENERS.iter().copied())
            .chain(["socat"])
            .chain(windows::programs())
            .collect();
        names.sort_unstable();
        names
    });
    let is_named = |name: &str| NAMES.binary_search(&name).is_ok();
    // Windows reads names whatever their case.
    is_named(name)
        || disk::makes_file_systems(name)
        || name.bytes().any(|byte| byte.is_ascii_uppercase())
            && is_named(&name.to_ascii_lowercase())
}

/// Reports the first rule that each program breaks which a text runs.
pub(crate) fn programs(piece: &Piece<'_>, tables: &[&[Rule]], report: Report<'_>) {
    invocation::visit(piece, true, &mut |run, range| {
        if let Some(rule) = first_broken(run, tables) {
            report(rule, range);
        }
    });
}

/// What judges a check of the gate.
pub(super) fn judge(check: Check) -> Option<Judge> {
    let (cues, read): (&'static [&'static [Cue]], Read) = match check {
        Check::Shell => (
            &[rm::CUES, system::CUES, remote::CUES, fork_bomb::CUES],
            |piece, _, report| {
                programs(piece, &[rm::RULES, system::RULES, remote::RULES], report);
                fork_bomb::find(piece.text, report);
            },
        ),
        Check::Git => (&[git::CUES], |piece, _, report| {
            programs(piece, &[git::RULES], report);
        }),
        Check::Sql => (&[sql::CUES], |piece, _, report| sql::judge(piece, report)),
        Check::Disk => (&[disk::CUES], |piece, _, report| {
            programs(piece, &[disk::RULES], report);
        }),
        Check::Cloud => (&[cloud::CUES, platforms::CUES], |piece, _, report| {
            programs(piece, &[cloud::RULES, platforms::RULES], report);
        }),
        Check::Windows => (&[windows::CUES], |piece, _, report| {
            windows::commands(piece.text, report);
        }),
        _ => return None,
    };
    Some(Judge {
        // What stands for a space need not be one: `rm${IFS}-rf`.
        needs: ByteKinds::NONE,
        cues,
        read,
    })
}

/// The rules of a check of the gate; none for any other.
pub(super) fn entries(check: Check) -> Vec<Entry> {
    let of = |tables: &[&[Rule]]| {
        let rules = tables.iter().copied().flatten();
        rules.map(Rule::entry).collect::<Vec<_>>()
    };
    match check {
        Check::Shell => [
            of(&[rm::RULES, system::RULES, remote::RULES]),
            fork_bomb::RULES.to_vec(),
        ]
        .concat(),
        Check::Git => of(&[git::RULES]),
        Check::Sql => [sql::entries(), of(&[sql::TOOLS])].concat(),
        Check::Disk => of(&[disk::RULES]),
        Check::Cloud => of(&[cloud::RULES, platforms::RULES]),
        Check::Windows => windows::entries(),
        _ => Vec::new(),
    }
}
