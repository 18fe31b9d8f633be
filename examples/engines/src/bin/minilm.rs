//! all-MiniLM-L6-v2 through candle and tract, without and with this crate's kernels: whether they agree, and how long
//! they take; and through candle in 16 bits, how far that is from 32.

use activations::Isa;
use activations_engines::minilm::{
    Candle, CandleLayers, CandleWithActivations, Drift, Engine, Model, Profile, Tokens, Tract,
    compare, drift, profile, sentences, time,
};
use candle_core::DType;
use lexopt::Arg;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use tract_onnx::prelude::TractResult;

const USAGE: &str = "\
usage: minilm [MODEL_DIR] [--quick]

MODEL_DIR  where the model is; by default where examples/engines/model/fetch.sh puts it
--quick    few rounds, for a trial";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("minilm: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> TractResult<()> {
    let (mut directory, mut rounds) = (None, 60);
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("quick") => rounds = 3,
            Arg::Long("help") => {
                println!("{USAGE}");
                return Ok(());
            }
            Arg::Value(path) if directory.is_none() => directory = Some(PathBuf::from(path)),
            other => return Err(other.unexpected().into()),
        }
    }
    // candle would use all cores.
    rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build_global()?;
    report(&Model::open(directory)?, rounds)
}

fn report(model: &Model, rounds: usize) -> TractResult<()> {
    println!("{}, on {}", model.directory().display(), Isa::detect());
    let sentences = sentences(model)?;
    let mut candle = Candle::load(model, DType::F32)?;
    let mut candle_with = CandleWithActivations::load(model, DType::F32)?;
    let mut tract = Tract::load(model, false)?;
    let mut tract_with = Tract::load(model, true)?;
    println!("replaced in tract: {}", tract_with.replaced());

    let engines: &mut [&mut dyn Engine] =
        &mut [&mut candle, &mut candle_with, &mut tract, &mut tract_with];
    let comparison = compare(&sentences, engines)?;
    println!(
        "\nLargest cosine distance over {} sentences",
        sentences.len()
    );
    for (pair, distance) in &comparison.distances {
        println!("{pair:<47} {distance:.1e}");
    }
    comparison.check()?;

    let head = ["candle", "with", "ratio", "tract", "with", "ratio"];
    times(&head, &sentences, engines, rounds)?;

    println!("\nActivations in tract, in ms of the time of all nodes of all sentences");
    let profiles = profile(
        &sentences,
        [&mut tract, &mut tract_with],
        rounds.div_ceil(2),
    )?;
    shares(&profiles);

    sixteen_bits(model, &sentences, &mut candle, rounds.div_ceil(2))
}

/// Candle in 16 bits: how far the embeddings are from those in `f32`, and how long they take.
fn sixteen_bits(
    model: &Model,
    sentences: &[Tokens],
    candle: &mut Candle,
    rounds: usize,
) -> TractResult<()> {
    let mut bf16 = CandleLayers::load(model, DType::BF16)?;
    let mut bf16_with = CandleWithActivations::load(model, DType::BF16)?;
    let mut f16 = CandleLayers::load(model, DType::F16)?;
    let mut f16_with = CandleWithActivations::load(model, DType::F16)?;

    println!(
        "\nCosine distance from candle in f32, over {} sentences",
        sentences.len()
    );
    let head = ["largest", "with", "mean", "with"];
    println!(
        "{:>12} {}",
        "",
        head.map(|text| format!("{text:>8}")).join(" ")
    );
    for (without, with) in [(&mut bf16, &mut bf16_with), (&mut f16, &mut f16_with)] {
        let drift = drift(sentences, candle, without, with)?;
        let Drift {
            dtype,
            without,
            with,
        } = drift;
        let distances = [without.largest, with.largest, without.mean, with.mean];
        println!(
            "{:>12} {}",
            dtype.as_str(),
            distances
                .map(|distance| format!("{distance:>8.1e}"))
                .join(" ")
        );
        drift.check()?;
    }

    let engines: &mut [&mut dyn Engine] = &mut [&mut bf16, &mut bf16_with, &mut f16, &mut f16_with];
    let head = ["bf16", "with", "ratio", "f16", "with", "ratio"];
    times(&head, sentences, engines, rounds)
}

/// Times the engines by turns. The columns are those of two engines, each without and with the kernels, and their ratio.
fn times(
    head: &[&str; 6],
    sentences: &[Tokens],
    engines: &mut [&mut dyn Engine],
    rounds: usize,
) -> TractResult<()> {
    println!("\nMedian time of a sentence in ms, one thread, {rounds} runs by turns");
    println!(
        "{:>12} {}",
        "tokens",
        head.map(|text| format!("{text:>8}")).join(" ")
    );
    let timings = time(sentences, engines, rounds)?;
    let mut sums = vec![Duration::ZERO; engines.len()];
    for timing in &timings {
        line(&timing.tokens, &timing.runs);
        for (sum, run) in sums.iter_mut().zip(&timing.runs) {
            *sum += *run;
        }
    }
    line("all", &sums);
    Ok(())
}

fn shares(profiles: &[Profile; 2]) {
    println!("{:>12} {:>8} {:>8} {:>8}", "", "tract", "with", "ratio");
    let [without, with] = profiles;
    for (name, (count, time)) in &without.activations {
        let (_, ours) = with.activations.get(name).copied().unwrap_or_default();
        line(&format!("{name} {count}"), &[*time, ours]);
    }
    line("together", &[without.activations(), with.activations()]);
    line("all nodes", &[without.total, with.total]);
    let [without, with] = [without, with].map(|profile| 100.0 * profile.share());
    println!("{:>12} {without:>6.1} % {with:>6.1} %", "share");
}

/// Times without and with the kernels, and their ratio, for each engine.
fn line(label: &str, times: &[Duration]) {
    print!("{label:>12}");
    for pair in times.chunks_exact(2) {
        let [without, with] = [pair[0], pair[1]].map(|time| time.as_secs_f64() * 1e3);
        print!(" {without:>8.2} {with:>8.2} {:>8.3}", without / with);
    }
    println!();
}
