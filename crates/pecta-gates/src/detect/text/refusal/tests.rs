//! Refusals, and what is none.

use proptest::{collection::vec, prelude::*, sample::select};

use super::{super::super::testing, *};
use crate::fold::{Folding, Room};

#[track_caller]
fn check(text: &str, expected: bool) {
    let found = (&*REFUSAL).find(text.as_bytes(), 0..text.len());
    assert_eq!(found.is_some(), expected, "{text}: {found:?}");
}

#[test]
fn refusals_are_flagged() {
    for text in [
        "As an AI language model, I cannot do that.",
        "I must decline.",
        "{\"answer\":\"I'm sorry, but I can't help with that.\"}",
        "[{\"role\": \"assistant\", \"content\": \"I cannot assist with this request.\"}]",
        "I can't help with that.",
        "I cannot assist with this request.",
        "I'm sorry, but I can't help with that.",
        "I'm sorry, I cannot comply.",
        "Sorry, I can't do that.",
        "Sorry, can't help with that.",
        "I am sorry but I cannot provide instructions for that.",
        "I apologize, but I'm unable to assist with that.",
        "I apologize for the inconvenience, but I cannot fulfill this request.",
        "Unfortunately, I am not able to help with that.",
        "Unfortunately I can't share that.",
        "Hello! I'm sorry, but I can't assist with that.",
        "I understand your frustration, but I can't help with this.",
        "Thank you for your question. However, I cannot answer it.",
        "**I'm sorry, but I can't help with that.**",
        "  \nI won't help with that.",
        "I will not assist you.",
        "I'm not able to provide medical advice.",
        "I don't have access to real-time data.",
        "I do not have the ability to browse the web.",
        "I'm just an AI, I can't have opinions.",
        "I'm an AI and don't have feelings.",
        "As an AI, I don't have personal opinions.",
        "I refuse to answer.",
        "I'd rather not answer that.",
        "I cannot and will not help you.",
        "That's not something I can help with.",
        "My guidelines prevent me from doing this.",
        "\"I'm sorry, but I can't help with that.\"",
        "No, I cannot do that.",
        "I can't.",
        "I CAN'T HELP WITH THAT",
        "I cannot in good conscience do this.",
        "I'm afraid I can't do that, Dave.",
        "I'm just an AI.",
        "I'm an AI and have no opinions.",
        "Helping with malware is not something I can do.",
        "I'm afraid that's beyond what I can do.",
        "I don't think I can help with that.",
        "It's not possible for me to help with that.",
        "Sorry, but I'm not able to write malware.",
        "I don't have access right now.",
        "Als KI-Sprachmodell kann ich das nicht.",
        "AI 언어 모델로서 저는 할 수 없습니다.",
        "Îmi pare rău, dar nu te pot ajuta.",
        "Request denied: I cannot help.",
    ] {
        check(text, !text.starts_with("Request"));
    }
}

#[test]
fn punctuation_before_a_refusal_hides_nothing() {
    let refusal = "I'm sorry, but I can't help with that.";
    for before in [
        "... ",
        ". ",
        ": ",
        "| ",
        "+ ",
        "~~",
        "!",
        "= ",
        "& ",
        ") ",
        "- ",
        "# ",
        "\u{2014} ",
        "?!;^%,}]",
    ] {
        check(&format!("{before}{refusal}"), true);
        check(&format!("{before}\"{refusal}\""), true);
        check(&format!("{before}\"{refusal}\" she said."), false);
        check(&format!("{before}> {refusal}"), false);
    }
    check(&format!("**\"{refusal}\"**"), true);
    check(&format!("`{refusal}`"), true);
    check(&format!("`{refusal}` is what it said."), false);
}

#[test]
fn other_openings_are_left_alone() {
    for text in [
        "{\"question\":\"I cannot access my account.\"}",
        "{\"answer\":\"It works.\",\"note\":\"I can't help with that.\"}",
        "{\"answer\": 5}",
        "[{",
        "",
        "I cannot help but admire the design.",
        "I can't help but notice the test passes.",
        "I can't help noticing the typo.",
        "I can't help myself.",
        "Act as an aide to the committee.",
        "\"I cannot let you pass,\" the guard said.",
        "\"I cannot help you,\" she said. \"Sorry.\"",
        "'I can't help,' he said.",
        "“I can’t help you,” he said.",
        "> I cannot help with that.",
        "> I cannot help with that.\n\nThat was its answer.",
        "const REFUSALS = [\"as an AI language model\", \"I cannot help\"];",
        "Hello! The release is ready.",
        "If the file is missing, I cannot help.",
        "When asked, the model says I cannot help.",
        "He said I can't help you.",
        "She told me: I cannot do that.",
        "I can't find the file.",
        "I cannot reproduce the bug.",
        "I don't have access problems any more, thanks.",
        "I can't do it without your help, team.",
        "I can't wait to see it.",
        "I cannot recommend this book enough.",
        "I can't stress this enough.",
        "I can't believe it works.",
        "I can help with that.",
        "Helping with that is something I can do.",
        "Writing is fun.",
        "Helping you is something I can't wait to do.",
        "我帮不了太多，但日志显示端口被占用。",
        "Nie pomogę bez logów.",
        "No lo haré en main; abrí una rama.",
        "I canter on.",
        "I'm an AI assistant. How can I help?",
        "As an AI engineer, I can't say it is easy.",
        "As an AI language model, I can explain it.",
        "Sorry for the delay. The build is done.",
        "I'm sorry, the build failed.",
        "Unfortunately, the test cannot help here.",
        "The answer is 4. I cannot help more.",
        "Done. I can't help further.",
        "I can't access my account",
        "Users who say I cannot help are unhappy.",
        "No problem.",
        "The server cannot provide the file.",
    ] {
        check(text, false);
    }
}

#[test]
fn every_language_has_a_refusal_and_more() {
    for language in REFUSALS {
        for hit in language.hits {
            check(hit, true);
        }
        for miss in language.misses {
            check(miss, false);
        }
    }
}

#[test]
fn phrases_lie_in_the_head_of_a_text() {
    assert!(REFUSAL.phrases.max_pattern_len() <= HEAD - HEAD / 4);
}

#[test]
fn phrases_are_in_lower_case_and_folded() {
    for language in REFUSALS {
        let lists = [
            language.prefaces,
            language.preface_clauses,
            language.machines,
            language.refusals,
            language.machines_refusals,
            language.openers,
            language.idioms,
            language.negations,
            language.verbs,
            language.endings,
        ];
        for phrase in lists.into_iter().flatten() {
            let mut folding = Folding::new(phrase, Room::default(), false);
            while folding.advance(64) {}
            assert_eq!(folding.changed(), None, "{phrase}");
            assert!(phrase.chars().all(|c| lower_case(c) == c), "{phrase}");
        }
    }
}

/// What a text may start with.
fn parts() -> impl Strategy<Value = String> {
    let phrases = REFUSALS.iter().flat_map(|language| {
        let lists = [
            language.prefaces,
            language.machines,
            language.refusals,
            language.openers,
            language.hits,
        ];
        lists.into_iter().flatten().copied()
    });
    prop_oneof![
        4 => "[ -~\n]",
        1 => "\\PC",
        4 => select(phrases.collect::<Vec<_>>()).prop_map(str::to_owned),
        1 => select(vec![", ", ". ", " ", "\"", "you", "help"]).prop_map(str::to_owned),
    ]
}

proptest! {
    #[test]
    fn texts_that_are_passed_over_open_with_no_refusal(parts in vec(parts(), 1..8)) {
        let text = parts.concat();
        if !REFUSAL.may_open(text.as_bytes()) {
            prop_assert_eq!(REFUSAL.judge(&in_lower_case(&text)).map(|(_, range)| range), None);
        }
    }
}

#[test]
fn a_match_is_located_in_the_text_itself() {
    testing::check(&&*REFUSAL, "  ⟦Sorry, I can't help⟧ you");
    testing::check(&&*REFUSAL, "⟦ÜZGÜNÜM, BU KONUDA yardımcı olamam⟧.");
}
