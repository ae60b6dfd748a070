//! Every example of every table, and the neighbours of the rules.

use super::*;

/// The rules that all checks of the gate find in the text.
fn found(text: &str) -> Vec<&'static str> {
    let mut found = Vec::new();
    for check in [Check::Shell, Check::Git, Check::Sql, Check::Disk, Check::Cloud, Check::Windows] {
        let judge = judge(check).unwrap();
        let lower: String = text.to_ascii_lowercase().chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
        let before = found.len();
        (judge.judge)(text, &mut |rule, range| {
            assert!(text.get(range.clone()).is_some_and(|part| !part.is_empty()), "{rule} at {range:?} of {text}");
            found.push(rule);
        });
        let waits = judge.words.iter().any(|word| lower.contains(word));
        assert!(waits || found.len() == before, "{check:?} has a word of {text}");
    }
    found
}

#[test]
fn every_example_holds() {
    let tables = [rm::RULES, system::RULES, remote::RULES, git::RULES, disk::RULES, cloud::RULES, sql::TOOLS];
    let of_programs = tables.into_iter().flatten().map(|rule| (rule.id, &rule.example));
    let of_statements = sql::STATEMENTS.iter().map(|rule| (rule.id, &rule.example));
    let of_windows = windows::RULES.iter().map(|rule| (rule.id, &rule.example));
    for (id, example) in of_programs.chain(of_statements).chain(of_windows) {
        assert!(found(example.hit).contains(&id), "{id}: {} gives {:?}", example.hit, found(example.hit));
        assert_eq!(found(example.miss), [""; 0], "{id}: {}", example.miss);
    }
}
