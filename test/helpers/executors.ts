/** The executors that are on this machine, for tests that hold on each of them. */
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import type {Executor} from '../../runtime/tensor/executor.js';
import {type ExecutorName, executorNames, type Precision} from '../../runtime/tensor/executors.js';
import {openExecutor} from '../../runtime/tensor/open.js';
import {addonFolder} from '../../runtime/tensor/tensorflow/addon.js';

export type GraphExecutorName = Exclude<ExecutorName, 'eager'>;

/** Where its addon is built, TensorFlow must work: that it does not is a failure and no absence. */
export const tensorflowIsPresent = existsSync(join(addonFolder, 'tfjs_binding.node'));

/** The executors of whole graphs that are present. Says, as a skipped test, which is not. */
export function presentExecutors(): readonly GraphExecutorName[] {
  const graphExecutors = executorNames.filter((name) => name !== 'eager');
  if (tensorflowIsPresent) return graphExecutors;
  test.skip('tensorflow: not built here (npm run tensorflow)', () => {});
  return graphExecutors.filter((name) => name !== 'tensorflow');
}

export const openOn = async (
  backend: ExecutorName,
  threads = 1,
  precision: Precision = 'float32',
): Promise<Executor> => (await openExecutor({backend, threads, precision})).executor;
