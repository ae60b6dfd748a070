//! `cargo xtask tidy`: the rules of the workspace that neither the compiler nor clippy knows.
//!
//! Each rule is a pure function from plain data to the list of problems it finds. This module
//! collects the data, runs every rule and prints everything found.

mod files;
mod graph;
mod layers;
mod manifests;
mod migrations;
mod sources;

use crate::Outcome;
use cargo_metadata::Metadata;
use graph::Graph;

/// Prints every problem, one a line; fails when there is one.
pub(crate) fn run(metadata: &Metadata) -> Outcome {
    let problems = problems(metadata)?;
    for problem in &problems {
        eprintln!("{problem}");
    }
    match problems.len() {
        0 => Ok(()),
        count => Err(format!("the workspace is not tidy: {count} found").into()),
    }
}

fn problems(metadata: &Metadata) -> Outcome<Vec<String>> {
    let root = metadata.workspace_root.as_std_path();
    let mut problems = layers::check(&Graph::of(metadata)?, layers::LAYERS);

    problems.extend(manifests::check_reasons(&files::read(
        &root.join("Cargo.toml"),
    )?));
    for package in metadata.workspace_packages() {
        let manifest = files::read(package.manifest_path.as_std_path())?;
        problems.extend(manifests::check_member(&package.name, &manifest.parse()?));
    }

    for path in files::rust_files(root)? {
        let name = path.strip_prefix(root).unwrap_or(&path).display();
        problems.extend(sources::check(&name.to_string(), &files::read(&path)?));
    }

    let backends = files::migrations(&root.join("crates/pecta-store/migrations"))?;
    problems.extend(migrations::check(&backends));
    Ok(problems)
}
