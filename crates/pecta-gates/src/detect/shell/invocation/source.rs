//! Where the data comes from that a command runs as code: followed back through pipes, decoders, `echo` and `printf`.

use std::collections::HashMap;

use super::{
    joined,
    wrappers::{head, wrapped, wrapper},
};
use crate::detect::shell::{
    decode,
    lexer::{Command, Script, Word},
};

/// How many stages of a pipeline are followed back to where its data comes from.
pub(super) const LONGEST_PIPELINE: usize = 8;

/// Where data comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// It is written in the text.
    Literal(String),
    /// It is fetched over the network.
    Remote,
    /// It is decoded from something that does not show what it is.
    Decoded,
    Unknown,
}

/// What a command reads: its here-document, or the output of the command before it.
pub(super) fn input(script: &Script<'_>, command: &Command<'_>, stages: usize) -> Source {
    match (&command.input, command.reads_from) {
        (Some(text), _) => Source::Literal(text.clone().into_owned()),
        (None, Some(index)) => output(script, index, stages),
        (None, None) => Source::Unknown,
    }
}

/// What a command writes.
pub(super) fn output(script: &Script<'_>, index: usize, stages: usize) -> Source {
    let (Some(command), Some(stages)) = (script.command(index), stages.checked_sub(1)) else {
        return Source::Unknown;
    };
    let mut words = command.words.as_slice();
    if let [lookup, option, program] = words
        && lookup.text == "command"
        && option.text == "-v"
    {
        return Source::Literal(program.text.to_string());
    }
    let (name, args) = loop {
        let Some((name, args)) = head(words) else {
            return Source::Unknown;
        };
        match wrapper(name) {
            Some(wrapper) if !wrapper.feeds => words = wrapped(wrapper, args),
            _ => break (name, args),
        }
    };
    let read = || input(script, command, stages);
    match name {
        "echo" => echoed(args),
        "printf" => printed(args),
        // The path of a program, which runs as its name does.
        "which" => Source::Literal(joined(args)),
        _ if FETCHERS.contains(&name) => Source::Remote,
        "aria2c" | "lynx" | "http" | "xh" => Source::Remote,
        "cat" | "tee"
            if name == "tee" || args.iter().all(|word| word.is_option() || word.text == "-") =>
        {
            read()
        }
        "base64" | "gbase64" | "openssl" | "base32" | "xxd" | "rev" | "gunzip" | "zcat"
        | "gzip" | "bzip2" | "xz" => decoded(name, args, read()),
        "sed" | "awk" | "grep" | "head" | "tail" | "tr" | "sort" | "pv" | "iconv" | "dos2unix" => {
            match read() {
                Source::Literal(_) => Source::Unknown,
                source => source,
            }
        }
        _ => Source::Unknown,
    }
}

/// Whether a command before the one of this number fetched the file.
pub(super) fn is_fetched(script: &Script<'_>, number: usize, file: &str) -> bool {
    let fetched = script.fetched.get_or_init(|| fetched(script));
    let first = fetched.get(plain(file));
    first.is_some_and(|&first| first < number)
}

/// The files that the commands fetch, each with the first command that does.
fn fetched(script: &Script<'_>) -> HashMap<String, usize> {
    let mut fetched = HashMap::new();
    for (number, command) in script.commands.iter().enumerate() {
        if is_fetch(command) {
            for file in files(command).filter(|file| !file.is_empty()) {
                fetched.entry(plain(file).to_owned()).or_insert(number);
            }
        }
    }
    fetched
}

/// The name of a file without the directory it is in if that is the current one.
fn plain(path: &str) -> &str {
    path.strip_prefix("./").unwrap_or(path)
}

/// Programs that put what they fetch into files.
pub(in crate::detect::shell) const FETCHERS: &[&str] = &["curl", "fetch", "wget"];

/// Whether the command fetches a file.
fn is_fetch(command: &Command<'_>) -> bool {
    let mut words = command.words.as_slice();
    while let Some((name, args)) = head(words) {
        match wrapper(name) {
            Some(wrapper) => words = wrapped(wrapper, args),
            None => return FETCHERS.contains(&name),
        }
    }
    false
}

/// Where a command puts what it fetches: the values of its options and redirections, and the last parts of addresses.
fn files<'c>(fetch: &'c Command<'_>) -> impl Iterator<Item = &'c str> {
    let targets = fetch.redirects.iter().filter(|redirect| redirect.writes);
    let targets = targets.map(|redirect| redirect.target.text.as_ref());
    let values = fetch.words.windows(2).filter_map(|pair| match pair {
        [option, value] if option.is_option() && option.text.ends_with(['o', 'O', 't']) => {
            Some(value.text.as_ref())
        }
        _ => None,
    });
    // `--output=i.sh`, `-oi.sh`
    let joined = fetch.words.iter().filter_map(|word| {
        let option = word.text.strip_prefix('-')?;
        match option.strip_prefix("-output") {
            Some(rest) => rest.split_once('=').map(|(_, value)| value),
            None => option.strip_prefix(['o', 'O']),
        }
    });
    let names = fetch.words.iter().filter_map(|word| {
        let (_, path) = word.text.split_once("://")?;
        let path = path.split(['?', '#']).next()?;
        path.rsplit_once('/').map(|(_, name)| name)
    });
    targets.chain(values).chain(joined).chain(names)
}

/// What `echo` writes.
fn echoed(args: &[Word<'_>]) -> Source {
    let is_option =
        |word: &&Word<'_>| ["-n", "-e", "-E", "-ne", "-en"].contains(&word.text.as_ref());
    let options = args.iter().take_while(is_option).count();
    let text = joined(args.get(options..).unwrap_or_default());
    let escapes = args
        .iter()
        .take(options)
        .any(|word| word.text.contains('e'));
    Source::Literal(if escapes {
        decode::escapes(&text)
    } else {
        text
    })
}

/// What `printf` writes, with every conversion taken for `%s`.
fn printed(args: &[Word<'_>]) -> Source {
    let mut words = args.iter().skip_while(|word| word.text == "--");
    let Some(format) = words.next() else {
        return Source::Unknown;
    };
    let format = decode::escapes(&format.text);
    let mut parts = format.split('%');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        if let Some(word) = words.next() {
            text.push_str(&word.text);
        }
        text.push_str(
            part.trim_start_matches(|c: char| c.is_ascii_digit() || "-.".contains(c))
                .get(1..)
                .unwrap_or_default(),
        );
    }
    for word in words {
        text.push(' ');
        text.push_str(&word.text);
    }
    Source::Literal(text)
}

/// What a decoder makes of its input.
fn decoded(name: &str, args: &[Word<'_>], input: Source) -> Source {
    let has = |options: &[&str]| {
        args.iter()
            .any(|word| options.contains(&word.text.as_ref()))
    };
    let decodes = match name {
        "xxd" => args
            .iter()
            .any(|word| word.is_option() && word.text.contains('r')),
        "gzip" | "bzip2" | "xz" => args
            .iter()
            .any(|word| word.is_option() && word.text.contains('d')),
        "rev" | "gunzip" | "zcat" => true,
        _ => has(&["-d", "-D", "--decode", "-di", "-id", "-d -A"]),
    };
    if !decodes {
        return Source::Unknown;
    }
    match input {
        Source::Literal(text) => {
            let bytes = match name {
                "base64" | "gbase64" | "openssl" => decode::base64(&text),
                "xxd" => decode::hexadecimal(&text),
                "rev" => Some(
                    text.trim_end()
                        .chars()
                        .rev()
                        .collect::<String>()
                        .into_bytes(),
                ),
                _ => None,
            };
            bytes.map_or(Source::Decoded, |bytes| {
                Source::Literal(String::from_utf8_lossy(&bytes).into_owned())
            })
        }
        Source::Unknown if name != "rev" => Source::Decoded,
        source => source,
    }
}
