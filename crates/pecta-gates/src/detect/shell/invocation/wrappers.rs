//! Where the command is that a wrapper, a container tool or `ssh` runs.

use crate::detect::shell::{
    commands::{self, WRAPPERS, Wrapper},
    lexer::Word,
};

/// Options of `ssh` with a value.
pub(super) const SSH_VALUED: &[&str] = &[
    "-B", "-b", "-c", "-D", "-E", "-e", "-F", "-I", "-i", "-J", "-L", "-l", "-m", "-O", "-o", "-p",
    "-Q", "-R", "-S", "-W", "-w",
];

/// Options of container tools with a value, where they stand in front of the command in a container.
const CONTAINER_VALUED: &[&str] = &[
    "-e",
    "--env",
    "-u",
    "--user",
    "-w",
    "--workdir",
    "-v",
    "--volume",
    "-p",
    "--publish",
    "--name",
    "--network",
    "--net",
    "--mount",
    "--entrypoint",
    "--env-file",
    "-f",
    "--file",
    "-c",
    "--container",
    "-n",
    "--namespace",
    "-h",
    "--hostname",
    "--platform",
    "--context",
    "-l",
    "--label",
    "-m",
    "--memory",
    "--cpus",
    "--gpus",
    "--add-host",
    "--cap-add",
];

/// The program at the head of the words, and its arguments.
pub(super) fn head<'s>(words: &'s [Word<'s>]) -> Option<(&'s str, &'s [Word<'s>])> {
    // "function clean { ...": the body is run when the function is.
    let words = match words {
        [first, _, body, ..] if first.text == "function" && body.text == "{" => {
            words.get(2..).unwrap_or_default()
        }
        _ => words,
    };
    let is_head = |word: &Word<'_>| {
        !(word.text.is_empty()
            || !word.quoted && commands::is_reserved(&word.text)
            || commands::assignment(&word.text).is_some())
    };
    let at = words.iter().position(is_head)?;
    let (first, args) = words.get(at..)?.split_first()?;
    Some((commands::program(&first.text), args))
}

pub(super) fn wrapper(name: &str) -> Option<&'static Wrapper> {
    WRAPPERS
        .iter()
        .find(|wrapper| wrapper.names.contains(&name))
}

/// The command that a wrapper runs.
pub(super) fn wrapped<'s>(wrapper: &Wrapper, args: &'s [Word<'s>]) -> &'s [Word<'s>] {
    let words = operands_from(args, wrapper.valued, 0);
    let assignments = words
        .iter()
        .take_while(|word| commands::assignment(&word.text).is_some())
        .count();
    words
        .get(assignments + wrapper.operands..)
        .unwrap_or_default()
}

/// The words behind the options and the first `skip` operands.
pub(super) fn operands_from<'s>(
    args: &'s [Word<'s>],
    valued: &[&str],
    skip: usize,
) -> &'s [Word<'s>] {
    let (mut at, mut operands) = (0, 0);
    while let Some(word) = args.get(at) {
        if word.text == "--" {
            at += 1;
        } else if word.is_option() {
            at += 1 + usize::from(valued.contains(&word.text.as_ref()));
        } else if operands < skip {
            operands += 1;
            at += 1;
        } else {
            break;
        }
    }
    args.get(at..).unwrap_or_default()
}

pub(super) fn skip_words<'s>(args: &'s [Word<'s>], names: &[&str]) -> &'s [Word<'s>] {
    let count = args
        .iter()
        .take_while(|word| names.contains(&word.text.as_ref()))
        .count();
    args.get(count..).unwrap_or_default()
}

/// The command that a container tool runs in a container.
pub(super) fn contained<'s>(args: &'s [Word<'s>]) -> Option<&'s [Word<'s>]> {
    let verb = args
        .iter()
        .position(|word| ["exec", "run"].contains(&word.text.as_ref()))?;
    let rest = args.get(verb + 1..)?;
    match rest.iter().position(|word| word.text == "--") {
        Some(at) => rest.get(at + 1..),
        None => Some(operands_from(rest, CONTAINER_VALUED, 1)),
    }
}

/// The command that `fd` runs on what it finds; none when it runs none.
pub(super) fn executed<'s>(args: &'s [Word<'s>]) -> &'s [Word<'s>] {
    let options = ["-x", "-X", "--exec", "--exec-batch"];
    let mut after = args.splitn(2, |word| options.contains(&word.text.as_ref()));
    after.nth(1).unwrap_or_default()
}

/// Whether the program runs this argument as shell text.
pub(super) fn runs_text(name: &str, args: &[Word<'_>], word: &Word<'_>) -> bool {
    match name {
        "git" => {
            let in_each = args.first().is_some_and(|word| word.text == "submodule");
            in_each && word.text.contains(' ')
        }
        _ => word.text.contains(' '),
    }
}
