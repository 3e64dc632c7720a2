/** Waiting, for a person, until a run has answered what was asked of it. */
import {filter, firstValueFrom, of, timeout} from 'rxjs';
import {type Acknowledgement, Answer} from '../../../proto/messages.js';
import type {Bus} from '../../bus/bus.js';
import type {ActorsNow} from '../scale.js';
import type {Controls, Heard} from './controls.js';
import type {Decision} from './decisions.js';

export interface Answers {
  /** Undefined where the learner did not decide in time. */
  readonly decision: Decision | undefined;
  /** Of those who answered, the learner's decision not among them. */
  readonly answers: readonly Acknowledgement[];
  /** Who was there and did not answer in time, such as `sampler-0`. */
  readonly missing: readonly string[];
}

/** Rows of the metrics log that hold a heartbeat of every actor that is alive: one a second, and one a step. */
const TAIL = 500;
const ALIVE_MS = 10_000;

/** An actor that is alive. */
export interface Alive {
  /** Such as `sampler-0`. */
  readonly name: string;
  /** How long the oldest of its work in hand has been under way; undefined for nothing in hand. */
  readonly atWorkSeconds: number | undefined;
}

/**
 * Those of the named actors that were heard of in the last seconds, by the clock of whoever was heard last, and were not
 * scaled away since.
 */
export const aliveActors = async (bus: Bus, names: readonly string[]): Promise<Alive[]> => {
  const {lastSequence} = await bus.state('metrics');
  const heard = new Map<string, {readonly timeUnixMs: number; readonly atWorkSeconds: number | undefined}>();
  if (lastSequence === 0) return [];
  const tail = {sequence: lastSequence - TAIL, through: lastSequence};
  for await (const {message} of bus.read('metrics', tail)) {
    const {timeUnixMs, values} = message;
    const busy = values['work/busy'];
    // Between two heartbeats come rows that say nothing of it.
    const before = heard.get(nameOf(message))?.atWorkSeconds;
    const now = busy === undefined ? before : busy > 0 ? values['work/oldest_seconds'] : undefined;
    heard.set(nameOf(message), {timeUnixMs, atWorkSeconds: now});
  }
  const newest = Math.max(...[...heard.values()].map(({timeUnixMs}) => timeUnixMs));
  const gone = new Set((await bus.kv.get<ActorsNow>('actors'))?.value.gone);
  return [...heard]
    .filter(([, {timeUnixMs}]) => newest - timeUnixMs < ALIVE_MS)
    .map(([name, {atWorkSeconds}]) => ({name, atWorkSeconds}))
    .filter(({name}) => names.includes(name.replace(/-\d+$/, '')) && !gone.has(name))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
};

export const nameOf = ({actor, index}: {readonly actor: string; readonly index: number}): string =>
  `${actor}-${index}`;

/** Waits until a revision is refused, or is accepted and all of `others` have answered, or the time is over. */
export const awaitAnswers = async (
  {heard, heard$}: Controls,
  revision: number,
  others: readonly string[],
  timeoutMs: number,
): Promise<Answers> => {
  const isAnswered = (now: Heard): boolean => {
    const {decision, missing} = answersIn(now, revision, others);
    return decision !== undefined && (!decision.accepted || missing.length === 0);
  };
  const gaveUp = timeout({first: timeoutMs, with: () => of(heard)});
  await firstValueFrom(heard$.pipe(filter(isAnswered), gaveUp));
  return answersIn(heard, revision, others);
};

export const answersIn = (
  {decisions, acknowledgements}: Heard,
  revision: number,
  others: readonly string[],
): Answers => {
  const answers = acknowledgements.filter(
    (each) =>
      each.revision === revision &&
      (each.answer === Answer.ANSWER_APPLIED || each.answer === Answer.ANSWER_FAILED),
  );
  // Whoever decides takes its steps by it.
  const deciding = acknowledgements.filter(
    (each) => each.revision === revision && each.answer === Answer.ANSWER_ACCEPTED,
  );
  const answered = new Set([...answers, ...deciding].map(nameOf));
  return {
    decision: decisions.get(revision),
    answers,
    missing: others.filter((name) => !answered.has(name)),
  };
};
