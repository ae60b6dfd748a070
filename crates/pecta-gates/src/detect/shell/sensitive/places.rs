//! Places of a system and a home, and the commands that do something with them.

/// Where secrets lie in a home.
pub(super) const IN_HOME: &[&str] = &[
    ".ssh",
    ".aws",
    ".gnupg",
    ".kube/config",
    ".docker/config.json",
    ".netrc",
    ".npmrc",
    ".pgpass",
    ".git-credentials",
    ".pypirc",
    ".azure",
    ".config/gcloud",
    ".config/gh/hosts.yml",
    ".password-store",
    "library/keychains",
    ".bash_history",
    ".zsh_history",
    ".mysql_history",
    ".psql_history",
    ".cargo/credentials",
    ".cargo/credentials.toml",
    ".gem/credentials",
    ".terraform.d/credentials.tfrc.json",
];

/// What private keys of `ssh` are called.
pub(super) const KEYS: &[&str] = &["id_dsa", "id_ecdsa", "id_ed25519", "id_rsa"];

/// Where all homes are, the user's own, and all of a system, without the slash at the end.
pub(super) const HOMES: &[&str] = &["", "$HOME", "${HOME}", "/home", "/root", "~"];

/// Where secrets lie in a system.
pub(super) const IN_SYSTEM: &[&str] = &[
    "/etc/passwd",
    "/etc/shadow",
    "/etc/passwd-",
    "/etc/shadow-",
    "/etc/gshadow",
    "/etc/master.passwd",
    "/etc/sudoers",
    "/etc/sudoers.d",
    "/etc/ssh",
    "/etc/ssl/private",
    "/etc/kubernetes",
    "/etc/krb5.keytab",
    "/etc/pam.d",
    "/etc/security",
    "/root",
    "/run/secrets",
    "/var/run/secrets",
    "/var/run/docker.sock",
    "/run/docker.sock",
    "/var/spool/cron",
    "/proc/kcore",
    "/etc/crontab",
    "/windows/system32/config",
    "/windows/ntds",
    "/windows/repair/sam",
];

/// Where services of a system keep passwords and keys.
pub(super) const STORES: &[&str] = &[
    "/var/lib/grafana/grafana.db",
    "/var/lib/jenkins/credentials.xml",
    "/var/lib/jenkins/secrets",
    "/var/lib/kubelet/pki",
    "/var/lib/mysql/mysql",
    "/var/lib/networkmanager/secret_key",
    "/var/lib/rancher/k3s/server/node-token",
    "/var/lib/rancher/k3s/server/token",
    "/var/lib/samba/private",
    "/var/lib/sss/db",
    "/var/lib/sss/secrets",
];

/// What is in `/etc` that says no more of a system than its name.
pub(super) const PUBLIC: &[&str] = &[
    "/etc/os-release",
    "/etc/lsb-release",
    "/etc/debian_version",
    "/etc/redhat-release",
    "/etc/alpine-release",
    "/etc/issue",
    "/etc/timezone",
    "/etc/localtime",
    "/etc/mime.types",
    "/etc/ssl/certs",
    "/etc/services",
    "/etc/protocols",
];

/// Where a system looks for what it runs by itself.
pub(super) const RUN_UNASKED: &[&str] = &[
    "/etc/cron.d",
    "/etc/cron.daily",
    "/etc/cron.hourly",
    "/etc/cron.monthly",
    "/etc/cron.weekly",
    "/etc/ld.so.preload",
    "/etc/rc.local",
];

/// Directories for temporary files within those of the system, and caches.
pub(super) const TEMPORARY: &[&str] = &[
    "/var/tmp",
    "/var/folders",
    "/usr/tmp",
    "/var/cache",
    "/var/lib/apt/lists",
];

/// What tools install and cache in the home of a container's superuser.
pub(super) const TOOLS: &[&str] = &[
    "/root/.bun",
    "/root/.cache",
    "/root/.cargo",
    "/root/.deno",
    "/root/.gradle/caches",
    "/root/.local",
    "/root/.m2/repository",
    "/root/.npm",
    "/root/.nuget",
    "/root/.nvm",
    "/root/.pyenv",
    "/root/.rustup",
    "/root/go",
];

/// Commands that only look whether something is there, or what.
pub(super) const LOOKING: &[&str] = &[
    "[", "[[", "basename", "cd", "command", "df", "dirname", "du", "echo", "file", "find", "fd",
    "grep", "hash", "ldd", "locate", "ls", "man", "printf", "pushd", "pwd", "readlink", "realpath",
    "rg", "stat", "test", "tree", "type", "whereis", "which", "git",
];

/// Of these, the ones that do not even list what is there.
pub(super) const ASKING: &[&str] = &[
    "[",
    "[[",
    "basename",
    "command",
    "dirname",
    "echo",
    "file",
    "git",
    "hash",
    "printf",
    "stat",
    "test",
    "type",
    "which",
    "ssh-keygen",
];

/// Commands that change what they are given.
pub(super) const CHANGING: &[&str] = &[
    "chattr", "chgrp", "chmod", "chown", "cp", "dd", "emacs", "install", "ln", "mkdir", "mv",
    "nano", "patch", "rm", "rmdir", "rsync", "setfacl", "shred", "sponge", "tee", "touch",
    "truncate", "unlink", "unzip", "vi", "vim",
];

/// Of these, the ones that change only their last operand.
pub(super) const COPYING: &[&str] = &["cp", "install", "ln", "rsync"];

/// Commands that show what is in a file, besides those that are known for more.
pub(super) const READING: &[&str] = &[
    "bat",
    "gpg",
    "hexdump",
    "ldbsearch",
    "less",
    "more",
    "od",
    "openssl",
    "rclone",
    "sqlite3",
    "strings",
    "tdbdump",
];

/// Commands that look through files for a text.
pub(super) const SEARCHING: &[&str] = &["ag", "egrep", "fgrep", "grep", "rg"];

/// What they look for that are after secrets.
pub(super) const SOUGHT: &[&str] = &[
    "api_key",
    "credential",
    "credentials",
    "passwd",
    "password",
    "passwords",
    "private key",
    "secret",
    "secrets",
    "token",
    "tokens",
];

/// What a line starts with that names a path to keep it from being read, or to tell of it: rules of access, alarms and
/// patterns.
pub(super) const GUARDS: &[&str] = &[
    "-w",
    "audit",
    "block:",
    "condition:",
    "deny",
    "deny:",
    "denied:",
    "desc:",
    "description:",
    "exclude:",
    "forbid:",
    "forbidden:",
    "ignore:",
    "output:",
    "pattern:",
];
