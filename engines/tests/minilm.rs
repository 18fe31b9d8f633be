//! A model of others gives the same embeddings in candle, in tract and in tract with the kernels.

use activations_engines::minilm::{Candle, Model, Tract, compare, profile, sentences};
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
    let counts = |profile: &activations_engines::minilm::Profile| {
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
fn a_missing_model_says_how_to_get_it() {
    let nowhere = std::env::temp_dir().join("no-model-of-this-name");
    let error = Model::open(Some(nowhere)).unwrap_err().to_string();
    assert!(error.contains("model/fetch.sh"), "{error}");
}
