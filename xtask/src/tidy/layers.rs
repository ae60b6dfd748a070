//! Which crate of the workspace may use which crate, its own or a foreign one.

use super::graph::{Graph, Package};
use std::collections::BTreeSet;

/// One crate of the workspace and the rules on its dependencies.
pub(crate) struct Layer {
    name: &'static str,
    /// The crates of the workspace that it may use: these and no others.
    uses: &'static [&'static str],
    /// Foreign crates that must not be linked into it, through whatever dependency.
    never_links: &'static [Family],
    /// Foreign crates that its own manifest must not name, although it may link them through a
    /// crate whose business they are.
    never_declares: &'static [Family],
}

/// Crates that are banned together. A trailing `*` stands for any end of the name.
type Family = &'static [&'static str];

const ACTIX: Family = &["actix*"];
const HTTP_CLIENT: Family = &["hyper*", "reqwest", "ureq"];
const RUNTIME: Family = &["tokio*", "mio", "async-std", "smol"];
const DATABASE: Family = &["diesel*", "libsqlite3-sys", "pq-sys", "tokio-postgres"];
const RANDOMNESS: Family = &["getrandom", "rand"];
const TEST_TOOLS: Family = &["throwaway-postgres"];
const SERDE: Family = &["serde", "serde_derive"];

/// No I/O and nothing that makes two runs differ: time and randomness come in as arguments.
const IMPURE: &[Family] = &[ACTIX, HTTP_CLIENT, RUNTIME, DATABASE, RANDOMNESS];
/// The same where a dependency behind a feature seeds its own hash maps at random, which no verdict
/// can tell.
const NO_IO: &[Family] = &[ACTIX, HTTP_CLIENT, RUNTIME, DATABASE];

/// Every crate of the workspace, those that are planned included. A new crate gets its entry here.
pub(crate) const LAYERS: &[Layer] = &[
    Layer {
        name: "pecta-gates",
        uses: &[],
        never_links: NO_IO,
        never_declares: &[],
    },
    Layer {
        name: "pecta-reputation",
        uses: &[],
        never_links: IMPURE,
        never_declares: &[],
    },
    Layer {
        name: "pecta-auth",
        uses: &[],
        never_links: IMPURE,
        never_declares: &[],
    },
    Layer {
        name: "pecta-wire",
        uses: &[],
        never_links: IMPURE,
        never_declares: &[],
    },
    Layer {
        name: "pecta-policy",
        uses: &["pecta-gates"],
        never_links: NO_IO,
        never_declares: &[],
    },
    // A tool of tests and tasks.
    Layer {
        name: "throwaway-postgres",
        uses: &[],
        never_links: &[ACTIX, RUNTIME, DATABASE],
        never_declares: &[],
    },
    // A row is not an answer: what leaves the process is shaped by the API.
    Layer {
        name: "pecta-store",
        uses: &["pecta-auth", "pecta-reputation", "throwaway-postgres"],
        never_links: &[ACTIX, HTTP_CLIENT],
        never_declares: &[SERDE],
    },
    Layer {
        name: "pecta-client",
        uses: &["pecta-auth", "pecta-wire"],
        never_links: &[ACTIX, DATABASE],
        never_declares: &[],
    },
    Layer {
        name: "pecta-api",
        uses: &[
            "pecta-auth",
            "pecta-gates",
            "pecta-policy",
            "pecta-reputation",
            "pecta-store",
            "pecta-wire",
        ],
        never_links: &[],
        never_declares: &[DATABASE],
    },
    Layer {
        name: "pecta-server",
        uses: &["pecta-api", "pecta-gates", "pecta-policy", "pecta-store"],
        never_links: &[TEST_TOOLS],
        never_declares: &[DATABASE],
    },
    Layer {
        name: "pecta-proxy",
        uses: &["pecta-client", "pecta-gates", "pecta-wire"],
        never_links: &[ACTIX, DATABASE],
        never_declares: &[],
    },
    // Beyond the wire types the tests know the binaries only as processes.
    Layer {
        name: "pecta-tests",
        uses: &["pecta-wire", "throwaway-postgres"],
        never_links: &[ACTIX, DATABASE],
        never_declares: &[],
    },
    Layer {
        name: "xtask",
        uses: &[],
        never_links: &[ACTIX, DATABASE],
        never_declares: &[],
    },
    // What the server is measured beside: its HTTP library, and what the API puts before its handlers.
    Layer {
        name: "echo",
        uses: &["pecta-api", "pecta-store"],
        never_links: &[TEST_TOOLS],
        never_declares: &[DATABASE],
    },
    // It fills databases through the store, and measures the server as a process.
    Layer {
        name: "bench",
        uses: &["pecta-store", "throwaway-postgres"],
        never_links: &[ACTIX],
        never_declares: &[],
    },
];

/// Holds every crate of the workspace against its layer.
pub(crate) fn check(graph: &Graph, layers: &[Layer]) -> Vec<String> {
    let members: BTreeSet<&str> = graph.members().map(|(_, member)| &*member.name).collect();
    let mut problems = Vec::new();
    for (id, member) in graph.members() {
        let name = &member.name;
        let Some(layer) = layers.iter().find(|layer| layer.name == name) else {
            problems.push(format!(
                "{name}: has no layer yet: say in {} what it uses",
                file!()
            ));
            continue;
        };
        problems.extend(check_uses(member, layer, &members));
        problems.extend(check_declared(member, layer));
        problems.extend(check_linked(graph, id, layer));
    }
    problems
}

fn check_uses(member: &Package, layer: &Layer, members: &BTreeSet<&str>) -> Vec<String> {
    let name = &member.name;
    let declared: BTreeSet<&str> = member.declared.iter().map(String::as_str).collect();
    let used: BTreeSet<&str> = declared.intersection(members).copied().collect();
    let allowed: BTreeSet<&str> = layer.uses.iter().copied().collect();

    used.difference(&allowed)
        .map(|other| format!("{name}: depends on {other}, which its layer does not use"))
        .collect()
}

fn check_declared(member: &Package, layer: &Layer) -> Vec<String> {
    let banned = member
        .declared
        .iter()
        .filter(|dependency| is_in(layer.never_declares, dependency));
    banned
        .map(|dependency| format!("{}: must not depend on {dependency}", member.name))
        .collect()
}

/// What a banned crate brings along is not reported beside it.
fn check_linked(graph: &Graph, id: &str, layer: &Layer) -> Vec<String> {
    let is_banned = |name: &&str| is_in(layer.never_links, name);
    let mut problems = Vec::new();
    for path in graph.paths_from(id) {
        if let Some((end, way)) = path.split_last()
            && is_banned(end)
            && !way.iter().any(is_banned)
        {
            let path = path.join(" -> ");
            problems.push(format!("{}: must not link {end} ({path})", layer.name));
        }
    }
    problems
}

fn is_in(families: &[Family], name: &str) -> bool {
    let mut patterns = families.iter().copied().flatten();
    patterns.any(|pattern| match pattern.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => name == *pattern,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    const TABLE: &[Layer] = &[
        Layer {
            name: "core",
            uses: &[],
            never_links: &[RUNTIME, ACTIX],
            never_declares: &[],
        },
        Layer {
            name: "app",
            uses: &["core"],
            never_links: &[],
            never_declares: &[DATABASE],
        },
    ];

    /// `graph` has one package a line, the workspace's first and marked with `+`:
    /// `name: linked linked ~declared-for-tests-only`.
    #[track_caller]
    fn check_table(graph: &str, expected: &[&str]) {
        let mut packages = BTreeMap::new();
        for line in graph.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (head, dependencies) = line.split_once(':').unwrap();
            let name = head.trim_start_matches('+').to_owned();
            let dependencies: Vec<&str> = dependencies.split_whitespace().collect();
            let owned = |name: &&str| name.trim_start_matches('~').to_owned();
            let package = Package {
                is_member: head.starts_with('+'),
                declared: dependencies.iter().map(owned).collect(),
                linked: dependencies
                    .iter()
                    .filter(|name| !name.starts_with('~'))
                    .map(owned)
                    .collect(),
                name: name.clone(),
            };
            packages.insert(name, package);
        }
        assert_eq!(check(&Graph::new(packages), TABLE), expected);
    }

    #[test]
    fn a_graph_as_in_the_table_has_no_problem() {
        check_table(
            "+core: serde\n +app: core actix-web\n serde:\n actix-web: tokio\n tokio:",
            &[],
        );
    }

    #[test]
    fn an_unknown_member_is_a_problem() {
        check_table(
            "+core:\n +new: core",
            &["new: has no layer yet: say in xtask/src/tidy/layers.rs what it uses"],
        );
    }

    #[test]
    fn edges_between_members_must_stand_in_the_table() {
        let upwards = "core: depends on app, which its layer does not use";
        check_table("+core: app\n +app: core", &[upwards]);
        check_table("+core: ~app\n +app: core", &[upwards]);
        check_table("+core:\n +app:", &[]);
    }

    #[test]
    fn an_edge_to_a_crate_that_does_not_exist_yet_is_not_missed() {
        check_table("+app: ~serde\n serde:", &[]);
    }

    #[test]
    fn a_banned_crate_is_found_behind_others() {
        check_table(
            "+core: json\n json: wait\n wait: tokio-util\n tokio-util:",
            &["core: must not link tokio-util (core -> json -> wait -> tokio-util)"],
        );
    }

    #[test]
    fn what_a_banned_crate_brings_along_is_not_reported_beside_it() {
        check_table(
            "+core: actix-web\n actix-web: tokio\n tokio:",
            &["core: must not link actix-web (core -> actix-web)"],
        );
    }

    #[test]
    fn what_only_tests_link_is_not_linked() {
        check_table("+core: ~tokio\n tokio:", &[]);
    }

    #[test]
    fn a_declaration_is_judged_apart_from_a_link() {
        check_table("+core:\n +app: core store\n store: diesel\n diesel:", &[]);
        check_table(
            "+core:\n +app: core ~diesel_migrations\n diesel_migrations:",
            &["app: must not depend on diesel_migrations"],
        );
    }

    #[test]
    fn every_problem_is_listed() {
        check_table(
            "+core: tokio mio\n +new:\n tokio:\n mio:",
            &[
                "core: must not link mio (core -> mio)",
                "core: must not link tokio (core -> tokio)",
                "new: has no layer yet: say in xtask/src/tidy/layers.rs what it uses",
            ],
        );
    }

    #[test]
    fn each_layer_uses_only_layers_above_it() {
        let mut above = BTreeSet::new();
        for layer in LAYERS {
            for used in layer.uses {
                assert!(above.contains(used), "{} uses {used}", layer.name);
            }
            assert!(above.insert(layer.name), "{} stands twice", layer.name);
        }
    }
}
