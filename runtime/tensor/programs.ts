/** Programs of one kind, each compiled when it is first asked for; those that were not used for longest are released. */

/** Programs kept at once. */
const DEFAULT_LIMIT = 12;

interface Disposable {
  dispose(): Promise<void>;
}

export interface ProgramsByShape<S, P extends Disposable> {
  /**
   * The program of that shape; no other may be running, since one may be released for it. A failed compilation is its
   * caller's to handle; the next call tries again.
   */
  at(shape: S): Promise<P>;
  /** The shapes whose programs are kept, the least recently used first. */
  shapes(): S[];
  /** Waits for what is being compiled. */
  dispose(): Promise<void>;
}

/** @param compile for a shape, which is told from others by its JSON. */
export function programsByShape<S, P extends Disposable>(
  compile: (shape: S) => Promise<P>,
  limit: number = DEFAULT_LIMIT,
): ProgramsByShape<S, P> {
  const programs = new Map<string, {readonly shape: S; readonly program: Promise<P>}>();

  async function release(): Promise<void> {
    for (const [key, {program}] of programs) {
      if (programs.size <= limit) return;
      programs.delete(key);
      const [compiled] = await Promise.allSettled([program]);
      if (compiled.status === 'fulfilled') await compiled.value.dispose();
    }
  }

  return {
    async at(shape) {
      const key = JSON.stringify(shape);
      const known = programs.get(key);
      const entry = known ?? {shape, program: compile(shape)};
      // Anew, as the most recently used.
      programs.delete(key);
      programs.set(key, entry);
      if (known === undefined) {
        entry.program.catch(() => {
          if (programs.get(key) === entry) programs.delete(key);
        });
        await release();
      }
      return entry.program;
    },
    shapes: () => [...programs.values()].map(({shape}) => shape),
    async dispose() {
      const compiled = await Promise.allSettled([...programs.values()].map(({program}) => program));
      programs.clear();
      await Promise.all(
        compiled.map((program) => (program.status === 'fulfilled' ? program.value.dispose() : undefined)),
      );
    },
  };
}
