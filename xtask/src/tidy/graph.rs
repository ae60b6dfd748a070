//! The dependency graph, reduced to what the layer rules ask.

use crate::Outcome;
use cargo_metadata::{DependencyKind, Metadata, Node, PackageId};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Packages by id. An id is more than a name: two versions of a crate are two packages.
#[derive(Debug)]
pub(crate) struct Graph {
    packages: BTreeMap<String, Package>,
}

#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) is_member: bool,
    /// The names of the dependencies in its manifest, of every kind.
    pub(crate) declared: BTreeSet<String>,
    /// The ids of its resolved dependencies, without those of tests and build scripts.
    pub(crate) linked: BTreeSet<String>,
}

impl Graph {
    #[cfg(test)]
    pub(crate) fn new(packages: BTreeMap<String, Package>) -> Self {
        Self { packages }
    }

    /// The graph that cargo resolved, over all platforms.
    pub(crate) fn of(metadata: &Metadata) -> Outcome<Self> {
        let resolve = metadata
            .resolve
            .as_ref()
            .ok_or("cargo metadata answered without a resolved graph")?;
        let linked: BTreeMap<&PackageId, BTreeSet<String>> = resolve
            .nodes
            .iter()
            .map(|node| (&node.id, linked(node)))
            .collect();
        let mut packages = BTreeMap::new();
        for package in &metadata.packages {
            let declared = package.dependencies.iter().map(|it| it.name.clone());
            let reduced = Package {
                name: package.name.to_string(),
                is_member: metadata.workspace_members.contains(&package.id),
                declared: declared.collect(),
                linked: linked.get(&package.id).cloned().unwrap_or_default(),
            };
            packages.insert(package.id.repr.clone(), reduced);
        }
        Ok(Self { packages })
    }

    /// The packages of the workspace, each with its id.
    pub(crate) fn members(&self) -> impl Iterator<Item = (&str, &Package)> {
        self.packages
            .iter()
            .filter(|(_, package)| package.is_member)
            .map(|(id, package)| (id.as_str(), package))
    }

    /// A shortest path of names from the package `id` to each package that is linked into it,
    /// nearest first.
    pub(crate) fn paths_from(&self, id: &str) -> Vec<Vec<&str>> {
        let mut seen = BTreeSet::from([id]);
        let mut queue = VecDeque::from([(id, Vec::new())]);
        let mut paths = Vec::new();
        while let Some((id, mut path)) = queue.pop_front() {
            let Some(package) = self.packages.get(id) else {
                continue;
            };
            path.push(package.name.as_str());
            for next in &package.linked {
                if seen.insert(next) {
                    queue.push_back((next, path.clone()));
                }
            }
            paths.push(path);
        }
        paths
    }
}

fn linked(node: &Node) -> BTreeSet<String> {
    let normal = node.deps.iter().filter(|dependency| {
        let mut kinds = dependency.dep_kinds.iter();
        kinds.any(|of| of.kind == DependencyKind::Normal)
    });
    normal
        .map(|dependency| dependency.pkg.repr.clone())
        .collect()
}
