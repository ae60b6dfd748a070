//! What must stand in the `Cargo.toml` files.

use toml::{Table, Value};

/// The dependencies that the project set out with. Any other one is declared with a reason.
const FOUNDATION: &[&str] = &[
    "actix-web",
    "aho-corasick",
    "chrono",
    "diesel",
    "diesel-async",
    "hmac",
    "serde",
    "serde_json",
    "sha2",
    "thiserror",
    "tokio",
];

/// Checks a member's manifest: whatever the workspace declares is inherited, not repeated.
pub(crate) fn check_member(name: &str, manifest: &Table) -> Vec<String> {
    let section = |key: &str| manifest.get(key).and_then(Value::as_table);
    let mut problems = Vec::new();
    for key in ["edition", "license", "publish"] {
        let value = section("package").and_then(|package| package.get(key));
        if !value.is_some_and(is_inherited) {
            problems.push(format!(
                "{name}: package.{key} is not inherited from the workspace"
            ));
        }
    }
    if !manifest.get("lints").is_some_and(is_inherited) {
        problems.push(format!(
            "{name}: lints are not inherited from the workspace"
        ));
    }

    let platforms = section("target").into_iter().flat_map(Table::values);
    let tables = platforms.filter_map(Value::as_table).chain([manifest]);
    for (dependency, _) in tables
        .flat_map(dependencies)
        .filter(|(_, declaration)| !is_inherited(declaration))
    {
        problems.push(format!(
            "{name}: {dependency} is declared here and not in the workspace"
        ));
    }
    problems
}

fn is_inherited(value: &Value) -> bool {
    value.get("workspace").and_then(Value::as_bool) == Some(true)
}

fn dependencies(table: &Table) -> impl Iterator<Item = (&String, &Value)> {
    ["dependencies", "dev-dependencies", "build-dependencies"]
        .into_iter()
        .filter_map(|kind| table.get(kind).and_then(Value::as_table))
        .flatten()
}

/// Checks the root manifest's text: a foreign dependency beyond the foundation has a comment above
/// it, or above the group of lines that it stands in.
pub(crate) fn check_reasons(manifest: &str) -> Vec<String> {
    let declarations = manifest
        .lines()
        .skip_while(|line| line.trim() != "[workspace.dependencies]")
        .skip(1)
        .take_while(|line| !line.starts_with('['));

    let mut has_reason = false;
    let mut problems = Vec::new();
    for line in declarations {
        if line.trim().is_empty() {
            has_reason = false;
        } else if line.starts_with('#') {
            has_reason = true;
        } else if let Some((name, declaration)) = line.split_once('=') {
            let name = name.trim();
            let is_own = declaration.contains("path =");
            if !is_own && !has_reason && !FOUNDATION.contains(&name) {
                problems.push(format!(
                    "Cargo.toml: {name} is declared without a reason above it"
                ));
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    const INHERITED: &str = "
        [package]
        edition.workspace = true
        license.workspace = true
        publish.workspace = true
        [lints]
        workspace = true
    ";

    #[track_caller]
    fn check_manifest(manifest: &str, expected: &[&str]) {
        assert_eq!(check_member("crate", &manifest.parse().unwrap()), expected);
    }

    #[track_caller]
    fn check_dependencies(dependencies: &str, expected: &[&str]) {
        check_manifest(&format!("{INHERITED}\n{dependencies}"), expected);
    }

    #[test]
    fn what_the_workspace_declares_is_inherited() {
        check_manifest(INHERITED, &[]);
        check_manifest(
            "[package]\nedition = '2024'\nlicense.workspace = false\n[lints.rust]\nunsafe_code = 'allow'",
            &[
                "crate: package.edition is not inherited from the workspace",
                "crate: package.license is not inherited from the workspace",
                "crate: package.publish is not inherited from the workspace",
                "crate: lints are not inherited from the workspace",
            ],
        );
    }

    #[test]
    fn versions_stand_in_the_workspace_only() {
        check_dependencies(
            "[dependencies]\nserde.workspace = true\ntokio = { workspace = true, features = ['rt'] }",
            &[],
        );
        for table in [
            "dependencies",
            "dev-dependencies",
            "build-dependencies",
            "target.'cfg(unix)'.dependencies",
        ] {
            let problem = "crate: serde is declared here and not in the workspace";
            check_dependencies(&format!("[{table}]\nserde = '1'"), &[problem]);
            check_dependencies(
                &format!("[{table}]\nserde = {{ path = '../serde' }}"),
                &[problem],
            );
        }
    }

    #[track_caller]
    fn check_root(dependencies: &str, unexplained: &[&str]) {
        let manifest = format!(
            "[workspace]\na = 1\n[workspace.dependencies]\n{dependencies}\n[profile]\nb = 2"
        );
        let expected: Vec<String> = unexplained
            .iter()
            .map(|name| format!("Cargo.toml: {name} is declared without a reason above it"))
            .collect();
        assert_eq!(check_reasons(&manifest), expected);
    }

    #[test]
    fn a_foreign_dependency_has_a_reason() {
        check_root("own = { path = 'own' }\nserde = '1'", &[]);
        check_root("# Why.\nfoo = '1'", &[]);
        check_root("# Why these.\nfoo = '1'\nbar = '1'", &[]);
        check_root("foo = '1'", &["foo"]);
        check_root(
            "# Why.\n\nfoo = '1'\nserde = '1'\nbar = { version = '1' }",
            &["foo", "bar"],
        );
    }
}
