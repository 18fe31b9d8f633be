//! ONNX's cases, as the data hold them.

pub const CASES: &str = include_str!("../../data/onnx/cases.txt");
const VALUES: &[u8] = include_bytes!("../../data/onnx/values.f32");

/// Why ONNX has cases that are not in the data.
const REASONS: &[&str] = &[
    "expanded", // the same case, spelt out in other operators
    "float16",
    "bfloat16",
    "int8",
    "no_tensor", // sequences and optional values
];

pub struct Tensor {
    pub name: &'static str,
    pub shape: Vec<usize>,
    pub values: Vec<f32>,
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

/// All that the data hold.
pub fn cases() -> Vec<Case> {
    let mut values = VALUES
        .chunks(4)
        .map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap()));
    let mut cases: Vec<Case> = Vec::new();
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
            (&[kind @ ("input" | "output"), name, "float32", ref sizes @ ..], Some(case)) => {
                let shape: Vec<usize> = sizes.iter().map(|size| size.parse().unwrap()).collect();
                let len = shape.iter().product();
                let values: Vec<f32> = values.by_ref().take(len).collect();
                assert_eq!(values.len(), len, "{}: values are missing", case.name);
                let tensors = match kind {
                    "input" => &mut case.inputs,
                    _ => &mut case.outputs,
                };
                tensors.push(Tensor {
                    name,
                    shape,
                    values,
                });
            }
            _ => panic!("cannot read {line:?}"),
        }
    }
    assert_eq!(values.count(), 0, "values that belong to no case");
    for case in &cases {
        let shapes = [&case.inputs[0].shape, &case.outputs[0].shape];
        assert_eq!(shapes[0], shapes[1], "{}", case.name);
        assert_eq!(case.outputs.len(), 1, "{}", case.name);
    }
    cases
}
