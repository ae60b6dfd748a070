//! A table in Markdown, printed line by line.

/// How wide a name is, and a figure at least: lines are printed one by one, and stand below each other.
const NAME: usize = 24;
const FIGURE: usize = 8;

/// A table that was begun: names, then figures.
#[derive(Debug)]
pub(crate) struct Table {
    /// Of the figures.
    widths: Vec<usize>,
}

impl Table {
    /// Prints the head.
    pub(crate) fn begin(names: &[&str], figures: &[&str]) -> Self {
        let widths = figures.iter().map(|name| name.len().max(FIGURE));
        let table = Self {
            widths: widths.collect(),
        };
        table.row(names, figures);
        let rules: Vec<String> = table
            .widths
            .iter()
            .map(|width| "-".repeat(*width))
            .collect();
        table.row(&vec!["-".repeat(NAME); names.len()], &rules);
        table
    }

    /// Prints a line.
    pub(crate) fn row<N: AsRef<str>, F: AsRef<str>>(&self, names: &[N], figures: &[F]) {
        println!("{}", line(&self.widths, names, figures));
    }
}

fn line<N: AsRef<str>, F: AsRef<str>>(widths: &[usize], names: &[N], figures: &[F]) -> String {
    let names = names.iter().map(|name| format!("{:<NAME$}", name.as_ref()));
    let figures = figures.iter().zip(widths);
    let figures = figures.map(|(figure, width)| format!("{:>width$}", figure.as_ref()));
    let cells: Vec<String> = names.chain(figures).collect();
    format!("| {} |", cells.join(" | "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_left_and_figures_right() {
        let expected = format!("| a{} |   12 | 123 |", " ".repeat(NAME - 1));
        assert_eq!(line(&[4, 3], &["a"], &["12", "123"]), expected);
    }
}
