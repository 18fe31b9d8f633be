//! The times out of place as bars, as SVG: one panel for each size.

use crate::calls::Library;
use crate::measure::{Group, Size, Survey, Way};
use crate::table::short;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::error::Error;

type Result<T> = std::result::Result<T, Box<dyn Error>>;
type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

const BAR: i32 = 8;
const GAP: i32 = 12;
const LEGEND: i32 = 54;
const FOOT: i32 = 44;
const PANEL_WIDTH: i32 = 460;
const INK: RGBColor = RGBColor(0x33, 0x33, 0x33);

/// Those that have bars, in the order of these; memcpy is the line at 1.
const LIBRARIES: [(Library, RGBColor); 9] = [
    (Library::This, RGBColor(0xd9, 0x52, 0x2b)),
    (Library::Rten, RGBColor(0x5b, 0x8f, 0xd0)),
    (Library::Tract, RGBColor(0x4c, 0x9f, 0x70)),
    (Library::Candle, RGBColor(0xc9, 0xa2, 0x27)),
    (Library::Wide, RGBColor(0x8e, 0x6c, 0xb8)),
    (Library::Sleef, RGBColor(0x3f, 0xb0, 0xb5)),
    (Library::Plain, RGBColor(0xb5, 0xb5, 0xb5)),
    (Library::PlainV3, RGBColor(0x80, 0x80, 0x80)),
    (Library::Streamed, RGBColor(0xd8, 0x9a, 0xb0)),
];

/// The whole chart.
pub fn chart(survey: &Survey) -> Result<String> {
    let groups = survey.sizes.iter().map(|size| size.groups.len()).max();
    let row = BAR * LIBRARIES.len() as i32 + GAP;
    let height = LEGEND + FOOT + row * groups.unwrap_or(0) as i32;
    let width = PANEL_WIDTH * survey.sizes.len() as i32;
    let mut svg = String::new();
    {
        let dimensions = (width.max(2 * PANEL_WIDTH) as u32, height as u32);
        let root = SVGBackend::with_string(&mut svg, dimensions).into_drawing_area();
        root.fill(&WHITE)?;
        let (top, panels) = root.split_vertically(LEGEND);
        legend(&top)?;
        for (panel, size) in panels
            .split_evenly((1, survey.sizes.len()))
            .iter()
            .zip(&survey.sizes)
        {
            draw(panel, size)?;
        }
        root.present()?;
    }
    Ok(svg)
}

/// A line of coloured squares and names.
fn legend(area: &Area<'_>) -> Result<()> {
    let title = "Time out of place as a multiple of memcpy's; shorter is better";
    area.draw(&Text::new(title, (8, 6), text(15, HPos::Left, VPos::Top)))?;
    let mut x = 8;
    for (library, colour) in LIBRARIES {
        area.draw(&Rectangle::new([(x, 32), (x + 10, 42)], colour.filled()))?;
        let style = text(13, HPos::Left, VPos::Center);
        area.draw(&Text::new(library.name(), (x + 14, 38), style))?;
        x += 30 + 7 * library.name().len() as i32;
    }
    Ok(())
}

fn draw(panel: &Area<'_>, size: &Size) -> Result<()> {
    let memcpy = |group: &Group| group.time(Library::Memcpy, Way::OutOfPlace);
    let bars = size.groups.iter().enumerate().flat_map(|(i, group)| {
        LIBRARIES
            .iter()
            .enumerate()
            .filter_map(move |(k, &(library, colour))| {
                let ratio = group.time(library, Way::OutOfPlace)? / memcpy(group)?;
                Some((i, k, ratio, colour))
            })
    });
    let bars: Vec<_> = bars.collect();
    let least = bars.iter().map(|bar| bar.2).fold(0.5, f64::min) * 0.9;
    let most = bars.iter().map(|bar| bar.2).fold(2.0, f64::max) * 1.1;
    let mut chart = ChartBuilder::on(panel)
        .margin_right(16)
        .x_label_area_size(FOOT)
        .y_label_area_size(90)
        .build_cartesian_2d((least..most).log_scale(), size.groups.len() as f64..0.0)?;
    chart
        .configure_mesh()
        .disable_y_mesh()
        .light_line_style(BLACK.mix(0.05))
        .bold_line_style(BLACK.mix(0.15))
        .axis_style(BLACK.mix(0.3))
        .label_style(("sans-serif", 13, &INK))
        .y_labels(0)
        .x_label_formatter(&|x| x.to_string())
        .x_desc(format!("{} elements", short(size.elements)))
        .draw()?;
    let row = f64::from(BAR * LIBRARIES.len() as i32 + GAP);
    let (thickness, gap) = (f64::from(BAR) / row, f64::from(GAP) / row);
    chart.draw_series(bars.iter().map(|&(i, k, ratio, colour)| {
        let start = i as f64 + gap / 2.0 + k as f64 * thickness;
        Rectangle::new(
            [(least, start), (ratio, start + 0.9 * thickness)],
            colour.filled(),
        )
    }))?;
    for (i, group) in size.groups.iter().enumerate() {
        let name = Text::new(group.function, (-8, 0), text(14, HPos::Right, VPos::Center));
        chart.draw_series([EmptyElement::at((least, i as f64 + 0.5)) + name])?;
    }
    let line = [(1.0, 0.0), (1.0, size.groups.len() as f64)];
    chart.draw_series([PathElement::new(line, INK.stroke_width(1))])?;
    Ok(())
}

fn text(size: i32, x: HPos, y: VPos) -> TextStyle<'static> {
    ("sans-serif", size)
        .into_font()
        .color(&INK)
        .pos(Pos::new(x, y))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_library_with_a_time_has_a_bar() {
        let svg = chart(&crate::table::tests::survey()).unwrap();
        assert!(svg.ends_with("</svg>\n"), "{svg}");
        assert!(svg.contains("64 Ki elements") && svg.contains("silu"));
        // A square in the legend for all, a bar for those of the survey.
        for (library, bars) in [(Library::This, 2), (Library::Tract, 2), (Library::Wide, 1)] {
            let (_, colour) = LIBRARIES.iter().find(|known| known.0 == library).unwrap();
            let fill = format!("fill=\"#{:02X}{:02X}{:02X}\"", colour.0, colour.1, colour.2);
            assert_eq!(svg.matches(&fill).count(), bars, "{}", library.name());
        }
    }
}
