//! `rm` that takes a directory with everything in it.
//!
//! Flags a recursive and forced `rm`, options anywhere and in any spelling, and a recursive one of a whole system or home,
//! unless all it takes is in directories for temporary files.

use super::{
    Judge,
    cues::{Cue, programs, text},
    invocation::Invocation,
    lexer::Word,
    paths::{Reach, reach},
};
use crate::{
    detect::destructive::{self, Rule, example},
    prefilter::ByteKinds,
};

pub(crate) const RULES: &[Rule] = &[
    Rule {
        id: "rm-recursive-force",
        flags: "an `rm` that would run, recursive and forced, of more than temporary files",
        programs: &["rm", "grm"],
        matches: |run| {
            Options::of(run.args)
                .is_some_and(|options| options.recursive && options.force && takes(run, &options))
        },
        example: example("sudo rm -r data --force", "rm -rf /tmp/build"),
    },
    Rule {
        id: "rm-recursive-vital",
        flags: "an `rm`, recursive, of a whole system or home",
        programs: &["rm", "grm"],
        matches: |run| {
            Options::of(run.args).is_some_and(|options| {
                options.recursive
                    && options
                        .operands
                        .iter()
                        .any(|word| reach(word, run) == Reach::Vital)
            })
        },
        example: example("rm -r /usr", "rm -r build"),
    },
];

struct Options<'s> {
    recursive: bool,
    force: bool,
    operands: Vec<&'s Word<'s>>,
}

impl<'s> Options<'s> {
    /// Reads options as `getopt_long` does: anywhere up to `--`, long ones by any prefix. None when the command only
    /// explains itself.
    fn of(args: &'s [Word<'s>]) -> Option<Self> {
        let mut options = Self {
            recursive: false,
            force: false,
            operands: Vec::new(),
        };
        let mut ended = false;
        for word in args {
            match word.text.as_bytes() {
                _ if ended => options.operands.push(word),
                b"--" => ended = true,
                b"--help" | b"--version" => return None,
                [b'-', b'-', name @ ..] => {
                    options.recursive |= name.starts_with(b"r") && b"recursive".starts_with(name);
                    options.force |= name.starts_with(b"f") && b"force".starts_with(name);
                }
                [b'-', letters @ ..] if letters.iter().any(u8::is_ascii_alphabetic) => {
                    options.recursive |= letters.iter().any(|letter| b"rR".contains(letter));
                    options.force |= letters.contains(&b'f');
                }
                [] if word.substitutions.is_empty() => {}
                _ => options.operands.push(word),
            }
        }
        Some(options)
    }
}

/// Whether anything is taken that is not temporary.
fn takes(run: &Invocation<'_>, options: &Options<'_>) -> bool {
    let is_placeholder = |word: &Word<'_>| run.feeds && word.text.contains("{}");
    let named = || options.operands.iter().filter(|word| !is_placeholder(word));
    if named().any(|word| reach(word, run) != Reach::Temporary) {
        return true;
    }
    run.feeds && !super::find::finds_temporary(run)
}

/// What is in every text that runs `rm`, in whatever disguise is seen through, if it breaks a rule.
pub(crate) const CUES: &[Cue] = &[
    programs(&["rm ", "grm "], &["f", "/", "~"]),
    programs(
        &["rm$", "rm\"", "rm'", "rm\\", "rm,", "rm`", "rm{", "rm)"],
        &[],
    ),
    text(
        &[
            "rmtree(",
            "rmsync(",
            "fs.rm(",
            "promises.rm(",
            "rm_rf(",
            "rm_r(",
            "removesync(",
            "removeall(",
            "remove_dir_all(",
            "rimraf",
        ],
        &[],
    ),
    text(
        &["r\\m", "r'm", "r\"m", "r''m", "r\"\"m", "\\x72", "\\162"],
        &[],
    ),
    text(&["base64 "], &["-d", "--d", "-id"]),
    text(&["xxd ", "rev ", "rev|", "rev<", "rev)", "-rf "], &[]),
];

pub(crate) const JUDGE: Judge = Judge {
    // `rmtree("/")` has not even a hyphen.
    needs: ByteKinds::BREAK,
    cues: &[CUES],
    read: |piece, _, report| destructive::programs(piece, &[RULES], report),
};
