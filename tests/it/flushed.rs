//! Threads that flush subnormal numbers to zero get a zero or x/2 from what is x/2 at 0, never x itself.

use crate::common::on_each_isa;
use activations::{
    Activation, AnyActivation, Fused, Gate, Gated, GeluTanh, QuickGelu, Silu, Swish,
};

#[cfg(target_arch = "x86_64")]
mod control {
    use std::arch::asm;

    /// The bits that flush results and operands.
    pub const FLUSH: [u32; 2] = [1 << 15, 1 << 15 | 1 << 6];

    pub fn read() -> u32 {
        let mut value = 0_u32;
        // SAFETY: the instruction writes `value`.
        unsafe { asm!("stmxcsr [{}]", in(reg) &raw mut value, options(nostack)) };
        value
    }

    pub fn write(value: u32) {
        // SAFETY: the instruction reads `value`; none of the flags set makes an exception a trap, and no other code
        // runs on this thread until they are restored but that of this test.
        unsafe { asm!("ldmxcsr [{}]", in(reg) &raw const value, options(nostack)) };
    }
}

#[cfg(target_arch = "aarch64")]
mod control {
    use std::arch::asm;

    /// The bit that flushes both.
    pub const FLUSH: [u64; 1] = [1 << 24];

    pub fn read() -> u64 {
        let value;
        // SAFETY: the register can be read at any time.
        unsafe { asm!("mrs {}, fpcr", out(reg) value, options(nomem, nostack)) };
        value
    }

    pub fn write(value: u64) {
        // SAFETY: no other code runs on this thread until it is restored but that of this test.
        unsafe { asm!("msr fpcr, {}", in(reg) value, options(nomem, nostack)) };
    }
}

/// Calls `work` where results, or operands too, are flushed.
fn flushed(work: impl Fn() + Send + Sync) {
    for flush in control::FLUSH {
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let before = control::read();
                control::write(before | flush);
                work();
                control::write(before);
            });
        });
    }
}

/// The bits of numbers whose half is subnormal, of both signs, between others.
fn inputs() -> Vec<f32> {
    (0..3000_u32)
        .map(|i| match i % 5 {
            0 => 0x0080_0000 + i * 2700,
            1 => 0x8080_0000 + i * 2700,
            2 => 0x0100_0000 + i,
            3 => 0x3f80_0000 ^ i << 31,
            _ => i,
        })
        .map(f32::from_bits)
        .collect()
}

/// Whether x/2 is subnormal, or x itself. This looks at the bits, since a comparison would flush.
fn may_be_flushed(x: u32) -> bool {
    x & 0x7fff_ffff < 0x0100_0000
}

#[test]
fn what_is_flushed_is_zero_and_never_x() {
    let x = inputs();
    on_each_isa("what_is_flushed_is_zero_and_never_x", |isa| {
        let all: [AnyActivation<'_>; 6] = [
            Silu.into(),
            Swish { beta: 1.0 }.into(),
            Swish { beta: 0.0 }.into(),
            Swish { beta: -3.5 }.into(),
            QuickGelu.into(),
            GeluTanh.into(),
        ];
        for activation in all {
            let mut ordinary = x.clone();
            activation.apply_in_place_on(isa, &mut ordinary).unwrap();
            // Subnormal operands count as zeros in comparisons, where the thread flushes them; and a light kernel may leave
            // some to arithmetic.
            let check = |y: &[f32], what: &str| {
                for ((x, y), ordinary) in x.iter().zip(y).zip(&ordinary) {
                    let (x, y, ordinary) = (x.to_bits(), y.to_bits(), ordinary.to_bits());
                    let is_zero_of_its_sign = y == x & 0x8000_0000;
                    assert!(
                        y == ordinary || may_be_flushed(x) && is_zero_of_its_sign,
                        "{what} {activation} on {isa}: {y:08x} for {x:08x}"
                    );
                }
            };
            let ones = vec![1.0; x.len()];
            flushed(|| {
                let mut y = vec![9.0; x.len()];
                activation.apply_on(isa, &x, &mut y).unwrap();
                check(&y, "out of place");
                y.copy_from_slice(&x);
                activation.apply_in_place_on(isa, &mut y).unwrap();
                check(&y, "in place");
                let gate = Gated(activation);
                gate.apply_on(isa, &x, &ones, &mut y).unwrap();
                check(&y, "gate of");
                let fused = Fused::new(activation).bias(&[-0.0], 1).unwrap();
                fused.apply_on(isa, &x, &mut y).unwrap();
                check(&y, "bias before");
            });
        }
    });
}
