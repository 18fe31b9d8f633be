//! Charts as SVG.

use crate::survey::{Entry, Survey, Way};
use activations::{AnyActivation, Formula, Isa};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::error::Error;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The curves are drawn over `-REACH..=REACH`: far enough for the bend of ReLU6.
const REACH: f64 = 8.0;
const STEPS: i32 = 600;
/// The curves are drawn larger than they are shown: plotters rounds to whole pixels.
const FINE: u32 = 4;
const INK: RGBColor = RGBColor(0x33, 0x33, 0x33);
const CURVE: RGBColor = RGBColor(0x1f, 0x5f, 0xa8);

/// The colour of an instruction set's bars.
pub fn colour(isa: Isa) -> RGBColor {
    match isa {
        Isa::Scalar => RGBColor(0x9a, 0x9a, 0x9a),
        Isa::Neon => RGBColor(0x4c, 0x9f, 0x70),
        Isa::Avx2 => RGBColor(0x5b, 0x8f, 0xd0),
        Isa::Avx512 => RGBColor(0xd9, 0x82, 0x2b),
        _ => INK,
    }
}

/// The graph of one function.
pub fn curve(activation: &AnyActivation<'_>) -> Result<String> {
    let pieces = pieces(|x| activation.reference(x));
    let ys = pieces.iter().flatten().map(|&(_, y)| y);
    let (low, high) = ys.fold((-0.5_f64, 0.5_f64), |(low, high), y| {
        (low.min(y), high.max(y))
    });
    let margin = 0.06 * (high - low);

    let mut svg = String::new();
    {
        let dimensions = (230 * FINE, 170 * FINE);
        let root = SVGBackend::with_string(&mut svg, dimensions).into_drawing_area();
        let mut chart = ChartBuilder::on(&root)
            .margin(6 * FINE)
            .x_label_area_size(18 * FINE)
            .y_label_area_size(34 * FINE)
            .build_cartesian_2d(-REACH..REACH, low - margin..high + margin)?;
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(BLACK.mix(0.08).stroke_width(FINE))
            .axis_style(BLACK.mix(0.3).stroke_width(FINE))
            .set_all_tick_mark_size(3 * FINE)
            .label_style(("sans-serif", 12 * FINE, &INK))
            .x_labels(9)
            .y_labels(5)
            .x_label_formatter(&|x| format!("{x:.0}"))
            .y_label_formatter(&|y| short(*y))
            .draw()?;
        let axes = [
            vec![(-REACH, 0.0), (REACH, 0.0)],
            vec![(0.0, low - margin), (0.0, high + margin)],
        ];
        for axis in axes {
            chart.draw_series(LineSeries::new(axis, BLACK.mix(0.35).stroke_width(FINE)))?;
        }
        for piece in pieces {
            chart.draw_series(LineSeries::new(piece, CURVE.stroke_width(2 * FINE)))?;
        }
        root.present()?;
    }
    Ok(svg)
}

/// The points of a graph, cut where the function jumps.
fn pieces(f: impl Fn(f64) -> f64) -> Vec<Vec<(f64, f64)>> {
    let x = |step: i32| f64::from(step) * (2.0 * REACH / f64::from(STEPS)) - REACH;
    let mut pieces = vec![vec![]];
    for step in 0..=STEPS {
        let at = x(step);
        if step > 0 && jumps(&f, x(step - 1), at) {
            pieces.push(vec![]);
        }
        if let (Some(piece), y) = (pieces.last_mut(), f(at))
            && y.is_finite()
        {
            piece.push((at, y));
        }
    }
    pieces
}

/// Whether most of the difference between the values at `low` and `high` arises at one point.
fn jumps(f: impl Fn(f64) -> f64, mut low: f64, mut high: f64) -> bool {
    let difference = |low, high| f64::abs(f(high) - f(low));
    let whole = difference(low, high);
    for _ in 0..30 {
        let middle = (low + high) / 2.0;
        if difference(low, middle) > difference(middle, high) {
            high = middle;
        } else {
            low = middle;
        }
    }
    whole > 0.0 && difference(low, high) > whole / 2.0
}

/// A number without needless digits.
fn short(value: f64) -> String {
    if value.abs() >= 1e5 {
        return format!("{value:.0e}");
    }
    // Not "-0".
    let hundredths = (value * 100.0).round() + 0.0;
    (hundredths / 100.0).to_string()
}

const BAR: i32 = 9;
const ROW_GAP: i32 = 9;
const HEAD: i32 = 26;
const FOOT: i32 = 40;
const PANEL_WIDTH: i32 = 500;
/// Pixels of a letter in a row's name, on average, and of the blank beside the name.
const LETTER: usize = 7;
const NAME_MARGIN: usize = 24;

/// Bars of throughput at one size, out of place on the left and in place on the right.
pub fn throughput(survey: &Survey, size_index: usize) -> Result<String> {
    let rows: Vec<&[Entry]> = survey.entries.chunk_by(|a, b| a.label == b.label).collect();
    let row_height = BAR * rows.first().map_or(1, |row| row.len() as i32) + ROW_GAP;
    let height = HEAD + FOOT + row_height * rows.len() as i32;
    let mut svg = String::new();
    {
        let dimensions = (2 * PANEL_WIDTH as u32, height as u32);
        let root = SVGBackend::with_string(&mut svg, dimensions).into_drawing_area();
        for (panel, way) in root.split_evenly((1, 2)).iter().zip(Way::ALL) {
            draw_panel(panel, way, survey, size_index, &rows)?;
        }
        root.present()?;
    }
    Ok(svg)
}

fn draw_panel(
    panel: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>,
    way: Way,
    survey: &Survey,
    size_index: usize,
    rows: &[&[Entry]],
) -> Result<()> {
    let size = survey.sizes[size_index];
    let rate = |ns: f64| size.gigabytes_per_second(ns);
    let memcpy = rate(survey.memcpy[size_index]);
    // Both panels share one scale.
    let times = survey
        .entries
        .iter()
        .filter_map(|entry| entry.times[size_index]);
    let rates = times.flat_map(|times| Way::ALL.map(|way| rate(times.of(way))));
    let most = rates.fold(memcpy, f64::max) * 1.05;

    let longest = rows.iter().map(|row| row[0].label.len()).max();
    let name_width = (LETTER * longest.unwrap_or(0) + NAME_MARGIN).min(PANEL_WIDTH as usize / 2);
    let mut chart = ChartBuilder::on(panel)
        .margin_top(HEAD)
        .margin_right(16)
        .x_label_area_size(FOOT)
        .y_label_area_size(name_width as u32)
        .build_cartesian_2d(0.0..most, rows.len() as f64..0.0)?;
    chart
        .configure_mesh()
        .disable_y_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(BLACK.mix(0.1))
        .axis_style(BLACK.mix(0.3))
        .label_style(("sans-serif", 14, &INK))
        .x_labels(6)
        .y_labels(0)
        .x_label_formatter(&|x| short(*x))
        .x_desc("GB/s")
        .draw()?;

    let text = |size: i32, position| ("sans-serif", size).into_font().color(&INK).pos(position);
    let beside = text(15, Pos::new(HPos::Right, VPos::Center));
    let above = text(15, Pos::new(HPos::Center, VPos::Bottom));
    let heading = text(17, Pos::new(HPos::Left, VPos::Top));
    let title = match way {
        Way::OutOfPlace => "out of place",
        Way::InPlace => "in place",
    };
    panel.draw(&Text::new(title, (8, 6), heading))?;

    for (i, row) in rows.iter().enumerate() {
        let gap = f64::from(ROW_GAP) / f64::from(BAR * row.len() as i32 + ROW_GAP);
        let thickness = (1.0 - gap) / row.len() as f64;
        let top = i as f64 + gap / 2.0;
        chart.draw_series(row.iter().enumerate().filter_map(|(k, entry)| {
            let rate = rate(entry.times[size_index]?.of(way));
            let start = top + k as f64 * thickness;
            let corners = [(0.0, start), (rate, start + thickness * 0.9)];
            Some(Rectangle::new(corners, colour(entry.isa).filled()))
        }))?;
        let name = Text::new(row[0].label.clone(), (-8, 0), beside.clone());
        chart.draw_series([EmptyElement::at((0.0, i as f64 + 0.5)) + name])?;
    }
    let line = [(memcpy, 0.0), (memcpy, rows.len() as f64)];
    chart.draw_series(DashedLineSeries::new(line, 4, 3, INK.stroke_width(1)))?;
    let label = Text::new("memcpy", (0, -3), above);
    chart.draw_series([EmptyElement::at((memcpy, 0.0)) + label])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jumps_are_cut_and_kinks_are_not() {
        assert_eq!(pieces(|x| x.max(0.0)).len(), 1);
        assert_eq!(pieces(|x| 1000.0 * x).len(), 1);
        assert_eq!(pieces(|x| if x > 1.001 { x } else { 0.0 }).len(), 2);
    }

    #[test]
    fn every_curve_is_drawn() {
        for activation in AnyActivation::all() {
            let svg = curve(&activation).unwrap();
            assert!(svg.contains("<polyline"), "{activation}");
        }
    }

    #[test]
    fn short_numbers() {
        let texts = [-0.001, 2.0, 0.25, -4e38].map(short);
        assert_eq!(texts, ["0", "2", "0.25", "-4e38"]);
    }
}
