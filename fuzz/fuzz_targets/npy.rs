//! The report's reader of raw and .npy files, on any bytes: no panic, no more memory than the
//! bytes ask for, and what is read is written back as it was.

#![no_main]

// The path is the folder's, so that the reader finds its own modules as it does in the report.
#[path = "../../examples/report"]
mod report {
    #[allow(dead_code)]
    pub mod input;
}

use libfuzzer_sys::{arbitrary::Arbitrary, fuzz_target};
use report::input::{Array, Format, InputError, parse};

#[derive(Arbitrary, Debug)]
enum File<'a> {
    Raw(&'a [u8]),
    Npy(&'a [u8]),
    /// A file that starts as it should, with the header's length right: chance alone rarely gets
    /// that far.
    Header {
        version: u8,
        header: &'a str,
        data: &'a [u8],
    },
    /// A whole header, right but perhaps for the shape.
    Shape {
        dtype: &'a str,
        fortran_order: bool,
        shape: Vec<u64>,
        data: &'a [u8],
    },
}

impl File<'_> {
    fn bytes(&self) -> (Format, Vec<u8>) {
        match self {
            Self::Raw(bytes) => (Format::Raw, bytes.to_vec()),
            Self::Npy(bytes) => (Format::Npy, bytes.to_vec()),
            Self::Header {
                version,
                header,
                data,
            } => (Format::Npy, npy(*version, header, data)),
            Self::Shape {
                dtype,
                fortran_order,
                shape,
                data,
            } => {
                let dtype = if dtype.is_empty() { "<f4" } else { dtype };
                let order = if *fortran_order { "True" } else { "False" };
                let shape: String = shape.iter().map(|n| format!("{n}, ")).collect();
                let header = format!(
                    "{{'descr': '{dtype}', 'fortran_order': {order}, 'shape': ({shape}), }}\n"
                );
                (Format::Npy, npy(1, &header, data))
            }
        }
    }
}

/// A file of this version; above 1.0, the header's length has four bytes.
fn npy(version: u8, header: &str, data: &[u8]) -> Vec<u8> {
    let len = (header.len() as u32).to_le_bytes();
    let len = if version == 1 { &len[..2] } else { &len };
    [
        b"\x93NUMPY",
        &[version, 0][..],
        len,
        header.as_bytes(),
        data,
    ]
    .concat()
}

fuzz_target!(|file: File<'_>| {
    let (format, bytes) = file.bytes();
    match parse(format, &bytes) {
        Ok(array) => check(format, &bytes, &array),
        Err(error) => {
            assert!(!error.to_string().is_empty());
            if let InputError::DataLength { shape, .. } = error {
                // A number takes a digit and a comma at the least.
                assert!(shape.len() <= bytes.len() / 2, "{shape:?}");
            }
        }
    }
});

fn check(format: Format, bytes: &[u8], array: &Array) {
    let data = size_of::<f32>() * array.values.len();
    match format {
        Format::Raw => assert_eq!(data, bytes.len()),
        // The magic, the version and a header of some length stand before the data.
        Format::Npy => assert!(data + 10 <= bytes.len()),
    }
    let written = array.to_bytes();
    assert!(written == bytes, "{array:?} is written differently");
    // NaN is not equal to itself: the bytes, again, tell.
    let again = parse(format, &written).expect("it was read before");
    assert!(again.to_bytes() == bytes);
}
