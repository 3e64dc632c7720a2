/** Programs that differ in a padded length only, each compiled when it is first asked for. */
import type {Program} from './executor.js';

export interface ProgramsByLength<I extends string, O extends string> {
  /** The program of that length. A failed compilation is its caller's to handle; the next call tries again. */
  at(length: number): Promise<Program<I, O>>;
  /** The lengths asked for so far. */
  lengths(): number[];
  /** Waits for what is being compiled. */
  dispose(): Promise<void>;
}

export function programsByLength<I extends string, O extends string>(
  compile: (length: number) => Promise<Program<I, O>>,
): ProgramsByLength<I, O> {
  const programs = new Map<number, Promise<Program<I, O>>>();
  return {
    at(length) {
      const known = programs.get(length);
      if (known !== undefined) return known;
      const compiling = compile(length);
      programs.set(length, compiling);
      compiling.catch(() => programs.delete(length));
      return compiling;
    },
    lengths: () => [...programs.keys()],
    async dispose() {
      const compiled = await Promise.allSettled(programs.values());
      programs.clear();
      await Promise.all(
        compiled.map((program) => (program.status === 'fulfilled' ? program.value.dispose() : undefined)),
      );
    },
  };
}
