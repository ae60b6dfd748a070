//! `docs/GATES.md` against the gates. With `PECTA_BLESS=1` in the environment the test writes the page's tables anew.

use std::fs;

use pecta_gates::{BuiltIn, Profile, Rule, rtb};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/GATES.md");

/// Where the table of a gate starts, and where it ends.
const START: (&str, &str) = ("<!-- rules of ", " -->");
const END: &str = "<!-- end of rules -->";

#[test]
fn the_page_lists_every_rule() {
    let page = fs::read_to_string(PAGE).unwrap();
    let expected = with_tables(&page).unwrap();
    #[expect(
        clippy::disallowed_methods,
        reason = "whoever runs the test says whether it may write"
    )]
    if std::env::var_os("PECTA_BLESS").is_some() {
        fs::write(PAGE, expected).unwrap();
        return;
    }
    assert!(
        page == expected,
        "docs/GATES.md is stale; write it anew with PECTA_BLESS=1 cargo test -p pecta-gates --test rules"
    );
}

#[test]
fn the_page_has_a_section_for_every_gate() {
    let page = fs::read_to_string(PAGE).unwrap();
    let more = ["latency", "schema"];
    for gate in BuiltIn::all().map(BuiltIn::name).chain(more) {
        let is_heading = |line: &str| line.trim_start_matches('#') == format!(" `{gate}`");
        assert!(page.lines().any(is_heading), "{gate}");
    }
    for gate in BuiltIn::all().filter(|gate| !gate.rules().is_empty()) {
        let start = format!("{}{}{}", START.0, gate.name(), START.1);
        assert!(page.lines().any(|line| line == start), "{start}");
    }
}

#[test]
fn the_page_lists_every_rule_of_bids() {
    let page = fs::read_to_string(PAGE).unwrap();
    for (gate, rules) in [
        ("rtb.tmax-guard", &[][..]),
        ("rtb.impid-match", rtb::ImpidMatch::rules()),
        ("rtb.adomain-verify", rtb::AdomainVerify::rules()),
        ("rtb.bid-sanity", rtb::BidSanity::rules()),
        ("rtb.audience-safety", rtb::AudienceSafety::rules()),
        ("rtb.bcat-compliance", rtb::BcatCompliance::rules()),
    ] {
        let mut sections = page.split("\n### ");
        let heading = format!("`{gate}`\n");
        let section = sections.find_map(|section| section.strip_prefix(&heading));
        let (_, table) = section.unwrap().split_once("| rule |").unwrap_or_default();
        let (table, _) = table.split_once("\n\n").unwrap_or_default();
        let rows = table.lines().skip(2);
        let listed: Vec<_> = rows.filter_map(|row| row.split('`').nth(1)).collect();
        assert_eq!(listed, rules, "{gate}");
    }
}

#[cfg(feature = "schema")]
#[test]
fn the_page_lists_every_rule_of_schemas() {
    let page = fs::read_to_string(PAGE).unwrap();
    let (_, section) = page.split_once("\n## `schema`\n").unwrap();
    let (_, table) = section.split_once("| rule |").unwrap();
    let (table, _) = table.split_once("\n\n").unwrap();
    let first_cells = table
        .lines()
        .skip(2)
        .filter_map(|row| row.split('|').nth(1));
    let mut listed: Vec<_> = first_cells
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .collect();
    listed.sort_unstable();
    let mut rules = pecta_gates::Schema::rules().to_vec();
    rules.sort_unstable();
    assert_eq!(listed, rules);
}

/// The page with every table as the gates have it; `None` when one is not a gate's or has no end.
fn with_tables(page: &str) -> Option<String> {
    let mut sections = page.split(START.0);
    let mut written = sections.next()?.to_owned();
    for section in sections {
        let (name, rest) = section.split_once(START.1)?;
        let (_, after) = rest.split_once(END)?;
        let table = table(&BuiltIn::find(name)?.rules());
        written.extend([START.0, name, START.1, "\n\n", &table, "\n", END, after]);
    }
    Some(written)
}

fn table(rules: &[Rule]) -> String {
    let has_profiles = rules.iter().any(|rule| rule.profile.is_some());
    let row = |mut cells: Vec<String>| {
        if !has_profiles {
            cells.remove(1);
        }
        format!("| {} |\n", cells.join(" | "))
    };
    let head = ["check", "profile", "rule", "flags", "hit", "no hit"];
    let mut table = row(head.map(str::to_owned).into());
    table += &row(vec!["---".to_owned(); head.len()]);
    for rule in rules {
        table += &row(vec![
            code(rule.check),
            profile(rule.profile).to_owned(),
            code(rule.id),
            rule.flags.replace('|', "\\|"),
            code(rule.hit),
            code(rule.miss),
        ]);
    }
    table
}

fn profile(profile: Option<Profile>) -> &'static str {
    match profile {
        Some(Profile::Strict) => "strict",
        Some(Profile::Standard) => "standard",
        None => "both",
    }
}

/// The text as code within a table. What a page would not show is written as in Rust.
fn code(text: &str) -> String {
    let shown = text.chars().map(|c| {
        if c.is_control() || is_invisible(c) {
            c.escape_default().to_string()
        } else {
            c.to_string()
        }
    });
    let shown = shown.collect::<String>().replace('|', "\\|");
    if shown.contains('`') {
        format!("`` {shown} ``")
    } else {
        format!("`{shown}`")
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0000}'..='\u{E007F}')
}
