/**
 * Admission: prompts go out while few enough are on their way.
 *
 * F1 Outstanding = published − rejected − trained − held back pairs, and stays at most `maxOutstanding`: what is on its way is bounded.
 * F2 Nothing is remembered here: the three counts are read from the streams and the key-value bucket, so a feeder that was
 *    killed goes on where it was. A prompt counts as published once, however often it is sent, and as rejected once, however
 *    often that is said; one that is a pair, too, counts as that.
 * F3 Of `maxPairs`, exactly as many are made where the prompts last: a prompt goes out only while published − rejected
 *    would not exceed it. A pair that was too stale counts as rejected, not as trained.
 * F4 `phase` says `done` only when no prompt can become a pair any more.
 * F5 Sampling is ahead of training by no more versions than `admit` allows. A version counts once it is published and the
 *    learner is there, too: one that went back to an older checkpoint needs the pairs from that one on.
 * F6 Prompts that are held back go out first. Their pairs are never trained on: they count neither in F3 nor in F5.
 * F7 A prompt that is nowhere, because the server lost what became of it, goes out again.
 * F8 Where nobody learns, a pair is over once it is in its log.
 */
import {
  BehaviorSubject,
  combineLatest,
  exhaustMap,
  first,
  firstValueFrom,
  ignoreElements,
  map,
  merge,
  type Observable,
  startWith,
  timer,
} from 'rxjs';
import type {Bus} from '../../bus/bus.js';
import {type QueueName, queueNames} from '../../bus/channels/subjects.js';
import type {EndCounts, Ends} from '../../metrics/ends.js';
import {endsOf} from '../../metrics/read-ends.js';
import {askedOf} from '../../model/text/conversations.js';
import {aborted} from '../abort.js';
import type {Feeding, Progress} from '../progress.js';
import type {Admission} from './admission.js';
import {areEmpty, lostPrompts} from './lost.js';
import type {Prompts} from './prompts.js';
import {isQueueLost, markPublished, publishedPrompts} from './published.js';

export interface FeedOptions {
  readonly bus: Bus;
  /** All of the run's prompts, in an order that a restart repeats. */
  readonly prompts: Prompts;
  readonly maxOutstanding: number;
  /** No more prompts than may still become so many pairs; any number where it is left out. */
  readonly maxPairs?: number | undefined;
  /** Whether pairs are trained on; they are unless told otherwise. */
  readonly isTrained?: boolean;
  /** So many of the first prompts are held back; none unless given. */
  readonly holdOut?: number;
  /** The run's ends, for whoever counts them already; read here unless given. */
  readonly ends$?: Observable<EndCounts>;
  /** What may be sent at so many optimizer steps; any prompt to any policy where it is left out. */
  readonly admit?: (step: number) => Admission;
  /** Whether the run has an actor that reads a queue: what is in another is nobody's. Every queue is read unless given. */
  readonly isRead?: (queue: QueueName) => boolean;
  /** How long nothing may be on its way before prompts are looked for that are nowhere. */
  readonly lostAfterMs?: number;
  /** Told how many prompts were nowhere, and went out again. */
  readonly onLost?: (prompts: number) => void;
  /** Rejects the feed with its reason. */
  readonly signal: AbortSignal;
}

const RECHECK_MS = 500;
const LOST_AFTER_MS = 10_000;

/** Publishes every prompt, waits until each is a pair or a rejection, and tells the learner where the log ends. */
export const feedPrompts = async (options: FeedOptions): Promise<void> => {
  const {bus, prompts, maxOutstanding, signal} = options;
  const {
    maxPairs = Number.POSITIVE_INFINITY,
    admit = admitAll,
    isRead = () => true,
    holdOut = 0,
    isTrained = true,
  } = options;
  const {lostAfterMs = LOST_AFTER_MS, onLost = () => undefined} = options;
  const published = await publishedPrompts(bus);
  if ((await bus.kv.get('phase')) === undefined) await bus.kv.put<Feeding>('phase', {feeding: 'on'});
  const resolved$ = new BehaviorSubject<Resolved>({
    trained: 0,
    prompts: 0,
    made: 0,
    rejected: 0,
    stale: 0,
    step: 0,
    heldOut: {pairs: 0, rejected: 0},
  });
  const reading = resolvedPrompts$(bus, options.ends$ ?? endsOf(bus, holdOut), isTrained).subscribe(
    resolved$,
  );
  // In the order of the flow, so that reading them misses no message.
  const queues = queueNames.filter(isRead);
  const send = async (index: number, id: string): Promise<void> => {
    const prompt = await prompts.at(index);
    if (prompt === undefined) return;
    const {minPolicyStep} = admit(resolved$.value.step);
    const policy = minPolicyStep > 0 ? {minPolicyStep} : {};
    const answers = (await prompts.answersAt?.(index)) ?? [];
    const asked = askedOf({prompt, history: await prompts.historyAt?.(index)});
    await bus.publish('prompts', {promptId: String(index), ...asked, ...policy, answers}, id, signal);
  };
  let sentLostMs = Number.NEGATIVE_INFINITY;
  /** How many prompts went out, in this process or one before it. */
  let fed = Math.min(published, prompts.length);
  /** Sends what is nowhere of them; resolves to whether there was any. */
  const sendLost = async (): Promise<boolean> => {
    // What a server that still remembers its ids will not take again is not asked of a model all the time.
    if (performance.now() - sentLostMs < lostAfterMs) return true;
    const {rejected, stale} = resolved$.value;
    const lost = await lostPrompts(bus, queues, {fed, rejected: rejected - stale});
    if (lost.length === 0) return false;
    const {lastSequence} = await bus.state('prompts');
    // Its own id is remembered: that would be the message that is lost.
    for (const index of lost) await send(index, `${index}-again-${lastSequence}`);
    await markPublished(bus, fed);
    sentLostMs = performance.now();
    onLost(lost.length);
    return true;
  };
  let looking: Promise<unknown> = Promise.resolve();
  const look = (): Promise<unknown> => {
    looking = sendLost();
    return looking;
  };
  const looking$ = timer(lostAfterMs, lostAfterMs).pipe(exhaustMap(look), ignoreElements());
  try {
    let isEnded = false;
    for (; fed < prompts.length; fed++) {
      const index = fed;
      const mayGo = ({trained, rejected, step, heldOut}: Resolved) =>
        index + 1 - trained - rejected - heldOut.pairs <= maxOutstanding && // F1
        (index < holdOut || // F6
          index + 1 - holdOut - (rejected - heldOut.rejected) <= Math.min(maxPairs, admit(step).mostPrompts)); // F3, F5
      const isEnough = ({trained}: Resolved) => trained >= maxPairs;
      // What went out and is nowhere would keep others from going.
      if (index === published && (await isQueueLost(bus))) await look();
      const now = await firstValueFrom(
        merge(resolved$, looking$).pipe(
          first((resolved) => mayGo(resolved) || isEnough(resolved)),
          aborted(signal),
        ),
      );
      // What goes out again is counted before another one goes.
      await looking;
      isEnded = isEnough(now);
      if (isEnded) break;
      await send(index, String(index));
    }
    const isAllResolved = async (): Promise<boolean> =>
      (await areEmpty(bus, queues)) && (isEnded || !(await sendLost()));
    const checks$ = merge(resolved$, timer(0, RECHECK_MS)).pipe(exhaustMap(isAllResolved));
    await firstValueFrom(checks$.pipe(first(Boolean), aborted(signal)));
    const pairs = (await bus.state('pairs')).lastSequence;
    await bus.kv.put<Feeding>('phase', {feeding: 'done', pairs}); // F4
  } finally {
    reading.unsubscribe();
  }
};

/** Prompts that are over: trained on once, or made where nobody learns, or rejected. */
interface Resolved extends Ends {
  readonly trained: number;
  /** Optimizer steps of the newest policy there is to sample from and to go on from. */
  readonly step: number;
}

const admitAll = (): Admission => ({mostPrompts: Number.POSITIVE_INFINITY, minPolicyStep: 0});

const resolvedPrompts$ = (
  bus: Bus,
  counted$: Observable<EndCounts>,
  isTrained: boolean,
): Observable<Resolved> => {
  const progress$: Observable<Pick<Progress, 'pairSequence' | 'step'> | undefined> = isTrained
    ? bus.kv.watch<Progress>('progress')
    : bus.entries('pairs', 'latest').pipe(map(({sequence}) => ({pairSequence: sequence, step: 0}))); // F8
  const published$ = bus.entries('checkpoints', 'latest').pipe(
    map(({message}) => message.step),
    startWith(0),
  );
  return combineLatest([
    progress$.pipe(startWith(undefined)),
    published$,
    counted$.pipe(map((ends) => ends.counts())),
  ]).pipe(
    map(([progress, published, ends]) => ({
      ...ends,
      // Of the log up to `pairSequence`, what was not trained on was too stale, or could not be read.
      trained: Math.max(0, (progress?.pairSequence ?? 0) - ends.stale),
      step: Math.min(progress?.step ?? 0, published),
    })),
  );
};
