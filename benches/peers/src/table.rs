//! The tables, as markdown.

use crate::accuracy::Accuracy;
use crate::calls::Library;
use crate::measure::{Group, Row, Survey, Way};
use std::collections::BTreeSet;
use std::fmt::Write;

const HEAD: &str = "\
| Function | Library | Instructions | Out of place | × memcpy | × this crate \
| In place | × memcpy | × this crate | Max ULP | Max ULP, \\|x\\| ≤ 8 | Wrong inf, NaN |
|---|---|---|---|---|---|---|---|---|---|---|---|
";

/// All tables of a run: the times, and who is ahead.
pub fn tables(survey: &Survey) -> String {
    let mut text = String::new();
    for size in &survey.sizes {
        let _ = write!(text, "\n## {} elements\n\n{HEAD}", short(size.elements));
        for group in &size.groups {
            for row in &group.rows {
                text += &line(group, row);
            }
        }
    }
    text + &notes(survey) + &verdict(survey)
}

fn line(group: &Group, row: &Row) -> String {
    let mut cells = vec![
        group.function.to_owned(),
        format!("{}{}", row.library.name(), sign(row.library)),
        row.isa.clone(),
    ];
    let memcpy = group.time(Library::Memcpy, Way::OutOfPlace);
    for way in Way::ALL {
        let own = group.time(Library::This, way);
        let time = row.time(way);
        cells.extend([time.map(duration), ratio(time, memcpy), ratio(time, own)].map(or_dash));
    }
    cells.extend(errors(row.accuracy));
    format!("| {} |\n", cells.join(" | "))
}

fn errors(accuracy: Option<Accuracy>) -> [String; 3] {
    match accuracy {
        None => ["–"; 3].map(str::to_owned),
        Some(accuracy) => [
            ulp(accuracy.worst),
            ulp(accuracy.worst_ordinary),
            accuracy.wrong.to_string(),
        ],
    }
}

fn sign(library: Library) -> String {
    library
        .note()
        .map(|(sign, _)| sign.to_string())
        .unwrap_or_default()
}

/// What the signs beside the libraries mean.
fn notes(survey: &Survey) -> String {
    let rows = survey
        .sizes
        .iter()
        .flat_map(|size| &size.groups)
        .flat_map(|group| &group.rows);
    let notes: BTreeSet<_> = rows
        .filter_map(|row| {
            row.library
                .note()
                .map(|(sign, text)| (sign, row.library.name(), text))
        })
        .collect();
    notes
        .iter()
        .fold(String::new(), |mut text, (sign, name, note)| {
            let _ = write!(text, "\n{sign} {name} {note}.\n");
            text
        })
}

/// Whether this crate is ahead of all its peers, and of the best of them by how much.
fn verdict(survey: &Survey) -> String {
    let mut text = "\n## Is this crate ahead of every peer?\n\n\
        The factor is the time of the fastest peer, whatever its error, divided by that of this crate.\n\n\
        | Function | Elements | Out of place | In place |\n|---|---|---|---|\n"
        .to_owned();
    let mut counts = [(0, 0); 2];
    for size in &survey.sizes {
        for group in &size.groups {
            let standings = Way::ALL.map(|way| Standing::of(group, way));
            for (count, standing) in counts.iter_mut().zip(&standings) {
                count.0 += usize::from(standing.as_ref().is_some_and(Standing::is_ahead));
                count.1 += usize::from(standing.is_some());
            }
            let cells = standings.map(|standing| or_dash(standing.map(|standing| standing.text())));
            let (function, elements) = (group.function, short(size.elements));
            let _ = writeln!(text, "| {function} | {elements} | {} |", cells.join(" | "));
        }
    }
    let [(out, out_of), (inside, inside_of)] = counts;
    let _ = write!(
        text,
        "\nAhead of every peer in {out} of {out_of} cases out of place and in {inside} of {inside_of} in place.\n"
    );
    text
}

/// This crate and the fastest of its peers.
struct Standing {
    best: Library,
    /// The peer's time divided by this crate's.
    factor: f64,
}

impl Standing {
    /// None where there is no peer.
    fn of(group: &Group, way: Way) -> Option<Self> {
        let own = group.time(Library::This, way)?;
        let peers = group.rows.iter().filter(|row| row.library.is_peer());
        let times = peers.filter_map(|row| Some((row.library, row.time(way)?)));
        let (best, time) = times.min_by(|a, b| a.1.total_cmp(&b.1))?;
        Some(Self {
            best,
            factor: time / own,
        })
    }

    fn is_ahead(&self) -> bool {
        self.factor > 1.0
    }

    fn text(&self) -> String {
        let word = if self.is_ahead() {
            "ahead"
        } else {
            "**behind**"
        };
        format!("{word}, {:.2} × {}", self.factor, self.best.name())
    }
}

fn or_dash(text: Option<String>) -> String {
    text.unwrap_or_else(|| "–".to_owned())
}

fn ratio(a: Option<f64>, b: Option<f64>) -> Option<String> {
    Some(format!("{:.2}", a? / b?))
}

/// Nanoseconds in a unit that suits them.
fn duration(ns: f64) -> String {
    match ns {
        _ if ns < 1e3 => format!("{ns:.1} ns"),
        _ if ns < 1e6 => format!("{:.2} µs", ns / 1e3),
        _ => format!("{:.2} ms", ns / 1e6),
    }
}

/// An error with no more digits than one wants to read.
fn ulp(error: f64) -> String {
    match error {
        _ if error.is_infinite() => "inf".to_owned(),
        _ if error < 1e4 => format!("{error:.2}"),
        _ => format!("{error:.1e}"),
    }
}

/// A number of elements: 64 Ki.
pub fn short(elements: usize) -> String {
    match elements {
        _ if elements.is_multiple_of(1 << 20) => format!("{} Mi", elements >> 20),
        _ if elements.is_multiple_of(1 << 10) => format!("{} Ki", elements >> 10),
        _ => elements.to_string(),
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::measure::Size;

    fn row(library: Library, out_of_place: f64, in_place: Option<f64>, worst: f64) -> Row {
        let accuracy = Accuracy {
            worst,
            worst_ordinary: 1.5,
            wrong: 7,
        };
        Row {
            library,
            isa: "avx2".to_owned(),
            out_of_place: Some(out_of_place),
            in_place,
            accuracy: (!library.is_yardstick()).then_some(accuracy),
        }
    }

    pub fn survey() -> Survey {
        let rows = vec![
            row(Library::This, 2000.0, Some(1000.0), 1.0),
            row(Library::Tract, 3000.0, Some(900.0), f64::INFINITY),
            row(Library::Candle, 5e6, None, 12_345.0),
            row(Library::Memcpy, 500.0, None, 0.0),
        ];
        let group = Group {
            function: "silu",
            rows,
        };
        Survey {
            sizes: vec![Size {
                elements: 1 << 16,
                groups: vec![group],
            }],
        }
    }

    #[test]
    fn times_ratios_and_errors_stand_in_their_columns() {
        let text = tables(&survey());
        for line in [
            "## 64 Ki elements",
            "| silu | activations | avx2 | 2.00 µs | 4.00 | 1.00 | 1.00 µs | 2.00 | 1.00 | 1.00 | 1.50 | 7 |",
            "| silu | tract-linalg‡ | avx2 | 3.00 µs | 6.00 | 1.50 | 900.0 ns | 1.80 | 0.90 | inf | 1.50 | 7 |",
            "| silu | candle† | avx2 | 5.00 ms | 10000.00 | 2500.00 | – | – | – | 1.2e4 | 1.50 | 7 |",
            "| silu | memcpy | avx2 | 500.0 ns | 1.00 | 0.25 | – | – | – | – | – | – |",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        let columns = HEAD
            .lines()
            .map(|line| line.replace("\\|", "").matches('|').count());
        assert_eq!(columns.collect::<Vec<_>>(), [13, 13]);
    }

    #[test]
    fn the_verdict_is_about_peers_alone() {
        let text = verdict(&survey());
        let line =
            "| silu | 64 Ki | ahead, 1.50 × tract-linalg | **behind**, 0.90 × tract-linalg |";
        assert!(text.contains(line), "{text}");
        let line = "Ahead of every peer in 1 of 1 cases out of place and in 0 of 1 in place.";
        assert!(text.contains(line), "{text}");
    }

    #[test]
    fn notes_stand_for_what_is_there() {
        assert!(notes(&survey()).contains("† candle returns"));
        let mut survey = survey();
        survey.sizes[0].groups[0].rows.truncate(1);
        assert_eq!(notes(&survey), "");
    }

    #[test]
    fn sizes_are_short() {
        assert_eq!(
            [1 << 10, 1 << 24, 3 << 10].map(short),
            ["1 Ki", "16 Mi", "3 Ki"]
        );
    }
}
