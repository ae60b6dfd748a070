//! The patterns that a schema may have.

use super::*;

#[test]
fn patterns_are_limited_in_number_and_size() {
    let many = |count| json!({"allOf": vec![json!({"pattern": "^a"}); count]});
    assert!(Schema::new(&many(50)).is_ok());
    let error = Schema::new(&many(51)).unwrap_err();
    assert_eq!(error.pointer(), "/allOf/50/pattern");
    assert!(Schema::new(&json!({"pattern": "^[a-z]{1,64}$"})).is_ok());
    let huge = json!({"items": {"pattern": "([a-z]{100}){100}"}});
    let error = Schema::new(&huge).unwrap_err();
    assert_eq!(error.pointer(), "/items/pattern");
}
