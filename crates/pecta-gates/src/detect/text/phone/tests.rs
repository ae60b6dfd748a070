//! Phone numbers, and other numbers that are left alone.

use proptest::{collection::vec, prelude::*, sample::select};

use super::{
    super::{super::testing, context::tests::check_words},
    *,
};

fn check(marked: &str) {
    testing::check_number(&Phone, marked);
}

/// What may stand before a number.
const BEFORE: &[&str] = &[
    "phone ",
    "TEL",
    "Mobile no. ",
    "call me at ",
    "\u{7535}\u{8BDD}",
    "id",
    "0044",
    "+1",
    "415-555-",
    "x",
];

#[test]
fn american_numbers_are_flagged() {
    check("Call ⟦(415) 555-2671⟧");
    check("⟦415.555.2671⟧ or ⟦415-555-2671⟧");
    check("⟦415 555 2671⟧");
    check("⟦415 555-2671⟧, ⟦(415)555-2671⟧, ⟦(415) 555 2671⟧, ⟦(415) 5552671⟧");
    check(
        "⟦+1 415 555 2671⟧ ⟦+14155552671⟧ ⟦+1 (415) 555-2671⟧ ⟦+1-415-555-2671⟧ ⟦+1.415.555.2671⟧",
    );
    check("⟦1-800-555-0100⟧");
    check("Phone number on file: ⟦4155552671⟧");
    check("my number is ⟦4155552671⟧, her number: ⟦415-555-2671⟧");
    check("Tel. ⟦415/555/2671⟧, ⟦415/555-2671⟧");
    check("Ring me on ⟦020 7946 0018⟧");
    check("Rufen Sie uns an: ⟦030/9018200⟧");
    check("電話番号：⟦03-3224-5000⟧");
    check("⟦1 (415) 555-2671⟧");
    check("call me at ⟦4155552671⟧");
    check("Phone: ⟦14155552671⟧");
    check("(call ⟦415-555-2671⟧)");
    check("⟦415-555-2671⟧x12 ⟦415-555-2671⟧ ext. 5");
    check("⟦415-555-2671⟧ 2 times");
    check("Call ⟦555-123-4567⟧.");
    check("⟦(555) 867-5309⟧");
    check("号码⟦415-555-2671⟧。");
    check("⟦800 555 1024⟧");
    check("⟦212-736-5000⟧ US, ⟦212-736-5001⟧ M-F");
    check("total: call ⟦212-736-5000⟧ so that users know");
    check("tel:⟦+14155552671⟧");
    check("Tom,⟦718-636-4100⟧,12 Main St");
}

#[test]
fn international_numbers_are_flagged() {
    for number in [
        "+44 20 7946 0958",
        "+442079460958",
        "+44 (0)20 7946 0958",
        "+33 1 23 45 67 89",
        "+49 1512 3456789",
        "+49 (0) 30 123456",
        "+86 138 0013 8000",
        "+91 98765 43210",
        "+81-3-1234-5678",
        "+55 (11) 91234-5678",
        "+353 1 234 5678",
        "+7 495 123-45-67",
        "+380 44 123 4567",
    ] {
        check(&format!("⟦{number}⟧"));
        check(&format!("fax ⟦{number}⟧, ok"));
    }
    check("⟦0049 3012 3456⟧");
}

#[test]
fn a_word_before_says_what_a_number_is() {
    check("Tel: ⟦020 7946 0958⟧");
    check("Tél. ⟦01 23 45 67 89⟧");
    check("手机：⟦13800138000⟧");
    check("Mobile number is ⟦07700 900123⟧");
    check("\"phone\": \"⟦12345678⟧\"");
    check("Telefon ⟦030/1234567⟧");
    check("Appelez le ⟦01 42 68 53 00⟧");
    check("Rufen Sie ⟦0171 2345678⟧ an.");
    check("Llame al ⟦612 345 678⟧");
    check("Rufen Sie mich unter ⟦0171 2345678⟧ an.");
    check("Llámanos al ⟦912 345 678⟧");
    check("⟦0044 20 7946 0958⟧");
    check("SĐT: ⟦030 1234567⟧, ТЕЛЕФОН: ⟦030 1234567⟧, TÉL: ⟦030 1234567⟧, MÓVIL: ⟦030 1234567⟧");
    check("फ\u{93C}ोन: ⟦030 1234567⟧, फोन ⟦030 1234567⟧");
    check("ज\u{93C}ोन: 030 1234567, जोन 030 1234567");
}

#[test]
fn every_word_is_read_in_any_case() {
    [&LABELS, &INVITATIONS, &CALLS, &QUANTITIES, &OTHER_NUMBERS]
        .into_iter()
        .for_each(check_words);
}

#[test]
fn other_numbers_are_left_alone() {
    for text in [
        "IORING_REGISTER_USE_REGISTERED_RING = 2147483648,",
        "my number: 2147483647",
        "FB03; 0046 0066 0069; 0046 0046 0049",
        "0065 0302 0304 ; [.2007.0021.0002]",
        "1e 26 00 43 00 65 00 72 00 74",
        "00 69 00 66 00 69",
        "Rufen Sie 10000000 Funktionen auf",
        "erreichbar unter 192168178",
        "model.layers.212.736.5000",
        "sum 212 736 5000,50",
        "build 10.0.19041.1234",
        "ISBN 978-0-306-40615-7",
        "cpu 200 300 4000",
        "250 300 4000",
        "640 480 2560",
        "800 600 1024",
        "width=800 600 1024",
        "rgb 255 255 2550",
        "total 212 345 6789",
        "212 736 5000 rows",
        "212.736.5000 bytes",
        "500-600-7000 ms",
        "192.168.100.1000",
        "555-1234",
        "Call 555-1234",
        "4155552671",
        "415/555/2671",
        "the number is 4155552671",
        "Order number on file: 4155552671",
        "210 297 1000 mm",
        "my number is 12345678",
        "1700000000",
        "call 1700000000",
        "13800138000",
        "order 415-555-2671",
        "acct 415 555 2671",
        "Order number: 4155552671",
        "Invoice #415-555-2671",
        "1-415-555-2671-9",
        "2415-555-2671",
        "415-555-26710",
        "415-555.2671",
        "415-155-2671",
        "115-555-2671",
        "A415-555-2671",
        "415-555-2671-AB",
        "415.555.2671.8",
        "415 555 2671 3000",
        "100 415 555 2671",
        "2026-11-21 10:00:00",
        "2026-11-21T10:00:00+0530",
        "+1 and +2",
        "+1234567890",
        "+20261121",
        "a+442079460958",
        "+999 20 7946 0958",
        "++442079460958",
        "f(415)",
        "550e8400-e29b-41d4-a716-446655440000",
        "phone model 12345678",
        "phone: 2026-11-21",
        "version 415.555.2671",
        "123e4567",
        "3.141592653589793",
        "0x4155552671",
        "100-200-3000",
        "+00000000000",
        "+11111111111",
        "tel. 555-1234",
    ] {
        check(text);
    }
}

#[test]
fn every_calling_code_is_listed_once() {
    let mut codes: Vec<_> = CALLING_CODES.iter().map(|(code, ..)| *code).collect();
    assert!(codes.is_sorted_by_key(|code| (code.len(), *code)));
    codes.sort_unstable();
    for pair in codes.windows(2) {
        assert!(
            !pair[1].starts_with(pair[0]),
            "{pair:?}: codes are prefix-free"
        );
    }
    for (code, fewest, most) in CALLING_CODES.iter().copied() {
        assert!(fewest <= most && code.len() + most <= 15, "{code}");
    }
}

proptest! {
    #[test]
    fn digits_that_are_passed_over_start_no_number(
        parts in vec(
            prop_oneof!["[0-9]{1,11}", "[-+(). /:\"=]{1,2}", select(BEFORE).prop_map(str::to_owned)],
            1..12,
        ),
    ) {
        let text = parts.concat();
        let text = text.as_bytes();
        for at in 0..text.len() {
            let digits = at..at + run_length(text, at);
            let starts = !around(text, at).0.last().is_some_and(u8::is_ascii_digit);
            if starts && !digits.is_empty() && !may_start(text, &digits) {
                prop_assert_eq!(read(text, digits), None);
            }
        }
    }
}
