//! Schemas as they are written: of outputs that miss them in many places every issue is listed.

use super::{places::found, *};

/// Whether so many places are found, with these among them, and they are all.
#[track_caller]
fn check(schema: &Value, output: &Value, count: usize, some: &[&str]) {
    let (found, complete) = found(Schema::new(schema).unwrap(), &output.to_string());
    assert_eq!((found.len(), complete), (count, true), "{schema}");
    for place in some {
        assert!(
            found.iter().any(|found| found == place),
            "{place}: {found:?}"
        );
    }
}

fn times(count: usize, item: &Value) -> Vec<Value> {
    vec![item.clone(); count]
}

#[test]
fn calls_of_tools() {
    let schema = json!({
        "type": "object",
        "properties": {
            "name": {"enum": ["weather", "search"]},
            "arguments": {
                "type": "object",
                "properties": {
                    "city": {"type": "string", "minLength": 1},
                    "units": {"enum": ["metric", "imperial"]},
                    "days": {"type": "integer", "minimum": 1, "maximum": 14},
                },
                "required": ["city", "units", "when"],
                "additionalProperties": false,
            },
        },
        "required": ["name", "arguments", "id"],
    });
    let call = json!({"name": "mail", "arguments": {"city": "", "days": 0.5, "to": "x"}});
    let places = [
        "required at ",
        "enum at /name",
        "required at /arguments",
        "additionalProperties at /arguments",
        "minLength at /arguments/city",
        "type at /arguments/days",
        "minimum at /arguments/days",
    ];
    check(&schema, &call, places.len(), &places);
    let calls = json!({"type": "array", "items": schema});
    check(
        &calls,
        &json!(times(100, &call)),
        100 * places.len(),
        &["minimum at /99/arguments/days"],
    );
}

#[test]
fn objects_of_many_properties() {
    let names = || (0..50).map(|nth| format!("property_{nth}"));
    let properties: serde_json::Map<_, _> = names()
        .map(|name| {
            (
                name,
                json!({"type": "string", "maxLength": 40, "description": "a text"}),
            )
        })
        .collect();
    let schema = json!({
        "components": {"schemas": {"Order": {
            "type": "object",
            "properties": properties,
            "required": names().collect::<Vec<_>>(),
            "additionalProperties": false,
        }}},
        "type": "object",
        "properties": {"orders": {"type": "array", "items": {"$ref": "#/components/schemas/Order"}}},
    });
    let wrong: serde_json::Map<_, _> = names().map(|name| (name, json!(1))).collect();
    let orders = |orders: Vec<Value>| json!({"orders": orders});
    check(
        &schema,
        &orders(times(20, &wrong.into())),
        1000,
        &["type at /orders/19/property_49"],
    );
    // 50 issues each, at one place.
    check(
        &schema,
        &orders(times(100, &json!({}))),
        100,
        &["required at /orders/99"],
    );
}

#[test]
fn long_arrays_of_objects() {
    let schema = json!({"type": "array", "items": {
        "type": "object",
        "properties": {"id": {"type": "integer"}, "name": {"type": "string"}, "at": {"type": "string"}, "tags": {
            "type": "array", "items": {"type": "string"}}},
        "required": ["id", "name", "at"],
    }});
    let item = json!({"tags": ["a", "b", "c"]});
    check(
        &schema,
        &json!(times(500, &item)),
        500,
        &["required at /0", "required at /499"],
    );
    let item = json!({"id": 1, "name": "x", "at": "now", "tags": ["a", 1]});
    check(
        &schema,
        &json!(times(900, &item)),
        900,
        &["type at /899/tags/1"],
    );
}

#[test]
fn requests_for_bids() {
    let size = json!({"type": "integer", "minimum": 1});
    let schema = json!({
        "$defs": {
            "banner": {"type": "object", "properties": {"w": size, "h": size, "format": {"type": "array", "minItems": 1,
                "items": {"type": "object", "properties": {"w": size, "h": size}, "required": ["w", "h"]}}}},
            "video": {"type": "object", "properties": {"mimes": {"type": "array", "items": {"type": "string"}}}, "required": ["mimes"]},
        },
        "type": "object",
        "properties": {
            "id": {"type": "string"},
            "at": {"enum": [1, 2, 3]},
            "imp": {"type": "array", "minItems": 1, "items": {
                "type": "object",
                "properties": {"id": {"type": "string"}, "bidfloor": {"type": "number", "minimum": 0},
                    "banner": {"$ref": "#/$defs/banner"}, "video": {"$ref": "#/$defs/video"}, "secure": {"enum": [0, 1]}},
                "required": ["id"],
                "anyOf": [{"required": ["banner"]}, {"required": ["video"]}],
            }},
            "bcat": {"type": "array", "items": {"type": "string", "pattern": "^IAB[0-9]+(-[0-9]+)?$"}},
        },
        "required": ["id", "imp"],
        "oneOf": [{"required": ["site"]}, {"required": ["app"]}],
    });
    let imp = json!({"bidfloor": -1, "secure": 2, "banner": {"w": 0, "format": [{"w": 300}]}});
    let request = json!({"at": 4, "imp": times(150, &imp), "bcat": ["IAB25", "IAB_1"], "site": {}, "app": {}});
    let places = [
        "required at ",
        "oneOf at ",
        "enum at /at",
        "pattern at /bcat/1",
        "minimum at /imp/149/bidfloor",
        "minimum at /imp/149/banner/w",
        "required at /imp/149/banner/format/0",
        "enum at /imp/149/secure",
        "required at /imp/149",
    ];
    check(&schema, &request, 4 + 150 * 5, &places);
    check(
        &schema,
        &json!({"id": "1", "site": {}, "imp": [{"id": "1"}]}),
        1,
        &["anyOf at /imp/0"],
    );
}

#[test]
fn alternatives_within_alternatives() {
    let kind = |kind: &str, more: Value| json!({"type": "object", "properties": {"kind": {"const": kind}, "of": more}, "required": ["kind", "of"]});
    let card = json!({"oneOf": [kind("debit", json!({"type": "string"})), kind("credit", json!({"type": "number"}))]});
    let pay = json!({"oneOf": [kind("card", card), kind("bank", json!({"type": "string"}))]});
    let schema = json!({"type": "array", "items": {"oneOf": [kind("pay", pay), kind("gift", json!({"type": "null"}))]}});
    let wrong = json!({"kind": "pay", "of": {"kind": "card", "of": {"kind": "debit", "of": 1}}});
    check(&schema, &json!(times(300, &wrong)), 300, &["oneOf at /299"]);
}

#[test]
fn schemas_of_trees() {
    let schema = json!({
        "$defs": {"comment": {
            "type": "object",
            "properties": {"text": {"type": "string"}, "replies": {"type": "array", "items": {"$ref": "#/$defs/comment"}}},
            "required": ["text", "by"],
        }},
        "$ref": "#/$defs/comment",
    });
    let leaf = json!({"text": 1});
    let middle = json!({"text": 1, "replies": times(9, &leaf)});
    let root = json!({"text": 1, "replies": times(9, &middle)});
    check(
        &schema,
        &root,
        2 * 91,
        &[
            "type at /replies/8/replies/8/text",
            "required at /replies/8/replies/8",
        ],
    );
    let deep = (0..40).fold(leaf, |inner, _| json!({"text": 1, "replies": [inner]}));
    check(
        &schema,
        &deep,
        2 * 41,
        &["type at /replies/0/replies/0/text"],
    );
}

#[test]
fn headers_and_conditions() {
    let schema = json!({
        "type": "object",
        "properties": {
            "headers": {"patternProperties": {"^x-": {"type": "string", "maxLength": 8}}, "propertyNames": {"pattern": "^[a-z-]+$"}},
            "method": {"enum": ["GET", "POST"]},
            "card": {}, "address": {},
        },
        "if": {"properties": {"method": {"const": "POST"}}},
        "then": {"required": ["body"]},
        "dependentRequired": {"card": ["address", "zip"]},
        "unevaluatedProperties": false,
    });
    let output = json!({"method": "POST", "card": 1, "more": 1, "headers": {"x-a": "123456789", "x-b": 1, "B": "x"}});
    let places = [
        "required at ",
        "unevaluatedProperties at ",
        "maxLength at /headers/x-a",
        "type at /headers/x-b",
        "propertyNames at /headers",
    ];
    check(&schema, &output, places.len(), &places);
}

#[test]
fn places_on_a_map() {
    let position = json!({"type": "array", "prefixItems": [{"type": "number", "minimum": -180, "maximum": 180},
        {"type": "number", "minimum": -90, "maximum": 90}], "minItems": 2, "items": false});
    let schema = json!({
        "type": "object",
        "properties": {
            "type": {"const": "FeatureCollection"},
            "features": {"type": "array", "items": {"type": "object", "required": ["geometry"], "properties": {
                "geometry": {"type": "object", "properties": {"coordinates": {"type": "array", "items": position}}},
            }}},
        },
    });
    let feature = json!({"geometry": {"coordinates": [[181, 91], ["1", 2], [1, 2], [1]]}});
    let output = json!({"type": "FeatureCollection", "features": times(200, &feature)});
    check(
        &schema,
        &output,
        800,
        &[
            "maximum at /features/199/geometry/coordinates/0/1",
            "type at /features/199/geometry/coordinates/1/0",
            "minItems at /features/199/geometry/coordinates/3",
        ],
    );
}
