//! A model of others gives the same embeddings in candle and in tract, without and with the kernels.

use activations_engines::minilm::{
    Candle, CandleLayers, CandleWithActivations, Comparison, Distances, Drift, Engine, Model,
    Profile, Tract, compare, drift, profile, sentences,
};
use candle_core::DType;
use tract_onnx::prelude::TractResult;

#[test]
#[ignore = "needs model/fetch.sh"]
fn embeddings_are_the_same() -> TractResult<()> {
    let model = Model::open(None)?;
    let sentences = sentences(&model)?;
    let mut candle = Candle::load(&model, DType::F32)?;
    let mut candle_with = CandleWithActivations::load(&model, DType::F32)?;
    let mut tract = Tract::load(&model, false)?;
    let mut tract_with = Tract::load(&model, true)?;

    let replaced = tract_with.replaced().to_string();
    assert_eq!(replaced, "gelu 6, softmax 6, tanh 1");
    let comparison = compare(
        &sentences,
        &mut [&mut candle, &mut candle_with, &mut tract, &mut tract_with],
    )?;
    assert_eq!(comparison.distances.len(), 6);
    comparison.check()?;

    // Optimised, both models have the same activations.
    let [tract, with] = profile(&sentences[..1], [&mut tract, &mut tract_with], 1)?;
    let counts = |profile: &Profile| {
        let counts = profile.activations.iter();
        counts
            .map(|(name, (count, _))| (*name, *count))
            .collect::<Vec<_>>()
    };
    assert_eq!(counts(&tract), [("gelu", 6), ("softmax", 6), ("tanh", 1)]);
    assert_eq!(counts(&with), counts(&tract));
    Ok(())
}

#[test]
#[ignore = "needs model/fetch.sh"]
fn embeddings_of_16_bits_are_near_and_no_further_with_the_kernels() -> TractResult<()> {
    let model = Model::open(None)?;
    let sentences = sentences(&model)?;
    let mut exact = Candle::load(&model, DType::F32)?;
    for dtype in [DType::BF16, DType::F16] {
        let mut without = CandleLayers::load(&model, dtype)?;
        let mut with = CandleWithActivations::load(&model, dtype)?;
        let drift = drift(&sentences, &mut exact, &mut without, &mut with)?;
        println!("{drift:?}");
        drift.check()?;
    }
    Ok(())
}

/// What the kernels are compared with in 16 bits is candle's own model, but for a mask that these types have.
#[test]
#[ignore = "needs model/fetch.sh"]
fn candles_layers_are_candles_model() -> TractResult<()> {
    let model = Model::open(None)?;
    let sentences = sentences(&model)?;
    let mut layers = CandleLayers::load(&model, DType::F32)?;
    let mut candle = Candle::load(&model, DType::F32)?;
    for tokens in &sentences {
        let states = candle.hidden_states(tokens)?;
        // Not by assert_eq, which would print them all.
        assert!(layers.hidden_states(tokens)? == states);
    }
    for dtype in [DType::BF16, DType::F16] {
        let states = Candle::load(&model, dtype)?.hidden_states(&sentences[0])?;
        assert!(states.iter().all(|state| state.is_nan()), "{dtype:?}");
    }
    Ok(())
}

#[test]
fn embeddings_that_drift_are_an_error() {
    let distances = |largest| Distances {
        largest,
        mean: largest / 2.0,
    };
    let check = |dtype, without, with| {
        let (without, with) = (distances(without), distances(with));
        Drift {
            dtype,
            without,
            with,
        }
        .check()
    };
    assert!(check(DType::BF16, 1e-4, 1e-5).is_ok());
    for (dtype, without, with, message) in [
        (DType::F16, 1e-4, 1e-5, "above"),
        (DType::BF16, 1e-5, 1e-4, "further"),
        (DType::BF16, 1e-4, f64::NAN, "above"),
        (DType::BF16, f64::NAN, 1e-5, "further"),
    ] {
        let error = check(dtype, without, with).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
}

#[test]
fn embeddings_that_differ_are_an_error() {
    let same = Comparison {
        distances: vec![("a, b".into(), 1e-12), ("a, c".into(), 0.0)],
        similarities: [0.7, 0.1],
    };
    assert!(same.check().is_ok());
    for distance in [1e-4, f64::INFINITY, f64::NAN] {
        let mut differ = same.clone();
        differ.distances[1].1 = distance;
        let error = differ.check().unwrap_err().to_string();
        assert!(error.contains("a, c"), "{error}");
    }
}

#[test]
fn a_missing_model_says_how_to_get_it() {
    let nowhere = std::env::temp_dir().join("no-model-of-this-name");
    let error = Model::open(Some(nowhere)).unwrap_err().to_string();
    assert!(error.contains("model/fetch.sh"), "{error}");
}
