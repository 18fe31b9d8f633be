//! Raw little-endian f32 and NumPy's `.npy`, from bytes and back.
//!
//! Pure functions over bytes that come from anywhere: they do not panic, and they allocate no
//! more than the bytes given, whatever a header claims.

use std::fmt;
use winnow::ascii::{dec_uint, multispace0, space0};
use winnow::combinator::{alt, delimited, opt, separated, separated_pair, terminated};
use winnow::error::ContextError;
use winnow::prelude::*;
use winnow::token::{one_of, take_while};

/// How the elements are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Little-endian f32, nothing else.
    Raw,
    /// A NumPy array of `<f4`.
    Npy,
}

/// The elements of a file, in the order of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// All that stands before the elements: a `.npy` file's header, nothing in a raw file.
    header: Vec<u8>,
    /// The elements. Their number must stay, as the header tells it.
    pub values: Vec<f32>,
}

/// Why bytes are no array of f32.
#[derive(Clone, Debug, PartialEq)]
pub enum InputError {
    /// Raw data of so many bytes, which is no multiple of 4.
    RawLength(usize),
    /// Raw data that starts like a `.npy` file.
    RawIsNpy,
    /// The first bytes are not those of a `.npy` file.
    NoNpy,
    /// A version of the `.npy` format that this reader does not know.
    Version(u8, u8),
    /// The file ends within the header.
    HeaderTruncated,
    /// The header is not the dictionary that NumPy writes.
    Header,
    /// The elements are of another type.
    Dtype(String),
    /// The shape asks for other data than there is.
    DataLength {
        /// The shape, as the header has it.
        shape: Vec<u64>,
        /// Bytes of data that it asks for; `None` where they are too many to count.
        wanted: Option<u64>,
        /// Bytes of data in the file.
        found: usize,
    },
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RawLength(len) => write!(
                f,
                "a raw file of f32 has 4 bytes per element, but {len} bytes are no multiple of 4"
            ),
            Self::RawIsNpy => write!(
                f,
                "the file starts like NumPy's .npy but its name does not end in .npy; rename it"
            ),
            Self::NoNpy => write!(
                f,
                "the name ends in .npy but the file does not start like one"
            ),
            Self::Version(major, minor) => write!(
                f,
                "the .npy format has version {major}.{minor}; known are 1.0, 2.0 and 3.0"
            ),
            Self::HeaderTruncated => write!(f, "the file ends within the .npy header"),
            Self::Header => write!(
                f,
                "the .npy header is not a dictionary of 'descr', 'fortran_order' and 'shape'"
            ),
            Self::Dtype(found) => write!(
                f,
                "the elements are {found}, but must be '<f4' (little-endian float32); \
                 in NumPy: x.astype('<f4')"
            ),
            Self::DataLength {
                shape,
                wanted,
                found,
            } => {
                write!(f, "the shape {shape:?} of float32 needs ")?;
                match wanted {
                    Some(wanted) => write!(f, "{wanted} bytes of data")?,
                    None => write!(f, "more data than any file has")?,
                }
                write!(f, ", but the file has {found}")
            }
        }
    }
}

impl std::error::Error for InputError {}

const MAGIC: &[u8] = b"\x93NUMPY";

/// Reads all of `bytes` as one array.
///
/// # Errors
/// Says what is wrong with the bytes: see [`InputError`].
pub fn parse(format: Format, bytes: &[u8]) -> Result<Array, InputError> {
    let data_at = match format {
        Format::Raw if bytes.starts_with(MAGIC) => return Err(InputError::RawIsNpy),
        Format::Raw => 0,
        Format::Npy => npy_data(bytes)?,
    };
    let (header, data) = bytes.split_at(data_at);
    let (elements, []) = data.as_chunks() else {
        return Err(InputError::RawLength(data.len()));
    };
    Ok(Array {
        header: header.to_vec(),
        values: elements.iter().copied().map(f32::from_le_bytes).collect(),
    })
}

impl Array {
    /// The file that holds this array, in the format and with the header that it was read with.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.header.clone();
        bytes.extend(self.values.iter().flat_map(|value| value.to_le_bytes()));
        bytes
    }
}

/// Where the data of a `.npy` file starts, once its header is seen to describe that data.
fn npy_data(bytes: &[u8]) -> Result<usize, InputError> {
    let after_magic = bytes.strip_prefix(MAGIC).ok_or(InputError::NoNpy)?;
    let (version, after_version) = after_magic
        .split_first_chunk()
        .ok_or(InputError::HeaderTruncated)?;
    let header_len = match version {
        [1, 0] => after_version
            .first_chunk()
            .map(|&len| (2, usize::from(u16::from_le_bytes(len)))),
        // 2.0 has longer headers; 3.0 allows UTF-8 in field names, which f32 has none of.
        [2 | 3, 0] => after_version
            .first_chunk()
            .map(|&len| (4, u32::from_le_bytes(len) as usize)),
        &[major, minor] => return Err(InputError::Version(major, minor)),
    };
    let (header, data) = header_len
        .and_then(|(len_bytes, len)| after_version[len_bytes..].split_at_checked(len))
        .ok_or(InputError::HeaderTruncated)?;

    let shape = f32_shape(header)?;
    let wanted = data_len(&shape);
    if wanted != Some(data.len() as u64) {
        return Err(InputError::DataLength {
            shape,
            wanted,
            found: data.len(),
        });
    }
    Ok(bytes.len() - data.len())
}

/// Bytes of f32 in an array of this shape.
fn data_len(shape: &[u64]) -> Option<u64> {
    if shape.contains(&0) {
        return Some(0);
    }
    let of_element = size_of::<f32>() as u64;
    shape
        .iter()
        .try_fold(of_element, |len, &n| len.checked_mul(n))
}

/// The shape that a header gives, if the elements are f32.
fn f32_shape(header: &[u8]) -> Result<Vec<u64>, InputError> {
    let entries = dictionary.parse(header).map_err(|_| InputError::Header)?;
    let (mut descr, mut order, mut shape) = (None, None, None);
    for (key, value) in entries {
        // Each key once: a slot that is already taken is an error, like an unknown key.
        let taken = match (key, value) {
            (b"descr", Value::Text(text)) => descr.replace(text).is_some(),
            // Fortran order or C order: an element-wise function keeps either.
            (b"fortran_order", Value::Bool) => order.replace(()).is_some(),
            (b"shape", Value::Tuple(numbers)) => shape.replace(numbers).is_some(),
            (b"descr", Value::List(fields)) => {
                return Err(InputError::Dtype(format!("[{}]", printable(fields))));
            }
            _ => true,
        };
        if taken {
            return Err(InputError::Header);
        }
    }
    let (Some(descr), Some(()), Some(shape)) = (descr, order, shape) else {
        return Err(InputError::Header);
    };
    match descr {
        // NumPy writes `<f4`; other programs leave the order out where it is the machine's own.
        b"<f4" | b"=f4" | b"|f4" | b"f4" => Ok(shape),
        other => Err(InputError::Dtype(format!("'{}'", printable(other)))),
    }
}

/// Text of a file, safe for a terminal.
fn printable(text: &[u8]) -> String {
    text.escape_ascii().to_string().replace("\\'", "'")
}

/// A value in the header's dictionary, so far as arrays of f32 need them.
#[derive(Clone, Debug)]
enum Value<'a> {
    Text(&'a [u8]),
    Bool,
    Tuple(Vec<u64>),
    /// The fields of a structured dtype, unread.
    List(&'a [u8]),
}

/// A Python dictionary, flat but for a tuple of numbers: nothing nests, so nothing recurses.
fn dictionary<'a>(input: &mut &'a [u8]) -> ModalResult<Vec<(&'a [u8], Value<'a>)>> {
    let entry = separated_pair(text, spaced(b':'), value);
    let entries = terminated(separated(0.., entry, spaced(b',')), opt(spaced(b',')));
    delimited(spaced(b'{'), entries, (spaced(b'}'), multispace0)).parse_next(input)
}

fn value<'a>(input: &mut &'a [u8]) -> ModalResult<Value<'a>> {
    let number = terminated(dec_uint::<_, u64, _>, opt(b'L'));
    let numbers = terminated(separated(0.., number, spaced(b',')), opt(spaced(b',')));
    alt((
        text.map(Value::Text),
        alt(("True", "False")).value(Value::Bool),
        delimited(spaced(b'('), numbers, spaced(b')')).map(Value::Tuple),
        delimited(b'[', take_while(0.., |c| c != b']'), b']').map(Value::List),
    ))
    .parse_next(input)
}

/// A string in quotes of either kind, without escapes: no key and no dtype of numbers has any.
fn text<'a>(input: &mut &'a [u8]) -> ModalResult<&'a [u8]> {
    alt((
        delimited(b'\'', take_while(0.., |c| c != b'\''), b'\''),
        delimited(b'"', take_while(0.., |c| c != b'"'), b'"'),
    ))
    .parse_next(input)
}

/// One byte, with blanks on either side.
fn spaced<'a>(byte: u8) -> impl ModalParser<&'a [u8], u8, ContextError> {
    delimited(space0, one_of(byte), space0)
}

#[cfg(test)]
mod tests;
