//! A thread whose stack is painted beforehand: what of it is overwritten was used.

use crate::Call;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::ptr;

const PAINT: u8 = 0xa5;
const PAGE: usize = 4096;

/// Memory for the stacks of threads, one after the other. All of it is painted between them, but for the page at its
/// low end, which nobody may touch.
pub struct Stack {
    memory: *mut u8,
    size: usize,
}

/// What the thread is given, and what it leaves.
struct Job<'a, 'b> {
    call: Call<'a>,
    /// Where the stack of the call begins.
    top: usize,
    panic: &'b mut Option<Box<dyn Any + Send>>,
}

impl Stack {
    /// A stack of `size` bytes, a multiple of a page.
    pub fn new(size: usize) -> Self {
        let access = libc::PROT_READ | libc::PROT_WRITE;
        let kind = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
        // SAFETY: new memory, wherever the kernel likes.
        let memory = unsafe { libc::mmap(ptr::null_mut(), size, access, kind, -1, 0) };
        assert_ne!(memory, libc::MAP_FAILED);
        // SAFETY: the lowest page of that memory.
        assert_eq!(unsafe { libc::mprotect(memory, PAGE, libc::PROT_NONE) }, 0);
        let memory = memory.cast::<u8>();
        // SAFETY: all but that page is writable.
        unsafe { memory.add(PAGE).write_bytes(PAINT, size - PAGE) };
        Self { memory, size }
    }

    /// Makes the call, on a new thread, and returns how many bytes below the frame of its caller it has written.
    ///
    /// A frame of more than a page that is never written counts up to its lowest page, which it probes.
    pub fn depth(&mut self, call: Call<'_>) -> usize {
        let mut panic = None;
        let mut job = Job {
            call,
            top: 0,
            panic: &mut panic,
        };
        let mut thread = 0;
        // SAFETY: the attributes live until they are destroyed; the stack is this object's memory, which no other
        // thread uses since `self` is borrowed, and which it leaves when it is joined, as it does the job.
        unsafe {
            let mut attributes = std::mem::zeroed();
            assert_eq!(libc::pthread_attr_init(&mut attributes), 0);
            let memory = self.memory.cast();
            assert_eq!(
                libc::pthread_attr_setstack(&mut attributes, memory, self.size),
                0
            );
            let job = ptr::from_mut(&mut job).cast();
            assert_eq!(libc::pthread_create(&mut thread, &attributes, run, job), 0);
            assert_eq!(libc::pthread_join(thread, ptr::null_mut()), 0);
            libc::pthread_attr_destroy(&mut attributes);
        }
        let top = job.top;
        if let Some(panic) = panic {
            resume_unwind(panic);
        }
        let lowest = self.repaint();
        top - lowest
    }

    /// Paints over all that was written, and returns the address where that began.
    fn repaint(&mut self) -> usize {
        // SAFETY: all but the lowest page is readable and writable, and no thread has it for its stack now.
        let memory =
            unsafe { std::slice::from_raw_parts_mut(self.memory.add(PAGE), self.size - PAGE) };
        let unwritten = [PAINT; PAGE];
        let page = memory.chunks(PAGE).position(|page| *page != unwritten);
        let page = page.expect("a thread writes to its stack") * PAGE;
        let written = memory[page..].iter().position(|byte| *byte != PAINT);
        let first = page + written.expect("there is a byte that differs");
        memory[first..].fill(PAINT);
        memory[first..].as_ptr().addr()
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        // SAFETY: the memory of `new`, which nothing uses any more.
        unsafe { libc::munmap(self.memory.cast(), self.size) };
    }
}

extern "C" fn run(job: *mut libc::c_void) -> *mut libc::c_void {
    // SAFETY: `depth` hands over a job, which outlives this thread and is touched by no other before it ends.
    let job = unsafe { &mut *job.cast::<Job<'_, '_>>() };
    let here = 0u8;
    job.top = ptr::from_ref(&here).addr();
    *job.panic = catch_unwind(AssertUnwindSafe(|| (job.call)())).err();
    ptr::null_mut()
}
