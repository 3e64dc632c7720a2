/**
 * The part of TensorFlow's SavedModel format that a recorded graph needs, and its encoding: one graph without variables,
 * signatures or functions, since a run names the nodes it feeds and fetches.
 * https://github.com/tensorflow/tensorflow/tree/master/tensorflow/core/protobuf (saved_model, meta_graph) and
 * .../core/framework (graph, node_def, attr_value, tensor)
 */
import protobuf from 'protobufjs';

const {root} = protobuf.parse(
  `
  syntax = "proto3";
  message SavedModel {int64 saved_model_schema_version = 1; repeated MetaGraphDef meta_graphs = 2;}
  message MetaGraphDef {
    MetaInfoDef meta_info_def = 1;
    GraphDef graph_def = 2;
    message MetaInfoDef {repeated string tags = 4; string tensorflow_version = 5;}
  }
  message GraphDef {repeated NodeDef node = 1; VersionDef versions = 4;}
  message VersionDef {int32 producer = 1;}
  message NodeDef {
    string name = 1;
    string op = 2;
    repeated string input = 3;
    map<string, AttrValue> attr = 5;
  }
  message AttrValue {
    oneof value {
      int64 i = 3;
      float f = 4;
      bool b = 5;
      int32 type = 6;
      TensorShapeProto shape = 7;
      TensorProto tensor = 8;
    }
  }
  message TensorShapeProto {repeated Dim dim = 2; message Dim {int64 size = 1;}}
  message TensorProto {int32 dtype = 1; TensorShapeProto tensor_shape = 2; bytes tensor_content = 4;}
`,
  {keepCase: true},
);

/** DataType of types.proto. */
export const ELEMENT_TYPES = {float32: 1, int32: 3, bool: 10, bfloat16: 14} as const;
export type ElementType = keyof typeof ELEMENT_TYPES;

/** An attribute by the kind of its value. */
export type NodeAttribute =
  | {readonly type: ElementType}
  | {readonly int: number}
  | {readonly float: number}
  | {readonly bool: boolean}
  | {readonly shape: readonly number[]}
  | {
      readonly tensor: {
        readonly dtype: ElementType;
        readonly shape: readonly number[];
        readonly data: Uint8Array;
      };
    };

export type NodeAttributes = Readonly<Record<string, NodeAttribute>>;

export interface GraphNode {
  readonly name: string;
  readonly op: string;
  /** `node` is the first output of a node, `node:1` its second. */
  readonly inputs: readonly string[];
  readonly attributes: NodeAttributes;
}

/** What `loadSavedModel` asks for. */
export const TAG = 'serve';

/**
 * The version of GraphDef that TensorFlow 2.9 writes: what operators mean at this version is fixed, so a newer library
 * computes the same. https://github.com/tensorflow/tensorflow/blob/v2.9.1/tensorflow/core/public/version.h
 */
const PRODUCER = 1087;

/** The bytes of a saved_model.pb file. */
export function encodeSavedModel(nodes: readonly GraphNode[]): Uint8Array {
  const node = nodes.map(({name, op, inputs, attributes}) => ({
    name,
    op,
    input: inputs,
    attr: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, attrValue(value)])),
  }));
  const metaGraph = {
    meta_info_def: {tags: [TAG], tensorflow_version: '2.9.1'},
    graph_def: {node, versions: {producer: PRODUCER}},
  };
  return root
    .lookupType('SavedModel')
    .encode({saved_model_schema_version: 1, meta_graphs: [metaGraph]})
    .finish();
}

function attrValue(attribute: NodeAttribute): object {
  if ('type' in attribute) return {type: ELEMENT_TYPES[attribute.type]};
  if ('int' in attribute) return {i: attribute.int};
  if ('float' in attribute) return {f: attribute.float};
  if ('bool' in attribute) return {b: attribute.bool};
  if ('shape' in attribute) return {shape: shapeProto(attribute.shape)};
  const {dtype, shape, data} = attribute.tensor;
  return {tensor: {dtype: ELEMENT_TYPES[dtype], tensor_shape: shapeProto(shape), tensor_content: data}};
}

const shapeProto = (shape: readonly number[]): object => ({dim: shape.map((size) => ({size}))});
