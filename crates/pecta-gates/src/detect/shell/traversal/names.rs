//! Names that tell why a path climbs.

/// What stands in front of a path that is relative to the file it is written in, or to where a tool is told to work.
pub(super) const REFERRERS: &[&str] = &[
    "](",
    "]:",
    "@forward",
    "@import",
    "@use",
    "add_subdirectory(",
    "extends",
    "file://.",
    "from",
    "href",
    "import",
    "import(",
    "include",
    "include(",
    "include!(",
    "include_str!(",
    "include_bytes!(",
    "includegraphics{",
    "input{",
    "mock(",
    "$ref",
    "require",
    "require(",
    "require_relative",
    "resolve(",
    "src",
    "content=\"0;URL=",
    "content=\"0;url=",
    "content=\"0; url=",
    "url(",
    "action=",
    "build",
    "context",
    "source",
    "=>",
    "-C",
    "Cannot find module",
    ":doc:",
    ":ref:",
    "{{>",
    "<HintPath>",
    "<relativePath>",
    "includeBuild(",
    "url =",
    "$schema",
    "\"main",
    "\"module",
    "\"types",
    "SYSTEM",
    "; url",
    "->",
    "-&gt;",
    "Include",
    "Project",
    "outDir",
    "rootDir",
    "baseUrl",
    "workspace:",
    "link:",
    "file:",
    "load(",
    "include::",
    "figure::",
    "image::",
    "poster=",
    "data=",
    "fromModule(",
    "actual(",
    "new URL(",
    "embed",
    "use lib",
    "{{< ref",
    "{{< relref",
    "{{% ref",
    "{{% relref",
    "templateUrl",
    "styleUrl",
    "styleUrls: [",
    "import_playbook:",
    "import_tasks:",
    "include_tasks:",
    "include_vars:",
];

/// How code and scripts name the file they are in, or its directory.
pub(super) const OWN_PLACES: &[&str] = &[
    "dirname",
    "__DIR__",
    "__FILE__",
    "__dir__",
    "__file__",
    "BASH_SOURCE",
    "CARGO_MANIFEST_DIR",
    "CMAKE_CURRENT_",
    "PSScriptRoot",
    "%~dp0",
    "projectDir",
    "rootProject",
    "settingsDir",
    "import.meta",
];

/// Programs that go to a directory, show what it holds, or build in it.
pub(super) const NAVIGATION: &[&str] = &[
    "cd",
    "chdir",
    "cmake",
    "dir",
    "exa",
    "eza",
    "l",
    "la",
    "ll",
    "ls",
    "popd",
    "pushd",
    "set-location",
    "sl",
    "tree",
    "z",
];

/// Programs that work on the project around them, parts of which they name relative to where they are run; and `ln`, which
/// names a target relative to the link.
pub(super) const PROJECT_TOOLS: &[&str] = &[
    "bun", "bundle", "cargo", "eslint", "git", "go", "gradle", "jest", "ln", "make", "mvn", "mypy",
    "npm", "npx", "pip", "pip3", "pnpm", "poetry", "prettier", "pytest", "ruff", "tsc", "uv",
    "vite", "vitest", "webpack", "yarn",
];

/// Programs that take files of a project from one place to another, or look at them. Of these, a file beside the directory is
/// everyday work: `cp ../x .`.
pub(super) const FILE_TOOLS: &[&str] = &[
    "cat", "chmod", "cmp", "code", "cp", "diff", "docker", "grep", "head", "less", "mkdir", "mv",
    "patch", "rsync", "tail", "touch", "vim", "wc", "zip",
];

/// Parts of names of files that are nobody else's business.
pub(super) const PRIVATE: &[&str] = &[
    ".env",
    ".p12",
    ".pem",
    ".pfx",
    ".tfstate",
    "cred",
    "history",
    "key",
    "passw",
    "private",
    "secret",
    "shadow",
    "token",
    "wp-config",
];

/// What stands before a path that is all there is on its line: in a list of settings or requirements, and in what git and
/// the runners of tests say of files.
pub(super) const ITEMS: &[&str] = &[
    "-",
    "-r",
    "-c",
    "-e",
    "??",
    "A",
    "D",
    "M",
    "R",
    "MM",
    "UU",
    "modified:",
    "new file:",
    "deleted:",
    "renamed:",
    "both modified:",
    "FAIL",
    "PASS",
];

/// Keys of files of settings whose paths start where the file is.
pub(super) const PROJECT_KEYS: &[&str] = &[
    "\"references\"",
    "\"compilerOptions\"",
    "\"typeRoots\"",
    "\"include\": [",
    "\"include\":[",
    "\"paths\": {",
    "\"paths\":{",
];

/// Heads of lists of files that git makes.
pub(super) const LISTS: &[&str] = &["Untracked files:\n", "Ignored files:\n"];
