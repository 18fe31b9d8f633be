//! ONNX's cases, as the data hold them.

const CASES: &str = include_str!("../../data/onnx/cases.txt");
const VALUES: &[u8] = include_bytes!("../../data/onnx/values.bin");

/// Why ONNX has cases that are not in the data.
const REASONS: &[&str] = &[
    "expanded", // the same case, spelt out in other operators
    "float16",
    "bfloat16",
    "int8",
    "no_tensor", // sequences and optional values
];

/// The type of a tensor's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    F32,
    F16,
    Bf16,
    Bool,
    I64,
}

impl Type {
    /// The type that numpy calls `name`, and how many bytes an element has.
    fn of(name: &str) -> (Self, usize) {
        match name {
            "float32" => (Self::F32, 4),
            "float16" => (Self::F16, 2),
            "bfloat16" => (Self::Bf16, 2),
            "bool" => (Self::Bool, 1),
            "int64" => (Self::I64, 8),
            _ => panic!("no type is called {name}"),
        }
    }

    /// The number that `bytes` are; all that the data hold are numbers of f32. Without the feature `half` no test looks
    /// at 16-bit elements, and they are NaN.
    fn read(self, bytes: &[u8]) -> f32 {
        match self {
            Self::F32 => f32::from_le_bytes(bytes.try_into().unwrap()),
            #[cfg(feature = "half")]
            Self::F16 => activations::half::f16::from_le_bytes(bytes.try_into().unwrap()).to_f32(),
            #[cfg(feature = "half")]
            Self::Bf16 => {
                activations::half::bf16::from_le_bytes(bytes.try_into().unwrap()).to_f32()
            }
            #[cfg(not(feature = "half"))]
            Self::F16 | Self::Bf16 => f32::NAN,
            Self::Bool => f32::from(bytes[0]),
            Self::I64 => i64::from_le_bytes(bytes.try_into().unwrap()) as f32,
        }
    }
}

pub struct Tensor {
    pub name: &'static str,
    pub of: Type,
    pub shape: Vec<usize>,
    pub values: Vec<f32>,
}

impl Tensor {
    /// The tensor that is described by the words of a line; notes which of the bytes it `is_read` from.
    fn read(
        name: &'static str,
        of: &str,
        start: &str,
        sizes: &[&str],
        is_read: &mut [bool],
    ) -> Self {
        let (of, size) = Type::of(of);
        let shape: Vec<usize> = sizes.iter().map(|size| size.parse().unwrap()).collect();
        let start: usize = start.strip_prefix('@').unwrap().parse().unwrap();
        let end = start + size * shape.iter().product::<usize>();
        is_read[start..end].fill(true);
        let elements = VALUES[start..end].chunks(size);
        Self {
            name,
            of,
            shape,
            values: elements.map(|bytes| of.read(bytes)).collect(),
        }
    }
}

#[derive(Default)]
pub struct Case {
    pub name: &'static str,
    pub operator: &'static str,
    pub opset: u32,
    pub attributes: Vec<(&'static str, &'static str)>,
    pub inputs: Vec<Tensor>,
    pub outputs: Vec<Tensor>,
}

impl Case {
    /// The attribute of that name, if it is given.
    pub fn attribute<T: std::str::FromStr<Err: std::fmt::Debug>>(&self, name: &str) -> Option<T> {
        let mut given = self.attributes.iter().filter(|(known, _)| *known == name);
        given.next().map(|(_, value)| value.parse().unwrap())
    }

    /// The input of that name, if it is given.
    pub fn input(&self, name: &str) -> Option<&Tensor> {
        self.inputs.iter().find(|input| input.name == name)
    }

    /// The output of that name, if it is given.
    pub fn output(&self, name: &str) -> Option<&Tensor> {
        self.outputs.iter().find(|output| output.name == name)
    }
}

/// All that the data hold.
pub fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut is_read = vec![false; VALUES.len()];
    let lines = CASES.lines().filter(|line| !line.starts_with('#'));
    for line in lines.filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.split(' ').collect();
        match (&words[..], cases.last_mut()) {
            (&["case", name], _) => cases.push(Case {
                name,
                ..Case::default()
            }),
            (&["left_out", reason, _], _) => assert!(REASONS.contains(&reason), "{line}"),
            (&["operator", operator, opset], Some(case)) => {
                case.operator = operator;
                case.opset = opset.parse().unwrap();
            }
            (&["attribute", name, value], Some(case)) => case.attributes.push((name, value)),
            (&["input", name, of, start, ref sizes @ ..], Some(case)) => {
                case.inputs
                    .push(Tensor::read(name, of, start, sizes, &mut is_read));
            }
            (&["output", name, of, start, ref sizes @ ..], Some(case)) => {
                case.outputs
                    .push(Tensor::read(name, of, start, sizes, &mut is_read));
            }
            _ => panic!("cannot read {line:?}"),
        }
    }
    assert_eq!(cases.len(), CASES.matches("\ncase ").count());
    assert!(
        is_read.iter().all(|&is_read| is_read),
        "values that belong to no case"
    );
    cases
}
