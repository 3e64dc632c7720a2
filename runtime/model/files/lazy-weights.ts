/**
 * Weights that are held to their digest and to what they must be, and read again, one by one, when they are needed. The files stay
 * open until then: the values are what they were, whatever becomes of the folder.
 */
import type {LazyTensor} from '../../tensor/executor.js';
import {sizeOf} from '../../tensor/graph/graph.js';
import {loadTokenizer} from '../text/tokenizer.js';
import {type Adapter, mergeTensor} from './adapter.js';
import {type ModelConfig, readModelConfig} from './config.js';
import {type ModelCheckpoint, requireSha256} from './model-checkpoint.js';
import {adapterNames, parameterShapes} from './parameters.js';
import {openWeights} from './weights.js';

/** Smaller matrices are held: to read rows of a file takes a turn of the event loop. */
const ROWS_FROM_BYTES = 16 * 1024 * 1024;

export type LazyTensors = ReadonlyMap<string, LazyTensor>;

/** As `ModelCheckpoint`, its weights yet to be read. */
export interface LazyCheckpoint extends Omit<ModelCheckpoint, 'weights' | 'adapter'> {
  readonly weights: LazyTensors;
}

/** As `loadCheckpoint`. The files are closed when all of the weights are released. */
export async function openCheckpoint(directory: string, expectedSha256?: string): Promise<LazyCheckpoint> {
  const config = await readModelConfig(directory);
  const tokenizer = await loadTokenizer(directory);
  return {directory, config, tokenizer, ...(await openLazyWeights(directory, config, expectedSha256))};
}

/** As `loadWeights`. The files are closed when all of the weights are released. */
export async function openLazyWeights(
  directory: string,
  config: ModelConfig,
  expectedSha256?: string,
): Promise<Pick<LazyCheckpoint, 'weights' | 'weightsSha256'>> {
  const opened = await openWeights(directory, config);
  try {
    const weightsSha256 = await opened.check();
    requireSha256(directory, weightsSha256, expectedSha256);
    const shapes = parameterShapes(config);
    const needed = new Set(shapes.keys());
    const weights = new Map(
      [...shapes].map(([name, shape]): readonly [string, LazyTensor] => [
        name,
        {
          shape,
          dtype: 'float32',
          load: async () => {
            const tensor = await opened.read(name);
            await opened.verify();
            return tensor;
          },
          inFile: () => opened.placeOf(name),
          ...(shape.length === 2 &&
            4 * sizeOf(shape) >= ROWS_FROM_BYTES && {readRows: (rows) => opened.readRows(name, rows)}),
          release() {
            // Closing a file that was only read loses nothing where it fails.
            if (needed.delete(name) && needed.size === 0) opened.close().catch(() => undefined);
          },
        },
      ]),
    );
    return {weights, weightsSha256};
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** The weights with the adapter added to each as it is loaded. */
export const mergeLazily = (weights: LazyTensors, adapter: Adapter): LazyTensors =>
  new Map(
    [...weights].map(([name, weight]) => {
      const isAdapted = adapter.tensors.has(adapterNames(name.slice(0, -'.weight'.length)).a);
      if (!isAdapted) return [name, weight] as const;
      const {inFile: _, readRows: __, ...tensor} = weight;
      const load = async () => {
        const base = await tensor.load();
        return mergeTensor(name, base, adapter, base.data);
      };
      return [name, {...tensor, load}] as const;
    }),
  );
