//! `git`.

use super::check;

const DESTRUCTIVE: &[&str] = &[
    "git push --force-with-lease --force",
    "git read-tree -u --reset HEAD",
    "git submodule deinit --all -f",
    "- run: git push -f origin gh-pages",
    "steps:\n  - name: x\n    run: >-\n      git push\n      --force origin main\n",
    "- run: >\r\n    git reset\r\n    --hard\r\n",
    "subprocess.run(['git','push','--force'])",
    "exec.Command(\"git\", \"reset\", \"--hard\")",
    "git rm -r -f '*'",
    "git reset --hard",
    "git reset --hard origin/main",
    "git clean -fdx",
    "git clean -d -f",
    "git clean -xdff",
    "git push --force",
    "git push -f origin main",
    "git push origin +main",
    "git push origin --delete main",
    "git push origin :main",
    "git push --mirror",
    "git checkout -- .",
    "git checkout .",
    "git checkout -f",
    "git restore .",
    "git branch -D topic",
    "git stash clear",
    "git stash drop",
    "git reflog expire --expire=now --all && git gc --prune=now",
    "git filter-branch --force --index-filter 'git rm x' HEAD",
    "git -C /srv/x reset --hard",
    "sudo git clean -fd",
    "clean:\n\t-git clean -fdx",
    "clean:\n\t@-git clean -fdx",
    "clean:\n    -git clean -fdx",
    "ExecStartPre=-git clean -fdx",
    "ExecStartPre=+-git clean -fdx",
    "ExecStop=!-git clean -fdx",
];

#[test]
fn destructive_commands_are_flagged() {
    check(true, DESTRUCTIVE);
}

const HARMLESS: &[&str] = &[
    "- run: >-\n    git push\n  name: --force\n",
    "- run: |\n    git push\n    --force\n",
    "- run: >-\n    git push\n\n    --force\n",
    "- run: >-\n    git push origin main\n    && git fetch --force\n",
    "git read-tree HEAD",
    "git rm -rf dist",
    "git rm -rfn .",
    "git rm -r .",
    "git submodule deinit lib",
    "run: git push origin gh-pages",
    "git status",
    "git reset HEAD x",
    "git reset --soft HEAD~1",
    "git clean -n",
    "git clean -fdn",
    "git clean --dry-run -fd",
    "git push origin main",
    "git push --force-with-lease",
    "git push -u origin topic",
    "git checkout main",
    "git checkout -b topic",
    "git restore --staged x",
    "git branch -d topic",
    "git stash",
    "git stash pop",
    "git commit -m 'git push --force is bad'",
    "git push --force is not allowed on main.",
    "git reset --hard discards your local changes.",
    "echo 'git reset --hard'",
];

#[test]
fn what_destroys_nothing_is_left_alone() {
    check(false, HARMLESS);
}
