//! A table in Markdown, printed line by line.

/// A table that was begun.
#[derive(Debug)]
pub(crate) struct Table {
    widths: Vec<usize>,
}

/// Columns are at least this wide, so that lines that are printed one by one stand below each other.
const MIN_WIDTH: usize = 8;

impl Table {
    /// Prints the head. The first two columns are names, the others figures.
    pub(crate) fn begin(columns: &[&str]) -> Self {
        let width = |(at, name): (usize, &&str)| match at {
            0 => 24,
            1 => 22,
            _ => name.len().max(MIN_WIDTH),
        };
        let table = Self {
            widths: columns.iter().enumerate().map(width).collect(),
        };
        table.row(columns);
        let rules: Vec<String> = table
            .widths
            .iter()
            .map(|width| "-".repeat(*width))
            .collect();
        table.row(&rules);
        table
    }

    /// Prints a line.
    pub(crate) fn row<S: AsRef<str>>(&self, cells: &[S]) {
        println!("{}", line(&self.widths, cells));
    }
}

fn line<S: AsRef<str>>(widths: &[usize], cells: &[S]) -> String {
    let cells = cells.iter().zip(widths).enumerate();
    let cells = cells.map(|(at, (cell, &width))| {
        let cell = cell.as_ref();
        if at < 2 {
            format!(" {cell:<width$} ")
        } else {
            format!(" {cell:>width$} ")
        }
    });
    let cells: Vec<String> = cells.collect();
    format!("|{}|", cells.join("|"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_left_and_figures_right() {
        assert_eq!(line(&[3, 2, 4], &["a", "b", "12"]), "| a   | b  |   12 |");
    }
}
