/**
 * Functions whose shapes depend on sizes that differ from run to run, such as the rows of a batch: written once for any
 * sizes, and, where the executor can, compiled once for all of them.
 */
import type {Executor, HostTensor, Program, State, TensorFunction} from './executor.js';

export type Sizes<S extends string> = Readonly<Record<S, number>>;

export interface SizedFunction<S extends string, I extends string, O extends string> {
  readonly name: string;
  /** The sizes' names. */
  readonly sizes: readonly S[];
  /** The function for these sizes, each at least 1. What it does must not depend on them, but for the shapes. It replaces no state. */
  at(sizes: Sizes<S>): TensorFunction<I, O>;
}

export interface SizedProgram<S extends string, I extends string, O extends string> {
  /**
   * A result's row has the same bits however many rows there are beside it. Where this is false, products of other
   * sizes may add in another order: who needs equal bits must keep to equal sizes.
   */
  readonly isSteady: boolean;
  run(
    sizes: Sizes<S>,
    inputs: Readonly<Record<I, Float32Array | Int32Array>>,
  ): Promise<Readonly<Record<O, HostTensor>>>;
  dispose(): Promise<void>;
}

export interface SizedOptions {
  /**
   * Build the state's tensors into the program, laid out for its products: faster and steady, for as much memory again
   * and a new build after each write. For weights that seldom change.
   */
  readonly buildIn: boolean;
}

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
