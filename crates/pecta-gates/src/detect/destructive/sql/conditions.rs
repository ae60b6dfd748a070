//! Conditions of a `WHERE`, as far as they are true of every row.

use super::lexer::Token;

/// Whether a condition is always true.
pub(super) fn filters_nothing(condition: &[Token<'_>]) -> bool {
    let end = condition
        .iter()
        .position(|token| token.text == ";" || token.is_any(&["RETURNING", "ORDER", "LIMIT"]))
        .unwrap_or(condition.len());
    let condition: Vec<Token<'_>> = condition
        .iter()
        .take(end)
        .filter(|token| !["(", ")"].contains(&token.text))
        .copied()
        .collect();
    condition
        .split(|token| token.is("OR"))
        .any(|part| part.split(|token| token.is("AND")).all(is_always_true))
}

fn is_always_true(terms: &[Token<'_>]) -> bool {
    match terms {
        [value] => value.is("TRUE") || value.text.parse::<f64>().is_ok_and(|value| value != 0.0),
        [not, value] => not.is("NOT") && value.is_any(&["FALSE", "0"]),
        [_, like, pattern] if like.is("LIKE") => pattern.text == "'%'",
        [left, rest @ ..] => {
            let (operator, right) = match rest {
                [one, right] => (one.text.to_owned(), right),
                [one, two, right] => ([one.text, two.text].concat(), right),
                _ => return false,
            };
            let numbers = left
                .text
                .parse::<f64>()
                .ok()
                .zip(right.text.parse::<f64>().ok());
            let literals = left.is_literal && right.is_literal;
            let same = left.is(right.text);
            match (operator.as_str(), numbers) {
                ("=" | "==" | "<=" | ">=" | "IS" | "is", _) if same => true,
                ("<", Some((left, right))) => left < right,
                (">", Some((left, right))) => left > right,
                ("<=", Some((left, right))) => left <= right,
                (">=", Some((left, right))) => left >= right,
                ("<>" | "!=", Some(_)) => !same,
                ("<>" | "!=", None) => literals && !same,
                _ => false,
            }
        }
        [] => false,
    }
}
