//! A value of `ACTIVATIONS_ISA` that names no instruction set. Alone in its process: the variable
//! is read once.

use activations::{Error, ISA_VARIABLE, Isa};

#[test]
fn an_unknown_value_is_ignored_and_can_be_asked_for() {
    // SAFETY: the only test of this process, before its first use of the crate.
    unsafe { std::env::set_var(ISA_VARIABLE, "sse9") };
    assert_eq!(Isa::detect(), Isa::available().last().unwrap());
    let error = Isa::env_cap().unwrap_err();
    assert_eq!(error, Error::UnknownIsa("sse9".to_owned()));
    assert!(
        error.to_string().contains("avx512"),
        "it lists the known ones"
    );
}
