//! How fast the text gates judge, beside the same documented patterns run by the `regex` crate and by Node.
//!
//! `cargo bench -p pecta-gates` prints every table; an argument that is part of a table's name prints that one. Times are
//! the fastest of alternating runs, of the scan alone: the JSON is parsed before, and the clock that an engine is handed stands
//! still: an engine reads it twice, and once more for every 64 KiB. What two readings of a real one cost is printed beside.
//! Only ratios within a table mean anything.

mod baselines;
mod peers;
mod texts;
mod timing;

use std::{error::Error, hint::black_box, time::Duration};

use pecta_gates::{
    Content, ContentCheck, DestructiveCheck, Engine, EngineBuilder, Filesystem, FilesystemCheck,
    GateCheck, InjectionCheck, Json, Pii, PiiCheck, Profile, SecretsCheck, Subject, TextGate,
};

use baselines::{Separate, Set};
use texts::{HARD, KINDS, Kind};
use timing::{Effort, fastest, now};

const SIZES: [(&str, usize); 4] = [
    ("300 B", 300),
    ("4 KiB", 4 << 10),
    ("64 KiB", 64 << 10),
    ("1 MiB", 1 << 20),
];

/// What every contender must find.
const HIT: &str = " rm -rf /data a@b.io 123-45-6789";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --benches` runs this program too, and only wants to see it work.
    let effort = if arguments.iter().any(|argument| argument == "--bench") {
        Effort {
            rounds: 40,
            round: Duration::from_millis(1),
        }
    } else {
        Effort {
            rounds: 1,
            round: Duration::from_micros(100),
        }
    };
    let wanted = |table: &str| {
        let mut names = arguments
            .iter()
            .filter(|argument| !argument.starts_with('-'))
            .peekable();
        names.peek().is_none() || names.any(|name| table.contains(name.as_str()))
    };
    let engines = Engines::new()?;
    if wanted("baselines") {
        baselines_table(&engines, effort)?;
    }
    if wanted("checks") {
        checks_table(effort)?;
    }
    if wanted("linearity") {
        linearity_table(&engines, effort);
    }
    if wanted("peers") {
        peers::table(&engines.strict, effort)?;
    }
    Ok(())
}

struct Engines {
    strict: Engine,
    standard: Engine,
    everything: Engine,
}

impl Engines {
    fn new() -> Result<Self, pecta_gates::BuildError> {
        let builder = || {
            Engine::builder()
                .fail_fast(false)
                .budget(Duration::from_mins(1))
        };
        let default = |profile| {
            let pii = Pii::new().profile(profile);
            let content = Content::new().profile(profile);
            builder()
                .gate(Filesystem::new().profile(profile))
                .gate(pii)
                .gate(content)
                .build()
        };
        Ok(Self {
            strict: default(Profile::Strict)?,
            standard: default(Profile::Standard)?,
            everything: {
                let builder = everything::<FilesystemCheck>(builder());
                let builder = everything::<PiiCheck>(builder);
                let builder = everything::<ContentCheck>(builder);
                let builder = everything::<SecretsCheck>(builder);
                let builder = everything::<InjectionCheck>(builder);
                everything::<DestructiveCheck>(builder).build()?
            },
        })
    }
}

/// Adds a gate with all of its checks.
fn everything<C: GateCheck>(builder: EngineBuilder) -> EngineBuilder {
    let gate = TextGate::new().profile(Profile::Standard);
    builder.gate(
        C::ALL
            .iter()
            .fold(gate, |gate, &check: &C| gate.with(check)),
    )
}

/// The number of gates that the output fails, by a clock that stands still.
fn judge(engine: &Engine, output: &Json<'_>) -> usize {
    let verdict = engine.evaluate(&Subject::new(output), &|| Duration::ZERO);
    verdict.gates.iter().filter(|gate| !gate.passed).count()
}

fn baselines_table(engines: &Engines, effort: Effort) -> Result<(), Box<dyn Error>> {
    println!(
        "\nTime of a scan, in ns, and how many times as long the regex crate takes for the strict patterns\n"
    );
    let start = now();
    let two_readings: &dyn Fn() -> usize = &|| {
        black_box(start.elapsed());
        black_box(start.elapsed());
        0
    };
    let [two_readings] = fastest(effort, [two_readings]);
    println!(
        "The engines' clock stands still; two readings of a real one take {two_readings:.0} ns.\n"
    );
    println!(
        "| text | size | | strict | standard | everything | separate regexes | RegexSet | separate / strict | RegexSet / strict | \
         standard / strict | everything / strict |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|");
    let (separate, set) = (Separate::new()?, Set::new()?);
    for kind in KINDS {
        for (size, bytes) in SIZES {
            for (state, end, hits) in [("clean", "", false), ("hit at the end", HIT, true)] {
                let output = &kind.output(bytes, end);
                let all = [
                    judge(&engines.strict, output),
                    separate.hits(output),
                    set.hits(output),
                ];
                assert_eq!(
                    all.map(|count| count > 0),
                    [hits; 3],
                    "{} {size} {all:?}",
                    kind.name()
                );
                let [strict, standard, everything, separate, set] = fastest(
                    effort,
                    [
                        &|| judge(&engines.strict, output),
                        &|| judge(&engines.standard, output),
                        &|| judge(&engines.everything, output),
                        &|| separate.hits(output),
                        &|| set.hits(output),
                    ],
                );
                println!(
                    "| {} | {size} | {state} | {strict:.0} | {standard:.0} | {everything:.0} | {separate:.0} | {set:.0} | {:.1} | \
                     {:.1} | {:.2} | {:.2} |",
                    kind.name(),
                    separate / strict,
                    set / strict,
                    standard / strict,
                    everything / strict
                );
            }
        }
    }
    Ok(())
}

fn checks_table(effort: Effort) -> Result<(), Box<dyn Error>> {
    println!("\nTime of a scan of 4 KiB by each check alone, in ns\n");
    println!("| profile | gate | check | prose | code/log |");
    println!("|---|---|---|---|---|");
    for profile in [Profile::Strict, Profile::Standard] {
        check_rows::<FilesystemCheck>(profile, effort)?;
        check_rows::<PiiCheck>(profile, effort)?;
        check_rows::<ContentCheck>(profile, effort)?;
    }
    check_rows::<SecretsCheck>(Profile::Standard, effort)?;
    check_rows::<InjectionCheck>(Profile::Standard, effort)?;
    check_rows::<DestructiveCheck>(Profile::Standard, effort)?;
    Ok(())
}

fn check_rows<C: GateCheck>(profile: Profile, effort: Effort) -> Result<(), Box<dyn Error>> {
    let (prose, log) = (
        Kind::Prose.output(4 << 10, ""),
        Kind::Log.output(4 << 10, ""),
    );
    for &check in C::ALL {
        let others = C::ALL.iter().filter(|&&other| other != check);
        let gate = others.fold(TextGate::new().with(check), |gate, &other| {
            gate.without(other)
        });
        let engine = Engine::builder().gate(gate.profile(profile)).build()?;
        let both: [&dyn Fn() -> usize; 2] = [&|| judge(&engine, &prose), &|| judge(&engine, &log)];
        let [on_prose, on_log] = fastest(effort, both);
        println!(
            "| {profile:?} | {} | {} | {on_prose:.0} | {on_log:.0} |",
            C::GATE,
            check.name()
        );
    }
    Ok(())
}

fn linearity_table(engines: &Engines, effort: Effort) {
    println!(
        "\nTime per byte of strings made to be hard, in times of that of clean prose of 64 KiB\n"
    );
    println!("| string | size | strict | standard | everything |");
    println!("|---|---|---|---|---|");
    let effort = Effort {
        rounds: effort.rounds.min(5),
        ..effort
    };
    let prose = &Kind::Prose.output(64 << 10, "");
    for (name, part) in HARD {
        for (size, bytes) in [
            ("64 KiB", 64 << 10),
            ("256 KiB", 256 << 10),
            ("2 MiB", 2 << 20),
        ] {
            let text = part.repeat(bytes / part.len());
            let output = &Json::String(text.as_str().into());
            // Beside the prose each time, so that both are disturbed alike.
            let [a, b, c, strict, standard, everything] = fastest(
                effort,
                [
                    &|| judge(&engines.strict, output),
                    &|| judge(&engines.standard, output),
                    &|| judge(&engines.everything, output),
                    &|| judge(&engines.strict, prose),
                    &|| judge(&engines.standard, prose),
                    &|| judge(&engines.everything, prose),
                ],
            );
            #[expect(clippy::cast_precision_loss, reason = "a few megabytes")]
            let times = text.len() as f64 / f64::from(64 << 10);
            println!(
                "| {name} | {size} | {:.1} | {:.1} | {:.1} |",
                a / strict / times,
                b / standard / times,
                c / everything / times
            );
        }
    }
}
