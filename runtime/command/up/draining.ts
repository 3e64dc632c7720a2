/** What is told while a run that was asked to end waits for work under way, and of what is lost where it does not. */
import {catchError, EMPTY, map, merge} from 'rxjs';
import {secondsText} from '../../actor/liveness.js';
import type {AtWork} from '../../actor/watch-child.js';
import type {Bus} from '../../bus/bus.js';
import type {Progress} from '../../fleet/progress.js';

/** Such as `waiting for learner-0: training for 84 s, the last time 95 s`; undefined where nobody is waited for. */
export const waitingLine = (atWork: readonly (AtWork & {readonly name: string})[]): string | undefined => {
  if (atWork.length === 0) return undefined;
  const each = atWork.map(({name, doing, sinceMs, beforeMs}) => {
    const before = beforeMs === undefined ? '' : `, the last time ${secondsText(beforeMs)}`;
    return `${name}: ${doing} for ${secondsText(sinceMs)}${before}`;
  });
  return `waiting for ${each.join('; ')}`;
};

/** How far a run is, and how far its newest checkpoint. */
export interface Saved {
  readonly step: number;
  readonly savedStep: number;
}

/** What is lost of a run that is ended now, beside what is under way. */
export const lostText = ({step, savedStep}: Saved): string => {
  const steps = stepsText(savedStep + 1, step);
  return step <= savedStep
    ? 'the step under way is lost'
    : `the step under way is lost, and ${steps}, which no checkpoint has`;
};

/** The same of a run that trains nobody. */
export const LOST_ANSWERS = 'what was under way is made again';

export const stepsText = (first: number, last: number): string =>
  first === last ? `step ${first}` : `steps ${first} to ${last}`;

/** Keeps it known, for a moment at which there is no time to ask. */
export const followSaved = (bus: Bus): {now(): Saved; end(): void} => {
  let saved: Saved = {step: 0, savedStep: 0};
  const following = merge(
    bus.kv.watch<Progress>('progress').pipe(map(({step}) => ({step}))),
    bus.entries('checkpoints', 'latest').pipe(map(({message}) => ({savedStep: message.step}))),
  )
    // What ends these streams for good ends the run as well, which says why.
    .pipe(catchError(() => EMPTY))
    .subscribe((news) => {
      saved = {...saved, ...news};
    });
  return {now: () => saved, end: () => following.unsubscribe()};
};
