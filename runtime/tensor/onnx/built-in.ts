/**
 * A model with tensors of the state as its constants.
 *
 * ONNX Runtime lays the matrices of products out anew, one after another, and lets go of each as it was: those in files it maps, so
 * that they are in memory once. A table that rows are gathered from stays an input, since ONNX Runtime would have a copy of its own:
 * of one whose rows can be read each run has its own alone, of another all.
 */
import {parse} from 'node:path';
import {isDeepStrictEqual} from 'node:util';
import type {FilePlace, HostTensor} from '../executor.js';
import {sizeOf} from '../graph/graph.js';
import type {FedRows} from './bind.js';
import type {OnnxFileTensor, OnnxModel, OnnxNode, OnnxTensor, OnnxValue} from './format.js';
import {stateName} from './lower.js';
import {int} from './operators/operator.js';
import {hostTensor, type OnnxState} from './state.js';

export interface BuiltIn {
  readonly model: OnnxModel;
  /** Its inputs that are rows of a table. */
  readonly byRows: readonly FedRows[];
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
  const {model, byRows} = withRowsApart(withMatricesApart(given, tables.map(stateName)), tables, state);
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
  const inRows = new Set(byRows.map(({table}) => table));
  await state.load(tables.filter((table) => !inRows.has(table)));
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
    byRows,
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

/** The model with inputs for the rows of tables that can be read by rows, where its own inputs say which are wanted. */
function withRowsApart(
  model: OnnxModel,
  tables: readonly string[],
  state: OnnxState,
): {readonly model: OnnxModel; readonly byRows: readonly FedRows[]} {
  const lookedUp = lookUpsIn(model);
  const readable = new Map(
    tables
      .filter((table) => state.slot(table).lazy?.readRows !== undefined)
      .map((table) => [stateName(table), table] as const)
      .filter(([input]) => model.nodes.every((node) => !node.inputs.includes(input) || lookedUp.has(node))),
  );
  const byRows = new Map<string, FedRows & {readonly value: OnnxValue}>();
  const nodes = model.nodes.map((node): OnnxNode => {
    const [input = ''] = node.inputs;
    const table = readable.get(input);
    const lookUp = lookedUp.get(node);
    if (table === undefined || lookUp === undefined) return node;
    const name = `${input}/rows of ${lookUp.ids}`;
    byRows.set(name, {input: name, table, ids: lookUp.ids, value: {...lookUp.rows, name}});
    return {op: 'Identity', domain: '', inputs: [name], attributes: {}, outputs: node.outputs};
  });
  const rows = [...byRows.values()];
  const inputs = model.inputs.filter(({name}) => !readable.has(name)).concat(rows.map(({value}) => value));
  return {model: {...model, nodes, inputs}, byRows: rows};
}

interface LookUp {
  /** The input of the model that names rows, in one line. */
  readonly ids: string;
  /** What is found: one row for each. */
  readonly rows: OnnxValue;
}

/** The nodes that look up whole rows by an input of the model, as it is or reshaped. */
function lookUpsIn({nodes, inputs, between = []}: OnnxModel): Map<OnnxNode, LookUp> {
  const isIds = new Set(inputs.filter(({dtype}) => dtype === 'int32').map(({name}) => name));
  const reshaped = new Map(
    nodes.flatMap(({op, inputs: [from = ''], outputs: [to = '']}) =>
      op === 'Reshape' && isIds.has(from) ? [[to, from] as const] : [],
    ),
  );
  const values = new Map(between.map((value) => [value.name, value]));
  return new Map(
    nodes.flatMap((node) => {
      const {
        op,
        inputs: [, which = ''],
        outputs: [to = ''],
        attributes,
      } = node;
      const ids = isIds.has(which) ? which : reshaped.get(which);
      const rows = values.get(to);
      const isInLine = rows?.shape?.length === 2 && isDeepStrictEqual(attributes.axis, int(0));
      return op === 'Gather' && ids !== undefined && isInLine ? [[node, {ids, rows}] as const] : [];
    }),
  );
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
