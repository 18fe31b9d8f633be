//! Small ONNX graphs of one input, `x`.

use tract_onnx::pb::{self, attribute_proto::AttributeType, tensor_proto::DataType};
use tract_onnx::prelude::*;

/// A graph in the making; an operation returns the name of its output.
pub struct Graph(pb::GraphProto);

/// What an attribute may be here.
pub enum Attribute {
    Float(f32),
    Int(i64),
    Text(&'static str),
}

use Attribute::{Float, Int, Text};

impl Graph {
    pub fn new(shape: &[i64]) -> Self {
        Self(pb::GraphProto {
            name: "test".into(),
            input: vec![value("x", shape)],
            ..Default::default()
        })
    }

    pub fn op(&mut self, op: &str, inputs: &[&str]) -> String {
        self.op_with(op, inputs, &[])
    }

    pub fn op_with(
        &mut self,
        op: &str,
        inputs: &[&str],
        attributes: &[(&str, Attribute)],
    ) -> String {
        let output = format!("{op}_{}", self.0.node.len());
        self.0.node.push(pb::NodeProto {
            name: output.clone(),
            op_type: op.into(),
            input: inputs.iter().map(|name| name.to_string()).collect(),
            output: vec![output.clone()],
            attribute: attributes.iter().map(attribute).collect(),
            ..Default::default()
        });
        output
    }

    pub fn number(&mut self, number: f32) -> String {
        self.tensor(&[], vec![number])
    }

    pub fn tensor(&mut self, shape: &[i64], values: Vec<f32>) -> String {
        let name = format!("constant_{}", self.0.initializer.len());
        self.0.initializer.push(pb::TensorProto {
            name: name.clone(),
            dims: shape.to_vec(),
            data_type: DataType::Float as i32,
            float_data: values,
            ..Default::default()
        });
        name
    }

    /// The model, as tract reads it.
    pub fn model(mut self, output: &str, opset: i64) -> TractResult<TypedModel> {
        self.0.output.push(pb::ValueInfoProto {
            name: output.into(),
            ..Default::default()
        });
        let model = pb::ModelProto {
            ir_version: 8,
            opset_import: vec![pb::OperatorSetIdProto {
                domain: String::new(),
                version: opset,
            }],
            graph: Some(self.0),
            ..Default::default()
        };
        tract_onnx::onnx()
            .model_for_proto_model(&model)?
            .into_typed()
    }
}

fn value(name: &str, shape: &[i64]) -> pb::ValueInfoProto {
    use pb::tensor_shape_proto::{Dimension, dimension};
    let dim = |size: &i64| Dimension {
        value: Some(dimension::Value::DimValue(*size)),
        ..Default::default()
    };
    let tensor = pb::type_proto::Tensor {
        elem_type: DataType::Float as i32,
        shape: Some(pb::TensorShapeProto {
            dim: shape.iter().map(dim).collect(),
        }),
    };
    pb::ValueInfoProto {
        name: name.into(),
        r#type: Some(pb::TypeProto {
            value: Some(pb::type_proto::Value::TensorType(tensor)),
            ..Default::default()
        }),
        ..Default::default()
    }
}

fn attribute((name, value): &(&str, Attribute)) -> pb::AttributeProto {
    let mut attribute = pb::AttributeProto {
        name: name.to_string(),
        ..Default::default()
    };
    let kind = match *value {
        Float(value) => {
            attribute.f = value;
            AttributeType::Float
        }
        Int(value) => {
            attribute.i = value;
            AttributeType::Int
        }
        Text(value) => {
            attribute.s = value.into();
            AttributeType::String
        }
    };
    attribute.r#type = kind as i32;
    attribute
}
