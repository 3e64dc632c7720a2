/**
 * The part of the ONNX file format that a recorded graph needs, and its encoding.
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
import {parse, relative} from 'node:path';
import protobuf from 'protobufjs';

const {root} = protobuf.parse(
  `
  syntax = "proto2";
  message ModelProto {
    optional int64 ir_version = 1;
    optional string producer_name = 2;
    optional GraphProto graph = 7;
    repeated OperatorSetIdProto opset_import = 8;
  }
  message OperatorSetIdProto {optional string domain = 1; optional int64 version = 2;}
  message GraphProto {
    repeated NodeProto node = 1;
    optional string name = 2;
    repeated TensorProto initializer = 5;
    repeated ValueInfoProto input = 11;
    repeated ValueInfoProto output = 12;
    repeated ValueInfoProto value_info = 13;
  }
  message NodeProto {
    repeated string input = 1;
    repeated string output = 2;
    optional string name = 3;
    optional string op_type = 4;
    repeated AttributeProto attribute = 5;
    optional string domain = 7;
  }
  message AttributeProto {
    optional string name = 1;
    optional float f = 2;
    optional int64 i = 3;
    optional bytes s = 4;
    optional TensorProto t = 5;
    optional GraphProto g = 6;
    repeated float floats = 7;
    repeated int64 ints = 8;
    optional int32 type = 20;
  }
  message TensorProto {
    repeated int64 dims = 1;
    optional int32 data_type = 2;
    optional string name = 8;
    optional bytes raw_data = 9;
    repeated StringStringEntryProto external_data = 13;
    optional int32 data_location = 14;
  }
  message StringStringEntryProto {optional string key = 1; optional string value = 2;}
  message ValueInfoProto {optional string name = 1; optional TypeProto type = 2;}
  message TypeProto {optional Tensor tensor_type = 1;
    message Tensor {optional int32 elem_type = 1; optional TensorShapeProto shape = 2;}
  }
  message TensorShapeProto {repeated Dimension dim = 1;
    message Dimension {optional int64 dim_value = 1; optional string dim_param = 2;}
  }
`,
  {keepCase: true},
);

/** TensorProto.DataType. */
export const ELEMENT_TYPES = {float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9} as const;
export type ElementType = keyof typeof ELEMENT_TYPES;

export interface OnnxTensor {
  readonly name: string;
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** A tensor whose bytes are those of a file. */
export interface OnnxFileTensor extends Omit<OnnxTensor, 'data'> {
  /** Absolute. */
  readonly path: string;
  readonly firstByte: number;
  readonly byteLength: number;
}

export interface OnnxValue {
  readonly name: string;
  readonly dtype: ElementType;
  /** Any, where there is none. */
  readonly shape?: readonly number[];
}

/** `int`, `float`, `string`, `ints`, a `tensor` of one value and a `graph`, by AttributeProto's fields. */
export type OnnxAttribute =
  | {readonly int: number}
  | {readonly float: number}
  | {readonly string: string}
  | {readonly ints: readonly number[]}
  | {readonly tensor: OnnxTensor}
  | {readonly graph: OnnxBranch};

/** A graph without inputs inside another one, whose values it reads by their names. */
export interface OnnxBranch {
  readonly nodes: readonly OnnxNode[];
  readonly output: OnnxValue;
}

export interface OnnxNode {
  readonly op: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxModel {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  /**
   * Further initializers whose values are no part of the bytes: a session is given the arrays beside them, by name, and
   * copies them while it is opened.
   */
  readonly outside?: readonly OnnxTensor[];
  /** Further initializers that a session reads from files, of one root. ONNX Runtime has no model with both these and `outside`. */
  readonly inFiles?: readonly OnnxFileTensor[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** What is known of values between them. */
  readonly between?: readonly OnnxValue[];
}

/** What operators of this version's domains mean is fixed, so a newer runtime computes the same. */
const OPSETS = [
  {domain: '', version: 18},
  {domain: 'com.microsoft', version: 1},
];

/** The bytes of an .onnx file. */
export function encodeModel(model: OnnxModel): Uint8Array {
  const type = root.lookupType('ModelProto');
  const graph = {
    name: model.name,
    node: model.nodes.map(nodeFields),
    initializer: [
      ...model.initializers.map(tensorFields),
      ...(model.outside ?? []).map((tensor) =>
        externalFields(tensor, {location: tensor.name, offset: 0, length: tensor.data.byteLength}),
      ),
      ...(model.inFiles ?? []).map((tensor) =>
        externalFields(tensor, {
          location: relative(parse(tensor.path).root, tensor.path),
          offset: tensor.firstByte,
          length: tensor.byteLength,
        }),
      ),
    ],
    input: model.inputs.map(valueFields),
    output: model.outputs.map(valueFields),
    value_info: (model.between ?? []).map(valueFields),
  };
  return type.encode({ir_version: 9, producer_name: 'anchorage', graph, opset_import: OPSETS}).finish();
}

const nodeFields = ({op, domain, inputs, outputs, attributes}: OnnxNode, index: number): object => ({
  name: `${op}_${index}`,
  op_type: op,
  domain,
  input: inputs,
  output: outputs,
  attribute: Object.entries(attributes).map(([name, attribute]) => ({name, ...attributeFields(attribute)})),
});

function attributeFields(attribute: OnnxAttribute): object {
  if ('float' in attribute) return {type: 1, f: attribute.float};
  if ('int' in attribute) return {type: 2, i: attribute.int};
  if ('string' in attribute) return {type: 3, s: new TextEncoder().encode(attribute.string)};
  if ('tensor' in attribute) return {type: 4, t: tensorFields(attribute.tensor)};
  if ('graph' in attribute) {
    const {nodes, output} = attribute.graph;
    return {
      type: 5,
      g: {name: output.name, node: nodes.map(nodeFields), output: [valueFields(output)]},
    };
  }
  return {type: 7, ints: attribute.ints};
}

const tensorFields = ({name, dtype, shape, data}: OnnxTensor): object => ({
  name,
  dims: shape,
  data_type: ELEMENT_TYPES[dtype],
  raw_data: data,
});

/** TensorProto.DataLocation. */
const EXTERNAL = 1;

const externalFields = (
  {name, dtype, shape}: Omit<OnnxTensor, 'data'>,
  place: {readonly location: string; readonly offset: number; readonly length: number},
): object => ({
  name,
  dims: shape,
  data_type: ELEMENT_TYPES[dtype],
  data_location: EXTERNAL,
  external_data: Object.entries(place).map(([key, value]) => ({key, value: `${value}`})),
});

const valueFields = ({name, dtype, shape}: OnnxValue): object => ({
  name,
  type: {
    tensor_type: {
      elem_type: ELEMENT_TYPES[dtype],
      // A length below zero differs from run to run; those of one number are equal.
      ...(shape === undefined
        ? {}
        : {
            shape: {
              dim: shape.map((length) => (length < 0 ? {dim_param: `d${-length}`} : {dim_value: length})),
            },
          }),
    },
  },
});
