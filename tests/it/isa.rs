//! Detection.

use crate::common::on_each_isa;
use activations::Isa;

#[test]
fn the_required_instruction_set_is_there() {
    // Set by the runs that exist for the sake of one instruction set.
    if let Ok(name) = std::env::var("ACTIVATIONS_REQUIRE_ISA") {
        let isa: Isa = name.parse().unwrap();
        assert!(isa.is_available(), "{isa} is required and not detected");
        assert_eq!(Isa::detect(), isa, "the best of this CPU");
    }
    on_each_isa("detection", |isa| assert!(isa.is_available()));
}

#[test]
fn available_is_in_order_of_preference_and_ends_in_the_best() {
    let available: Vec<Isa> = Isa::available().collect();
    assert!(available.is_sorted());
    assert_eq!(available[0], Isa::Scalar);
    if std::env::var_os(activations::ISA_VARIABLE).is_none() {
        assert_eq!(available.last(), Some(&Isa::detect()));
        assert_eq!(Isa::env_cap(), Ok(None));
    }
}

#[cfg(target_arch = "x86_64")]
#[test]
fn detection_agrees_with_the_standard_library() {
    let avx2 = is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("fma")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("lzcnt")
        && is_x86_feature_detected!("popcnt");
    assert_eq!(Isa::Avx2.is_available(), avx2);
    let avx512 = avx2
        && is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512cd")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl");
    assert_eq!(Isa::Avx512.is_available(), avx512);
    assert!(!Isa::Neon.is_available());
}

#[cfg(target_arch = "aarch64")]
#[test]
fn aarch64_has_neon() {
    assert!(Isa::Neon.is_available());
}
