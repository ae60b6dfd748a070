//! `rm` that is both recursive and forced.
//!
//! Flags `(?<![A-Za-z0-9_.-])rm((?:\s+-{1,2}[A-Za-z-]+)+)`, case-sensitive, when the options together are recursive and
//! forced. An option that starts with `--` is a long one (`--recursive`, `--force`), any other a cluster of letters (`r` or
//! `R`, `f`).
//!
//! Leaves alone `rm` with only one of the two, options after an operand (`rm x -rf`), and words that end in "rm".

use std::ops::Range;

use super::{Detector, Match, around};
use crate::{
    prefilter::ByteKinds,
    text::{leading, leading_spaces},
};

/// Anchored at `rm`.
pub(crate) struct Rm;

impl Detector for Rm {
    fn needs(&self) -> ByteKinds {
        ByteKinds::DASH.and(ByteKinds::SPACE)
    }

    fn words(&self) -> &[&str] {
        &["rm -", "rm  "]
    }

    fn find(&self, text: &[u8], mut anchors: Range<usize>) -> Option<Match> {
        anchors.find_map(|start| command(text, start))
    }
}

fn command(text: &[u8], start: usize) -> Option<Match> {
    let (before, command) = around(text, start);
    let mut rest = command.strip_prefix(b"rm")?;
    if before
        .last()
        .is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(byte))
    {
        return None;
    }
    let (mut recursive, mut force) = (false, false);
    while let Some((option, after)) = split_option(rest) {
        if option.starts_with(b"--") {
            recursive |= option == b"--recursive";
            force |= option == b"--force";
        } else {
            recursive |= option.iter().any(|letter| b"rR".contains(letter));
            force |= option.contains(&b'f');
        }
        rest = after;
    }
    (recursive && force).then_some(Match {
        rule: "rm-recursive-force",
        range: start..text.len() - rest.len(),
    })
}

/// Splits `\s+-{1,2}[A-Za-z-]+` off the start: the option without the white space, and what follows it.
fn split_option(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let spaces = leading_spaces(text);
    let (_, text) = text.split_at_checked(spaces)?;
    let (option, rest) = text.split_at_checked(leading(text, |byte| {
        byte.is_ascii_alphabetic() || byte == b'-'
    }))?;
    (spaces > 0 && option.len() > 1 && option.starts_with(b"-")).then_some((option, rest))
}

#[cfg(test)]
mod tests {
    use super::{super::testing, Rm};

    fn check(marked: &str) {
        testing::check(&Rm, marked);
    }

    #[test]
    fn recursive_and_forced_is_flagged() {
        for options in [
            "-rf",
            "-fr",
            "-Rf",
            "-fR",
            "-rfv",
            "-r -f",
            "-f -v -R",
            "--recursive --force",
            "--force --recursive",
            "-r --force",
            "-v -rf",
            "-r-f",
            "-- -rf",
            "--verbose -rf",
            "\t-rf",
        ] {
            check(&format!("⟦rm {options}⟧ /data"));
        }
        check("sudo ⟦rm -rf⟧/x; /bin/⟦rm\u{3000}-rf⟧9 rm -r y");
        check("rm rm ⟦rm -fr⟧");
        check("é⟦rm -rf⟧");
    }

    #[test]
    fn less_than_that_is_left_alone() {
        for text in [
            "rm file.txt",
            "rm -r x",
            "rm -f x",
            "rm x -rf",
            "rm --recursive x",
            "rm --rf x",
            "rm -r x -f",
            "RM -RF",
            "rm-rf",
            "rm - rf",
            "rm --recursives --force",
            "an alarm -rf",
            "storm -rf",
            "-rm -rf",
            ".rm -rf",
            "_rm -rf",
            "rm",
            "rm -",
        ] {
            check(text);
        }
    }
}
