//! SQLite databases that Pecta did not make, byte by byte: there need be no SQLite at hand.

const PAGE: usize = 512;

/// A SQLite database with one table of texts, as another program would leave it: two pages of 512
/// bytes, the schema and the rows.
pub(super) fn sqlite_file(table: &str, sql: &str, rows: &[&[&str]]) -> Vec<u8> {
    let mut file = vec![0; 100];
    file[..16].copy_from_slice(b"SQLite format 3\0");
    file[16..18].copy_from_slice(&512_u16.to_be_bytes());
    // Rollback journal, no reserved bytes, the fixed payload fractions.
    file[18..24].copy_from_slice(&[1, 1, 0, 64, 32, 32]);
    for (at, value) in [
        (24, 1_u32),
        (28, 2),
        (40, 1),
        (44, 4),
        (56, 1),
        (92, 1),
        (96, 3_045_000),
    ] {
        file[at..at + 4].copy_from_slice(&value.to_be_bytes());
    }
    let schema = record(&[
        Cell::Text("table"),
        Cell::Text(table),
        Cell::Text(table),
        Cell::Byte(2),
        Cell::Text(sql),
    ]);
    file = leaf_page(file, &[schema]);
    let rows = rows
        .iter()
        .map(|row| record(&row.iter().map(|text| Cell::Text(text)).collect::<Vec<_>>()));
    file.extend(leaf_page(Vec::new(), &rows.collect::<Vec<_>>()));
    assert_eq!(file.len(), 2 * PAGE);
    file
}

enum Cell<'a> {
    Text(&'a str),
    Byte(u8),
}

/// A record: the length of its head, the types, the values.
fn record(cells: &[Cell<'_>]) -> Vec<u8> {
    let (mut types, mut values) = (Vec::new(), Vec::new());
    for cell in cells {
        match cell {
            Cell::Byte(byte) => {
                types.push(1);
                values.push(*byte);
            }
            Cell::Text(text) => {
                types.extend(varint(13 + 2 * text.len()));
                values.extend(text.bytes());
            }
        }
    }
    let mut record = varint(types.len() + 1);
    record.extend(types);
    record.extend(values);
    record
}

/// A table's leaf page: `head` (of the file, on its first page), then the records with row ids from 1.
fn leaf_page(head: Vec<u8>, records: &[Vec<u8>]) -> Vec<u8> {
    let (start, mut page) = (head.len(), head);
    page.resize(PAGE, 0);
    let mut content = PAGE;
    for (at, record) in records.iter().enumerate() {
        let mut cell = varint(record.len());
        cell.extend(varint(at + 1));
        cell.extend(record);
        content -= cell.len();
        page[content..content + cell.len()].copy_from_slice(&cell);
        let pointer = start + 8 + 2 * at;
        page[pointer..pointer + 2].copy_from_slice(&u16::try_from(content).unwrap().to_be_bytes());
    }
    page[start] = 0x0d;
    page[start + 3..start + 5]
        .copy_from_slice(&u16::try_from(records.len()).unwrap().to_be_bytes());
    page[start + 5..start + 7].copy_from_slice(&u16::try_from(content).unwrap().to_be_bytes());
    page
}

/// A number below 2^14 in SQLite's variable length.
fn varint(number: usize) -> Vec<u8> {
    let low = u8::try_from(number & 0x7f).unwrap();
    match u8::try_from(number >> 7).unwrap() {
        0 => vec![low],
        high => vec![0x80 | high, low],
    }
}
