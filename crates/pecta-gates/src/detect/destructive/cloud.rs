//! Commands that delete what runs or is stored in clouds, clusters and containers.

use super::{Rule, example};
use crate::detect::shell::{
    cues::{Cue, names, programs, text},
    invocation::Invocation,
};

/// What is in every text that breaks a rule.
pub(super) const CUES: &[Cue] = &[
    programs(
        names![
            "terraform",
            "tofu",
            "terragrunt",
            "pulumi",
            "cdk",
            "cdktf",
            "sst",
            "serverless",
            "sls",
            "copilot",
            "eksctl"
        ],
        &["destroy", "delete", "remove", "state"],
    ),
    programs(
        names!["aws"],
        &[
            "rm",
            "rb",
            "delet",
            "terminate",
            "purge",
            "deregister",
            "disable-key",
        ],
    ),
    programs(
        names!["gcloud", "gsutil", "bq", "firebase", "az"],
        &["delete", "remove", "rm", "rb", "disable", "purge"],
    ),
    programs(
        names!["kubectl", "oc", "microk8s", "k3s"],
        &["delete", "drain", "scale", "replace"],
    ),
    text(&["k delete"], &[]),
    programs(names!["helm", "helmfile"], &["un", "del", "destroy"]),
    programs(
        names![
            "docker",
            "docker-compose",
            "docker.exe",
            "podman",
            "nerdctl"
        ],
        &["down", "rm", "remove", "prune", "reset", "kill"],
    ),
    programs(
        names!["consul", "etcdctl", "mc", "nomad", "s3cmd"],
        &["del", "purge", "rb", "rm"],
    ),
];

const AWS: &[&str] = &[
    "--profile",
    "--region",
    "--output",
    "--endpoint-url",
    "--query",
    "--color",
    "--cli-read-timeout",
];
const KUBECTL: &[&str] = &[
    "-n",
    "--namespace",
    "--context",
    "--cluster",
    "--kubeconfig",
    "-s",
    "--server",
    "--user",
    "--as",
    "--token",
    "-l",
    "--selector",
    "--grace-period",
    "--timeout",
    "-o",
    "--output",
];
const HELM: &[&str] = &["-n", "--namespace", "--kube-context", "--kubeconfig"];
const DOCKER: &[&str] = &[
    "-H",
    "--host",
    "--context",
    "-c",
    "-l",
    "--log-level",
    "--config",
    "-f",
    "--file",
    "-p",
    "--project-name",
    "--filter",
];
const ETCDCTL: &[&str] = &["--endpoints", "--cacert", "--cert", "--key", "--user"];
const GCLOUD: &[&str] = &["--project", "--account", "--format", "--configuration"];

/// Kinds of Kubernetes objects whose deletion takes others, or data, with them.
const KUBERNETES_KINDS: &[&str] = &[
    "all",
    "clusterrole",
    "clusterrolebinding",
    "cm",
    "configmap",
    "crd",
    "crds",
    "customresourcedefinition",
    "customresourcedefinitions",
    "cronjob",
    "daemonset",
    "deploy",
    "deployment",
    "deployments",
    "ds",
    "ingress",
    "namespace",
    "namespaces",
    "no",
    "node",
    "nodes",
    "ns",
    "persistentvolume",
    "persistentvolumeclaim",
    "persistentvolumeclaims",
    "persistentvolumes",
    "pv",
    "project",
    "projects",
    "pvc",
    "secret",
    "secrets",
    "service",
    "services",
    "statefulset",
    "statefulsets",
    "sts",
    "svc",
];

/// What AWS deletes one of, which a table or a queue has many of.
const AWS_SMALL: &[&str] = &[
    "delete-item",
    "delete-message",
    "delete-message-batch",
    "delete-object",
    "delete-object-tagging",
    "delete-tags",
    "delete-metric-filter",
    "delete-parameter",
    "delete-alarms",
    "delete-dashboards",
];

pub(super) fn does(run: &Invocation<'_>, valued: &[&str], verbs: &[&str]) -> bool {
    run.does(valued, verbs) && !run.is_rehearsal()
}

/// Whether one of the first operands is the verb, as in `gcloud compute instances delete web`.
pub(super) fn verb_in(run: &Invocation<'_>, valued: &[&str], verbs: &[&str]) -> bool {
    !run.is_rehearsal()
        && run
            .operands(valued)
            .take(6)
            .any(|word| verbs.contains(&word.text.as_ref()))
}

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "terraform-destroy",
        flags: "a stack of infrastructure that is torn down: `terraform destroy`, `pulumi destroy`, `cdk destroy` and their like",
        programs: &[
            "terraform",
            "tofu",
            "terragrunt",
            "pulumi",
            "cdk",
            "cdktf",
            "sst",
            "serverless",
            "sls",
            "copilot",
            "eksctl",
        ],
        matches: |run| match run.name {
            "eksctl" => {
                does(run, &[], &["delete", "cluster"]) || does(run, &[], &["delete", "nodegroup"])
            }
            "serverless" | "sls" | "sst" => does(run, &[], &["remove"]),
            "copilot" => verb_in(run, &[], &["delete"]),
            _ => {
                let applies = does(run, &[], &["apply"]) && run.has_any(&["-destroy", "--destroy"]);
                let all =
                    run.name == "terragrunt" && verb_in(run, &[], &["destroy", "destroy-all"]);
                let state = does(run, &[], &["state", "rm"]) && !run.has_word("-dry-run");
                does(run, &[], &["destroy"])
                    || does(run, &[], &["workspace", "delete"])
                    || applies
                    || all
                    || state
            }
        },
        example: example("terraform destroy -auto-approve", "terraform plan -destroy"),
    },
    Rule {
        id: "aws-s3-delete",
        flags: "buckets of S3, or all that is in them, deleted with `aws s3`",
        programs: &["aws"],
        matches: |run| {
            let recursive = does(run, AWS, &["s3", "rm"]) && run.has_word("--recursive");
            let sync = does(run, AWS, &["s3", "sync"]) && run.has_word("--delete");
            recursive || sync || does(run, AWS, &["s3", "rb"]) && !run.has_word("help")
        },
        example: example(
            "aws --profile prod s3 rm s3://bucket --recursive",
            "aws s3 rm s3://bucket --recursive --dryrun",
        ),
    },
    Rule {
        id: "aws-delete",
        flags: "resources deleted or terminated with `aws`",
        programs: &["aws"],
        matches: |run| {
            let verb = run.operand(AWS, 1).map_or("", |word| word.text.as_ref());
            let deletes = [
                "delete-",
                "terminate-",
                "purge-",
                "schedule-key-deletion",
                "deregister-",
                "disable-key",
            ];
            !run.is_rehearsal()
                && deletes.iter().any(|prefix| verb.starts_with(prefix))
                && !AWS_SMALL.contains(&verb)
        },
        example: example(
            "aws ec2 terminate-instances --instance-ids i-0abc",
            "aws ec2 describe-instances",
        ),
    },
    Rule {
        id: "gcloud-delete",
        flags: "resources deleted with `gcloud`, `gsutil`, `bq` or `firebase`",
        programs: &["gcloud", "gsutil", "bq", "firebase"],
        matches: |run| match run.name {
            "gsutil" => {
                let removes = verb_in(run, &["-o", "-h"], &["rm"])
                    && (run.has_option('r', "recursive")
                        || run.has_option('R', "")
                        || run.args.iter().any(|word| word.text.contains("**")));
                removes || verb_in(run, &[], &["rb"])
            }
            "bq" => verb_in(run, &[], &["rm"]),
            "firebase" => verb_in(
                run,
                &[],
                &[
                    "firestore:delete",
                    "projects:delete",
                    "hosting:disable",
                    "database:remove",
                ],
            ),
            _ => {
                let storage =
                    does(run, GCLOUD, &["storage", "rm"]) && run.has_option('r', "recursive");
                storage || verb_in(run, GCLOUD, &["delete", "remove-iam-policy-binding"])
            }
        },
        example: example(
            "gcloud projects delete my-project --quiet",
            "gcloud projects list",
        ),
    },
    Rule {
        id: "az-delete",
        flags: "resources deleted with `az`",
        programs: &["az"],
        matches: |run| {
            verb_in(
                run,
                &[
                    "-g",
                    "--resource-group",
                    "-n",
                    "--name",
                    "--subscription",
                    "-o",
                ],
                &["delete", "delete-batch", "purge"],
            )
        },
        example: example("az group delete --name prod --yes", "az group list"),
    },
    Rule {
        id: "kubectl-delete",
        flags: "objects of Kubernetes deleted that take others or data with them",
        programs: &["kubectl", "oc", "k", "k3s", "microk8s"],
        matches: |run| {
            let kind = run.operand(KUBECTL, 1).map(|word| {
                word.text
                    .split(['/', ',', '.'])
                    .next()
                    .unwrap_or_default()
                    .to_ascii_lowercase()
            });
            let wide = run.has_any(&["--all", "-A", "--all-namespaces", "-f", "--filename", "-k"])
                || run.args.iter().any(|word| {
                    ["-f=", "--filename=", "--all=true"]
                        .iter()
                        .any(|prefix| word.text.starts_with(prefix))
                });
            does(run, KUBECTL, &["delete"])
                && (wide || kind.is_some_and(|kind| KUBERNETES_KINDS.contains(&kind.as_str())))
        },
        example: example(
            "kubectl --context prod delete ns shop",
            "kubectl delete pod web-7d4b9",
        ),
    },
    Rule {
        id: "kubectl-disrupt",
        flags: "workloads scaled to nothing and nodes drained with `kubectl`",
        programs: &["kubectl", "oc"],
        matches: |run| {
            let to_zero = run.args.iter().any(|word| word.text == "--replicas=0");
            does(run, KUBECTL, &["drain"])
                || (does(run, KUBECTL, &["scale"]) && to_zero)
                || (does(run, KUBECTL, &["replace"]) && run.has_word("--force"))
        },
        example: example(
            "kubectl scale deploy/web --replicas=0",
            "kubectl scale deploy/web --replicas=3",
        ),
    },
    Rule {
        id: "purge-store",
        flags: "keys, buckets or jobs purged with `consul`, `etcdctl`, `mc`, `nomad` or `s3cmd`",
        programs: &["consul", "etcdctl", "mc", "nomad", "s3cmd"],
        matches: |run| match run.name {
            "consul" => does(run, &[], &["kv", "delete"]) && run.has_word("-recurse"),
            "etcdctl" => does(run, ETCDCTL, &["del"]) && run.has_any(&["--prefix", "--from-key"]),
            "nomad" => verb_in(run, &[], &["stop"]) && run.has_word("-purge"),
            "mc" => {
                does(run, &[], &["rb"]) && run.has_word("--force")
                    || does(run, &[], &["rm"]) && run.has_option('r', "recursive")
            }
            _ => {
                does(run, &[], &["rb"])
                    || verb_in(run, &[], &["del", "rm"]) && run.has_option('r', "recursive")
            }
        },
        example: example(
            "etcdctl del --prefix /registry",
            "etcdctl del /registry/pods/web",
        ),
    },
    Rule {
        id: "helm-uninstall",
        flags: "releases uninstalled with `helm`",
        programs: &["helm", "helmfile"],
        matches: |run| {
            ["uninstall", "delete", "del", "un", "destroy"]
                .iter()
                .any(|verb| does(run, HELM, &[verb]))
        },
        example: example("helm -n prod uninstall shop", "helm list"),
    },
    Rule {
        id: "docker-prune",
        flags: "images, volumes and containers pruned, or volumes removed",
        programs: &["docker", "podman", "nerdctl", "docker-compose"],
        matches: |run| {
            let down = verb_in(run, DOCKER, &["down"])
                && (run.has_option('v', "volumes") || run.has_word("--rmi"));
            let volumes =
                does(run, DOCKER, &["volume", "rm"]) || does(run, DOCKER, &["volume", "remove"]);
            let prunes = does(run, DOCKER, &["system", "prune"])
                || does(run, DOCKER, &["volume", "prune"])
                || (does(run, DOCKER, &["image", "prune"]) && run.has_option('a', "all"))
                || does(run, DOCKER, &["container", "prune"]);
            down || volumes
                || prunes
                || (does(run, DOCKER, &["system", "reset"]) && run.name == "podman")
        },
        example: example("docker system prune -af --volumes", "docker compose down"),
    },
    Rule {
        id: "docker-remove-all",
        flags: "all containers or images removed at once",
        programs: &["docker", "podman", "nerdctl"],
        matches: |run| {
            let verb = run.operand(DOCKER, 0).map_or("", |word| word.text.as_ref());
            let all = run.args.iter().any(|word| !word.substitutions.is_empty())
                || run.feeds
                || run.has_option('a', "all");
            all && ["rm", "rmi", "kill"].contains(&verb)
        },
        example: example("docker rm -f $(docker ps -aq)", "docker rm -f web"),
    },
];
