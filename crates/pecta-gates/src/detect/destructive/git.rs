//! Git commands that lose work, or history that others have.

use super::{Rule, example};
use crate::detect::shell::{
    cues::{Cue, names, programs},
    invocation::Invocation,
};

/// Options of git itself with a value.
const VALUED: &[&str] = &[
    "-C",
    "-c",
    "--git-dir",
    "--work-tree",
    "--namespace",
    "--exec-path",
];

const GIT: &[&str] = &["git"];

fn does(run: &Invocation<'_>, verbs: &[&str]) -> bool {
    run.does(VALUED, verbs) && !run.is_rehearsal()
}

/// What is in every text that breaks a rule.
pub(super) const CUES: &[Cue] = &[
    programs(
        &["git "],
        &[
            "branch",
            "checkout",
            "clean",
            "filter-",
            "gc",
            "push",
            "reflog",
            "reset",
            "restore",
            "rm ",
            "stash",
            "submodule",
            "switch",
            "update-ref",
            "worktree",
        ],
    ),
    // The arguments of a call may be on the next lines: `Command::new("git").arg(...)`.
    programs(&["git'", "git\""], &[]),
    programs(names!["git-filter-repo", "bfg"], &[]),
];

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "git-reset-hard",
        flags: "changes thrown away by `git reset --hard`",
        programs: GIT,
        matches: |run| does(run, &["reset"]) && run.has_any(&["--hard", "--merge"]),
        example: example("git -C repo reset --hard HEAD~3", "git reset --soft HEAD~1"),
    },
    Rule {
        id: "git-clean-force",
        flags: "files that git does not know deleted by `git clean -f`",
        programs: GIT,
        matches: |run| {
            does(run, &["clean"]) && run.has_option('f', "force") && !run.has_option('n', "dry-run")
        },
        example: example("git clean -d -f", "git clean -nfd"),
    },
    Rule {
        id: "git-push-force",
        flags: "a remote's history overwritten",
        programs: GIT,
        matches: |run| {
            let leased = run
                .args
                .iter()
                .any(|word| word.text.starts_with("--force-with-lease"));
            // The lease says nothing beside a plain `--force`.
            let forced = (run.has_option('f', "force") && !leased)
                || run.has_any(&["--force", "-f", "--mirror"]);
            let overwrites = || {
                run.operands(VALUED)
                    .skip(2)
                    .any(|word| word.text.starts_with('+'))
            };
            does(run, &["push"]) && !run.has_option('n', "dry-run") && (forced || overwrites())
        },
        example: example(
            "git push origin main -f",
            "git push --force-with-lease origin topic",
        ),
    },
    Rule {
        id: "git-push-delete",
        flags: "a remote's branch or tag deleted",
        programs: GIT,
        matches: |run| {
            let deletes = || {
                run.operands(VALUED)
                    .skip(2)
                    .any(|word| word.text.len() > 1 && word.text.starts_with(':'))
            };
            does(run, &["push"])
                && (run.has_option('d', "delete") || run.has_word("--prune") || deletes())
        },
        example: example("git push origin :release", "git push origin HEAD:release"),
    },
    Rule {
        id: "git-discard-changes",
        flags: "changes thrown away by `git checkout` or `git restore`",
        programs: GIT,
        matches: |run| {
            let paths = || run.has_any(&["--", "."]) || run.has_option('f', "force");
            let creates = || run.has_any(&["-b", "-B", "--orphan"]);
            let switch = || run.has_option('f', "force") || run.has_word("--discard-changes");
            let staged_only = || run.has_option('S', "staged") && !run.has_option('W', "worktree");
            (does(run, &["checkout"]) && paths() && !creates())
                || (does(run, &["switch"]) && switch())
                || (does(run, &["read-tree"]) && run.has_word("--reset"))
                || (does(run, &["submodule", "deinit"]) && run.has_option('f', "force"))
                || (does(run, &["restore"]) && !staged_only() && run.operand(VALUED, 1).is_some())
        },
        example: example("git checkout -- src", "git restore --staged src"),
    },
    Rule {
        id: "git-remove-all",
        flags: "all files deleted with their changes by `git rm`",
        programs: GIT,
        matches: |run| {
            let all = ["/", "./", ".", "*", "./*", ":/"];
            let takes_all = || {
                let mut files = run.operands(VALUED).skip(1);
                files.any(|word| all.contains(&word.text.as_ref()))
            };
            does(run, &["rm"])
                && run.has_option('r', "")
                && run.has_option('f', "force")
                && !(run.has_word("--cached") || run.has_option('n', ""))
                && takes_all()
        },
        example: example("git rm -rf .", "git rm -rf --cached ."),
    },
    Rule {
        id: "git-delete-branch",
        flags: "a branch deleted that may not be merged",
        programs: GIT,
        matches: |run| {
            let forced = run.has_option('D', "")
                || (run.has_option('d', "delete") && run.has_option('f', "force"));
            does(run, &["branch"]) && forced
        },
        example: example("git branch -D topic", "git branch -d topic"),
    },
    Rule {
        id: "git-drop-stash",
        flags: "stashed changes thrown away",
        programs: GIT,
        matches: |run| does(run, &["stash", "drop"]) || does(run, &["stash", "clear"]),
        example: example("git stash clear", "git stash pop"),
    },
    Rule {
        id: "git-rewrite-history",
        flags: "a repository's history rewritten",
        programs: &["git", "git-filter-repo", "bfg"],
        matches: |run| {
            run.name != "git" && !run.args.is_empty()
                || does(run, &["filter-branch"])
                || does(run, &["filter-repo"])
        },
        example: example(
            "git filter-branch --tree-filter 'true' HEAD",
            "git log --all",
        ),
    },
    Rule {
        id: "git-expire-history",
        flags: "what a reset could be undone with expired or pruned at once",
        programs: GIT,
        matches: |run| {
            let expires = run.args.iter().any(|word| {
                ["--expire=now", "--expire=all", "--expire-unreachable=now"]
                    .contains(&word.text.as_ref())
            });
            let prunes = run.has_any(&["--prune=now", "--prune=all"]);
            (does(run, &["reflog", "expire"]) && expires)
                || does(run, &["reflog", "delete"])
                || (does(run, &["gc"]) && prunes)
                || (does(run, &["update-ref"]) && run.has_word("-d"))
        },
        example: example("git reflog expire --expire=now --all", "git gc"),
    },
    Rule {
        id: "git-remove-worktree",
        flags: "a worktree removed with the changes in it",
        programs: GIT,
        matches: |run| does(run, &["worktree", "remove"]) && run.has_option('f', "force"),
        example: example("git worktree remove --force ../topic", "git worktree prune"),
    },
];
