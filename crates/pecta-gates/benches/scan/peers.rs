//! The same documented checks as JavaScript regexes, run by Node.

use std::{
    error::Error,
    io::{ErrorKind, Write},
    process::{Command, Stdio},
};

use pecta_gates::{Engine, Json};

use crate::{
    SIZES, judge,
    texts::Kind,
    timing::{Effort, fastest},
};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers/checks.mjs");

pub(crate) fn table(strict: &Engine, effort: Effort) -> Result<(), Box<dyn Error>> {
    println!("\nTime of the documented checks, in ns, beside the same as JavaScript regexes\n");
    let texts: Vec<(Kind, &str, Json<'static>)> = [Kind::Prose, Kind::Log]
        .into_iter()
        .flat_map(|kind| SIZES.map(|(size, bytes)| (kind, size, kind.output(bytes, ""))))
        .collect();
    let Some(node) = node(&texts, effort)? else {
        println!("Node is not installed.");
        return Ok(());
    };
    println!("| text | size | strict | Node | Node / strict |");
    println!("|---|---|---|---|---|");
    for ((kind, size, output), node) in texts.iter().zip(node) {
        let [strict] = fastest(effort, [&|| judge(strict, output)]);
        println!(
            "| {} | {size} | {strict:.0} | {node:.0} | {:.1} |",
            kind.name(),
            node / strict
        );
    }
    Ok(())
}

/// The nanoseconds that Node takes for each text; none where there is no Node.
fn node(
    texts: &[(Kind, &str, Json<'static>)],
    effort: Effort,
) -> Result<Option<Vec<f64>>, Box<dyn Error>> {
    let rounds = effort.rounds.to_string();
    let round = effort.round.as_secs_f64().to_string();
    let started = Command::new("node")
        .args([SCRIPT, &rounds, &round])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let mut node = match started {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        started => started?,
    };
    let strings: Vec<&str> = texts
        .iter()
        .filter_map(|(_, _, output)| match output {
            Json::String(text) => Some(text.as_ref()),
            _ => None,
        })
        .collect();
    if let Some(mut stdin) = node.stdin.take() {
        stdin.write_all(&serde_json::to_vec(&strings)?)?;
    }
    let output = node.wait_with_output()?;
    Ok(Some(serde_json::from_slice(&output.stdout)?))
}
