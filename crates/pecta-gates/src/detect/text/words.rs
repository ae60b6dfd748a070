//! Words that say which kind of number follows.

use super::context::WordList;

/// Labels of numbers that are nobody's.
#[rustfmt::skip]
pub(super) static OTHER_NUMBERS: WordList = WordList::new(&[
    "order", "orders", "order id", "invoice", "ticket", "case", "tracking", "shipment", "1z", "part", "sku", "serial",
    "s/n", "isbn", "isbn-10", "isbn-13", "isbn10", "isbn13", "issn", "ean", "upc", "gtin", "asin", "doi",
    "oclc", "imei", "imsi", "iccid", "meid", "version", "ver", "build", "release", "revision", "commit",
    "model", "ref", "reference", "po", "batch", "lot", "bug", "issue", "pr", "timestamp", "transaction",
    "transaction id", "account", "acct",
]);
