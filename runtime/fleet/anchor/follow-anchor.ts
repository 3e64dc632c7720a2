/**
 * The anchor advice of a live run: made at every checkpoint, published as advice and as metrics, and, under `objective.name: auto`,
 * followed.
 *
 * N1 What is advised and what is asked for follow from the logs alone: whoever follows a run anew goes on where another one was
 *    killed, and asks for no change twice, since one that is asked for is the newest spec.
 * N2 Advice is published before it is followed.
 * N3 A person who names another objective has it: from then on nothing is asked for here.
 */
import {concatMap, ignoreElements, map, type Observable, type Subscription, startWith} from 'rxjs';
import type {Advice, Checkpoint} from '../../../proto/messages.js';
import {newestInTurn} from '../../actor/newest-in-turn.js';
import type {Bus} from '../../bus/bus.js';
import {messageOf} from '../../errors.js';
import {type Controls, followControls} from '../control/controls.js';
import {askAndWait} from '../control/outcome.js';
import type {Fleet} from '../file/schema.js';
import {logNow} from '../run/log-now.js';
import {AUTO_AUTHOR, adviceOf, changeFor, chosenByHand, metricsOf} from './advised.js';
import {openComparing} from './compare.js';
import {comparisonsOf, isAuto} from './settings.js';

export interface FollowAnchor {
  /** Told of advice that was measured, and of what is changed by it. */
  readonly say: (line: string) => void;
}

/**
 * Until it is unsubscribed from. Never fails: a run goes on whether it is advised or not.
 *
 * @param fleet with a learner, as the run began.
 */
export const followAnchor = async (bus: Bus, fleet: Fleet, {say}: FollowAnchor): Promise<Subscription> => {
  const ending = new AbortController();
  const count = comparisonsOf(fleet);
  const comparing = count === 0 ? undefined : openComparing(bus, fleet, count, ending.signal);
  const advised = byVersion(await logNow(bus, 'advice'));
  const controls = isAuto(fleet) ? await followControls(bus) : undefined;

  const advise = async (checkpoint: Checkpoint): Promise<void> => {
    const {policyVersion, step} = checkpoint;
    if (advised.some((each) => each.policyVersion === policyVersion)) return;
    // Nobody asked for what would be paid for, once it is not followed any more.
    const isPaidForAuto = comparing !== undefined && fleet.anchor.comparisons === undefined;
    if (isPaidForAuto && controls && chosenByHand(controls.heard)) return;
    const comparisons = await comparing?.at(checkpoint);
    const now = Date.now();
    const {message, advice} = adviceOf(fleet, checkpoint, comparisons, now);
    const id = `advice-${policyVersion}`;
    const stamp = {actor: 'up', index: 0, timeUnixMs: now, objective: '', step, policyVersion};
    await bus.publish('metrics', {...stamp, values: metricsOf(advice)}, id);
    await bus.publish('advice', message, id); // N2
    advised.push(message);
    if (comparisons !== undefined) say(`anchor at step ${step}: ${advice.reason}`);
  };
  const follow = async (): Promise<void> => {
    if (controls !== undefined) await followAdvice(bus, controls, advised, say);
  };
  const work = async (checkpoint: Checkpoint | undefined): Promise<void> => {
    if (checkpoint !== undefined) await advise(checkpoint);
    await follow();
  };
  // Comparisons take a while, and cost: those of a checkpoint that was superseded meanwhile are not begun.
  const checkpoints$ = bus.entries('checkpoints', comparing === undefined ? {sequence: 1} : 'latest').pipe(
    map(({message}): Checkpoint | undefined => message),
    // What was advised before a kill may not have been followed yet.
    startWith(undefined),
  );
  const worked$: Observable<never> =
    comparing === undefined
      ? checkpoints$.pipe(concatMap(work), ignoreElements())
      : checkpoints$.pipe(newestInTurn(work));
  const following = worked$.subscribe({
    error: (error) => say(`no advice is made of the anchor any more: ${messageOf(error)}`),
  });
  if (controls !== undefined) following.add(tellOf(controls, say));
  following.add(comparing?.following);
  following.add(() => controls?.close());
  following.add(() => ending.abort());
  return following;
};

/** Asks for what is advised; the learner decides between two steps, and `tellOf` says what became of it. */
const followAdvice = async (
  bus: Bus,
  controls: Controls,
  advised: readonly Advice[],
  say: (line: string) => void,
): Promise<void> => {
  const wish = changeFor(controls.heard, advised);
  if (wish === undefined) return;
  try {
    await askAndWait(bus, controls, wish, undefined);
  } catch (error) {
    // Somebody was a moment faster, or the run is over: the next advice looks again.
    say(`objective.name auto: ${wish.spec.objective.name} is not asked for: ${messageOf(error)}`);
  }
};

/** Says once what became of each change that was asked for here, and that a person has chosen; nothing of what was decided before. */
const tellOf = ({heard, heard$}: Controls, say: (line: string) => void): Subscription => {
  const told = new Set(heard.decisions.keys());
  return heard$.subscribe({
    next(known) {
      const byHand = chosenByHand(known)?.revision;
      for (const {revision, author, spec} of known.controls) {
        const decision = known.decisions.get(revision);
        if (decision === undefined || told.has(revision)) continue;
        told.add(revision);
        const {accepted, step, reason} = decision;
        if (author === AUTO_AUTHOR && typeof spec === 'object') {
          const became = accepted ? `from step ${step} on, revision ${revision}` : `is refused: ${reason}`;
          say(`objective.name auto: ${spec.objective.name} ${became}`);
        } else if (revision === byHand && accepted)
          say(`objective.name auto follows the advice no more: ${author} chose by revision ${revision}`);
      }
    },
    // A bus that is gone for good ends the run.
    error: () => undefined,
  });
};

/** One a policy version, the oldest first. */
const byVersion = (advised: readonly Advice[]): Advice[] =>
  [...new Map(advised.map((each) => [each.policyVersion, each])).values()].sort(
    (one, other) => one.policyVersion - other.policyVersion,
  );
