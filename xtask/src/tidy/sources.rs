//! What must hold for every Rust source file.

/// Beyond this a file does more than one job.
const MAX_LINES: usize = 500;

/// Where tests are registered in tables: one with the attribute would not be part of the binary.
const TABLES: &str = "tests/api/";

/// Checks one file, called `name` in the problems found.
pub(crate) fn check(name: &str, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    if !text.trim_start().starts_with("//!") {
        problems.push(format!("{name}: does not begin with a module doc (`//!`)"));
    }
    let lines = text.lines().count();
    if lines > MAX_LINES {
        problems.push(format!("{name}: {lines} lines, more than {MAX_LINES}"));
    }
    let is_test = |line: &str| line.trim() == "#[test]";
    if name.starts_with(TABLES) && text.lines().any(is_test) {
        problems.push(format!(
            "{name}: has a `#[test]`, which never runs here: name it in `tests!`"
        ));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_black_box_tests_stand_in_tables() {
        let text = "//! What.\n#[test]\nfn t() {}";
        assert!(check("crates/a/src/lib.rs", text).is_empty());
        assert_eq!(check("tests/api/a.rs", text).len(), 1);
    }

    #[track_caller]
    fn check_file(text: &str, expected: &[&str]) {
        assert_eq!(check("a.rs", text), expected);
    }

    #[test]
    fn a_file_begins_with_a_module_doc() {
        let missing = "a.rs: does not begin with a module doc (`//!`)";
        check_file("//! What.\n\nfn f() {}", &[]);
        check_file("\n//! What.", &[]);
        check_file("", &[missing]);
        check_file("// What.", &[missing]);
        check_file("use std::io;\n//! What.", &[missing]);
    }

    #[test]
    fn a_file_has_at_most_500_lines() {
        check_file(&"//!\n".repeat(500), &[]);
        check_file(&"//!\n".repeat(501), &["a.rs: 501 lines, more than 500"]);
    }
}
