//! Reading the arguments of a program.

use crate::detect::shell::{invocation::Invocation, lexer::Word};

impl Invocation<'_> {
    /// Whether an argument is exactly this.
    pub(super) fn has_word(&self, text: &str) -> bool {
        self.args.iter().any(|word| word.text == text)
    }

    /// Whether one of the arguments is exactly one of these.
    pub(super) fn has_any(&self, texts: &[&str]) -> bool {
        self.args
            .iter()
            .any(|word| texts.contains(&word.text.as_ref()))
    }

    /// Whether an option is given, by its letter in a cluster or by its long name, before `--`.
    pub(super) fn has_option(&self, letter: char, name: &str) -> bool {
        let mut options = self.args.iter().take_while(|word| word.text != "--");
        options.any(|word| match word.text.strip_prefix('-') {
            Some(long) if long.starts_with('-') => {
                let long = long.trim_start_matches('-');
                long.split('=').next() == Some(name)
            }
            Some(cluster) => cluster.chars().all(char::is_alphanumeric) && cluster.contains(letter),
            None => false,
        })
    }

    /// The arguments that are no options, nor the values of the options that take one.
    pub(super) fn operands<'a>(
        &'a self,
        valued: &'a [&'a str],
    ) -> impl Iterator<Item = &'a Word<'a>> {
        let mut is_value = false;
        let mut ended = false;
        self.args.iter().filter(move |word| {
            if std::mem::take(&mut is_value) {
                return false;
            }
            if ended || !word.is_option() {
                return true;
            }
            ended = word.text == "--";
            is_value = valued.contains(&word.text.as_ref());
            false
        })
    }

    /// Whether the operands start with these words.
    pub(super) fn does(&self, valued: &[&str], verbs: &[&str]) -> bool {
        let mut operands = self.operands(valued);
        verbs
            .iter()
            .all(|verb| operands.next().is_some_and(|word| word.text == *verb))
    }

    /// The operand at this place.
    pub(super) fn operand<'a>(&'a self, valued: &'a [&'a str], at: usize) -> Option<&'a Word<'a>> {
        self.operands(valued).nth(at)
    }

    /// Whether the command only shows what it would do, or how it is used.
    pub(super) fn is_rehearsal(&self) -> bool {
        self.args.iter().any(|word| {
            let text = word.text.as_ref();
            [
                "--dry-run",
                "--dryrun",
                "--help",
                "-help",
                "--no-act",
                "--just-print",
                "--check",
                "--whatif",
                "--what-if",
            ]
            .contains(&text)
                || (text.starts_with("--dry-run=")
                    && text != "--dry-run=none"
                    && text != "--dry-run=false")
        })
    }
}
