/**
 * What the leading shard of an epoch tells the others, in order: each turn is one broadcast, and every member does the same
 * in it. While the leading one waits for pairs, or is paused, it says so again and again: silence is a member that is lost.
 */
import {setInterval} from 'node:timers';
import {ExchangeError} from '../../../runtime/exchange/exchange-error.js';
import type {Exchange} from '../../../runtime/learning/shards/shard-exchange.js';

export type Turn =
  | {readonly kind: 'wait'}
  /** Go on from this entry of the log of checkpoints; from the policy before training where it is 0. */
  | {readonly kind: 'begin'; readonly checkpoint: number; readonly policyVersion: number}
  /** Take a step, counted from 1, on the next so many pairs, by a revision of what is asked of the run. */
  | {readonly kind: 'step'; readonly step: number; readonly pairs: number; readonly revision: number}
  /** Gather the optimizer's state: the leading member writes a checkpoint. */
  | {readonly kind: 'save'; readonly policyVersion: number}
  /** The run is complete. */
  | {readonly kind: 'end'}
  /** All members have gone to the checkpoint: turns are numbered by their steps from here on. */
  | {readonly kind: 'begun'};

const kinds = ['wait', 'begin', 'step', 'save', 'end', 'begun'] as const satisfies readonly Turn['kind'][];
/** Above it a float32 does not hold every whole number. */
const MOST = 2 ** 24;

/** @throws RangeError for a number that float32 does not hold exactly. */
export const encodedTurn = (turn: Turn): Float32Array => {
  const numbers = [kinds.indexOf(turn.kind), ...numbersOf(turn)];
  const wrong = numbers.find((number) => !Number.isSafeInteger(number) || number < 0 || number > MOST);
  if (wrong !== undefined) throw new RangeError(`a ${turn.kind} turn cannot carry ${wrong}`);
  return Float32Array.from(numbers);
};

const numbersOf = (turn: Turn): number[] => {
  if (turn.kind === 'begin') return [turn.checkpoint, turn.policyVersion];
  if (turn.kind === 'step') return [turn.step, turn.pairs, turn.revision];
  return turn.kind === 'save' ? [turn.policyVersion] : [];
};

/** @throws Error where the values are of no turn: of another version. */
export const decodedTurn = ([code = -1, a = 0, b = 0, c = 0]: Float32Array): Turn => {
  const kind = kinds[code];
  switch (kind) {
    case 'begin':
      return {kind, checkpoint: a, policyVersion: b};
    case 'step':
      return {kind, step: a, pairs: b, revision: c};
    case 'save':
      return {kind, policyVersion: a};
    case 'wait':
    case 'end':
    case 'begun':
      return {kind};
    default:
      throw new Error(`a turn of kind ${code}: the leading shard runs another version`);
  }
};

/** Turns are numbered anew after every step. */
const numbered = (stepsDone: () => number): (() => string) => {
  let [at, number] = [-1, 0];
  return () => {
    if (stepsDone() !== at) [at, number] = [stepsDone(), 0];
    return `${at}.turn.${number++}`;
  };
};

export interface Lead {
  /** Resolves when the turn is on its way. Turns arrive in the order of the calls. */
  say(turn: Turn): Promise<void>;
  /** Ends the waiting turns. */
  close(): void;
}

/**
 * @param stepsDone of the member, which the others of the epoch have done too when they hear the turn; 0 up to the turn `begun`.
 * @param everyMs says that this member waits, unless it said something else since.
 */
export const leadTurns = (exchange: Exchange, stepsDone: () => number, everyMs: number): Lead => {
  const nextTag = numbered(stepsDone);
  let last: Promise<void> = Promise.resolve();
  let isQuiet = true;
  const say = (turn: Turn): Promise<void> => {
    if (exchange.members === 1) return Promise.resolve();
    const values = encodedTurn(turn);
    const tag = nextTag();
    last = last.then(() => exchange.broadcast(tag, values));
    return last;
  };
  const timer = setInterval(() => {
    // Where it fails, so does the step: that is where it is seen to.
    if (isQuiet) say({kind: 'wait'}).catch(() => undefined);
    isQuiet = true;
  }, everyMs);
  return {
    say(turn) {
      isQuiet = false;
      return say(turn);
    },
    close: () => clearInterval(timer),
  };
};

const readyTag = (member: number): string => `0.ready.${member}`;
const READY = Float32Array.of(1);
/** Going to a checkpoint may take longer than a step. */
const READY_TRIES = 5;

/** Tells the leading member that this one has begun: what that said until then need not be said again. */
export const sayReady = (exchange: Exchange): Promise<void> =>
  exchange.send(0, readyTag(exchange.self), READY);

/** Waits until every other member has begun. Rejects as `Exchange.receive` does, after some tries. */
export const untilReady = async (exchange: Exchange): Promise<void> => {
  const isReady = async (member: number): Promise<void> => {
    for (let tries = 1; ; tries++) {
      try {
        await exchange.receive(member, readyTag(member));
        return;
      } catch (error) {
        const isLate = error instanceof ExchangeError && error.kind === 'timeout';
        if (!isLate || tries === READY_TRIES) throw error;
      }
    }
  };
  const others = Array.from({length: exchange.members - 1}, (_, index) => index + 1);
  await Promise.all(others.map(isReady));
};

/** The turns of an epoch's leading member, but for its waiting. Rejects as `Exchange.receive` does. */
export async function* followTurns(
  exchange: Exchange,
  stepsDone: () => number,
): AsyncGenerator<Exclude<Turn, {kind: 'wait'}>> {
  const nextTag = numbered(stepsDone);
  for (;;) {
    const turn = decodedTurn(await exchange.receive(0, nextTag()));
    if (turn.kind !== 'wait') yield turn;
  }
}
