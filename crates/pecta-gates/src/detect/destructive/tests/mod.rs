//! The neighbours of the rules.

mod cloud;
mod disk;
mod git;
mod rm;
mod shell;
mod sql;
mod windows;

use proptest::prelude::*;

use super::{judge, platforms, remote, system};
use crate::{
    check::Check,
    detect::shell::{Asked, JUDGES, Piece, invocation},
    prefilter::ByteKinds,
};

/// The rules that all checks of the gate find in the text.
fn found(text: &str) -> Vec<&'static str> {
    let mut found = Vec::new();
    for check in [
        Check::Shell,
        Check::Git,
        Check::Sql,
        Check::Disk,
        Check::Cloud,
        Check::Windows,
    ] {
        let judge = judge(check).unwrap();
        let before = found.len();
        (judge.read)(&Piece::new(text), &[], &mut |rule, range| {
            assert!(
                text.get(range.clone()).is_some_and(|part| !part.is_empty()),
                "{rule} at {range:?} of {text}"
            );
            found.push(rule);
        });
        let is_read = || {
            ByteKinds::of(text.as_bytes()).contains(judge.needs) && Asked::new(judge).is_worth(text)
        };
        assert!(
            found.len() == before || is_read(),
            "{check:?} is asked about {text}"
        );
    }
    found
}

/// Checks that every text is flagged, or none, and names all for which it is otherwise.
#[track_caller]
fn check(flagged: bool, texts: &[&str]) {
    let wrong: Vec<_> = texts
        .iter()
        .map(|text| (text, found(text)))
        .filter(|(_, found)| found.is_empty() == flagged)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The command that the text is, as a list of words; none if it is more than one, or reads or writes files.
fn as_list(text: &str) -> Option<String> {
    let piece = Piece::new(text);
    let mut commands = Vec::new();
    invocation::visit(&piece, true, &mut |run, _| {
        let words: Vec<_> = run
            .command
            .words
            .iter()
            .map(|word| word.text.to_string())
            .collect();
        let is_plain = run.command.redirects.is_empty()
            && run.command.input.is_none()
            && run.script.commands.len() == 1
            && words.len() > 1;
        commands.extend(is_plain.then(|| format!("CMD {words:?}")));
    });
    commands.into_iter().next()
}

#[test]
fn examples_are_flagged_as_lists_of_words() {
    let tables = [
        super::rm::RULES,
        system::RULES,
        remote::RULES,
        super::git::RULES,
        super::sql::TOOLS,
        super::disk::RULES,
        super::cloud::RULES,
        platforms::RULES,
    ];
    let rules = tables.into_iter().flatten();
    let lists: Vec<_> = rules.filter_map(|rule| as_list(rule.example.hit)).collect();
    assert!(lists.len() > 40, "{lists:#?}");
    check(true, &lists.iter().map(String::as_str).collect::<Vec<_>>());
}

proptest! {
    #[test]
    fn any_text_is_read_to_its_end(parts in prop::collection::vec(prop::sample::select(PARTS), 0..40), other in "\\PC{0,8}") {
        let text = parts.concat() + &other + &parts.concat();
        let checks = [Check::Shell, Check::Git, Check::Sql, Check::Disk, Check::Cloud, Check::Windows];
        for judge in checks.into_iter().filter_map(judge).chain(JUDGES) {
            (judge.read)(&Piece::new(&text), &[], &mut |rule, range| {
                assert!(text.get(range.clone()).is_some_and(|part| !part.is_empty()), "{rule} at {range:?} of {text:?}");
            });
        }
    }
}

const PARTS: &[&str] = &[
    "rm",
    " -rf ",
    "/",
    " ",
    "\n",
    "'",
    "\"",
    "`",
    "$(",
    ")",
    "(",
    "|",
    "&",
    ";",
    "<<E\n",
    "E\n",
    "\\",
    "$",
    "{",
    "}",
    "sudo ",
    "bash -c ",
    "find ",
    "-exec ",
    "../",
    "%2e",
    "..",
    "/etc",
    "~/.ssh",
    "DROP TABLE ",
    "DELETE FROM x",
    " WHERE 1=1",
    "--",
    "/*",
    "*/",
    "iex (",
    "rd /s ",
    "é",
    "\u{3000}",
    "=",
    "a",
    "cmd /c ",
    "system('",
    "```",
    "```py\n",
    "echo ",
    "| base64 -d | sh",
    "> ",
    "$'\\x",
    ":(){ :|:& }",
    "dd of=/dev/sda",
    "\r\n",
    "#",
    "eval ",
    "%",
    "c0%af",
];
