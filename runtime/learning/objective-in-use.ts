/** Which objective a learner's steps have, and how another takes its place while steps go on. */
import {graphKeyOf} from './objectives/objectives.js';

/** The programs of one objective. */
export interface Replaceable<P> {
  /** Compiles what the others have compiled. */
  compileLike(others: P): Promise<void>;
  dispose(): Promise<void>;
}

export interface ObjectiveInUse<P> {
  current(): {readonly expression: string; readonly programs: P};
  /** Resolves when the next step has the objective; of several calls the last one stays. Where it fails, nothing changes. */
  switchTo(expression: string): Promise<void>;
  /** Waits for a switch under way. */
  dispose(): Promise<void>;
}

/** @param running the step under way, whose programs must not be released */
export function objectiveInUse<P extends Replaceable<P>>(
  initial: string,
  programsOf: (expression: string) => P,
  running: () => Promise<unknown>,
): ObjectiveInUse<P> {
  const opened = (expression: string) => ({
    key: graphKeyOf(expression),
    expression,
    programs: programsOf(expression),
  });
  let current = opened(initial);
  let switching: Promise<void> = Promise.resolve();

  const replace = async (expression: string): Promise<void> => {
    if (graphKeyOf(expression) === current.key) {
      current = {...current, expression};
      return;
    }
    const next = opened(expression);
    try {
      await next.programs.compileLike(current.programs);
    } catch (error) {
      await next.programs.dispose();
      throw error;
    }
    const old = current;
    current = next;
    // A step that began with the old objective still runs its programs.
    await running().catch(() => undefined);
    await old.programs.dispose();
  };

  return {
    current: () => current,
    switchTo(expression) {
      const switched = switching.then(() => replace(expression));
      // A failed switch is its caller's to handle and must not fail the next one.
      switching = switched.catch(() => undefined);
      return switched;
    },
    async dispose() {
      await switching;
      await current.programs.dispose();
    },
  };
}
