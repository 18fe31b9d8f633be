//! Times, taken so that they can be compared.
//!
//! All cases of one size use the same buffers and take turns, round by round, so that a change of
//! the clock's rate or a busy neighbour hits all of them; a case's time is the median over the
//! rounds. In place starts each time from the original input, restored outside of the timing:
//! applied to its own output, a function would soon see nothing but zeros or fixed points.

use crate::number::Number;
use crate::progress::Progress;
use activations::{AVec, Activation, AnyActivation, Error, Isa};
use std::hint::black_box;
use std::sync::atomic::{Ordering::SeqCst, fence};
use std::time::{Duration, Instant};

/// What is timed.
#[derive(Clone, Copy, Debug)]
pub enum Case<'a> {
    /// A copy from the input to the output: the measure for all others.
    Memcpy,
    OutOfPlace(AnyActivation<'a>, Isa),
    InPlace(AnyActivation<'a>, Isa),
    /// Into a new buffer, that is freed again, on the instruction set that the crate picks.
    ToVec(AnyActivation<'a>),
}

/// How much data a call works on.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub name: &'static str,
    /// Bytes of input in one call: of a type of half the width there are twice as many elements.
    pub bytes: usize,
    /// Calls that are timed together, each on elements of its own.
    pub calls: usize,
}

impl Size {
    /// A size that takes long enough for the clock.
    pub const fn large(name: &'static str, bytes: usize) -> Self {
        Self {
            name,
            bytes,
            calls: 1,
        }
    }

    /// In L1, both input and output: 32 KiB for all calls together.
    pub const KIB_1: Self = Self {
        name: "1 KiB",
        bytes: 1 << 10,
        calls: 16,
    };
    pub const KIB_256: Self = Self::large("256 KiB", 1 << 18);
    pub const MIB_64: Self = Self::large("64 MiB", 1 << 26);

    /// Elements of a type in one call.
    const fn elements<T>(&self) -> usize {
        self.bytes / size_of::<T>()
    }

    /// Throughput of a call that takes `ns`, in 10^9 bytes of input a second.
    pub fn gigabytes_per_second(&self, ns: f64) -> f64 {
        self.bytes as f64 / ns
    }
}

/// How long to measure, and how thoroughly.
#[derive(Debug)]
pub struct Effort {
    /// Bit patterns to check.
    pub patterns: u32,
    /// Time for the checks, roughly.
    pub checks: Duration,
    /// Time for each size of the comparison.
    pub comparison: [Duration; 3],
    /// Time for each size of the survey. A case is timed once even where that takes longer.
    pub survey: [Duration; 3],
    /// How often gates and fused calls are timed.
    pub rounds: usize,
    /// Whether scalar code is timed at the largest size: it takes seconds.
    pub scalar_at_largest: bool,
}

impl Effort {
    pub const FULL: Self = Self {
        patterns: 1 << 20,
        checks: Duration::from_secs(2),
        comparison: [
            Duration::from_secs(2),
            Duration::from_secs(3),
            Duration::from_secs(6),
        ],
        survey: [
            Duration::from_secs(4),
            Duration::from_secs(8),
            Duration::from_secs(20),
        ],
        rounds: 101,
        scalar_at_largest: true,
    };
    pub const QUICK: Self = Self {
        patterns: 1 << 14,
        checks: Duration::from_millis(100),
        comparison: [
            Duration::from_millis(300),
            Duration::from_millis(400),
            Duration::from_millis(800),
        ],
        survey: [
            Duration::from_millis(600),
            Duration::from_millis(900),
            Duration::from_millis(2000),
        ],
        rounds: 5,
        scalar_at_largest: false,
    };

    pub fn comparison_time(&self) -> Duration {
        self.comparison.iter().sum()
    }

    pub fn survey_time(&self) -> Duration {
        self.checks + self.survey.iter().sum::<Duration>()
    }
}

/// More rounds than this do not change a median.
const MAX_ROUNDS: usize = 2001;

/// The time of one call for each of `cases` of a type, in nanoseconds, from rounds that take about `budget`.
pub fn measure<T: Number>(
    size: Size,
    cases: &[Case<'_>],
    budget: Duration,
    progress: &Progress,
) -> Result<Vec<f64>, Error> {
    progress.stage(format!("timing {}", size.name), budget);
    let mut buffers = Buffers::<T>::new(size);
    let clock = clock_cost();
    let allowance = budget / cases.len().max(1) as u32;
    let mut samples = vec![Vec::new(); cases.len()];
    let mut spent = vec![Duration::ZERO; cases.len()];
    for round in 0..MAX_ROUNDS {
        let before: Duration = spent.iter().sum();
        for (i, &case) in cases.iter().enumerate() {
            // A slow case has used up its share of the time after fewer rounds.
            if round == 0 || spent[i] < allowance {
                let started = Instant::now();
                samples[i].push(buffers.time(case)?.saturating_sub(clock));
                spent[i] += started.elapsed();
            }
        }
        let now = spent.iter().sum::<Duration>();
        if now == before {
            break;
        }
        progress.spent(now - before);
    }
    let calls = size.calls as f64;
    let per_call = |samples| median(samples).as_nanos() as f64 / calls;
    Ok(samples.into_iter().map(per_call).collect())
}

fn median(mut samples: Vec<Duration>) -> Duration {
    samples.sort_unstable();
    samples.get(samples.len() / 2).copied().unwrap_or_default()
}

/// What it costs to read the clock twice.
fn clock_cost() -> Duration {
    median((0..1001).map(|_| Instant::now().elapsed()).collect())
}

/// The memory that all cases of a size work on; written, and thereby mapped, before any timing.
struct Buffers<T> {
    size: Size,
    source: AVec<T>,
    target: AVec<T>,
    in_place: AVec<T>,
}

impl<T: Number> Buffers<T> {
    fn new(size: Size) -> Self {
        let elements = noise().take(size.elements::<T>() * size.calls);
        let source = AVec::from_iter(0, elements.map(T::from_f32));
        Self {
            size,
            target: source.clone(),
            in_place: source.clone(),
            source,
        }
    }

    /// The time of all calls of the size.
    fn time(&mut self, case: Case<'_>) -> Result<Duration, Error> {
        if self.size.calls > 1 {
            // Where a call takes nanoseconds, code that other cases have displaced from the
            // caches would count for more than the work.
            self.time_once(case)?;
        }
        self.time_once(case)
    }

    fn time_once(&mut self, case: Case<'_>) -> Result<Duration, Error> {
        let Self {
            size,
            source,
            target,
            in_place,
        } = self;
        match case {
            Case::Memcpy => time_calls(*size, source, target, |x, y| {
                y.copy_from_slice(x);
                Ok(())
            }),
            Case::OutOfPlace(activation, isa) => {
                let activation = T::activation(activation);
                time_calls(*size, source, target, |x, y| activation.apply_on(isa, x, y))
            }
            Case::InPlace(activation, isa) => {
                let activation = T::activation(activation);
                in_place.copy_from_slice(source);
                time_calls(*size, source, in_place, |_, y| {
                    activation.apply_in_place_on(isa, y)
                })
            }
            Case::ToVec(activation) => {
                let activation = T::activation(activation);
                time_calls(*size, source, target, |x, _| {
                    black_box(activation.to_vec(x)?);
                    Ok(())
                })
            }
        }
    }
}

/// The time of one call for each part of the buffers.
#[inline(always)]
fn time_calls<T>(
    size: Size,
    source: &[T],
    target: &mut [T],
    call: impl Fn(&[T], &mut [T]) -> Result<(), Error>,
) -> Result<Duration, Error> {
    let sources = source.chunks_exact(size.elements::<T>());
    let targets = target.chunks_exact_mut(size.elements::<T>());
    // The stores that restored the input are not to be waited for in the timing.
    fence(SeqCst);
    let start = Instant::now();
    for (x, y) in sources.zip(targets) {
        call(black_box(x), black_box(y))?;
    }
    Ok(start.elapsed())
}

/// Numbers in -8..8, the same in each run, of no pattern that a branch predictor could learn.
pub fn noise() -> impl Iterator<Item = f32> {
    // Marsaglia, "Xorshift RNGs", 2003.
    let mut state = 0x9e37_79b9_u32;
    std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        // The high 24 bits fit a f32 exactly.
        (state >> 8) as f32 * (16.0 / (1 << 24) as f32) - 8.0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_times<T: Number>() {
        let activation = AnyActivation::all().next().unwrap();
        let isa = Isa::detect();
        let cases = [
            Case::Memcpy,
            Case::OutOfPlace(activation, isa),
            Case::InPlace(activation, isa),
            Case::ToVec(activation),
        ];
        let progress = Progress::new(Duration::ZERO);
        let budget = Duration::from_millis(20);
        let times = measure::<T>(Size::KIB_256, &cases, budget, &progress).unwrap();
        assert_eq!(times.len(), cases.len());
        assert!(times.iter().all(|&ns| ns > 0.0), "{}: {times:?}", T::NAME);
    }

    #[test]
    fn each_case_gets_a_time() {
        check_times::<f32>();
        #[cfg(feature = "half")]
        check_times::<activations::half::f16>();
    }

    #[test]
    fn a_size_has_its_bytes_in_every_type() {
        assert_eq!(Size::KIB_256.elements::<f32>(), 65_536);
        assert_eq!(Size::KIB_256.elements::<u16>(), 131_072);
    }

    #[test]
    fn noise_has_both_signs_and_stays_in_range() {
        let x: Vec<f32> = noise().take(1000).collect();
        assert!(x.iter().all(|x| (-8.0..8.0).contains(x)));
        let negative = x.iter().filter(|x| **x < 0.0).count();
        assert!((400..600).contains(&negative), "{negative}");
    }
}
