//! The examples that the tables of rules have of themselves.

use super::found;
use crate::detect::{
    destructive::{cloud, disk, git, remote, sql, system, windows},
    shell::rm,
};

#[test]
fn every_example_holds() {
    let tables = [
        rm::RULES,
        system::RULES,
        remote::RULES,
        git::RULES,
        disk::RULES,
        cloud::RULES,
        sql::TOOLS,
    ];
    let of_programs = tables
        .into_iter()
        .flatten()
        .map(|rule| (rule.id, &rule.example));
    let of_statements = sql::STATEMENTS.iter().map(|rule| (rule.id, &rule.example));
    let of_windows = windows::TABLES
        .into_iter()
        .flatten()
        .map(|rule| (rule.id, &rule.example));
    for (id, example) in of_programs.chain(of_statements).chain(of_windows) {
        assert!(
            found(example.hit).contains(&id),
            "{id}: {} gives {:?}",
            example.hit,
            found(example.hit)
        );
        assert_eq!(found(example.miss), [""; 0], "{id}: {}", example.miss);
    }
}
