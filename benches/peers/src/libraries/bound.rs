//! C libraries that make an object for a function and its buffers, before the clock starts.

use crate::calls::Call;
use crate::functions::{Function, ROW};
use std::cell::RefCell;
use std::ffi::{CStr, CString, c_char, c_int, c_void};

/// How a library is called, in `NAME.c`.
#[derive(Clone, Copy)]
pub struct Api {
    /// From a function's name, the input, the output and their elements; null where it lacks the function.
    pub new: unsafe extern "C" fn(*const c_char, *const f32, *mut f32, usize) -> *mut c_void,
    pub run: unsafe extern "C" fn(*mut c_void) -> c_int,
    pub delete: unsafe extern "C" fn(*mut c_void),
}

impl Api {
    /// Both calls of a function, if the library has it.
    pub fn calls(self, function: Function) -> Option<[Call; 2]> {
        let name = CString::new(function.name()).ok()?;
        Bound::new(self, &name, std::ptr::null(), std::ptr::null_mut(), ROW)?;
        let (out_of_place, in_place) = (Objects::new(self, &name), Objects::new(self, &name));
        Some([
            Call::OutOfPlace(Box::new(move |x, y| {
                assert_eq!(x.len(), y.len());
                // SAFETY: these are slices of that many elements, the second one to be written.
                unsafe { out_of_place.run(x.as_ptr(), y.as_mut_ptr(), x.len()) }
            })),
            Call::InPlace(Box::new(move |x| {
                let at = x.as_mut_ptr();
                // SAFETY: as above; both libraries take a buffer as input and output.
                unsafe { in_place.run(at, at, x.len()) }
            })),
        ])
    }
}

/// The objects of one function, one for each pair of buffers that was seen: few.
struct Objects {
    api: Api,
    name: CString,
    made: RefCell<Vec<Bound>>,
}

impl Objects {
    fn new(api: Api, name: &CStr) -> Self {
        Self {
            api,
            name: name.to_owned(),
            made: RefCell::default(),
        }
    }

    /// # Safety
    ///
    /// `x` is that of `len` elements to be read, `y` of as many to be written, and they are the same or apart.
    unsafe fn run(&self, x: *const f32, y: *mut f32, len: usize) {
        let mut made = self.made.borrow_mut();
        let key = (x, y.cast_const(), len);
        let at = made.iter().position(|bound| bound.key == key);
        let at = at.unwrap_or_else(|| {
            let bound = Bound::new(self.api, &self.name, x, y, len);
            made.push(bound.expect("the library has the function"));
            made.len() - 1
        });
        let bound = &made[at];
        // SAFETY: the object was made for these buffers, which the caller vouches for.
        let ran = unsafe { (self.api.run)(bound.object) };
        assert!(ran != 0, "whole rows of f32 are never refused");
    }
}

/// An object of a library's, and the buffers that it was made for.
pub struct Bound {
    api: Api,
    pub object: *mut c_void,
    key: (*const f32, *const f32, usize),
}

impl Bound {
    /// None where the library lacks the function. It only notes the addresses.
    pub fn new(api: Api, name: &CStr, x: *const f32, y: *mut f32, len: usize) -> Option<Self> {
        // SAFETY: the name is a string of C's, and nothing is read or written before `run`.
        let object = unsafe { (api.new)(name.as_ptr(), x, y, len) };
        // Not `then_some`, which would make one of a null, too, and drop it.
        (!object.is_null()).then(|| Self {
            api,
            object,
            key: (x, y.cast_const(), len),
        })
    }
}

impl Drop for Bound {
    fn drop(&mut self) {
        // SAFETY: it comes from `new`, and nobody has it any more.
        unsafe { (self.api.delete)(self.object) }
    }
}
