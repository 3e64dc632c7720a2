/**
 * Functions whose shapes depend on sizes that differ from run to run, such as the rows of a batch: written once for any
 * sizes, and, where the executor can, compiled once for all of them.
 */
import type {Executor, SizedFunction, SizedOptions, SizedProgram, Sizes, State} from './executor.js';
import {programsByShape} from './programs.js';

/** One program for all sizes where the executor has such; else one for each sizes, compiled when it is first asked for. */
export async function compileSized<S extends string, I extends string, O extends string>(
  executor: Executor,
  fn: SizedFunction<S, I, O>,
  state: State,
  options: SizedOptions,
): Promise<SizedProgram<S, I, O>> {
  if (executor.compileSized !== undefined) return executor.compileSized(fn, state, options);
  const programs = programsByShape((sizes: Sizes<S>) => executor.compile(fn.at(sizes), state));
  return {
    isSteady: false,
    run: async (sizes, inputs) => (await programs.at(sizes)).run(inputs),
    dispose: () => programs.dispose(),
  };
}
