/**
 * A graph's runs over a state. Each feeds the state's tensors and has their successors written into a second set of buffers,
 * which then changes places with the first. onnxruntime-node 1.30 makes a copy of every output besides, which nobody reads:
 * at 30M parameters about 3% of a training step.
 */
import type * as ort from 'onnxruntime-node';
import type {HostTensor, TensorSpec} from '../executor.js';
import type {Graph} from '../graph/graph.js';
import {applyScatter, type Scatter} from '../graph/scatters.js';
import {assertValues} from '../inputs.js';
import {inputName, nextStateName, outputName, stateName} from './lower.js';
import {
  current,
  emptyTensor,
  exclusively,
  hostTensor,
  type OnnxState,
  ortTensor,
  type Slot,
  specsOf,
} from './state.js';

export interface BoundGraph {
  /** For messages. */
  readonly name: string;
  readonly graph: Graph;
  readonly scatters?: readonly Scatter[];
  /** The tensors of the state that are inputs of the session's model; all that the graph reads, unless given. */
  readonly fed?: readonly string[];
  /** What the session's model has of tables that are fed, where it has no whole one: asked for before each run. */
  readonly byRows?: () => readonly FedRows[];
}

/** Rows of a table of the state as an input of the model. */
export interface FedRows {
  readonly input: string;
  readonly table: string;
  /** The model's input that says which they are. */
  readonly ids: string;
}

export type Arrays = Readonly<Record<string, Float32Array | Int32Array>>;
/** @param specs of the inputs in this run */
export type Run = (
  session: ort.InferenceSession,
  specs: Readonly<Record<string, TensorSpec>>,
  inputs: Arrays,
) => Promise<Record<string, HostTensor>>;

export function bind(
  {name, graph, scatters = [], fed = [...graph.state.keys()], byRows = () => []}: BoundGraph,
  state: OnnxState,
): Run {
  const internal = new Set(scatters.flatMap(({indices, updates}) => [indices, updates]));
  const names = [...graph.outputs.keys()].filter((output) => !internal.has(output));
  const replacedNames = [...graph.nextState.keys()];
  const specs = specsOf(state, [...fed, ...replacedNames, ...scatters.map((scatter) => scatter.name)]);
  const isFed = new Set(fed);

  return async (session, inputSpecs, inputs) => {
    const rows = byRows();
    const inRows = new Set(rows.map(({table}) => table));
    const whole = [...specs.keys()].filter((tensor) => !inRows.has(tensor));
    // In the same turn where there is nothing to load: what is written afterwards is of the next run.
    if (state.isLazy(whole)) await state.load(whole);
    const feeds: Record<string, ort.Tensor> = {};
    for (const [input, spec] of Object.entries(inputSpecs)) {
      const data = inputs[input];
      assertValues(`${name}: input ${input}`, spec, data);
      feeds[inputName(input)] = ortTensor(spec, data);
    }
    for (const [tensor, spec] of specs) {
      const {front} = current(name, state, tensor, spec);
      if (isFed.has(tensor) && !inRows.has(tensor)) feeds[stateName(tensor)] = front;
    }
    const fetches: Record<string, ort.Tensor | null> = {};
    for (const output of graph.outputs.keys()) fetches[outputName(output)] = null;
    // Kept as they are now: a tensor written during the run is a new slot, and stays as written.
    const replaced = replacedNames.map((tensor) => {
      const slot = state.slot(tensor);
      const next = slot.back ?? emptyTensor(slot);
      fetches[nextStateName(tensor)] = next;
      return {slot, next};
    });
    const written = scatters.map((scatter) => ({scatter, slot: state.slot(scatter.name)}));
    const tables = rows.map(({table}) => state.slot(table));
    const results = await exclusively(state, name, async () => {
      for (const [index, {input, ids}] of rows.entries()) {
        const slot = tables[index];
        const wanted = feeds[ids];
        if (slot === undefined || wanted === undefined) throw new Error(`${name}: input ${ids} is missing`);
        feeds[input] = await rowsOf(slot, wanted);
      }
      return session.run(feeds, fetches);
    });
    for (const {slot, next} of replaced) {
      slot.back = slot.front;
      slot.front = next;
    }
    const valuesOf = (output: string): HostTensor => {
      const tensor = results[outputName(output)];
      if (tensor === undefined) throw new Error(`${name}: output ${output} did not come back`);
      return hostTensor(tensor);
    };
    for (const {slot, scatter} of written) {
      const target = hostTensor(slot.front).data;
      applyScatter(scatter, target, valuesOf(scatter.indices).data, valuesOf(scatter.updates).data);
    }
    return Object.fromEntries(names.map((output) => [output, valuesOf(output)]));
  };
}

/** The rows of a table that a tensor of indices names, one for each. */
async function rowsOf({lazy, front, shape}: Slot, {data}: ort.Tensor): Promise<ort.Tensor> {
  const [, width = 0] = shape;
  const ids = data as Int32Array;
  const spec = {dtype: 'float32', shape: [ids.length, width]} as const;
  if (lazy?.readRows !== undefined) return ortTensor(spec, await lazy.readRows(ids));
  // Another program has it loaded meanwhile.
  const table = front.data as Float32Array;
  const rows = new Float32Array(ids.length * width);
  for (const [index, id] of ids.entries())
    rows.set(table.subarray(id * width, (id + 1) * width), index * width);
  return ortTensor(spec, rows);
}
