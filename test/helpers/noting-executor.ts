/** An executor that tells what sizes a program was run for. */
import type {Executor} from '../../runtime/tensor/executor.js';

/** Of one run, by the names of the program's open sizes. */
export type RunSizes = Readonly<Record<string, number>>;

/** @param runs gets the sizes of each run, as they come */
export const noting = (executor: Executor, runs: RunSizes[]): Executor => ({
  ...executor,
  async compileSized(fn, state, options) {
    const compiled = await executor.compileSized?.(fn, state, options);
    if (compiled === undefined) throw new Error('there is nothing to note');
    return {
      ...compiled,
      run(sizes, inputs) {
        runs.push(sizes);
        return compiled.run(sizes, inputs);
      },
    };
  },
});
