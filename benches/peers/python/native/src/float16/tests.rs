use super::*;
use crate::functions::Function;

/// The results of each way of computing `name` in a type, for all of its numbers, by the calls that C makes; those of
/// candle last, if it has the function.
fn results<T: Number>(name: &str) -> (&'static Activation16, Vec<Vec<T>>) {
    let x: Vec<T> = (0..1 << 16).map(T::from_bits).collect();
    let nan = T::from_bits(0x7fff);
    let [mut applied, mut in_place, mut looked_up] = [vec![nan; ALL], x.clone(), vec![nan; ALL]];
    let mut of_candle = vec![nan; ALL];
    let [name, isa, dtype] = [name, "scalar", T::NAME].map(|text| CString::new(text).unwrap());
    let from = x.as_ptr().cast();
    // SAFETY: these are strings of C, and arrays of as many numbers of the type as are said.
    unsafe {
        let kernel = activations16_find(name.as_ptr(), isa.as_ptr(), dtype.as_ptr());
        let kernel = kernel.as_ref().unwrap();
        let to = applied.as_mut_ptr().cast();
        assert_eq!(activations16_apply(kernel, from, to, ALL), 0);
        let to = in_place.as_mut_ptr().cast();
        assert_eq!(activations16_apply_in_place(kernel, to, ALL), 0);
        activations16_look_up(kernel, from, looked_up.as_mut_ptr().cast(), ALL);
        let mut results = vec![applied, in_place, looked_up];
        if let Some(tensor) = activations16_candle_tensor(kernel, from, ALL).as_ref() {
            activations16_candle(kernel, tensor);
            activations16_candle_results(kernel, tensor, of_candle.as_mut_ptr().cast());
            results.push(of_candle);
        }
        (kernel, results)
    }
}

fn judge<T: Number>(kernel: &Activation16, results: &[T]) -> Errors {
    assert_eq!(results.len(), ALL);
    let mut errors = Errors::default();
    // SAFETY: there are as many results as the type has numbers.
    unsafe { activations16_errors(kernel, results.as_ptr().cast(), &mut errors) };
    errors
}

fn check<T: Number>() {
    let mut lacking = Vec::new();
    for function in Function::all() {
        if !matches!(function, Function::Elementwise(_)) {
            continue;
        }
        let name = function.name();
        let (kernel, results) = results::<T>(name);
        for results in &results[..3] {
            let errors = judge(kernel, results);
            let what = format!("{name} in {}: {errors:?}", T::NAME);
            assert_eq!((errors.misrounded, errors.wrong), (0.0, 0.0), "{what}");
            assert!(errors.max_ulp <= 0.5, "{what}");
        }
        match results.get(3) {
            // Each of its steps is rounded; it is to be the same function all the same.
            Some(of_candle) => {
                for (got, right) in of_candle.iter().zip(&results[0]) {
                    let (got, right) = (got.to_f64(), right.to_f64());
                    let near = (got - right).abs() <= 0.05 * right.abs().max(1.0);
                    let far_out = !got.is_finite() || right.abs() > 1e4 || !right.is_finite();
                    assert!(near || far_out, "{name} in {}: {got} {right}", T::NAME);
                }
            }
            None => lacking.push(name),
        }
    }
    assert_eq!(lacking, ["softplus"]);
}

#[test]
fn every_call_computes_the_function_that_it_stands_for() {
    check::<f16>();
    check::<bf16>();
}

#[test]
fn wrong_results_are_counted() {
    let (kernel, mut results) = results::<f16>("identity");
    let mut results = results.swap_remove(0);
    assert_eq!(judge(kernel, &results), Errors::default());
    results[usize::from(f16::ONE.to_bits())] = f16::from_bits(f16::ONE.to_bits() + 2);
    let errors = judge(kernel, &results);
    assert_eq!(
        (errors.misrounded, errors.max_ulp, errors.wrong),
        (1.0, 2.0, 0.0)
    );
    results[usize::from(f16::MAX.to_bits())] = f16::INFINITY;
    results[usize::from(f16::ZERO.to_bits())] = f16::NAN;
    let errors = judge(kernel, &results);
    assert_eq!((errors.misrounded, errors.wrong), (3.0, 2.0));
    assert_eq!(errors.max_ulp, f64::INFINITY);
}

#[test]
fn what_there_is_not_is_not_found() {
    for [name, isa, dtype] in [
        ["relo", "scalar", "f16"],
        ["relu", "sse9", "f16"],
        ["relu", "scalar", "f64"],
        ["relu", "scalar", "f32"],
    ] {
        let texts = [name, isa, dtype].map(|text| CString::new(text).unwrap());
        let [name, isa, dtype] = texts.each_ref().map(|text| text.as_ptr());
        // SAFETY: these are strings of C.
        assert!(unsafe { activations16_find(name, isa, dtype) }.is_null());
    }
}
