/** Which objective a learner's steps have, and how another takes its place while steps go on. */
import {inOrder} from '../in-order.js';
import {graphKeyOf} from './objectives/objectives.js';

/** The programs of one objective. */
export interface Replaceable<P> {
  /** Compiles what the others have compiled. */
  compileLike(others: P): Promise<void>;
  dispose(): Promise<void>;
}

export interface ObjectiveInUse<P> {
  current(): {readonly expression: string; readonly programs: P};
  /** Compiles what an objective needs while steps go on, so that a switch to it need not. */
  prepare(expression: string): Promise<void>;
  /** Disposes of what was prepared for an objective that is not to come; nothing where it is in use, or was not prepared. */
  forget(expression: string): Promise<void>;
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
  const opened = (expression: string) => ({key: graphKeyOf(expression), programs: programsOf(expression)});
  let current = {...opened(initial), expression: initial};
  /** Compiled and not yet in use, by key. */
  const prepared = new Map<string, ReturnType<typeof opened>>();

  const isReady = (expression: string): boolean => {
    const key = graphKeyOf(expression);
    return key === current.key || prepared.has(key);
  };

  const compile = async (expression: string): Promise<void> => {
    if (isReady(expression)) return;
    const compiled = opened(expression);
    try {
      await compiled.programs.compileLike(current.programs);
    } catch (error) {
      await compiled.programs.dispose();
      throw error;
    }
    prepared.set(compiled.key, compiled);
  };

  const replace = async (expression: string): Promise<void> => {
    // What is ready does not wait for what is not.
    if (!isReady(expression)) await prepare(expression);
    const next = prepared.get(graphKeyOf(expression));
    if (next === undefined) {
      current = {...current, expression};
      return;
    }
    prepared.delete(next.key);
    const old = current;
    current = {...next, expression};
    // A step that began with the old objective still runs its programs.
    await running().catch(() => undefined);
    await old.programs.dispose();
  };

  const forget = async (expression: string): Promise<void> => {
    const unused = prepared.get(graphKeyOf(expression));
    if (unused === undefined) return;
    prepared.delete(unused.key);
    await unused.programs.dispose();
  };

  const compiling = inOrder();
  // What a switch is about to take is not forgotten meanwhile.
  const replacing = inOrder();
  const prepare = (expression: string): Promise<void> => compiling(() => compile(expression));

  return {
    current: () => current,
    prepare,
    forget: (expression) => replacing(() => forget(expression)),
    switchTo: (expression) => replacing(() => replace(expression)),
    async dispose() {
      await replacing(() =>
        compiling(async () => {
          for (const {programs} of [current, ...prepared.values()]) await programs.dispose();
        }),
      );
    },
  };
}
