//! From texts to payloads and back.

use pecta_gates::Json;

/// The payload that the text is as JSON, or else a string of it.
pub fn parse_or_quote(text: &str) -> Json<'_> {
    Json::parse(text).unwrap_or_else(|_| Json::String(text.into()))
}

/// The payload as JSON.
pub fn to_text(json: &Json<'_>) -> String {
    match json {
        Json::Null => "null".to_owned(),
        Json::Bool(value) => value.to_string(),
        Json::Number(number) => number.to_string(),
        Json::String(text) => quote(text),
        Json::Array(items) => {
            let items: Vec<_> = items.iter().map(to_text).collect();
            format!("[{}]", items.join(","))
        }
        Json::Object(members) => {
            let members = members.iter();
            let members: Vec<_> = members
                .map(|(key, value)| format!("{}:{}", quote(key), to_text(value)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
    }
}

fn quote(text: &str) -> String {
    serde_json::to_string(text).expect("any string is JSON")
}
