//! What `find` starts from, and whether it takes only some of what it finds.

use super::{
    commands,
    invocation::Invocation,
    lexer::Word,
    paths::{Reach, reach},
};

/// Where `find` starts: its arguments up to the first test or action.
pub(crate) fn roots<'s>(args: &'s [Word<'s>]) -> &'s [Word<'s>] {
    let is_option = |word: &&Word<'_>| ["-L", "-P", "-H", "-E"].contains(&word.text.as_ref());
    let options = args.iter().take_while(is_option).count();
    let args = args.get(options..).unwrap_or_default();
    let is_root = |word: &&Word<'_>| {
        !(word.text.starts_with('-') || ["!", "("].contains(&word.text.as_ref()))
    };
    let count = args.iter().take_while(is_root).count();
    args.get(..count).unwrap_or_default()
}

/// Programs that remove what `find` runs them on.
pub(crate) const REMOVERS: &[&str] = &["rm", "unlink", "shred"];

/// Whether a test narrows down what is removed by more than its kind and depth.
pub(crate) fn is_narrowed(args: &[Word<'_>]) -> bool {
    let kinds = [
        "-type",
        "-maxdepth",
        "-mindepth",
        "-depth",
        "-print",
        "-print0",
        "-xdev",
        "-mount",
    ];
    // What stands behind the removal comes too late, or is an option of the program that removes.
    let tests = args.get(..removal(args).unwrap_or(args.len()));
    let tests = tests.unwrap_or_default().iter().skip(roots(args).len());
    tests
        .filter(|word| word.text.starts_with('-'))
        .any(|word| !kinds.contains(&word.text.as_ref()))
}

/// Whether what is found is removed.
pub(crate) fn removes(args: &[Word<'_>]) -> bool {
    removal(args).is_some()
}

/// The first argument that has something removed.
fn removal(args: &[Word<'_>]) -> Option<usize> {
    let programs = args.iter().skip(1).map(Some).chain([None]);
    args.iter().zip(programs).position(|(action, program)| {
        let program = program.map(|word| commands::program(&word.text));
        action.text == "-delete"
            || ["-exec", "-execdir"].contains(&action.text.as_ref())
                && program.is_some_and(|program| REMOVERS.contains(&program))
    })
}

/// Whether the operands that a command is fed come from a `find` in directories for temporary files.
pub(crate) fn finds_temporary(run: &Invocation<'_>) -> bool {
    let before = run
        .command
        .reads_from
        .and_then(|index| run.script.command(index));
    let command = before.unwrap_or(run.command);
    let Some(at) = command.words.iter().position(|word| word.text == "find") else {
        return false;
    };
    let args = command.words.get(at + 1..).unwrap_or_default();
    let roots = roots(args);
    !roots.is_empty()
        && roots.iter().all(|root| {
            let path = root.text.trim_end_matches('/');
            path == "/tmp" || path == "/var/tmp" || reach(root, run) == Reach::Temporary
        })
}
