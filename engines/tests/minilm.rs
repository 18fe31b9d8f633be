//! A model of others gives the same embeddings in candle and in tract, without and with the kernels.

use activations_engines::minilm::{
    Candle, CandleWithActivations, Comparison, Model, Profile, Tract, compare, profile, sentences,
};
use tract_onnx::prelude::TractResult;

#[test]
#[ignore = "needs model/fetch.sh"]
fn embeddings_are_the_same() -> TractResult<()> {
    let model = Model::open(None)?;
    let sentences = sentences(&model)?;
    let mut candle = Candle::load(&model)?;
    let mut candle_with = CandleWithActivations::load(&model)?;
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
