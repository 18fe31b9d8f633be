//! A model of others gives the same embeddings in candle, in tract and in tract with the kernels.

use activations_engines::minilm::{
    Candle, Comparison, Model, Profile, Tract, compare, profile, sentences,
};
use activations_engines::tract::Replaced;
use tract_onnx::prelude::TractResult;

#[test]
#[ignore = "needs model/fetch.sh"]
fn embeddings_are_the_same() -> TractResult<()> {
    let model = Model::open(None)?;
    let candle = Candle::load(&model)?;
    let mut models = [Tract::load(&model, false)?, Tract::load(&model, true)?];
    let sentences = sentences(&model)?;

    let [tract, ours] = &mut models;
    let comparison = compare(&sentences, &candle, tract, ours)?;
    comparison.check()?;
    assert_eq!(comparison.replaced.to_string(), "gelu 6, softmax 6, tanh 1");

    // Optimised, both models have the same activations.
    let [tract, ours] = profile(&sentences[..1], &mut models, 1)?;
    let counts = |profile: &Profile| {
        let counts = profile.activations.iter();
        counts
            .map(|(name, (count, _))| (*name, *count))
            .collect::<Vec<_>>()
    };
    assert_eq!(counts(&tract), [("gelu", 6), ("softmax", 6), ("tanh", 1)]);
    assert_eq!(counts(&ours), counts(&tract));
    Ok(())
}

#[test]
fn embeddings_that_differ_are_an_error() {
    let same = Comparison {
        replaced: Replaced::default(),
        distances: [("a, b", 1e-12), ("a, c", 0.0), ("b, c", 1e-7)],
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
