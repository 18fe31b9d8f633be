//! `ACTIVATIONS_ISA` caps what is picked. Alone in its process: the variable is read once.

use activations::{Activation, ISA_VARIABLE, Isa, Relu};

#[test]
fn the_variable_caps_what_is_picked_and_not_what_is_available() {
    // SAFETY: the only test of this process, before its first use of the crate.
    unsafe { std::env::set_var(ISA_VARIABLE, "Scalar") };
    assert_eq!(Isa::detect(), Isa::Scalar);
    assert_eq!(Isa::env_cap(), Ok(Some(Isa::Scalar)));
    for isa in Isa::available() {
        let mut x = [-1.0, 1.0];
        Relu.apply_in_place_on(isa, &mut x).unwrap();
        assert_eq!(x, [0.0, 1.0]);
    }
    // SAFETY: as above; no other thread reads the environment.
    unsafe { std::env::remove_var(ISA_VARIABLE) };
    assert_eq!(Isa::detect(), Isa::Scalar, "the variable is read once");
}
