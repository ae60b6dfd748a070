//! Commands that look for secrets, wherever they may lie.

use super::{
    super::{find, invocation::Invocation, lexer::Word},
    places::{HOMES, KEYS, SEARCHING, SOUGHT},
};

/// The name of a private key that `find` looks for in all homes, the user's own, or all of the system.
pub(super) fn sought_key<'s>(run: &Invocation<'s>) -> Option<&'s Word<'s>> {
    let is_wide = |word: &Word<'_>| HOMES.contains(&word.text.trim_end_matches('/'));
    if run.name != "find" || !find::roots(run.args).iter().any(is_wide) {
        return None;
    }
    run.args.windows(2).find_map(|pair| match pair {
        [option, name] if ["-name", "-iname"].contains(&option.text.as_ref()) => {
            let is_key = KEYS.iter().any(|key| name.text.contains(key));
            (is_key && !name.text.ends_with(".pub")).then_some(name)
        }
        _ => None,
    })
}

/// Whether the program looks through directories for secrets, rather than in a file for a setting that it knows.
pub(super) fn is_search(run: &Invocation<'_>) -> bool {
    let is_sought = |word: &Word<'_>| {
        let word = word.text.to_ascii_lowercase();
        !word.contains('/') && SOUGHT.iter().any(|sought| has_word(&word, sought))
    };
    SEARCHING.contains(&run.name) && is_recursive(run) && run.args.iter().any(is_sought)
}

fn is_recursive(run: &Invocation<'_>) -> bool {
    let is_asked = |word: &Word<'_>| match word.text.strip_prefix('-') {
        Some(long) if long.starts_with('-') => long.ends_with("recursive"),
        // What stands behind these letters is the value of an option.
        Some(letters) => letters
            .chars()
            .take_while(|letter| !"efmABCdD".contains(*letter))
            .any(|letter| "rR".contains(letter)),
        None => false,
    };
    ["ag", "rg"].contains(&run.name) || run.args.iter().any(is_asked)
}

/// Whether the word stands in the text, and is no part of a longer one: `token`, but not `server_tokens`.
fn has_word(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        let (before, rest) = text.split_at(at);
        let after = rest.strip_prefix(word).unwrap_or_default();
        !before.ends_with(is_part) && !after.starts_with(is_part)
    })
}

/// The part of the registry with passwords that `reg` copies to a file.
pub(super) fn copied_hive<'s>(run: &Invocation<'s>) -> Option<&'s Word<'s>> {
    const HIVES: &[&str] = &["sam", "security", "system"];
    let [verb, hive, ..] = run.args else {
        return None;
    };
    let copies = run.name.eq_ignore_ascii_case("reg")
        && ["save", "export"]
            .iter()
            .any(|name| verb.text.eq_ignore_ascii_case(name));
    let lower = hive.text.to_ascii_lowercase();
    let name = lower
        .strip_prefix("hklm")
        .or(lower.strip_prefix("hkey_local_machine"))?
        .trim_start_matches('\\');
    (copies && HIVES.contains(&name)).then_some(hive)
}
