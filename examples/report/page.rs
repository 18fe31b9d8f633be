//! The report as a web page.

use crate::Operations;
use crate::charts;
use crate::compare::{self, Comparison};
use crate::composed;
use crate::failure::Failure;
use crate::machine::Machine;
use crate::normalised;
use crate::survey::Survey;
use crate::table::{Table, escape};
use crate::units;
use activations::Isa;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

const STYLE: &str = "
body { font: 15px/1.5 sans-serif; color: #222; max-width: 1040px; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.6em; margin-bottom: 0; }
h2 { font-size: 1.2em; margin: 2em 0 0.3em; border-bottom: 1px solid #ccc; }
p { max-width: 50em; }
table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }
th { font-weight: 600; padding: 2px 10px; text-align: center; }
td { padding: 1px 10px; border-top: 1px solid #eee; white-space: nowrap; }
.words { text-align: left; }
.number { text-align: right; }
tbody tr:hover { background: #f4f6f8; }
.scroll { overflow-x: auto; }
.curves { display: grid; grid-template-columns: repeat(auto-fill, minmax(230px, 1fr)); gap: 0.6em; }
figure { margin: 0; }
figcaption { font-size: 13px; text-align: center; }
svg { max-width: 100%; height: auto; }
.curves svg { width: 100%; }
sup { line-height: 0; }
.key { display: inline-block; width: 0.9em; height: 0.9em; margin: 0 0.3em 0 1em; vertical-align: -1px; }
.wrong { color: #b00020; font-weight: 600; }
";

/// Writes the page to `target/report/index.html`, and says where that is.
pub fn write(
    machine: &Machine,
    comparison: &Comparison,
    survey: &Survey,
    operations: Option<&Operations>,
) -> Result<PathBuf, Failure> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/report");
    let path = directory.join("index.html");
    let html = html(machine, comparison, survey, operations)
        .map_err(|error| Failure::file(&path, error))?;
    fs::create_dir_all(&directory)
        .and_then(|()| fs::write(&path, html))
        .map_err(|error| Failure::file(&path, error))?;
    Ok(path)
}

fn html(
    machine: &Machine,
    comparison: &Comparison,
    survey: &Survey,
    operations: Option<&Operations>,
) -> Result<String, Box<dyn Error>> {
    let mut notes = String::new();
    for note in &comparison.notes {
        notes += &format!("{}<br>\n", escape(note));
    }
    let mut failures = String::new();
    let of_operations = operations.into_iter().flat_map(Operations::failures);
    for failure in survey.failures().chain(of_operations) {
        failures += &format!("<p class=\"wrong\">FAIL: {}</p>\n", escape(&failure));
    }
    Ok(format!(
        "<!DOCTYPE html>
<html lang=\"en\">
<head>
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width\">
<title>Activations: the report</title>
<style>{STYLE}</style>
</head>
<body>
<h1>Activations: accuracy and speed</h1>
<p>{date}<br>
CPU: {cpu}<br>
Instruction sets: {isas}</p>

<h2>Throughput</h2>
<p>10<sup>9</sup> bytes of input per second, one thread, in buffers aligned to cache lines; the dashed
line is a memcpy of the same number of bytes. All cases take turns in one run; a bar is the
median.<br>{key}</p>
{throughput}
<h2>{title}</h2>
<p>{comparison_explanation}</p>
<div class=\"scroll\">{comparison}</div>
<p>{notes}</p>

<h2>{survey_title}</h2>
<p>{explanation}</p>
{failures}<div class=\"scroll\">{survey_table}</div>

{operation_tables}
<h2>The functions</h2>
<div class=\"curves\">
{curves}</div>
</body>
</html>
",
        date = units::now(),
        cpu = escape(&machine.cpu),
        isas = escape(&machine.isas()),
        key = key(survey),
        throughput = throughput(survey)?,
        comparison_explanation = escape(compare::EXPLANATION),
        title = escape(&comparison.title),
        comparison = comparison.table.to_html(),
        survey_title = escape(&survey.title()),
        explanation = escape(&survey.explanation()),
        survey_table = survey.table().to_html(),
        operation_tables = operation_tables(operations),
        curves = curves(survey)?,
    ))
}

/// The tables of operations, or why there are none.
fn operation_tables(operations: Option<&Operations>) -> String {
    let Some(operations) = operations else {
        return format!("<p>{}</p>\n", escape(Operations::LEFT_OUT));
    };
    let section = |title, explanation, table: &Table| {
        let (title, explanation) = (escape(title), escape(explanation));
        let table = table.to_html();
        format!("<h2>{title}</h2>\n<p>{explanation}</p>\n<div class=\"scroll\">{table}</div>\n\n")
    };
    let Operations {
        composed,
        normalised,
    } = operations;
    section(composed::TITLE, composed::EXPLANATION, &composed.table())
        + &section(
            normalised::TITLE,
            normalised::EXPLANATION,
            &normalised.table(),
        )
}

/// What the bars' colours mean.
fn key(survey: &Survey) -> String {
    let measured = |isa: &Isa| survey.entries.iter().any(|entry| entry.isa == *isa);
    let mut html = String::new();
    for isa in Isa::ALL.iter().copied().filter(measured) {
        let plotters::style::RGBColor(r, g, b) = charts::colour(isa);
        html +=
            &format!("<span class=\"key\" style=\"background: rgb({r}, {g}, {b})\"></span>{isa}");
    }
    html
}

fn throughput(survey: &Survey) -> Result<String, Box<dyn Error>> {
    let mut html = String::new();
    for (i, size) in survey.sizes.iter().enumerate() {
        let svg = charts::throughput(survey, i)?;
        html += &format!(
            "<h3>{}</h3>\n<div class=\"scroll\">{svg}</div>\n",
            size.name
        );
    }
    Ok(html)
}

fn curves(survey: &Survey) -> Result<String, Box<dyn Error>> {
    let mut html = String::new();
    for entries in survey.entries.chunk_by(|a, b| a.label == b.label) {
        let activation = &entries[0].activation;
        let svg = charts::curve(activation)?;
        let caption = escape(&activation.to_string());
        html += &format!("<figure>{svg}<figcaption>{caption}</figcaption></figure>\n");
    }
    Ok(html)
}
