/**
 * A fleet from its start to its end: actors under supervision, prompts fed, and the one thing that ends the run.
 *
 * The order at the end matters: the final checkpoint is scored before the evaluator is drained, and every actor is gone
 * before this resolves, so that whoever called may close the bus and the server.
 */
import {setTimeout as sleep} from 'node:timers/promises';
import {
  concat,
  defer,
  filter,
  first,
  firstValueFrom,
  ignoreElements,
  map,
  merge,
  NEVER,
  type Observable,
  of,
  switchMap,
  tap,
  timeout,
} from 'rxjs';
import type {Checkpoint, EvaluationScore} from '../../proto/messages.js';
import {type Command, type ProcessEvent, type Supervisor, supervise} from '../actor/supervise.js';
import type {Bus} from '../bus/bus.js';
import type {QueueName} from '../bus/channels/subjects.js';
import {messageOf, RetryableError} from '../errors.js';
import type {EndCounts} from '../metrics/ends.js';
import {decideWithoutLearner} from './control/without-learner.js';
import {owedScores} from './evaluation/due.js';
import {type Unscored, unscoredIn} from './evaluation/unscored.js';
import {admissionAt} from './feed/admission.js';
import {feedPrompts} from './feed/feed.js';
import type {Prompts} from './feed/prompts.js';
import {evaluationsOf} from './file/evaluations.js';
import {holdOutOf} from './file/held-out.js';
import {hasLearner} from './file/pairs-only.js';
import type {Fleet} from './file/schema.js';
import {anchorQueues, isReadIn} from './fleet-actors.js';
import type {Feeding, Progress} from './progress.js';
import {logNow} from './run/log-now.js';
import {followScale} from './scale.js';
import {inStages} from './stages.js';

export interface FleetRun {
  readonly fleet: Fleet;
  readonly bus: Bus;
  readonly commands: readonly Command[];
  /** The command lines of the fleet in another size; without it, the fleet keeps the size it was started with. */
  readonly commandsOf?: (fleet: Fleet) => readonly Command[];
  /** All of the run's prompts, in an order that a restart repeats. */
  readonly prompts: Prompts;
  /** Its actors one stage after the other, for so many prompts, instead of all at once. */
  readonly serialPrompts?: number | undefined;
  /** Emits when the run is to drain. */
  readonly stop$: Observable<unknown>;
  /** Emits the reason when something that the run stands on, such as its server, is gone. */
  readonly broken$?: Observable<string>;
  /** Told of every start and end of a process. */
  readonly onEvent: (event: ProcessEvent) => void;
  /** The run's ends, for whoever counts them already. */
  readonly ends$?: Observable<EndCounts>;
  /** Told how many prompts the server had lost, which went out again. */
  readonly onLost?: (prompts: number) => void;
}

/** How a run ended. */
export type Ending =
  | {readonly kind: 'complete'}
  /** `lost` says why a learner did not end well: what it held is not saved. */
  | {readonly kind: 'drained'; readonly lost?: string}
  /** `isCutOff`: its server does not answer any more. */
  | {readonly kind: 'failed'; readonly reason: string; readonly isCutOff?: boolean};

export interface RunningFleet {
  /** Resolves when no process of the fleet is left. Never rejects. */
  readonly ended: Promise<Ending>;
  /** What is waited for while the run drains. */
  drainingAtWork: Supervisor['drainingAtWork'];
  /** Ends every process at once, with nothing saved. */
  kill(): void;
}

/** An evaluation may take as long as it needs; but where no evaluator is at work for so long, none comes. */
const FINAL_SCORE_WAIT_MS = 10 * 60_000;
const ANSWER_MS = 5_000;

export const startFleet = (run: FleetRun): RunningFleet => {
  const {fleet, commands, commandsOf, serialPrompts: prompts, bus} = run;
  const stages = prompts === undefined ? undefined : inStages({fleet, bus, prompts, commands, commandsOf});
  const supervisor = supervise(stages?.commands() ?? commands);
  supervisor.events$.subscribe(run.onEvent);
  const sized = stages === undefined ? run : {...run, commandsOf: stages.commandsOf};
  return {
    ended: runToEnd(sized, supervisor, stages?.next$ ?? NEVER),
    drainingAtWork: () => supervisor.drainingAtWork(),
    kill: () => supervisor.kill(),
  };
};

/** Whether the learner has nothing left to do and every policy it left has its score; or, where there is none, every pair is made. */
export const isComplete = async (
  bus: Bus,
  fleet: Pick<Fleet, 'evaluation' | 'actors' | 'seed'>,
): Promise<boolean> => {
  if (!hasLearner(fleet)) return (await bus.kv.get<Feeding>('phase'))?.value.feeding === 'done';
  const progress = await bus.kv.get<Progress>('progress');
  if (progress?.value.phase !== 'complete') return false;
  const evaluations = evaluationsOf(fleet);
  if (evaluations.length === 0) return true;
  const [scores, checkpoints] = await Promise.all([logNow(bus, 'scores'), logNow(bus, 'checkpoints')]);
  return owedScores(evaluations, fleet, checkpoints, scores, await unscoredIn(bus.kv)).length === 0;
};

const runToEnd = async (
  run: FleetRun,
  supervisor: Supervisor,
  next$: Observable<readonly Command[]>,
): Promise<Ending> => {
  const {fleet, bus, prompts, ends$, stop$, broken$ = NEVER, commandsOf, onLost = () => undefined} = run;
  const feeding = new AbortController();
  const {signal} = feeding;
  const {maxOutstandingPrompts: maxOutstanding, training} = fleet;
  const {maxPairs} = training;
  const admit = (step: number) => admissionAt(step, fleet);
  // What is compared is on nobody's way to a pair.
  const isRead = (queue: QueueName) =>
    isReadIn(fleet, queue) && !anchorQueues.some((beside) => beside === queue);
  const fed$ = defer(() =>
    feedPrompts({
      bus,
      prompts,
      maxOutstanding,
      maxPairs,
      holdOut: holdOutOf(fleet),
      ...(ends$ === undefined ? {} : {ends$}),
      admit,
      isRead,
      isTrained: hasLearner(fleet),
      onLost,
      signal,
    }),
  );
  let isBroken = false;
  const ending$: Observable<Ending> = merge(
    concat(fed$.pipe(ignoreElements()), NEVER),
    commandsOf === undefined ? NEVER : followScale(bus, fleet, supervisor, commandsOf),
    next$.pipe(
      tap((commands) => supervisor.want(commands)),
      ignoreElements(),
    ),
    hasLearner(fleet) ? complete$(bus, fleet) : merge(made$(bus), decideWithoutLearner(bus)),
    failed$(supervisor),
    broken$.pipe(
      map((reason) => {
        isBroken = true;
        return {kind: 'failed', reason} as const;
      }),
    ),
    stop$.pipe(map(() => ({kind: 'drained'}) as const)),
  );
  const ending = await firstValueFrom(ending$).catch(
    (error): Ending => ({kind: 'failed', reason: messageOf(error)}),
  );
  let lost: string | undefined;
  supervisor.events$.subscribe((event) => {
    if (event.kind === 'ended' && event.name.startsWith('learner-') && event.reason !== undefined)
      lost = `${event.name}: ${event.reason}`;
  });
  feeding.abort(new RetryableError('the run ended'));
  const isCutOff = ending.kind === 'failed' && !(await answers(bus));
  // What the run stood on is gone: what is in hand could not be brought home.
  await supervisor.stop(isBroken || isCutOff);
  if (ending.kind === 'failed') return {...ending, ...(isCutOff && {isCutOff})};
  return ending.kind === 'drained' && lost !== undefined ? {...ending, lost} : ending;
};

/** Whether the server answers within a moment. One whose disk is full may not, whoever heard of that. */
const answers = (bus: Bus): Promise<boolean> => {
  const isThere = bus.state('pairs').then(
    () => true,
    () => false,
  );
  return Promise.race([isThere, sleep(ANSWER_MS, false, {ref: false})]);
};

const failed$ = (supervisor: Supervisor): Observable<Ending> =>
  supervisor.events$.pipe(
    filter((event) => event.kind === 'failed'),
    map(({name, reason}) => ({kind: 'failed', reason: `${name}: ${reason}`})),
  );

/** The checkpoints that have a score or will get one: what is nowhere, whoever published it, is passed over by evaluators. */
const scorable = async (bus: Bus, {share}: Fleet['training']): Promise<Checkpoint[]> => {
  const [checkpoints, scores] = await Promise.all([logNow(bus, 'checkpoints'), logNow(bus, 'scores')]);
  const scored = new Set(scores.map(({policyVersion}) => policyVersion));
  const isThere = async ({policyVersion, files}: Checkpoint): Promise<boolean> => {
    if (share === 'folder' || scored.has(policyVersion)) return true;
    for (const {sha256} of files) if (!(await bus.blobs.has(sha256))) return false;
    return true;
  };
  const found: Checkpoint[] = [];
  for (const checkpoint of checkpoints) if (await isThere(checkpoint)) found.push(checkpoint);
  return found;
};

/** Emits when every prompt is a pair or a rejection. */
const made$ = (bus: Bus): Observable<Ending> =>
  bus.kv.watch<Feeding>('phase').pipe(
    first(({feeding}) => feeding === 'done'),
    map(() => ({kind: 'complete'}) as const),
  );

/** Emits when training is complete and every policy it left has the scores that it is owed, or nothing comes of them any more. */
const complete$ = (bus: Bus, fleet: Pick<Fleet, 'evaluation' | 'training' | 'seed'>): Observable<Ending> =>
  bus.kv.watch<Progress>('progress').pipe(
    first(({phase}) => phase === 'complete'),
    switchMap(async () => (fleet.evaluation === undefined ? [] : await scorable(bus, fleet.training))),
    switchMap((checkpoints) => scored$(bus, fleet, checkpoints)),
    map(() => ({kind: 'complete'}) as const),
  );

/** Emits when these checkpoints have their scores, or no evaluator has been at work on them for long. */
const scored$ = (
  bus: Bus,
  fleet: Pick<Fleet, 'evaluation' | 'seed'>,
  checkpoints: readonly Checkpoint[],
): Observable<unknown> => {
  const scores: EvaluationScore[] = [];
  if (checkpoints.length === 0) return of(undefined);
  let unscored: Unscored = {};
  const isEnd$ = merge(
    bus.entries('scores', {sequence: 1}).pipe(tap(({message}) => scores.push(message))),
    bus.kv.watch<Unscored>('unscored').pipe(
      tap((given) => {
        unscored = given;
      }),
    ),
  ).pipe(map(() => owedScores(evaluationsOf(fleet), fleet, checkpoints, scores, unscored).length === 0));
  // Said each second; one that is at work and does not come forward is ended by its supervisor.
  const atWork$ = bus.entries('metrics', 'new').pipe(
    filter(({message: {actor, values}}) => actor === 'evaluator' && (values['work/busy'] ?? 0) > 0),
    map(() => false),
  );
  return merge(isEnd$, atWork$).pipe(
    timeout({each: FINAL_SCORE_WAIT_MS, with: () => of(true)}),
    first((isEnd) => isEnd),
  );
};
