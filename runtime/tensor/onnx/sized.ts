/**
 * Functions of any sizes as one ONNX Runtime session.
 *
 * With the state built in, its matrices are constants of the model, which ONNX Runtime lays out once for its products.
 * Such products give each row the same bits whatever the number of rows and threads; those of matrices that are fed do
 * not, since their blocks depend on both. A write to the state makes the next run build the session anew.
 */
import type * as ort from 'onnxruntime-node';
import type {HostTensor, SizedFunction, SizedOptions, SizedProgram} from '../executor.js';
import {MOST_BUILT_IN_BYTES} from '../executors.js';
import {sizeOf} from '../graph/graph.js';
import {recordSized} from '../graph/record-sized.js';
import {bind, type FedRows} from './bind.js';
import {tablesOf, withBuiltIn} from './built-in.js';
import {withInt8Products} from './int8.js';
import {lower} from './lower.js';
import {onnxFusions} from './operators/fused.js';
import {createSession, type Threading} from './session.js';
import {type OnnxState, type Slot, specsOf} from './state.js';

export async function compileSized<S extends string, I extends string, O extends string>(
  fn: SizedFunction<S, I, O>,
  state: OnnxState,
  threading: Threading,
  {buildIn, letGo = false, keepMemory = true, inInt8 = false}: SizedOptions & {readonly inInt8?: boolean},
): Promise<SizedProgram<S, I, O>> {
  // Not the slots themselves: they would keep the tensors as they are now for as long as the program lives.
  const specs = Object.fromEntries(specsOf(state, state.names()));
  const graph = recordSized(fn, specs, onnxFusions);
  const model = lower(graph, fn.name);
  const names = [...graph.state.keys()];
  const bytes = names.reduce((sum, name) => sum + 4 * sizeOf(state.slot(name).shape), 0);
  if (inInt8 && !buildIn) throw new Error(`${fn.name}: only what is built in can be of 8 bits`);
  const isSteady = buildIn && (inInt8 || bytes <= MOST_BUILT_IN_BYTES);
  if (isSteady && graph.nextState.size > 0)
    throw new Error(`${fn.name}: what is built in cannot be replaced by each run`);
  const tables = isSteady ? tablesOf(model, names) : [];
  let byRows: readonly FedRows[] = [];
  async function build(): Promise<ort.InferenceSession> {
    if (!isSteady) return createSession(model, threading, keepMemory);
    const builtIn = await withBuiltIn(model, names, tables, state, !inInt8);
    const {model: whole, loaded} = builtIn;
    const built = await createSession(inInt8 ? withInt8Products(whole) : whole, threading, keepMemory);
    try {
      await builtIn.verify();
    } catch (error) {
      await built.release();
      throw error;
    }
    freeMemory(loaded);
    byRows = builtIn.byRows;
    if (letGo) state.letGo(names.filter((name) => !tables.includes(name)));
    return built;
  }

  // Slots, since a tensor written anew is a new one, whose values are not held.
  const current = (): (Slot | undefined)[] => (isSteady ? names.map((name) => state.slots.get(name)) : []);
  let session: ort.InferenceSession | undefined = await build();
  let slots = current();
  const run = bind({name: fn.name, graph, ...(isSteady && {fed: tables, byRows: () => byRows})}, state);

  async function upToDate(): Promise<ort.InferenceSession> {
    const newest = current();
    if (session !== undefined && newest.every((slot, i) => slot === slots[i])) return session;
    // The old one first: two at once are the memory of two.
    await session?.release();
    session = undefined;
    session = await build();
    slots = newest;
    return session;
  }

  return {
    isSteady,
    run: async (sizes, inputs) =>
      (await run(await upToDate(), fn.at(sizes).inputs, inputs)) as Record<O, HostTensor>,
    async dispose() {
      await session?.release();
      session = undefined;
    },
  };
}

/**
 * Gives the memory of arrays back at once: as garbage they may be there still when the next weights are loaded. What is posted to
 * a port that nobody listens to is not kept.
 */
function freeMemory(arrays: readonly HostTensor[]): void {
  const {port1, port2} = new MessageChannel();
  port2.close();
  for (const {data} of arrays) if (data.buffer instanceof ArrayBuffer) port1.postMessage(null, [data.buffer]);
  port1.close();
}
