/** What becomes of what is asked of a run: one path for the commands and for programs. */
import {Answer} from '../../../proto/messages.js';
import {awaitedActors} from '../../actors.js';
import type {Bus} from '../../bus/bus.js';
import {messageOf, TerminalError} from '../../errors.js';
import type {Progress} from '../progress.js';
import {type Alive, aliveActors, awaitAnswers, nameOf} from './acknowledgements.js';
import {ask, type Controls, type Wish} from './controls.js';
import {inForceAt, type Known, newestSpec} from './decisions.js';
import {differencesOf} from './spec.js';

/** Of a revision that was asked for, or that is there already. */
export type Outcome = {readonly revision: number} & (
  | {
      readonly kind: 'applied';
      /** Of a spec the first step taken by it, of a stop the run's last, else the step after which it holds. */
      readonly step: number;
      /** Who works by it, the learner first, such as `sampler-0`. */
      readonly by: readonly string[];
      /** Who takes it up after what is in hand. */
      readonly busy: readonly Alive[];
      /** Who goes on as before, and why. */
      readonly failed: readonly {readonly name: string; readonly reason: string}[];
      /** Who did not answer in time. */
      readonly silent: readonly string[];
    }
  | {readonly kind: 'refused'; readonly reason: string}
  /** What is asked for holds already, by this revision; nothing was asked. */
  | {readonly kind: 'unchanged'}
  /** The learner has not answered in time. Where a step of its is under way, it decides after that. */
  | {readonly kind: 'undecided'; readonly underWaySeconds: number | undefined}
  /** It was not waited for. */
  | {readonly kind: 'asked'}
);

/**
 * Asks, and waits for the learner's decision; where a spec begins with the next step, for every actor that follows it too.
 *
 * @param timeoutMs how long to wait for the answers; not at all where undefined.
 * @throws TerminalError where the run is complete, or goes away before the answer; the wish then stands.
 */
export const askAndWait = async (
  bus: Bus,
  controls: Controls,
  wish: Wish,
  timeoutMs: number | undefined,
): Promise<Outcome> => {
  const progress = (await bus.kv.get<Progress>('progress'))?.value;
  if (progress?.phase === 'complete')
    throw new TerminalError(`run ${bus.run} is complete, after step ${progress.step}`);
  const inForce = 'spec' in wish ? inForceAlready(controls.heard, wish, progress?.step ?? 0) : undefined;
  if (inForce !== undefined) return {kind: 'unchanged', revision: inForce};
  const atOnce = 'spec' in wish && wish.step === undefined;
  const others =
    timeoutMs !== undefined && atOnce ? (await aliveActors(bus, awaitedActors)).map(({name}) => name) : [];
  const revision = await ask(bus, controls.heard, wish);
  if (timeoutMs === undefined) return {kind: 'asked', revision};
  const {decision, answers, missing} = await awaitAnswers(controls, revision, others, timeoutMs).catch(
    (error: unknown) => {
      // A run that is stopped meanwhile, and its server with it.
      throw new TerminalError(
        `revision ${revision} is asked for, and decided on when the run goes on: ${messageOf(error)}`,
        {cause: error},
      );
    },
  );
  // Whoever is at work answers when that is over.
  const atWork = (await aliveActors(bus, awaitedActors)).filter(
    ({atWorkSeconds}) => atWorkSeconds !== undefined,
  );
  if (decision === undefined) {
    const learner = atWork.find(({name}) => name.startsWith('learner-'));
    return {kind: 'undecided', revision, underWaySeconds: learner?.atWorkSeconds};
  }
  if (!decision.accepted) return {kind: 'refused', revision, reason: decision.reason};
  const failed = answers.filter(({answer}) => answer === Answer.ANSWER_FAILED);
  const busy = atWork.filter(({name}) => missing.includes(name));
  return {
    kind: 'applied',
    revision,
    step: decision.step,
    by: ['learner', ...answers.filter((each) => !failed.includes(each)).map(nameOf)],
    busy,
    failed: failed.map((each) => ({name: nameOf(each), reason: each.reason})),
    silent: missing.filter((name) => !busy.some((each) => each.name === name)),
  };
};

/** The revision by which all of a spec holds at the step that it is asked for; undefined where it would be something new. */
const inForceAlready = (
  known: Known,
  {spec, step, namesObjective}: Extract<Wish, {spec: unknown}>,
  taken: number,
): number | undefined => {
  if (namesObjective) return undefined;
  const newest = newestSpec(known);
  if (newest === undefined || differencesOf(newest.spec, spec).length > 0) return undefined;
  const begun = inForceAt(known, step ?? taken + 1);
  return begun?.revision === newest.revision ? newest.revision : undefined;
};
