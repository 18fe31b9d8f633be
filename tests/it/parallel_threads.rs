//! More than one thread works: the threads' own clocks tell, which count the time that each spent on a CPU.

use crate::common::inputs;
use activations::{Activation, AnyActivation, Gate, Gated, Mish, RowActivation, Rows, Softmax};
use rayon::{ThreadPool, ThreadPoolBuilder};

/// Tens of milliseconds of work, or more: a thread takes some microseconds to wake up.
const MANY: usize = 1 << 24;

/// Seconds that each thread of the pool has spent on a CPU.
fn clocks(pool: &ThreadPool) -> Vec<f64> {
    pool.broadcast(|_| {
        let mut time = libc::timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        // SAFETY: it writes to `time`.
        let status = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
        assert_eq!(status, 0);
        time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
    })
}

/// Fails unless each of two threads does a tenth of the work at least, in one of some calls: a machine that is busy
/// may leave a thread without a CPU for the length of a call.
fn assert_shared(what: &str, mut call: impl FnMut() + Send) {
    let pool = ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    let mut shares = Vec::new();
    for _ in 0..20 {
        let before = clocks(&pool);
        pool.install(&mut call);
        let spent: Vec<f64> = clocks(&pool)
            .iter()
            .zip(before)
            .map(|(after, before)| after - before)
            .collect();
        let share = spent[0].min(spent[1]) / (spent[0] + spent[1]);
        if share > 0.1 {
            return;
        }
        shares.push(share);
    }
    panic!("{what}: the second thread did no more than these parts of the work: {shares:?}");
}

#[test]
fn of_activations_gates_and_rows() {
    let x = inputs::noise(MANY);
    let mut y = vec![0.0; MANY];
    let mish = AnyActivation::from(Mish);
    assert_shared("mish", || mish.par_apply(&x, &mut y).unwrap());
    assert_shared("mish, in place", || {
        mish.par_apply_in_place(&mut y).unwrap()
    });
    assert_shared("gated(mish)", || {
        Gated(Mish).par_apply(&x, &x, &mut y).unwrap()
    });
    let rows = Rows::last(1024);
    assert_shared("softmax", || {
        Softmax::default().par_apply(rows, &x, &mut y).unwrap();
    });
}
