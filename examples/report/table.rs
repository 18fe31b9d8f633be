//! One table, as text and as HTML.

use std::io::{self, Write};

/// A column: its heading, and the heading that it shares with its neighbours.
pub struct Column {
    group: String,
    name: &'static str,
    /// Words go to the left, numbers to the right.
    left: bool,
}

impl Column {
    pub fn words(name: &'static str) -> Self {
        Self {
            group: String::new(),
            name,
            left: true,
        }
    }

    pub fn numbers(group: &str, name: &'static str) -> Self {
        Self {
            group: group.to_owned(),
            name,
            left: false,
        }
    }
}

/// Columns and rows of text.
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

const GAP: &str = "  ";

impl Table {
    pub fn new(columns: Vec<Column>) -> Self {
        Self {
            columns,
            rows: Vec::new(),
        }
    }

    /// Adds a row, of one cell per column.
    pub fn row(&mut self, cells: Vec<String>) {
        debug_assert_eq!(cells.len(), self.columns.len());
        self.rows.push(cells);
    }

    /// Columns that share a heading: where they start, where they end.
    fn groups(&self) -> impl Iterator<Item = (&str, std::ops::Range<usize>)> {
        let mut end = 0;
        self.columns
            .chunk_by(|a, b| a.group == b.group)
            .map(move |columns| {
                let start = end;
                end += columns.len();
                (columns[0].group.as_str(), start..end)
            })
    }

    fn widths(&self) -> Vec<usize> {
        let mut widths: Vec<usize> = (0..self.columns.len())
            .map(|i| {
                let cells = self.rows.iter().map(|row| width(&row[i]));
                cells.fold(width(self.columns[i].name), usize::max)
            })
            .collect();
        for (group, range) in self.groups() {
            let missing = width(group).saturating_sub(span(&widths[range.clone()]));
            widths[range.start] += missing;
        }
        widths
    }

    /// Writes the table as text.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let widths = self.widths();
        if self.columns.iter().any(|column| !column.group.is_empty()) {
            let headings = self
                .groups()
                .map(|(group, range)| format!("{group:^width$}", width = span(&widths[range])));
            write_line(out, headings)?;
        }
        let names = self.columns.iter().map(|column| column.name);
        write_line(out, self.aligned(names, &widths))?;
        write_line(out, widths.iter().map(|&width| "-".repeat(width)))?;
        for row in &self.rows {
            write_line(out, self.aligned(row.iter().map(String::as_str), &widths))?;
        }
        Ok(())
    }

    fn aligned<'a>(
        &'a self,
        cells: impl Iterator<Item = &'a str>,
        widths: &'a [usize],
    ) -> impl Iterator<Item = String> {
        let columns = self.columns.iter().zip(widths);
        columns.zip(cells).map(|((column, &width), cell)| {
            if column.left {
                format!("{cell:<width$}")
            } else {
                format!("{cell:>width$}")
            }
        })
    }

    /// The table as HTML.
    pub fn to_html(&self) -> String {
        let mut html = String::from("<table>\n<thead>\n<tr>");
        for (group, range) in self.groups() {
            html += &format!("<th colspan=\"{}\">{}</th>", range.len(), escape(group));
        }
        html += "</tr>\n<tr>";
        for column in &self.columns {
            html += &cell("th", column, column.name);
        }
        html += "</tr>\n</thead>\n<tbody>\n";
        for row in &self.rows {
            html += "<tr>";
            for (column, text) in self.columns.iter().zip(row) {
                html += &cell("td", column, text);
            }
            html += "</tr>\n";
        }
        html + "</tbody>\n</table>\n"
    }
}

fn cell(tag: &str, column: &Column, text: &str) -> String {
    let class = if column.left { "words" } else { "number" };
    format!("<{tag} class=\"{class}\">{}</{tag}>", escape(text))
}

/// Text that HTML shows as it is.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn write_line(out: &mut impl Write, cells: impl Iterator<Item = String>) -> io::Result<()> {
    let line = cells.collect::<Vec<_>>().join(GAP);
    writeln!(out, "{}", line.trim_end())
}

fn width(text: &str) -> usize {
    text.chars().count()
}

/// The width of adjacent columns with the gaps between them.
fn span(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() + GAP.len() * widths.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(vec![
            Column::words("name"),
            Column::numbers("a long heading", "µs"),
            Column::numbers("a long heading", "x"),
        ]);
        table.row(vec!["<a>".into(), "1.5".into(), "10".into()]);
        table
    }

    #[test]
    fn text_is_aligned() {
        let mut text = Vec::new();
        table().write(&mut text).unwrap();
        let expected = [
            "      a long heading",
            "name          µs   x",
            "----  ----------  --",
            "<a>          1.5  10",
            "",
        ]
        .join("\n");
        assert_eq!(String::from_utf8(text).unwrap(), expected);
    }

    #[test]
    fn html_is_escaped() {
        let html = table().to_html();
        assert!(
            html.contains("<td class=\"words\">&lt;a&gt;</td>"),
            "{html}"
        );
        assert!(
            html.contains("<th colspan=\"2\">a long heading</th>"),
            "{html}"
        );
    }
}
