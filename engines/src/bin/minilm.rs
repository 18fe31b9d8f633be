//! all-MiniLM-L6-v2 through candle, tract, and tract with this crate's kernels: whether they agree, and how long tract
//! takes without and with them.

use activations::Isa;
use activations_engines::minilm::{
    Candle, Model, Profile, Tract, compare, profile, sentences, time,
};
use lexopt::Arg;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use tract_onnx::prelude::TractResult;

const USAGE: &str = "\
usage: minilm [MODEL_DIR] [--quick]

MODEL_DIR  where the model is; by default where engines/model/fetch.sh puts it
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
    report(&Model::open(directory)?, rounds)
}

fn report(model: &Model, rounds: usize) -> TractResult<()> {
    println!("{}, on {}", model.directory().display(), Isa::detect());
    let candle = Candle::load(model)?;
    let mut models = [Tract::load(model, false)?, Tract::load(model, true)?];
    let sentences = sentences(model)?;

    let [tract, ours] = &mut models;
    let comparison = compare(&sentences, &candle, tract, ours)?;
    println!("replaced: {}", comparison.replaced);
    println!(
        "\nLargest cosine distance over {} sentences",
        sentences.len()
    );
    for (pair, distance) in comparison.distances {
        println!("{pair:<32} {distance:8.1e}");
    }
    comparison.check()?;

    println!("\nMedian time of a sentence, one thread, {rounds} runs by turns");
    println!(
        "{:>6} {:>10} {:>18} {:>7}",
        "tokens", "tract", "with activations", "ratio"
    );
    let line = |tokens: &str, [tract, ours]: [Duration; 2]| {
        let ratio = tract.as_secs_f64() / ours.as_secs_f64();
        let [tract, ours] = [tract, ours].map(milliseconds);
        println!("{tokens:>6} {tract:>7.2} ms {ours:>15.2} ms {ratio:>7.3}");
    };
    let timings = time(&sentences, &mut models, rounds)?;
    let mut sum = [Duration::ZERO; 2];
    for timing in &timings {
        line(&timing.tokens, timing.runs);
        sum = [sum[0] + timing.runs[0], sum[1] + timing.runs[1]];
    }
    line("all", sum);

    println!("\nActivations, in the time of all nodes of all sentences");
    shares(&profile(&sentences, &mut models, rounds.div_ceil(2))?);
    Ok(())
}

fn shares(profiles: &[Profile; 2]) {
    println!(
        "{:<12} {:>10} {:>18} {:>7}",
        "", "tract", "with activations", "ratio"
    );
    let line = |name: &str, [tract, ours]: [Duration; 2]| {
        let ratio = tract.as_secs_f64() / ours.as_secs_f64();
        let [tract, ours] = [tract, ours].map(milliseconds);
        println!("{name:<12} {tract:>7.2} ms {ours:>15.2} ms {ratio:>7.3}");
    };
    for (name, (count, tract)) in &profiles[0].activations {
        let (_, ours) = profiles[1]
            .activations
            .get(name)
            .copied()
            .unwrap_or_default();
        line(&format!("{name} {count}"), [*tract, ours]);
    }
    line(
        "together",
        [profiles[0].activations(), profiles[1].activations()],
    );
    line("all nodes", [profiles[0].total, profiles[1].total]);
    let [tract, ours] = [profiles[0].share(), profiles[1].share()].map(|share| 100.0 * share);
    println!("{:<12} {tract:>8.1} % {ours:>16.1} %", "share");
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
