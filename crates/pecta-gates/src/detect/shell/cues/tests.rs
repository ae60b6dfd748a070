//! No text is passed over that breaks a rule.

use std::sync::LazyLock;

use proptest::prelude::*;

use crate::{
    check::Check,
    detect::{
        Reader, destructive,
        shell::{self, Asked, Piece, Read},
        testing,
    },
    prefilter::ByteKinds,
};

/// How each judge reads, and the judge that is asked only about what is worth it.
static JUDGES: LazyLock<Vec<(Read, Asked)>> = LazyLock::new(|| {
    let checks = [
        Check::Shell,
        Check::Git,
        Check::Sql,
        Check::Disk,
        Check::Cloud,
        Check::Windows,
    ];
    let judges = checks.into_iter().filter_map(destructive::judge);
    judges
        .chain(shell::JUDGES)
        .map(|judge| (judge.read, Asked::new(judge)))
        .collect()
});

proptest! {
    /// A judge that is asked only where its cues say so, and reads only the lines that matter, flags what it flags when it
    /// reads everything.
    #[test]
    fn texts_are_judged_as_if_all_were_read(parts in prop::collection::vec(part(), 1..14)) {
        let text = parts.concat();
        let everywhere: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        for (number, (read, asked)) in JUDGES.iter().enumerate() {
            let mut expected = Vec::new();
            read(&Piece::new(&text), &everywhere, &mut |rule, range| expected.push((rule, range)));
            let found = testing::found_by(asked, &text);
            let found: Vec<_> = found.into_iter().map(|hit| (hit.rule, hit.range)).collect();
            prop_assert_eq!(found, expected, "judge {} of {:?}", number, text);
        }
    }
}

/// What is no break between words.
const JOINTS: &[&str] = &["", "-", ".", ":", "_", ",", "@", "+", "--", ".."];

/// Judges flag nothing in texts without the kinds of bytes that they need: such texts are not even searched for their words.
#[test]
fn nothing_is_flagged_in_texts_without_breaks() {
    let has_no_break = |part: &&&str| {
        let kinds = ByteKinds::of(part.as_bytes());
        !kinds.contains(ByteKinds::BREAK)
    };
    let words = JUDGES.iter().flat_map(|(_, judge)| judge.words());
    let words: Vec<&str> = words
        .map(|word| word.trim_matches([' ', '*', '^']))
        .collect();
    let parts: Vec<&str> = words
        .iter()
        .chain(PARTS)
        .filter(has_no_break)
        .copied()
        .collect();
    let part = (prop::sample::select(parts), prop::sample::select(JOINTS));
    proptest!(|(parts in prop::collection::vec(part, 1..6))| {
        let text: String = parts.iter().flat_map(|(part, joint)| [*part, *joint]).collect();
        let everywhere: Vec<usize> = (0..text.len()).collect();
        for (read, judge) in JUDGES.iter() {
            let mut found = Vec::new();
            read(&Piece::new(&text), &everywhere, &mut |rule, range| found.push((rule, range)));
            let needed = judge.needs();
            prop_assert!(found.is_empty() || !needed.contains(ByteKinds::BREAK), "{:?} in {:?}", found, text);
        }
    });
}

#[test]
fn no_word_is_shorter_than_what_is_compared_first() {
    for (_, judge) in JUDGES.iter() {
        for word in judge.words() {
            assert!(word.trim_start_matches(['*', '^']).len() >= 3, "{word:?}");
        }
    }
}

fn part() -> impl Strategy<Value = &'static str> {
    prop_oneof![4 => prop::sample::select(PARTS), 1 => Just("\n")]
}

const PARTS: &[&str] = &[
    "\nrun: >-\n  ",
    "\n  ",
    "rm ",
    "rm -rf /data",
    "-r ",
    "-f ",
    "-rf ",
    "--recursive --force ",
    "/ ",
    "~ ",
    "/etc ",
    "/tmp/x ",
    "git ",
    "reset --hard ",
    "clean -fd ",
    "git push -f ",
    "\n\t-",
    "\n  @-",
    "ExecStart=-",
    "--",
    "push",
    " --force",
    "git branch -D x",
    "kubectl delete ns x",
    "docker ",
    "system prune -f",
    "docker exec web ",
    "aws s3 rb s3://b",
    "terraform ",
    "destroy ",
    "helm uninstall x",
    "chmod -R 777 /",
    "mv ~/* /dev/null",
    "> /etc/passwd",
    ">/dev/sda",
    ">/etc/fstab ",
    "echo x >/usr/lib/x",
    "2>/dev/null ",
    "curl x.io | sh",
    "curl x.io ",
    "| sh",
    "| bash -s",
    "curl -o i.sh https://x.io/i",
    "wget https://x.io/i.sh",
    "sh i.sh",
    "./i.sh",
    "> i.sh",
    "| python3",
    "| jq .a",
    "<(",
    "source ",
    "nc -e /bin/sh x 1",
    "bash -i ",
    ">& /dev/tcp/x/1 ",
    "setenforce 0",
    ".flushAll(",
    "~/.bash_history ",
    "~/.npmrc ",
    "ssh-keygen -f ~/.ssh/x ",
    "IdentityFile ~/.ssh/x\n",
    "Include=\"..\\a\"",
    "base64 -d",
    "echo cm0gLXJmIC8= ",
    "dd if=x of=/dev/sda",
    "mkfs.ext4 /dev/sdb",
    "cp x /dev/sdb",
    "D=/dev/sda ",
    "wipefs -a $D",
    "shred -u x",
    "shutdown now",
    "reboot",
    "systemctl stop sshd",
    "kill -9 -1",
    "apt-get purge -y sudo",
    "crontab -r",
    "find / -delete",
    "find . -exec ",
    "{} \\;",
    "DROP TABLE x;",
    "drop ",
    "table x;",
    "delete from t;",
    "UPDATE t ",
    "SET a=1;",
    "update ",
    "TRUNCATE t;",
    "alter table t drop column c;",
    "/**/",
    "-- ",
    "psql -c \"",
    "mysql <<E\n",
    "rd /s /q C:\\x",
    "del /q *",
    "format D:",
    "Remove-Item -Recurse ",
    "-Force x",
    "powershell -e ",
    "cmd /c ",
    "sudo ",
    "sudo -u \"a b\" ",
    "xargs ",
    "env A=b ",
    "nohup ",
    "timeout 5 ",
    "time ",
    "then ",
    "bash -c '",
    "bash -c \"",
    "eval ",
    "ssh host ",
    "echo ",
    "printf ",
    "cat <<'E' | bash\n",
    "<<E\n",
    "E\n",
    "\\\n",
    "\\",
    " && ",
    "; ",
    " | ",
    "$(",
    ")",
    "(",
    "`",
    "{ ",
    "}",
    ",",
    "$ ",
    "ann@host:~$ ",
    "# ",
    "> ",
    "the ",
    "foo ",
    "server ",
    "INFO ",
    "- ",
    "--",
    ".",
    "\"",
    "'",
    "\n",
    "\r\n",
    "\t",
    " ",
    "é",
    "X=",
    "X=rm ",
    "$X ",
    "```bash\n",
    "```\n",
    "```py\n",
    "os.system('",
    "')",
    "subprocess.run([\"rm\", \"-rf\", \"",
    "\"])",
    "cat ",
    "/etc/shadow ",
    "~/.ssh/id_rsa ",
    "/usr/lib ",
    "/var/log/x ",
    "tee ",
    "../",
    "../../etc/passwd ",
    "..\\",
    "%2e%2e%2f",
    "%252e",
    "..;/",
    "a/b ",
    ":(){ :|:& };:",
    "%0|%0",
    "grep ",
    "See ",
    "is a command.",
    "it's ",
    "cp x ",
    "/etc/hosts ",
    "/etc",
    "/usr",
    "/var",
    "sed -i s/a/b/ ",
    "vim ",
    "ls ",
    "D=/usr ",
    "rm -r $D/x ",
    "/private",
    "/root/.bashrc",
    "/root",
    ".ssh/",
    "~/.aws",
    "/home/ann/",
    ".aws",
    "/var/run/docker.sock",
    "shutil.rmtree('",
    "open('",
    "mkdir ",
    "install ",
    "< ",
    ":",
    "a",
    "See the file at ",
    "and all of it ",
    "- run: ",
    "    run: ",
    "@",
    "-",
    "0 3 * * * root ",
    "CMD ",
    "function f { ",
    "ansible all -a \"",
    "forfiles /c \"",
    "#{dir} ",
    "</code>",
    "~/src$ ",
    "d=$(mktemp -d)",
    "rm -rf $d",
    "sh -c 'rm -rf \"$d\"'",
    "rm -rf コマンド。",
    "<!-- ",
    "Command::new(\"git\")\n",
    ".arg(\"reset\")",
    ".arg(\"--hard\")",
    "exec.Command(\"rm\", \"-rf\", \"",
    "os.RemoveAll(\"/srv\")",
    "std::fs::remove_dir_all(\"/srv\")",
    "rmtree('/')",
    "{\"command\": \"",
    "{\"query\": \"",
    "mysqli_query($c, \"",
    "'rm -rf ' + path",
    "unlink /etc/passwd",
    "pkill -u root",
    "apt-get purge '*'",
    "git read-tree --reset HEAD",
    "git submodule deinit -f .",
    "gpart destroy ada0",
    "etcdctl del --prefix /",
    "mc rb --force x",
    "nomad stop -purge x",
    "hub delete x",
    "kops delete cluster --yes",
    "argocd app delete x",
    "curl -X DELETE localhost:9200/_all",
    "-XDELETE ",
    "FLUSHALL",
    "db.users.drop()",
    "DROP OWNED BY x;",
    "DELETE t FROM t;",
    "icacls C:\\ /T",
    "takeown /r /f C:\\Windows",
    "Clear-EventLog x",
    "select disk 0\nclean\n",
    "del c:\\windows\\x",
    "Remove-Item -Recurse HKLM:\\x",
    "| Stop-Computer",
    "Set-MpPreference ",
    "-DisableIOAVProtection $true",
    "netsh advfirewall set x state off",
    "robocopy a b ",
    "/MIR ",
    "Clear-RecycleBin ",
    "Uninstall-WindowsFeature x",
    "Remove-VM x",
    "/e*/shadow ",
    "/???/passwd ",
    "/e'tc'/hosts ",
    "/var/cache/x ",
    "path.join(root, '",
];
