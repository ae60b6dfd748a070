//! `pecta-server check`: outputs judged without a server.

use pecta_tests::{Home, Output, tests};
use serde_json::{Value, json};
use std::fs;

tests!(
    once: [
        each_line_is_answered_in_order,
        exit_codes_tell_whether_all_passed,
        a_bad_line_is_told_and_the_rest_goes_on,
        a_line_that_is_too_long_is_skipped,
        files_are_read_in_turn_and_named_where_there_are_several,
        gates_and_their_checks_are_chosen,
        a_schema_is_read_from_a_file,
        gates_of_auctions_are_judged_with_input_and_context,
        findings_are_places_without_text,
        gates_tell_that_they_found_more_than_is_listed,
        more_than_strings_is_judged_when_it_is_asked_for,
        a_byte_order_mark_is_passed_over,
        wrong_usage_tells_what_is_allowed,
        no_setting_counts,
        a_reader_that_goes_away_ends_it_quietly,
    ],
);

/// The longest line that is read.
const MAX_LINE: usize = 16 << 20;

fn check(arguments: &[&str], input: impl AsRef<[u8]>) -> Output {
    let home = Home::new();
    let output = home.run_with_input(&[&["check"], arguments].concat(), input.as_ref());
    assert!(home.snapshot().is_empty(), "a check leaves nothing behind");
    output
}

fn lines(output: &Output) -> Vec<Value> {
    let lines = output.stdout.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The gates that an answer says failed.
fn failed(answer: &Value) -> Vec<&str> {
    let gates = answer["gates"].as_array().unwrap().iter();
    let failed = gates.filter(|gate| gate["passed"] == false);
    failed.map(|gate| gate["name"].as_str().unwrap()).collect()
}

fn each_line_is_answered_in_order() {
    let input = concat!(
        r#"{"id": "a", "output": {"stdout": "total 0"}}"#,
        "\n\n",
        r#"{"id": 12345678901234567890123, "output": ["rm -rf /", "a@b.co"], "tool": "shell"}"#,
        "\r\n",
        r#"{"output": null}"#,
    );
    let output = check(&[], input);
    assert_eq!(output.code, Some(1), "{output:?}");
    let answers = lines(&output);
    assert_eq!(answers.len(), 3);
    assert!(output.stdout.contains(r#""id":12345678901234567890123,"#));
    assert_eq!(
        (&answers[0]["id"], &answers[2]["id"]),
        (&json!("a"), &Value::Null)
    );
    assert_eq!(answers[0]["passed"], true);
    for gate in answers[0]["gates"].as_array().unwrap() {
        assert!(gate["latency_ms"].is_number());
        let mut names: Vec<_> = gate.as_object().unwrap().keys().collect();
        names.sort_unstable();
        assert_eq!(names, ["latency_ms", "name", "passed"]);
    }
    assert_eq!(failed(&answers[1]), ["filesystem", "pii"]);
    assert_eq!(
        answers[1]["gates"][0]["reason"],
        "destructive rm command detected"
    );
    assert_eq!(failed(&answers[2]), ["content"]);
    assert_eq!(
        output.stderr,
        "3 lines: 1 passed, 2 failed, 0 bad\n  filesystem: 1 failed\n  pii: 1 failed\n  content: 1 failed\n"
    );
}

fn exit_codes_tell_whether_all_passed() {
    for (input, code) in [
        ("", 0),
        (r#"{"output": "fine"}"#, 0),
        (r#"{"output": "rm -rf /"}"#, 1),
        ("nope", 1),
    ] {
        assert_eq!(check(&[], input).code, Some(code), "{input}");
    }
}

fn a_bad_line_is_told_and_the_rest_goes_on() {
    let input = b"nope\n\n[1]\n{\"output\": \"\xff\"}\n{\"id\": {}, \"output\": \"sensitive\"}\n{\"output\": 1}\n";
    let output = check(&[], input);
    assert_eq!(output.code, Some(1));
    let answers = lines(&output);
    let told: Vec<_> = answers
        .iter()
        .map(|answer| answer["line"].as_u64())
        .collect();
    assert_eq!(told, [Some(1), Some(3), Some(4), Some(5), None]);
    assert_eq!(
        answers[1],
        json!({"line": 3, "error": "the line must be an object"})
    );
    assert_eq!(answers[4]["passed"], true);
    assert!(!output.stdout.contains("sensitive"));
    assert_eq!(output.stderr, "5 lines: 1 passed, 0 failed, 4 bad\n");
}

fn a_line_that_is_too_long_is_skipped() {
    let line = |length: usize| {
        let (head, tail) = (r#"{"output": ""#, r#""}"#);
        format!(
            "{head}{}{tail}\n",
            "x".repeat(length - head.len() - tail.len())
        )
    };
    let input = line(MAX_LINE) + &line(MAX_LINE + 1) + &line(100);
    let output = check(&["--gate", "content:empty"], input);
    let answers = lines(&output);
    assert_eq!(answers.len(), 3);
    assert_eq!(
        (&answers[0]["passed"], &answers[2]["passed"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(
        answers[1],
        json!({"line": 2, "error": format!("the line is longer than {MAX_LINE} bytes")})
    );
}

fn files_are_read_in_turn_and_named_where_there_are_several() {
    let home = Home::new();
    let path = home.root().join("one.ndjson");
    fs::write(&path, "{\"id\": 1, \"output\": 1}\nnope\n").unwrap();
    let path = path.to_str().unwrap();

    let alone = home.run_with_input(&["check", path], b"");
    assert_eq!(lines(&alone)[1].get("file"), None);

    let output = home.run_with_input(&["check", path, "-"], b"{\"id\": 2, \"output\": 1}\nnope");
    let answers = lines(&output);
    assert_eq!(
        (&answers[0]["id"], &answers[2]["id"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(
        (&answers[1]["file"], &answers[1]["line"]),
        (&json!(path), &json!(2))
    );
    assert_eq!(
        (&answers[3]["file"], &answers[3]["line"]),
        (&json!("-"), &json!(2))
    );

    let output = home.run_with_input(&["check", path, "missing"], b"");
    assert_eq!((output.code, lines(&output).len()), (Some(2), 2));
    assert!(
        output
            .stderr
            .starts_with("2 lines: 1 passed, 0 failed, 1 bad\n"),
        "{output:?}"
    );
    assert!(
        output.stderr.contains("cannot read missing: "),
        "{output:?}"
    );
}

fn a_byte_order_mark_is_passed_over() {
    let output = check(&[], "\u{FEFF}{\"output\": 1}\n\u{FEFF}{\"output\": 1}\n");
    assert_eq!(output.stderr, "2 lines: 1 passed, 0 failed, 1 bad\n");
}

fn more_than_strings_is_judged_when_it_is_asked_for() {
    let input =
        r#"{"output": {"a@b.co": 1, "phone": 4155552671, "body": "{\"mail\": \"a\\u0040b.co\"}"}}"#;
    let standard = ["--profile", "standard", "--gate", "pii"];
    let pointers = |judge: &[&str]| {
        let arguments = [&standard[..], &["--findings"], judge].concat();
        let findings = lines(&check(&arguments, input))[0]["findings"].take();
        let places = findings.as_array().unwrap().iter();
        let pointers = places.map(|place| place["pointer"].as_str().unwrap().to_owned());
        pointers.collect::<Vec<_>>()
    };
    assert_eq!(pointers(&[]), [""; 0]);
    assert_eq!(pointers(&["--judge", "keys"]), ["/a@b.co~#"]);
    assert_eq!(pointers(&["--judge", "embedded-json"]), ["/body~/mail"]);
    let both = pointers(&["--judge", "keys,numbers", "--judge", "embedded-json"]);
    assert_eq!(both.len(), 3, "{both:?}");
}

fn gates_and_their_checks_are_chosen() {
    let input = r#"{"output": "123-45-6789", "latency_ms": 300}"#;
    for (arguments, names, expected) in [
        (&["--gate", "pii"][..], &["pii"][..], &["pii"][..]),
        (&["--gate", "pii:email,phone"], &["pii"], &[]),
        (
            &["--gate", "pii:all", "--profile", "strict"],
            &["pii"],
            &["pii"],
        ),
        (
            &["--gate", "rtb.impid-match", "--gate", "latency:max_ms=200"],
            &["rtb.impid-match", "latency"],
            &["latency"],
        ),
        (&["--gate", "latency:max_ms=300"], &["latency"], &[]),
        (
            &["--gate", "rtb.impid-match:all"],
            &["rtb.impid-match"],
            &[],
        ),
        (
            &["--gate", "rtb.impid-match:duplicate_imp_ids=true"],
            &["rtb.impid-match"],
            &[],
        ),
    ] {
        let output = check(arguments, input);
        let answer = &lines(&output)[0];
        let gates = answer["gates"].as_array().unwrap();
        assert!(
            gates.iter().map(|gate| &gate["name"]).eq(names),
            "{arguments:?}"
        );
        assert_eq!(failed(answer), expected, "{arguments:?}");
    }
}

fn a_schema_is_read_from_a_file() {
    let home = Home::new();
    let path = home.root().join("price.json");
    fs::write(&path, r#"{"properties": {"price": {"type": "number"}}}"#).unwrap();
    let gate = format!("schema:schema={}", path.display());
    let input = b"{\"output\": {\"price\": 1}}\n{\"output\": {\"price\": \"sensitive\"}}";
    let output = home.run_with_input(&["check", "--gate", &gate], input);
    let answers = lines(&output);
    assert_eq!(answers[0]["passed"], true);
    assert_eq!(
        answers[1]["gates"][0]["reason"],
        "schema validation failed (1 issue): price: must be of type number"
    );
    assert!(!output.stdout.contains("sensitive"));

    let gate = format!("{gate},target=input");
    let output = home.run_with_input(&["check", "--gate", &gate], input);
    assert_eq!(output.code, Some(0), "{output:?}");
}

fn gates_of_auctions_are_judged_with_input_and_context() {
    let line = |context: &str| {
        let input = r#"{"imp": [{"id": "1", "bidfloor": 2}]}"#;
        let output = r#"{"seatbid": [{"bid": [{"impid": "1", "price": 1}]}]}"#;
        format!(r#"{{"input": {input}, "output": {output}, "context": {context}}}"#)
    };
    let gates = [
        "rtb.tmax-guard",
        "rtb.bid-sanity:max_price=9,below_floor=true",
    ];
    let arguments = ["--gate", gates[0], "--gate", gates[1]];
    let answers = lines(&check(&arguments, line("null")));
    assert_eq!(
        answers[0]["gates"][1]["reason"],
        "bid price 1 is below the floor 2"
    );
    let context = r#"{"tmax_ms": 120, "elapsed_ms": 110}"#;
    let answers = lines(&check(&arguments, line(context)));
    assert_eq!(answers[0]["gates"][1]["skipped"], true);
    assert_eq!(answers[0]["gates"][1]["reason"], "tmax budget exhausted");
}

fn findings_are_places_without_text() {
    let input = r#"{"output": {"mails": ["\u0009 to jane.doe@corp.io"]}}"#;
    let output = check(&["--findings"], input);
    assert_eq!(
        lines(&output)[0]["findings"],
        json!([{"gate": "pii", "check": "email", "rule": "email-address", "pointer": "/mails/0", "offset": 5, "length": 16}])
    );
    assert!(!output.stdout.contains("jane"));
    let clean = check(&["--findings"], r#"{"output": 1}"#);
    assert_eq!(lines(&clean)[0]["findings"], json!([]));
    assert_eq!(lines(&check(&[], input))[0].get("findings"), None);
}

fn gates_tell_that_they_found_more_than_is_listed() {
    let many = json!({"output": vec!["a@b.co"; 1001]}).to_string();
    let answer = &lines(&check(&["--findings"], &many))[0];
    assert_eq!(answer["findings"].as_array().unwrap().len(), 1000);
    let complete: Vec<_> = answer["gates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|gate| gate.get("complete"))
        .collect();
    assert_eq!(complete, [None, Some(&json!(false)), None]);
    assert!(!check(&[], &many).stdout.contains("complete"));
}

fn wrong_usage_tells_what_is_allowed() {
    for (arguments, messages) in [
        (
            &["--gate", "nope"][..],
            &["\"nope\"", "filesystem", "rtb.bcat-compliance", "latency"][..],
        ),
        (&["--gate", "pii:nope"], &["\"nope\"", "email", "card"]),
        (&["--gate", "latency"], &["latency:max_ms=MS"]),
        (&["--gate", "pii", "--gate", "pii"], &["two gates"]),
        (&["--profile", "lax"], &["strict", "standard"]),
        (&["--nope"], &["--nope"]),
    ] {
        let output = check(arguments, "");
        assert_eq!(
            (output.code, output.stdout.as_str()),
            (Some(2), ""),
            "{arguments:?}"
        );
        for message in messages {
            assert!(output.stderr.contains(message), "{message}: {output:?}");
        }
    }
}

fn no_setting_counts() {
    let home = Home::new()
        .set("PECTA_LISTEN", "nowhere")
        .set("PECTA_CONFIG", "missing");
    let output = home.run_with_input(&["check"], br#"{"output": 1}"#);
    assert_eq!(output.code, Some(0), "{output:?}");
    let help = home.run(&["check", "--help"]);
    assert_eq!((help.code, help.stderr.as_str()), (Some(0), ""));
    for told in [
        "--profile",
        "--gate",
        "--findings",
        "private-key",
        "email ssn phone [card iban ip]",
        "max_floor_multiple=TIMES",
        "16777216",
        "Exit codes",
    ] {
        assert!(help.stdout.contains(told), "{told}");
    }
    assert!(!help.stdout.contains("PECTA_"), "{}", help.stdout);
}

fn a_reader_that_goes_away_ends_it_quietly() {
    let output = Home::new().run_unread(&["check"], br#"{"output": 1}"#);
    assert_eq!((output.code, output.stderr.as_str()), (Some(141), ""));
}
