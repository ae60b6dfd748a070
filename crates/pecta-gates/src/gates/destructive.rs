//! The `destructive` gate.

use super::{GateCheck, TextGate};
use crate::check::Check;

/// Fails on commands that destroy data, history or running systems, where a shell or a database would run them.
///
/// The same under both profiles. What counts as a command is what counts for [`Filesystem`](crate::Filesystem) under the
/// standard profile. Rehearsals (`--dry-run`, `-WhatIf`, `terraform plan`) are left alone.
///
/// | check | flags | leaves alone |
/// |---|---|---|
/// | `shell` | `rm -rf`, `find / -delete`, `chmod -R 777 /`, `mv x /dev/null`, `: > /etc/passwd`, `crontab -r`, `shutdown`, `kill -9 -1`, fork bombs, `curl ... \| bash`, `base64 -d x \| sh` | `rm file`, `rm -rf /tmp/x`, `find . -name '*.pyc' -delete`, `chmod -R 755 public`, `curl ... \| jq` |
/// | `git` | `reset --hard`, `clean -f`, `push --force`, `push origin :main`, `checkout -- .`, `branch -D`, `stash clear`, `reflog expire --expire=now`, `filter-branch` | `clean -n`, `push --force-with-lease`, `restore --staged`, `branch -d` |
/// | `sql` | `DROP TABLE`, `TRUNCATE`, `DELETE` and `UPDATE` of all rows (`WHERE 1=1` filters nothing), `DROP COLUMN`; the same given to `psql -c` or `cursor.execute(...)`; `FLUSHALL`, `db.dropDatabase()`, `rails db:drop` | `DELETE ... WHERE id = 7`, string literals, comments, `DROP INDEX`, temporary tables |
/// | `disk` | `dd of=/dev/sda`, `mkfs /dev/sdb1`, `> /dev/sda`, `wipefs -a`, `shred`, `parted mklabel`, `zfs destroy` | `/dev/null` and its like, `dd of=disk.img`, `fdisk -l` |
/// | `cloud` | `terraform destroy`, `aws s3 rm --recursive`, `aws ec2 terminate-instances`, `gcloud ... delete`, `az ... delete`, `kubectl delete namespace`, `helm uninstall`, `docker system prune`, `gh repo delete` | what lists or describes, `kubectl delete pod web-1`, `docker rm -f web` |
/// | `windows` | `rd /s`, `del /s`, `format C:`, `Remove-Item -Recurse -Force` under all its names, `Clear-Disk`, `vssadmin delete shadows`, `reg delete`, `iwr ... \| iex`, encoded PowerShell that does so | `del file.txt`, what is in `%TEMP%`, `reg query` |
pub type Destructive = TextGate<DestructiveCheck>;

/// A check of [`Destructive`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DestructiveCheck {
    /// Shell commands.
    Shell,
    /// git commands.
    Git,
    /// SQL statements.
    Sql,
    /// Commands on disks and file systems.
    Disk,
    /// Commands on cloud resources and clusters.
    Cloud,
    /// Commands of Windows' shells.
    Windows,
}

impl GateCheck for DestructiveCheck {
    const GATE: &'static str = "destructive";
    const ALL: &'static [Self] = &[
        Self::Shell,
        Self::Git,
        Self::Sql,
        Self::Disk,
        Self::Cloud,
        Self::Windows,
    ];
}

impl From<DestructiveCheck> for Check {
    fn from(check: DestructiveCheck) -> Self {
        match check {
            DestructiveCheck::Shell => Check::Shell,
            DestructiveCheck::Git => Check::Git,
            DestructiveCheck::Sql => Check::Sql,
            DestructiveCheck::Disk => Check::Disk,
            DestructiveCheck::Cloud => Check::Cloud,
            DestructiveCheck::Windows => Check::Windows,
        }
    }
}
