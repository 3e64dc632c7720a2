/**
 * Functions whose shapes depend on sizes that differ from run to run, such as the rows of a batch: written once for any
 * sizes, and, where the executor can, compiled once for all of them.
 */
import type {Executor, Program, SizedFunction, SizedOptions, SizedProgram, Sizes, State} from './executor.js';

/** One program for all sizes where the executor has such; else one for each sizes, compiled when it is first asked for. */
export async function compileSized<S extends string, I extends string, O extends string>(
  executor: Executor,
  fn: SizedFunction<S, I, O>,
  state: State,
  options: SizedOptions,
): Promise<SizedProgram<S, I, O>> {
  if (executor.compileSized !== undefined) return executor.compileSized(fn, state, options);
  const programs = new Map<string, Promise<Program<I, O>>>();
  const programAt = (sizes: Sizes<S>): Promise<Program<I, O>> => {
    const key = fn.sizes.map((name) => sizes[name]).join();
    const known = programs.get(key);
    if (known !== undefined) return known;
    const compiling = executor.compile(fn.at(sizes), state);
    programs.set(key, compiling);
    compiling.catch(() => programs.delete(key));
    return compiling;
  };
  return {
    isSteady: false,
    run: async (sizes, inputs) => (await programAt(sizes)).run(inputs),
    async dispose() {
      const compiled = await Promise.allSettled(programs.values());
      programs.clear();
      for (const program of compiled) if (program.status === 'fulfilled') await program.value.dispose();
    },
  };
}
