/**
 * A model with tensors of the state as its constants.
 *
 * ONNX Runtime lays the matrices of products out anew, one after another, and lets go of each as it was: those in files it maps, so
 * that they are in memory once. A table that rows are gathered from stays an input, in the memory of this process: ONNX Runtime
 * would have a copy of its own.
 */
import {parse} from 'node:path';
import type {FilePlace, HostTensor} from '../executor.js';
import {sizeOf} from '../graph/graph.js';
import type {OnnxFileTensor, OnnxModel, OnnxTensor} from './format.js';
import {stateName} from './lower.js';
import {hostTensor, type OnnxState} from './state.js';

export interface BuiltIn {
  readonly model: OnnxModel;
  /** Arrays that were loaded for it alone. */
  readonly loaded: readonly HostTensor[];
  /** Throws where a file that it reads is not what it was. */
  verify(): Promise<void>;
}

interface Constant {
  readonly name: string;
  /** Of the state. */
  readonly tensor: string;
}

/** Those of the tensors that rows are gathered from. */
export function tablesOf({nodes}: OnnxModel, tensors: readonly string[]): string[] {
  const gathered = new Set(nodes.filter(({op}) => op === 'Gather').map(({inputs}) => inputs[0]));
  return tensors.filter((tensor) => gathered.has(stateName(tensor)));
}

/**
 * @param tables of `tensors`, as `tablesOf`
 * @param mayBeInFiles whether matrices may be left where they are
 */
export async function withBuiltIn(
  given: OnnxModel,
  tensors: readonly string[],
  tables: readonly string[],
  state: OnnxState,
  mayBeInFiles: boolean,
): Promise<BuiltIn> {
  const model = withMatricesApart(given, tables.map(stateName));
  const isRead = new Set(model.nodes.flatMap(({inputs}) => inputs));
  const constants = tensors.flatMap((tensor): Constant[] => {
    if (!tables.includes(tensor)) return [{tensor, name: stateName(tensor)}];
    const name = matrixName(stateName(tensor));
    return isRead.has(name) ? [{tensor, name}] : [];
  });
  const isConstant = new Set(constants.map(({name}) => name));
  const inputs = model.inputs.filter(({name}) => !isConstant.has(name));
  const matrices = matricesOf(model);
  const placed = mayBeInFiles
    ? await placesOf(
        constants.filter(({name}) => matrices.has(name)),
        state,
      )
    : [];
  const inFiles = placed.map(({tensor}) => tensor);
  const isPlaced = new Set(inFiles.map(({name}) => name));
  const loaded: HostTensor[] = [];
  await state.load(tables);
  const inMemory: OnnxTensor[] = [];
  for (const {name, tensor} of constants) {
    if (isPlaced.has(name)) continue;
    const {lazy, front} = state.slot(tensor);
    const values = lazy === undefined ? hostTensor(front) : await lazy.load();
    if (lazy !== undefined) loaded.push(values);
    const {dtype, shape, data} = values;
    inMemory.push({name, dtype, shape, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength)});
  }
  return {
    // What is beside matrices is small.
    model:
      inFiles.length > 0
        ? {...model, inputs, inFiles, initializers: [...model.initializers, ...inMemory]}
        : {...model, inputs, outside: inMemory},
    loaded,
    verify: async () => {
      for (const {place} of placed) await place.verify();
    },
  };
}

/** The model with tables under another name where they are no tables. */
function withMatricesApart(model: OnnxModel, tables: readonly string[]): OnnxModel {
  const nodes = model.nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map((input, index) =>
      tables.includes(input) && !(node.op === 'Gather' && index === 0) ? matrixName(input) : input,
    ),
  }));
  return {...model, nodes};
}

const matrixName = (table: string): string => `${table}/matrix`;

/** What products multiply by, and nothing else reads. */
function matricesOf({nodes}: OnnxModel): Set<string> {
  const isProduct = ({op}: {readonly op: string}) => ['Gemm', 'FusedMatMul', 'MatMul'].includes(op);
  const matrices = new Set(nodes.filter(isProduct).flatMap(({inputs}) => inputs[1] ?? []));
  for (const node of nodes)
    for (const [index, input] of node.inputs.entries())
      if (!isProduct(node) || index !== 1) matrices.delete(input);
  return matrices;
}

/** Where the constants are in files; none where one of them is in no file. */
async function placesOf(
  constants: readonly Constant[],
  state: OnnxState,
): Promise<{readonly tensor: OnnxFileTensor; readonly place: FilePlace}[]> {
  const placed: {readonly tensor: OnnxFileTensor; readonly place: FilePlace}[] = [];
  for (const {name, tensor} of constants) {
    const {lazy, dtype, shape} = state.slot(tensor);
    const place = await lazy?.inFile?.();
    if (place === undefined) return [];
    const {path, firstByte} = place;
    placed.push({tensor: {name, dtype, shape, path, firstByte, byteLength: 4 * sizeOf(shape)}, place});
  }
  const roots = new Set(placed.map(({tensor}) => parse(tensor.path).root));
  return roots.size === 1 ? placed : [];
}
