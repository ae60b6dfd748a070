//! What a text runs: the programs its commands come down to, once shells, wrappers, pipes and encodings are seen through.

mod source;
mod wrappers;

use std::{borrow::Cow, cell::Cell, mem, ops::Range};

pub(super) use source::FETCHERS;
pub(crate) use source::Source;

use self::{
    source::{LONGEST_PIPELINE, input, is_fetched, output},
    wrappers::{
        SSH_VALUED, contained, executed, head, operands_from, runs_text, skip_words, wrapped,
        wrapper,
    },
};
use super::{
    Piece, code,
    commands::{self, SHELLS},
    files,
    lexer::{Command, Script, Word},
    prose, told,
};
use crate::detect::destructive::CLIENTS;

/// How deep text is run by text before it is left alone.
const DEEPEST: usize = 5;

/// How many wrappers around a command, and commands within it, are seen through.
const MOST_STEPS: usize = 32;

/// A program that is run.
pub(crate) struct Invocation<'s> {
    /// The program without its directory; empty for a redirection by itself.
    pub(crate) name: &'s str,
    pub(crate) args: &'s [Word<'s>],
    /// Whether it gets more operands than are written, by `xargs` or `find -exec`.
    pub(crate) feeds: bool,
    pub(crate) command: &'s Command<'s>,
    pub(crate) script: &'s Script<'s>,
    /// The directory it runs in, where the text tells.
    pub(crate) directory: Option<&'s str>,
    /// What it runs as code besides its arguments.
    pub(crate) runs: Source,
}

/// Calls `each` with every program that the text runs, and with the range of the text it is written in; with `told`, also with
/// those that it tells its reader to run.
pub(crate) fn visit(
    piece: &Piece<'_>,
    told: bool,
    each: &mut dyn FnMut(&Invocation<'_>, Range<usize>),
) {
    Visitor {
        each,
        told,
        is_done: &piece.is_done,
        depth: 0,
        outer: None,
        temporary: Vec::new(),
    }
    .script(piece.text, piece.script());
}

struct Visitor<'v> {
    each: &'v mut dyn FnMut(&Invocation<'_>, Range<usize>),
    /// Whether what readers are told to run counts.
    told: bool,
    /// Whether nothing more needs to be known.
    is_done: &'v Cell<bool>,
    depth: usize,
    /// The range of the command that runs the text at hand.
    outer: Option<Range<usize>>,
    /// Names of variables that hold a directory made for temporary files, in the text at hand and in those that run it.
    temporary: Vec<String>,
}

impl Visitor<'_> {
    fn script(&mut self, text: &str, script: &Script<'_>) {
        let temporary = script.temporary.iter();
        let temporary = temporary.map(|name| name.clone().into_owned()).collect();
        let outer = mem::replace(&mut self.temporary, temporary);
        for (number, command) in script.commands.iter().enumerate() {
            if self.is_done.get() {
                break;
            }
            let mut run = Run {
                script,
                command,
                number,
                feeds: false,
                is_elsewhere: false,
                steps: MOST_STEPS,
                visitor: self,
            };
            if !command.redirects.is_empty() {
                run.emit("", &[], Source::Unknown);
            }
            run.words(&command.words);
        }
        if self.depth == 0 {
            let told = self.told;
            let each = &mut |script: &str, range: Range<usize>| self.nested(script, range);
            code::scripts(text, each);
            files::scripts(text, each);
            if told {
                told::commands(text, each);
            }
        }
        self.temporary = outer;
    }

    fn nested(&mut self, text: &str, range: Range<usize>) {
        if self.depth < DEEPEST && !text.is_empty() {
            let outer = self.outer.clone();
            self.outer.get_or_insert(range);
            self.depth += 1;
            let mut script = Script::parse(text);
            let known = self.temporary.iter().cloned();
            script.temporary.extend(known.map(Cow::Owned));
            self.script(text, &script);
            self.depth -= 1;
            self.outer = outer;
        }
    }
}

/// A command that is being seen through.
struct Run<'v, 'w, 's> {
    script: &'s Script<'s>,
    command: &'s Command<'s>,
    /// Which of the script's commands it is.
    number: usize,
    feeds: bool,
    /// Whether it runs in another system of files.
    is_elsewhere: bool,
    /// How much may still be seen through.
    steps: usize,
    visitor: &'v mut Visitor<'w>,
}

impl<'s> Run<'_, '_, 's> {
    fn emit(&mut self, name: &'s str, args: &'s [Word<'s>], runs: Source) {
        let range = self.visitor.outer.clone();
        let invocation = Invocation {
            name,
            args,
            feeds: self.feeds,
            command: self.command,
            script: self.script,
            directory: self
                .command
                .directory
                .as_deref()
                .filter(|_| !self.is_elsewhere),
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
    fn words(&mut self, words: &'s [Word<'s>]) {
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
        // Only what a variable stands for has spaces without quotes, and a span in back-ticks that is a mention.
        if let Some(first) = words.first()
            && !first.quoted
            && first.text.contains(' ')
            && !first.text.contains('`')
        {
            return self.nested(&joined(words));
        }
        while let (Some(steps), Some((name, args))) = (self.steps.checked_sub(1), head(words)) {
            self.steps = steps;
            if let Some(wrapper) = wrapper(name) {
                self.feeds |= wrapper.feeds;
                self.is_elsewhere |= name == "chroot";
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
                    self.feeds = true;
                    words = executed(args);
                }
                "ssh" | "autossh" => {
                    return self.elsewhere(name, args);
                }
                "adb" | "wsl" | "vagrant" => {
                    self.emit(name, args, Source::Unknown);
                    self.script_options(args);
                    self.is_elsewhere = true;
                    words = skip_words(args, &["shell", "-e", "--", "ssh"]);
                }
                "docker" | "podman" | "nerdctl" | "docker-compose" | "kubectl" | "oc" | "lxc"
                | "incus" => {
                    self.emit(name, args, Source::Unknown);
                    let Some(inner) = contained(args) else {
                        return;
                    };
                    self.is_elsewhere = true;
                    words = inner;
                }
                "eval" => {
                    let source = self.source_of(args);
                    self.run_source(&source);
                    self.emit(name, args, source);
                    return self.nested(&joined(args));
                }
                "source" | "." => {
                    let source = self.sourced(args);
                    self.run_source(&source);
                    return self.emit(name, args, source);
                }
                "su" | "script" | "sg" | "runuser" | "gcloud" => {
                    self.script_options(args);
                    return self.emit(name, args, Source::Unknown);
                }
                "ansible" => {
                    let module = args.iter().skip_while(|word| word.text != "-a").nth(1);
                    return self.nested(module.map_or("", |word| word.text.as_ref()));
                }
                "alias" => {
                    let values = args
                        .iter()
                        .filter_map(|word| commands::assignment(&word.text));
                    return values.for_each(|(_, value)| self.nested(value));
                }
                "trap" => {
                    let handler = args.first().map(|word| word.text.as_ref());
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
                _ => return self.program(words, name, args),
            }
        }
    }

    /// A program, at the head of the words, that runs no other.
    fn program(&mut self, words: &'s [Word<'s>], name: &'s str, args: &'s [Word<'s>]) {
        let source = match words.iter().rev().nth(args.len()) {
            _ if CLIENTS.contains(&name) => self.input(),
            Some(program) if program.text.contains('/') => self.content(program),
            _ => Source::Unknown,
        };
        self.emit(name, args, source);
    }

    /// A shell on another host.
    fn elsewhere(&mut self, name: &'s str, args: &'s [Word<'s>]) {
        let rest = operands_from(args, SSH_VALUED, 1);
        match head(rest) {
            Some((shell, args)) if SHELLS.contains(&shell) => self.shell(shell, args),
            Some(_) => self.nested(&joined(rest)),
            None => self.shell(name, &[]),
        }
    }

    /// What a shell reads from a file that it is told to.
    fn sourced(&self, args: &[Word<'_>]) -> Source {
        match (self.source_of(args), args.first()) {
            (Source::Unknown, Some(file)) => self.content(file),
            (source, _) => source,
        }
    }

    /// A shell: its `-c` text, or what it reads.
    fn shell(&mut self, name: &'s str, args: &'s [Word<'s>]) {
        let is_command = |word: &Word<'_>| {
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
                    self.content(file)
                }
                _ => self.input(),
            },
        };
        self.run_source(&source);
        self.emit(name, args, source);
    }

    /// An interpreter of another language: the commands its code runs.
    fn interpreter(&mut self, name: &'s str, args: &'s [Word<'s>]) {
        let is_code = |word: &Word<'_>| {
            ["-c", "-e", "-E", "-r", "--eval", "-p", "-ne", "-pe"].contains(&word.text.as_ref())
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
            let file = args.iter().position(|word| !word.is_option());
            self.sourced(args.get(file.unwrap_or_default()..).unwrap_or_default())
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
    fn found(&mut self, args: &'s [Word<'s>]) {
        self.feeds = true;
        let mut rest = args;
        let is_exec =
            |word: &Word<'_>| ["-exec", "-execdir", "-ok", "-okdir"].contains(&word.text.as_ref());
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
    fn script_options(&mut self, args: &'s [Word<'s>]) {
        for (at, word) in args.iter().enumerate() {
            if ["-c", "--command", "--session-command"].contains(&word.text.as_ref()) {
                if let Some(script) = args.get(at + 1) {
                    self.nested(&script.text);
                }
            } else if let Some(script) = word.text.strip_prefix("--command=") {
                self.nested(script);
            }
        }
    }

    /// A command that a wrapper got as one word, the way `watch` and `parallel` take it.
    fn script_word(&mut self, words: &'s [Word<'s>]) {
        if let Some(word) = words.first()
            && word.text.contains([' ', '\t'])
        {
            self.nested(&word.text);
        }
    }

    /// What the substitutions in the words come to.
    fn source_of(&self, words: &[Word<'_>]) -> Source {
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

    /// What is in a file that is run.
    fn content(&self, file: &Word<'_>) -> Source {
        if is_fetched(self.script, self.number, &file.text) {
            Source::Remote
        } else {
            Source::Unknown
        }
    }

    /// What the command reads.
    fn input(&self) -> Source {
        input(self.script, self.command, LONGEST_PIPELINE)
    }
}

fn joined(words: &[Word<'_>]) -> String {
    let texts: Vec<&str> = words.iter().map(|word| word.text.as_ref()).collect();
    texts.join(" ")
}
