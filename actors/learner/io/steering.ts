/**
 * The learner's side of steering: it decides on what is asked of the run, between two steps.
 *
 * S1 A decision is in the log before a step is taken by it: a step waits while one is on its way there, a few milliseconds.
 *    So a learner that was killed and goes back reads the same decisions, and takes the same steps.
 * S2 A new objective for the next step is compiled before it is decided on: steps go on by the old one meanwhile.
 */
import {filter, firstValueFrom, type Observable, race, Subject} from 'rxjs';
import {Answer, RunCommand} from '../../../proto/messages.js';
import type {Bus} from '../../../runtime/bus/bus.js';
import {TerminalError} from '../../../runtime/errors.js';
import type {Controls} from '../../../runtime/fleet/control/controls.js';
import {
  type Decision,
  decide,
  type InForce,
  inForceAt,
  isToCome,
  type LoggedControl,
  runStateOf,
} from '../../../runtime/fleet/control/decisions.js';

export interface SteeringOptions {
  readonly bus: Bus;
  readonly controls: Controls;
  /** Of the deciding learner. */
  readonly index: number;
  /** Steps taken so far, and of the whole run. */
  readonly taken: number;
  readonly steps: number;
  readonly drain$: Observable<unknown>;
  /** Makes an objective ready, so that the step that begins with it need not. */
  prepare(expression: string): Promise<void>;
  /** Releases an objective that was made ready and is not to come. */
  forget(expression: string): Promise<void>;
  /** Writes a checkpoint between two steps; resolves to the step that it is of, undefined where that is another's to write now. */
  save(): Promise<number | undefined>;
}

export interface Steering {
  /**
   * Asks to begin a step, from 1. Waits while the run is paused.
   *
   * @returns what the step is to be taken by; undefined where no step is to come: after a stop, or a drain of a paused run.
   */
  begin(step: number): Promise<InForce | undefined>;
  /** Resolves when a stop is due, with no step to come. */
  readonly stopped: Promise<void>;
  /** The last step of the run, as far as is known. */
  lastStep(): number;
  /** Decides on nothing more. */
  close(): void;
}

export const steer = (options: SteeringOptions): Steering => {
  const {bus, controls, steps, index, drain$, prepare, forget, save} = options;
  const {heard} = controls;
  const changed$ = new Subject<void>();
  let begun = options.taken;
  let publishing = 0;
  let seen = 0;
  let isClosed = false;
  let failure: {readonly error: unknown} | undefined;
  let specs: Promise<void> = Promise.resolve();
  let commands: Promise<void> = Promise.resolve();
  let resolveStopped: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => {
    resolveStopped = resolve;
  });

  const lastStep = (): number => Math.min(steps, runStateOf(heard).lastStep ?? steps);

  const publish = async (revision: number, decision: Decision): Promise<void> => {
    const answer = decision.accepted ? Answer.ANSWER_ACCEPTED : Answer.ANSWER_REFUSED;
    const {step, reason} = decision;
    const message = {revision, actor: 'learner', index, answer, step, reason, timeUnixMs: Date.now()};
    await bus.publish('acknowledgements', message, `decision-${revision}`);
    // What the log has first counts, should another have decided.
    await firstValueFrom(controls.heard$.pipe(filter(({decisions}) => decisions.has(revision))));
  };

  /** Decides and publishes, while no step begins. */
  const conclude = async (asked: LoggedControl, refusal?: string): Promise<void> => {
    // It was compiled meanwhile: whoever leads now has begun steps that are not known here, and decides.
    if (isClosed) return;
    publishing += 1;
    try {
      const decision =
        refusal === undefined
          ? decide(asked, heard, {begun, steps})
          : {accepted: false, step: begun, reason: refusal};
      await publish(asked.revision, decision);
    } finally {
      publishing -= 1;
      changed$.next();
    }
  };

  const onSpec = async (asked: LoggedControl): Promise<void> => {
    const {revision, spec, step} = asked;
    if (revision === 1 || heard.decisions.has(revision)) return;
    const mayBe = decide(asked, heard, {begun, steps}).accepted && typeof spec === 'object';
    // A step that was named is kept, whatever compiling takes.
    if (!mayBe || step !== undefined) await conclude(asked);
    if (!mayBe || heard.decisions.get(revision)?.accepted === false) return;
    try {
      await prepare(spec.objective.name);
    } catch (error) {
      if (step !== undefined || !(error instanceof TerminalError)) throw error;
      return conclude(asked, error.message);
    }
    if (step === undefined) await conclude(asked);
    const isRefused = heard.decisions.get(revision)?.accepted === false;
    if (isRefused && !isToCome(heard, spec.objective.name, begun)) await forget(spec.objective.name);
  };

  const onCommand = async (asked: LoggedControl): Promise<void> => {
    const {revision, command} = asked;
    if (!heard.decisions.has(revision)) await conclude(asked);
    if (command !== RunCommand.RUN_COMMAND_CHECKPOINT || !heard.decisions.get(revision)?.accepted) return;
    if (heard.acknowledgements.some((each) => each.revision === revision && each.answer === APPLIED)) return;
    const step = await save();
    if (step === undefined) return;
    const message = {
      revision,
      actor: 'learner',
      index,
      answer: APPLIED,
      step,
      reason: '',
      timeUnixMs: Date.now(),
    };
    await bus.publish('acknowledgements', message, `applied-${revision}-learner-${index}`);
  };
  const APPLIED = Answer.ANSWER_APPLIED;

  const fail = (error: unknown): void => {
    failure ??= {error};
    changed$.next();
  };
  const following = controls.heard$.subscribe({
    next({controls: asked}) {
      for (; seen < asked.length; seen += 1) {
        const next = asked[seen];
        if (next === undefined) break;
        if (next.spec === undefined) commands = commands.then(() => onCommand(next)).catch(fail);
        else specs = specs.then(() => onSpec(next)).catch(fail);
      }
      if (lastStep() <= begun) resolveStopped();
      changed$.next();
    },
    error: fail,
  });

  return {
    stopped,
    lastStep,
    async begin(step) {
      let drained = false;
      const draining = drain$.subscribe(() => {
        drained = true;
      });
      try {
        for (;;) {
          if (failure !== undefined) throw failure.error;
          if (publishing === 0) {
            if (step > lastStep()) return undefined;
            const {paused} = runStateOf(heard);
            if (paused && drained) return undefined;
            if (!paused) {
              begun = step;
              return inForceAt(heard, step);
            }
          }
          await firstValueFrom(publishing === 0 ? race(changed$, drain$) : changed$, {
            defaultValue: undefined,
          });
        }
      } finally {
        draining.unsubscribe();
      }
    },
    close() {
      isClosed = true;
      following.unsubscribe();
    },
  };
};
