//! What a text runs: the programs its commands come down to, once shells, wrappers, pipes and encodings are seen through.

use std::ops::Range;

use super::{
    code,
    commands::{self, SHELLS, WRAPPERS, Wrapper},
    decode,
    lexer::{Command, Script, Word},
    prose,
};
use crate::detect::destructive::CLIENTS;

/// How deep text is run by text before it is left alone.
const DEEPEST: usize = 5;

/// How many wrappers around a command, and commands within it, are seen through.
const MOST_STEPS: usize = 32;

/// How many stages of a pipeline are followed back to where its data comes from.
const LONGEST_PIPELINE: usize = 8;

/// A program that is run.
pub(crate) struct Invocation<'s> {
    /// The program without its directory; empty for a redirection by itself.
    pub(crate) name: &'s str,
    pub(crate) args: &'s [Word],
    /// Whether it gets more operands than are written, by `xargs` or `find -exec`.
    pub(crate) feeds: bool,
    pub(crate) command: &'s Command,
    pub(crate) script: &'s Script,
    /// What it runs as code besides its arguments.
    pub(crate) runs: Source,
}

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

/// Calls `each` with every program that the text runs, and with the range of the text it is written in.
pub(crate) fn visit(text: &str, each: &mut dyn FnMut(&Invocation<'_>, Range<usize>)) {
    Visitor {
        each,
        depth: 0,
        outer: None,
    }
    .text(text);
}

struct Visitor<'v> {
    each: &'v mut dyn FnMut(&Invocation<'_>, Range<usize>),
    depth: usize,
    /// The range of the command that runs the text at hand.
    outer: Option<Range<usize>>,
}

impl Visitor<'_> {
    fn text(&mut self, text: &str) {
        let script = Script::parse(text);
        for command in &script.commands {
            let mut run = Run {
                script: &script,
                command,
                feeds: false,
                steps: MOST_STEPS,
                visitor: self,
            };
            if !command.redirects.is_empty() {
                run.emit("", &[], Source::Unknown);
            }
            run.words(&command.words);
        }
        if self.depth == 0 {
            code::scripts(text, &mut |script, range| self.nested(script, range));
        }
    }

    fn nested(&mut self, text: &str, range: Range<usize>) {
        if self.depth < DEEPEST && !text.is_empty() {
            let outer = self.outer.clone();
            self.outer.get_or_insert(range);
            self.depth += 1;
            self.text(text);
            self.depth -= 1;
            self.outer = outer;
        }
    }
}

/// A command that is being seen through.
struct Run<'v, 'w, 's> {
    script: &'s Script,
    command: &'s Command,
    feeds: bool,
    /// How much may still be seen through.
    steps: usize,
    visitor: &'v mut Visitor<'w>,
}

impl<'s> Run<'_, '_, 's> {
    fn emit(&mut self, name: &'s str, args: &'s [Word], runs: Source) {
        let range = self.visitor.outer.clone();
        let invocation = Invocation {
            name,
            args,
            feeds: self.feeds,
            command: self.command,
            script: self.script,
            runs,
        };
        (self.visitor.each)(
            &invocation,
            range.unwrap_or_else(|| self.command.range.clone()),
        );
    }

    fn nested(&mut self, text: &str) {
        self.visitor.nested(text, self.command.range.clone());
    }

    /// Words that start with a command.
    fn words(&mut self, words: &'s [Word]) {
        let mut words = words;
        if self.visitor.depth == 0 && prose::is_sentence(words.get(1..).unwrap_or_default()) {
            return;
        }
        if let Some((first, rest)) = words.split_first()
            && first.text.is_empty()
            && let Source::Literal(text) = self.source_of(std::slice::from_ref(first))
        {
            return self.nested(&format!("{text} {}", joined(rest)));
        }
        while let (Some(steps), Some((name, args))) = (self.steps.checked_sub(1), head(words)) {
            self.steps = steps;
            if let Some(wrapper) = wrapper(name) {
                self.feeds |= wrapper.feeds;
                words = wrapped(wrapper, args);
                self.script_word(words);
                continue;
            }
            match name {
                "find" | "gfind" => {
                    self.emit(name, args, Source::Unknown);
                    return self.found(args);
                }
                "fd" | "fdfind" => {
                    let exec = |word: &Word| {
                        ["-x", "-X", "--exec", "--exec-batch"].contains(&word.text.as_str())
                    };
                    let Some(at) = args.iter().position(exec) else {
                        return;
                    };
                    self.feeds = true;
                    words = args.get(at + 1..).unwrap_or_default();
                }
                "ssh" | "autossh" => {
                    let rest = operands_from(args, SSH_VALUED, 1);
                    return match head(rest) {
                        Some((shell, args)) if SHELLS.contains(&shell) => self.shell(shell, args),
                        Some(_) => self.nested(&joined(rest)),
                        None => self.shell(name, &[]),
                    };
                }
                "adb" | "wsl" | "vagrant" => {
                    self.script_options(args);
                    words = skip_words(args, &["shell", "-e", "--", "ssh"]);
                }
                "docker" | "podman" | "nerdctl" | "docker-compose" | "kubectl" | "oc" | "lxc"
                | "incus" => {
                    self.emit(name, args, Source::Unknown);
                    let Some(inner) = contained(args) else {
                        return;
                    };
                    words = inner;
                }
                "eval" => {
                    let source = self.source_of(args);
                    self.run_source(&source);
                    self.emit(name, args, source);
                    return self.nested(&joined(args));
                }
                "source" | "." => {
                    let source = self.source_of(args);
                    self.run_source(&source);
                    return self.emit(name, args, source);
                }
                "su" | "script" | "sg" | "runuser" | "gcloud" => {
                    self.script_options(args);
                    return self.emit(name, args, Source::Unknown);
                }
                "trap" => {
                    let handler = args.first().map(|word| word.text.as_str());
                    return self.nested(handler.unwrap_or_default());
                }
                "tmux" | "screen" | "git" => {
                    for word in args.iter().filter(|word| runs_text(name, args, word)) {
                        self.nested(&word.text);
                    }
                    return self.emit(name, args, Source::Unknown);
                }
                _ if SHELLS.contains(&name) => return self.shell(name, args),
                "at" | "batch" => {
                    let source = self.input();
                    self.run_source(&source);
                    return;
                }
                _ if commands::is_interpreter(name) => return self.interpreter(name, args),
                _ => {
                    let reads = CLIENTS.contains(&name);
                    let source = if reads { self.input() } else { Source::Unknown };
                    return self.emit(name, args, source);
                }
            }
        }
    }

    /// A shell: its `-c` text, or what it reads.
    fn shell(&mut self, name: &'s str, args: &'s [Word]) {
        let is_command = |word: &Word| {
            word.text.len() > 1
                && word.text.starts_with('-')
                && !word.text.starts_with("--")
                && word.text.ends_with('c')
        };
        let source = match args.iter().position(is_command) {
            Some(at) => {
                let after = args.get(at + 1..).unwrap_or_default();
                let script = after.iter().position(|word| !word.is_option());
                let script = script.and_then(|at| after.get(at..=at)).unwrap_or_default();
                self.nested(&joined(script));
                self.source_of(script)
            }
            None => match args.iter().find(|word| !word.is_option()) {
                Some(file) if !file.substitutions.is_empty() => {
                    self.source_of(std::slice::from_ref(file))
                }
                Some(file) if file.text != "-" && !args.iter().any(|word| word.text == "-s") => {
                    Source::Unknown
                }
                _ => self.input(),
            },
        };
        self.run_source(&source);
        self.emit(name, args, source);
    }

    /// An interpreter of another language: the commands its code runs.
    fn interpreter(&mut self, name: &'s str, args: &'s [Word]) {
        let is_code = |word: &Word| {
            ["-c", "-e", "-E", "-r", "--eval", "-p", "-ne", "-pe"].contains(&word.text.as_str())
        };
        if let Some(at) = args.iter().position(is_code) {
            if let Some(word) = args.get(at + 1) {
                self.code(&word.text);
            }
            let source = self.source_of(args.get(at + 1..at + 2).unwrap_or_default());
            return self.emit(name, args, source);
        }
        let reads = args.iter().all(|word| word.text == "-" || word.is_option());
        let source = if reads {
            self.input()
        } else {
            self.source_of(args)
        };
        if let Source::Literal(text) = &source {
            self.code(text);
        }
        self.emit(name, args, source);
    }

    fn code(&mut self, text: &str) {
        let range = self.command.range.clone();
        code::scripts(text, &mut |script, _| {
            self.visitor.nested(script, range.clone());
        });
    }

    fn run_source(&mut self, source: &Source) {
        if let Source::Literal(text) = source {
            self.nested(text);
        }
    }

    /// The commands that `find` runs on what it finds.
    fn found(&mut self, args: &'s [Word]) {
        self.feeds = true;
        let mut rest = args;
        let is_exec =
            |word: &Word| ["-exec", "-execdir", "-ok", "-okdir"].contains(&word.text.as_str());
        while let Some(at) = rest.iter().position(is_exec) {
            let from = rest.get(at + 1..).unwrap_or_default();
            let end = from
                .iter()
                .position(|word| word.text == ";" || word.text == "+");
            let (inner, after) = from
                .split_at_checked(end.unwrap_or(from.len()))
                .unwrap_or_default();
            self.words(inner);
            rest = after;
        }
    }

    /// The text behind options that take a command.
    fn script_options(&mut self, args: &'s [Word]) {
        for (at, word) in args.iter().enumerate() {
            if ["-c", "--command", "--session-command"].contains(&word.text.as_str()) {
                if let Some(script) = args.get(at + 1) {
                    self.nested(&script.text);
                }
            } else if let Some(script) = word.text.strip_prefix("--command=") {
                self.nested(script);
            }
        }
    }

    /// A command that a wrapper got as one word, the way `watch` and `parallel` take it.
    fn script_word(&mut self, words: &'s [Word]) {
        if let Some(word) = words.first()
            && word.text.contains([' ', '\t'])
        {
            self.nested(&word.text);
        }
    }

    /// What the substitutions in the words come to.
    fn source_of(&self, words: &[Word]) -> Source {
        let mut literal = String::new();
        for &index in words.iter().flat_map(|word| &word.substitutions) {
            match output(self.script, index, LONGEST_PIPELINE) {
                Source::Literal(text) => literal.push_str(&text),
                Source::Unknown => {}
                source => return source,
            }
        }
        if literal.is_empty() {
            Source::Unknown
        } else {
            Source::Literal(literal)
        }
    }

    /// What the command reads.
    fn input(&self) -> Source {
        input(self.script, self.command, LONGEST_PIPELINE)
    }
}

/// Options of `ssh` with a value.
const SSH_VALUED: &[&str] = &[
    "-B", "-b", "-c", "-D", "-E", "-e", "-F", "-I", "-i", "-J", "-L", "-l", "-m", "-O", "-o", "-p",
    "-Q", "-R", "-S", "-W", "-w",
];

/// Options of container tools with a value, where they stand in front of the command in a container.
const CONTAINER_VALUED: &[&str] = &[
    "-e",
    "--env",
    "-u",
    "--user",
    "-w",
    "--workdir",
    "-v",
    "--volume",
    "-p",
    "--publish",
    "--name",
    "--network",
    "--net",
    "--mount",
    "--entrypoint",
    "--env-file",
    "-f",
    "--file",
    "-c",
    "--container",
    "-n",
    "--namespace",
    "-h",
    "--hostname",
    "--platform",
    "--context",
    "-l",
    "--label",
    "-m",
    "--memory",
    "--cpus",
    "--gpus",
    "--add-host",
    "--cap-add",
];

/// The program at the head of the words, and its arguments.
fn head(words: &[Word]) -> Option<(&str, &[Word])> {
    let is_head = |word: &Word| {
        !(word.text.is_empty()
            || !word.quoted && commands::is_reserved(&word.text)
            || commands::assignment(&word.text).is_some())
    };
    let at = words.iter().position(is_head)?;
    let (first, args) = words.get(at..)?.split_first()?;
    Some((commands::program(&first.text), args))
}

fn wrapper(name: &str) -> Option<&'static Wrapper> {
    WRAPPERS
        .iter()
        .find(|wrapper| wrapper.names.contains(&name))
}

/// The command that a wrapper runs.
fn wrapped<'s>(wrapper: &Wrapper, args: &'s [Word]) -> &'s [Word] {
    let words = operands_from(args, wrapper.valued, 0);
    let assignments = words
        .iter()
        .take_while(|word| commands::assignment(&word.text).is_some())
        .count();
    words
        .get(assignments + wrapper.operands..)
        .unwrap_or_default()
}

/// The words behind the options and the first `skip` operands.
fn operands_from<'s>(args: &'s [Word], valued: &[&str], skip: usize) -> &'s [Word] {
    let (mut at, mut operands) = (0, 0);
    while let Some(word) = args.get(at) {
        if word.text == "--" {
            at += 1;
        } else if word.is_option() {
            at += 1 + usize::from(valued.contains(&word.text.as_str()));
        } else if operands < skip {
            operands += 1;
            at += 1;
        } else {
            break;
        }
    }
    args.get(at..).unwrap_or_default()
}

fn skip_words<'s>(args: &'s [Word], names: &[&str]) -> &'s [Word] {
    let count = args
        .iter()
        .take_while(|word| names.contains(&word.text.as_str()))
        .count();
    args.get(count..).unwrap_or_default()
}

/// The command that a container tool runs in a container.
fn contained(args: &[Word]) -> Option<&[Word]> {
    let verb = args
        .iter()
        .position(|word| ["exec", "run"].contains(&word.text.as_str()))?;
    let rest = args.get(verb + 1..)?;
    match rest.iter().position(|word| word.text == "--") {
        Some(at) => rest.get(at + 1..),
        None => Some(operands_from(rest, CONTAINER_VALUED, 1)),
    }
}

/// Whether the program runs this argument as shell text.
fn runs_text(name: &str, args: &[Word], word: &Word) -> bool {
    match name {
        "git" => {
            let in_each = args.first().is_some_and(|word| word.text == "submodule");
            in_each && word.text.contains(' ')
        }
        _ => word.text.contains(' '),
    }
}

fn joined(words: &[Word]) -> String {
    let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    texts.join(" ")
}

/// What a command reads: its here-document, or the output of the command before it.
fn input(script: &Script, command: &Command, stages: usize) -> Source {
    match (&command.input, command.reads_from) {
        (Some(text), _) => Source::Literal(text.clone()),
        (None, Some(index)) => output(script, index, stages),
        (None, None) => Source::Unknown,
    }
}

/// What a command writes.
pub(crate) fn output(script: &Script, index: usize, stages: usize) -> Source {
    let (Some(command), Some(stages)) = (script.command(index), stages.checked_sub(1)) else {
        return Source::Unknown;
    };
    let mut words = command.words.as_slice();
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
        "curl" | "wget" | "fetch" | "aria2c" | "lynx" | "http" | "xh" => Source::Remote,
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

/// What `echo` writes.
fn echoed(args: &[Word]) -> Source {
    let is_option = |word: &&Word| ["-n", "-e", "-E", "-ne", "-en"].contains(&word.text.as_str());
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
fn printed(args: &[Word]) -> Source {
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
fn decoded(name: &str, args: &[Word], input: Source) -> Source {
    let has = |options: &[&str]| {
        args.iter()
            .any(|word| options.contains(&word.text.as_str()))
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
