//! Reads the fields of OpenRTB 2.5 and 2.6 out of any JSON. How malformed JSON is read, the module above says.

use std::{collections::HashMap, fmt::Write, ptr, slice};

use crate::Json;

/// Every value that the object gives for the key; none if it is no object.
pub(super) fn fields<'j>(
    object: &'j Json<'j>,
    key: &'static str,
) -> impl Iterator<Item = &'j Json<'j>> {
    let members = match object {
        Json::Object(members) => members.as_slice(),
        _ => &[],
    };
    members
        .iter()
        .filter(move |(name, _)| name == key)
        .map(|(_, value)| value)
}

/// The items of a list.
pub(super) fn items<'j>(list: &'j Json<'j>) -> slice::Iter<'j, Json<'j>> {
    match list {
        Json::Array(items) => items.iter(),
        Json::Null => [].iter(),
        lone => slice::from_ref(lone).iter(),
    }
}

/// The items of all the lists that the object gives for the key.
pub(super) fn listed<'j>(
    object: &'j Json<'j>,
    key: &'static str,
) -> impl Iterator<Item = &'j Json<'j>> {
    fields(object, key).flat_map(items)
}

/// The same, each with its index in its list unless it stands for that.
fn indexed<'j>(
    object: &'j Json<'j>,
    key: &'static str,
) -> impl Iterator<Item = (Option<usize>, &'j Json<'j>)> {
    fields(object, key).flat_map(|list| {
        let is_list = matches!(list, Json::Array(_));
        let items = items(list).enumerate();
        items.map(move |(nth, item)| (is_list.then_some(nth), item))
    })
}

/// The strings among [`listed`].
pub(super) fn texts<'j>(object: &'j Json<'j>, key: &'static str) -> impl Iterator<Item = &'j str> {
    listed(object, key).filter_map(text)
}

/// The string that the value is.
pub(super) fn text<'j>(value: &'j Json<'j>) -> Option<&'j str> {
    match value {
        Json::String(text) => Some(text),
        _ => None,
    }
}

/// The finite number that the value is.
pub(super) fn number(value: &Json<'_>) -> Option<f64> {
    match value {
        Json::Number(number) => number.as_f64().filter(|number| number.is_finite()),
        _ => None,
    }
}

/// The bids of a response.
pub(super) fn bids<'j>(response: &'j Json<'j>) -> impl Iterator<Item = Spot<'j>> {
    indexed(response, "seatbid").flat_map(|(seat, of)| {
        indexed(of, "bid").map(move |(bid, value)| Spot {
            value,
            seat,
            bid,
            field: None,
            item: None,
        })
    })
}

/// A bid or a value in one, and where in the response it is.
#[derive(Clone, Copy)]
pub(super) struct Spot<'j> {
    pub(super) value: &'j Json<'j>,
    /// The index of each in its list, if it stands in one.
    seat: Option<usize>,
    bid: Option<usize>,
    field: Option<&'static str>,
    item: Option<usize>,
}

impl<'j> Spot<'j> {
    /// Every value that the bid gives for the key.
    pub(super) fn fields(self, key: &'static str) -> impl Iterator<Item = Self> {
        fields(self.value, key).map(move |value| Self {
            value,
            field: Some(key),
            ..self
        })
    }

    /// The items of all the lists that the bid gives for the key.
    pub(super) fn listed(self, key: &'static str) -> impl Iterator<Item = Self> {
        indexed(self.value, key).map(move |(item, value)| Self {
            value,
            field: Some(key),
            item,
            ..self
        })
    }

    /// Where the bid does not give what it must for the key: the bid if it gives nothing, and every value that is not
    /// `enough`.
    pub(super) fn lacking(
        self,
        key: &'static str,
        enough: impl Fn(&'j Json<'j>) -> bool,
    ) -> impl Iterator<Item = Self> {
        let mut given = self.fields(key).peekable();
        let is_absent = given.peek().is_none();
        let wrong = given.filter(move |field| !enough(field.value));
        is_absent.then_some(self).into_iter().chain(wrong)
    }

    /// The JSON Pointer of the value within the response.
    pub(super) fn pointer(self) -> String {
        let steps = [
            (Some("seatbid"), self.seat),
            (Some("bid"), self.bid),
            (self.field, self.item),
        ];
        let mut pointer = String::new();
        for (key, index) in steps {
            if let Some(key) = key {
                pointer.extend(["/", key]);
            }
            if let Some(index) = index {
                // Nothing that is written to a string fails.
                let _ = write!(pointer, "/{index}");
            }
        }
        pointer
    }
}

/// A currency as it is compared; both `bidfloorcur` and a response's `cur` default to US dollars.
pub(super) fn currencies<'j>(
    object: &'j Json<'j>,
    key: &'static str,
) -> impl Iterator<Item = String> + 'j {
    let absent = fields(object, key).next().is_none();
    let given = fields(object, key).filter_map(|value| match value {
        Json::Null => Some("USD".to_owned()),
        value => text(value).map(|text| text.trim().to_ascii_uppercase()),
    });
    absent.then(|| "USD".to_owned()).into_iter().chain(given)
}

/// The impressions of a request, by id.
#[derive(Default)]
pub(super) struct Imps<'j> {
    by_id: HashMap<&'j str, SameId<'j>>,
    /// How many values `imp` has. More than one: only a reader knows which one counts.
    lists: usize,
    count: usize,
    /// Whether two impressions of one list go by one id.
    repeat_an_id: bool,
}

/// The impressions that go by one id.
#[derive(Default)]
struct SameId<'j> {
    imps: Vec<&'j Json<'j>>,
    /// The last list that has one of them.
    last_list: usize,
    /// How many lists have one of them that gives no other id besides, and the last of these.
    certain_lists: usize,
    last_certain_list: usize,
}

impl<'j> Imps<'j> {
    pub(super) fn of(request: &'j Json<'j>) -> Self {
        let mut imps = Self::default();
        for list in fields(request, "imp") {
            imps.lists += 1;
            for imp in items(list) {
                imps.count += 1;
                let is_certain = has_one_id(imp);
                for id in fields(imp, "id").filter_map(text) {
                    let same = imps.by_id.entry(id).or_default();
                    if is_certain && same.last_certain_list != imps.lists {
                        same.last_certain_list = imps.lists;
                        same.certain_lists += 1;
                    }
                    if !same.imps.last().is_some_and(|&last| ptr::eq(last, imp)) {
                        imps.repeat_an_id |= same.last_list == imps.lists;
                        same.last_list = imps.lists;
                        same.imps.push(imp);
                    }
                }
            }
        }
        imps
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Whether an impression of that id is offered, whichever of duplicate keys counts.
    pub(super) fn offer(&self, id: &str) -> bool {
        let same = self.by_id.get(id);
        same.is_some_and(|same| same.certain_lists == self.lists)
    }

    /// All impressions that may go by that id.
    pub(super) fn with_id(&self, id: &str) -> impl Iterator<Item = &'j Json<'j>> {
        let same = self.by_id.get(id).into_iter();
        same.flat_map(|same| same.imps.iter().copied())
    }

    /// Whether two impressions of one list go by one id.
    pub(super) fn repeat_an_id(&self) -> bool {
        self.repeat_an_id
    }
}

fn has_one_id(imp: &Json<'_>) -> bool {
    let mut ids = fields(imp, "id");
    let first = ids.next();
    ids.all(|id| Some(id) == first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_one_of_duplicate_keys_is_read() {
        let json = Json::parse(
            r#"{"cat": ["a", 1], "x": 0, "cat": "b", "cat": null, "cat": [["c"], "d"]}"#,
        )
        .unwrap();
        assert_eq!(fields(&json, "cat").count(), 4);
        assert_eq!(texts(&json, "cat").collect::<Vec<_>>(), ["a", "b", "d"]);
    }

    #[test]
    fn what_is_no_object_has_no_fields() {
        for text in ["null", "1", r#""seatbid""#, r#"["seatbid"]"#, "{}", "[]"] {
            let json = Json::parse(text).unwrap();
            assert_eq!(bids(&json).count(), 0, "{text}");
            assert!(Imps::of(&json).is_empty(), "{text}");
        }
    }

    #[test]
    fn bids_are_whatever_stands_in_a_list_of_bids() {
        for (text, expected) in [
            (r#"{"seatbid": [{"bid": [{}, {}]}, {"bid": [{}]}]}"#, 3),
            (r#"{"seatbid": {"bid": {}}}"#, 1),
            (
                r#"{"seatbid": [{"bid": [null, 1]}], "seatbid": [{"bid": [], "bid": [{}]}]}"#,
                3,
            ),
            (r#"{"seatbid": [{"bid": null}, {"seat": "s"}, 7]}"#, 0),
        ] {
            assert_eq!(
                bids(&Json::parse(text).unwrap()).count(),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn an_impression_is_offered_if_every_reader_sees_it() {
        for (text, expected) in [
            (r#"{"imp": [{"id": "0"}, {"id": "1"}]}"#, true),
            (r#"{"imp": {"id": "1"}}"#, true),
            (r#"{"imp": [{"id": "1", "id": "1"}]}"#, true),
            (r#"{"imp": [{"id": "1"}], "imp": [{"id": "1"}, {}]}"#, true),
            (r#"{"imp": [{"id": "1"}], "imp": [{"id": "2"}]}"#, false),
            (r#"{"imp": [{"id": "1", "id": "2"}]}"#, false),
            (r#"{"imp": [{"id": 1}, "1", {"id": ["1"]}]}"#, false),
        ] {
            let json = Json::parse(text).unwrap();
            assert_eq!(Imps::of(&json).offer("1"), expected, "{text}");
        }
    }

    #[test]
    fn currencies_default_to_us_dollars() {
        for (text, expected) in [
            ("{}", &["USD"][..]),
            (r#"{"cur": null}"#, &["USD"]),
            (r#"{"cur": " eur"}"#, &["EUR"]),
            (r#"{"cur": 1}"#, &[]),
            (r#"{"cur": "EUR", "cur": "JPY"}"#, &["EUR", "JPY"]),
        ] {
            let json = Json::parse(text).unwrap();
            assert_eq!(
                currencies(&json, "cur").collect::<Vec<_>>(),
                expected,
                "{text}"
            );
        }
    }
}
