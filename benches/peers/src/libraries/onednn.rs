//! oneDNN: its primitives for elements and for softmax, on one thread.

use super::bound::{Api, Bound};
use crate::calls::{Entry, Library};
use crate::functions::{Function, ROW};
use activations::Isa;
use std::ffi::{CStr, CString, c_char, c_int, c_void};

unsafe extern "C" {
    fn peers_onednn_cap();
    fn peers_onednn_new(name: *const c_char, x: *const f32, y: *mut f32, len: usize)
    -> *mut c_void;
    fn peers_onednn_run(object: *mut c_void) -> c_int;
    fn peers_onednn_delete(object: *mut c_void);
    fn peers_onednn_implementation(object: *mut c_void) -> *const c_char;
    fn peers_onednn_version(major: *mut c_int, minor: *mut c_int, patch: *mut c_int);
}

const API: Api = Api {
    new: peers_onednn_new,
    run: peers_onednn_run,
    delete: peers_onednn_delete,
};

/// Takes AVX-512 away where it is not wanted.
pub fn set_up(isa: Isa) {
    if isa < Isa::Avx512 {
        // SAFETY: no other thread uses the library yet.
        unsafe { peers_onednn_cap() }
    }
}

/// What it has.
pub fn entry(function: Function) -> Option<Entry> {
    let [out_of_place, in_place] = API.calls(function)?;
    Some(Entry {
        library: Library::Onednn,
        isa: implementation(function).unwrap_or_else(|| "unknown".to_owned()),
        out_of_place: Some(out_of_place),
        in_place: Some(in_place),
    })
}

/// The instructions that it picked, as it calls them: `avx512_core`.
fn implementation(function: Function) -> Option<String> {
    let name = CString::new(function.name()).ok()?;
    let bound = Bound::new(API, &name, std::ptr::null(), std::ptr::null_mut(), ROW)?;
    // SAFETY: the object is there.
    let text = unsafe { peers_onednn_implementation(bound.object) };
    if text.is_null() {
        return None;
    }
    // SAFETY: a string of C's, that the object keeps.
    let text = unsafe { CStr::from_ptr(text) }.to_str().ok()?;
    Some(text.rsplit(':').next()?.to_owned())
}

/// The version of the library that was loaded.
pub fn version() -> String {
    let (mut major, mut minor, mut patch) = (0, 0, 0);
    // SAFETY: three numbers to be written.
    unsafe { peers_onednn_version(&mut major, &mut minor, &mut patch) };
    format!("{major}.{minor}.{patch}")
}
