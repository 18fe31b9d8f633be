//! XNNPACK: its public operators, without a pool of threads.

use super::bound::Api;
use crate::calls::{Entry, Library};
use crate::functions::Function;
use activations::Isa;
use std::ffi::{c_char, c_int, c_void};

unsafe extern "C" {
    fn peers_xnnpack_cap();
    fn peers_xnnpack_new(
        name: *const c_char,
        x: *const f32,
        y: *mut f32,
        len: usize,
    ) -> *mut c_void;
    fn peers_xnnpack_run(object: *mut c_void) -> c_int;
    fn peers_xnnpack_delete(object: *mut c_void);
}

const API: Api = Api {
    new: peers_xnnpack_new,
    run: peers_xnnpack_run,
    delete: peers_xnnpack_delete,
};

/// Takes AVX-512 away where it is not wanted.
pub fn set_up(isa: Isa) {
    if isa < Isa::Avx512 {
        // SAFETY: no other thread uses the library yet.
        unsafe { peers_xnnpack_cap() }
    }
}

/// What it has.
pub fn entry(function: Function, isa: Isa) -> Option<Entry> {
    let [out_of_place, in_place] = API.calls(function)?;
    let isa = match isa {
        Isa::Avx512 => "avx512",
        _ if Isa::Avx2.is_available() => "avx2",
        _ => "sse",
    };
    Some(Entry {
        library: Library::Xnnpack,
        isa: isa.to_owned(),
        out_of_place: Some(out_of_place),
        in_place: Some(in_place),
    })
}
