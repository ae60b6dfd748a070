//! Commands that delete what is kept on the platforms of code hosts, app hosts and virtual machines.

use super::{
    Rule,
    cloud::{does, verb_in},
    example,
};
use crate::detect::shell::{
    cues::{Cue, names, programs},
    invocation::Invocation,
};

/// What is in every text that breaks a rule.
pub(super) const CUES: &[Cue] = &[
    programs(
        names![
            "gh",
            "glab",
            "heroku",
            "fly",
            "flyctl",
            "doctl",
            "vercel",
            "netlify",
            "railway",
            "vault",
            "npm",
            "wrangler",
            "supabase",
            "hcloud",
            "linode-cli",
            "hub",
            "kops",
            "argocd"
        ],
        &[
            "delete",
            "destroy",
            "down",
            "remove",
            "reset",
            "rm",
            "unpublish",
        ],
    ),
    programs(
        names!["ibmcloud", "minikube", "openstack", "vagrant"],
        &["delete", "destroy", "rm"],
    ),
    programs(names!["aliyun", "oci", "scw"], &["delete", "terminate"]),
    programs(&["kind delete", "kind\"", "kind'"], &["cluster"]),
];

/// Whether one of the words is the verb that is not the value of an option.
fn is_told_to(run: &Invocation<'_>, verbs: &[&str]) -> bool {
    let mut words = run.args.windows(2);
    !run.is_rehearsal()
        && words.any(|pair| {
            matches!(pair, [before, word] if !before.is_option() && verbs.contains(&word.text.as_ref()))
        })
}

pub(super) const RULES: &[Rule] = &[Rule {
    id: "platform-delete",
    flags: "repositories, apps and packages deleted on the platforms that host them",
    programs: &[
        "gh",
        "glab",
        "heroku",
        "fly",
        "flyctl",
        "doctl",
        "vercel",
        "netlify",
        "railway",
        "vault",
        "npm",
        "wrangler",
        "supabase",
        "linode-cli",
        "hcloud",
        "hub",
        "kops",
        "argocd",
        "vagrant",
        "minikube",
        "kind",
        "openstack",
        "ibmcloud",
        "aliyun",
        "oci",
        "scw",
    ],
    matches: |run| match run.name {
        "vagrant" => does(run, &[], &["destroy"]),
        "kind" => does(run, &[], &["delete", "cluster"]) || does(run, &[], &["delete", "clusters"]),
        "openstack" | "ibmcloud" => verb_in(run, &["--os-cloud"], &["delete", "rm"]),
        "oci" => is_told_to(run, &["delete", "bulk-delete", "terminate"]),
        "scw" => is_told_to(run, &["delete", "terminate"]),
        "aliyun" => {
            !run.is_rehearsal()
                && run
                    .operand(&["-p", "--profile", "--region"], 1)
                    .is_some_and(|word| word.text.starts_with("Delete"))
        }
        "hub" | "minikube" => does(run, &[], &["delete"]),
        "kops" => does(run, &[], &["delete"]) && run.has_any(&["-y", "--yes"]),
        "argocd" => does(run, &[], &["app", "delete"]),
        "gh" | "glab" => ["repo", "release", "secret", "project"]
            .iter()
            .any(|kind| does(run, &["-R", "--repo"], &[kind, "delete"])),
        "heroku" => run.operand(&["-a", "--app"], 0).is_some_and(|word| {
            ["apps:destroy", "apps:delete", "pg:reset", "addons:destroy"]
                .contains(&word.text.as_ref())
        }),
        "vercel" => verb_in(run, &[], &["remove", "rm"]),
        "netlify" => verb_in(run, &[], &["sites:delete"]),
        "vault" => verb_in(run, &[], &["delete", "destroy"]),
        "npm" => does(run, &[], &["unpublish"]),
        "supabase" => does(run, &[], &["db", "reset"]) || verb_in(run, &[], &["delete"]),
        _ => verb_in(run, &["-a", "--app"], &["destroy", "delete", "down"]),
    },
    example: example("gh repo delete ann/shop --yes", "gh repo view ann/shop"),
}];
