//! Values that stand apart from their names: in the next cell of a table in Markdown, and as the default of a variable of
//! Terraform.

use super::super::{super::around, context::tail};

/// How far behind the name of a variable its default may stand, in bytes, and how long the row of a table may be.
const REACH: usize = 256;

/// What stands in the cell behind the one that the name ends, if the line is the row of a table: `| password | x |`.
pub(super) fn cell<'t>(before: &[u8], rest: &'t [u8]) -> Option<&'t [u8]> {
    let value = rest.trim_ascii_start().strip_prefix(b"|")?;
    let line = tail(before, REACH);
    let line = line.rsplit(|byte| *byte == b'\n').next()?;
    let row = value.get(..REACH).unwrap_or(value);
    let row = row.split(|byte| *byte == b'\n').next()?;
    let is_row = line.trim_ascii_start().starts_with(b"|") && row.trim_ascii_end().ends_with(b"|");
    is_row.then(|| value.trim_ascii_start())
}

/// The default of the variable whose name this is: `variable "password" { default = "x" }`.
pub(super) fn default<'t>(before: &[u8], rest: &'t [u8]) -> Option<&'t [u8]> {
    let name = before
        .iter()
        .rev()
        .take(64)
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(byte))
        .count();
    let is_variable = around(before, before.len() - name)
        .0
        .ends_with(b"variable \"");
    let rest = rest.strip_prefix(b"\"").filter(|_| is_variable)?;
    let block = rest.trim_ascii_start().strip_prefix(b"{")?;
    let near = block.get(..REACH).unwrap_or(block);
    let settings = near.split(|byte| *byte == b'}').next()?;
    memchr::memmem::find_iter(settings, b"default").find_map(|at| {
        let setting = around(block, at + b"default".len()).1.trim_ascii_start();
        let value = setting.strip_prefix(b"=")?.trim_ascii_start();
        value.starts_with(b"\"").then_some(value)
    })
}
