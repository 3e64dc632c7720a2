/** What `anchorage up` shows while a run goes on: one live line a stage on a terminal, plain lines where it is piped. */
import {
  catchError,
  combineLatest,
  distinctUntilChanged,
  EMPTY,
  exhaustMap,
  filter,
  from,
  map,
  type Observable,
  Subscription,
  scan,
  skip,
  startWith,
  switchMap,
  throttleTime,
  timer,
} from 'rxjs';
import type {EvaluationScore, MetricRow} from '../../../proto/messages.js';
import {type ActorName, actorTable, type OddActor} from '../../actors.js';
import type {Bus, ChannelState} from '../../bus/bus.js';
import {type ChannelName, channelNames, channels, isQueueName} from '../../bus/channels/subjects.js';
import {nameOfScore} from '../../fleet/evaluation/due.js';
import {hasLearner} from '../../fleet/file/pairs-only.js';
import type {Fleet} from '../../fleet/file/schema.js';
import {actorsIn, isReadIn} from '../../fleet/fleet-actors.js';
import type {Progress} from '../../fleet/progress.js';
import type {EndCounts, RejectionCounts} from '../../metrics/ends.js';
import {rejectionsText, totalOf} from '../../metrics/rejections.js';
import {say} from '../../output.js';
import {liveText} from '../terminal.js';

const REFRESH_MS = 1000;
const PLAIN_LINE_MS = 5000;

/** What is known at one moment. */
export interface Snapshot {
  readonly prompts: number;
  readonly states: Readonly<Record<ChannelName, ChannelState>>;
  /** Undefined until the learner has started. */
  readonly progress: Progress | undefined;
  /** The newest training row. */
  readonly training: MetricRow | undefined;
  readonly scores: readonly EvaluationScore[];
  readonly rejections: RejectionCounts;
}

export interface ProgressDisplay {
  /** Shows a line that stays. */
  print(line: string): void;
  end(): void;
}

interface Shown {
  readonly bus: Bus;
  readonly fleet: Fleet;
  readonly ends$: Observable<EndCounts>;
  readonly prompts: number;
}

/** Shows a run's progress on stdout until `end`. */
export const showProgress = (of: Shown): ProgressDisplay => {
  const {bus, fleet} = of;
  const live = process.stdout.isTTY ? liveText() : undefined;
  const print = live?.print ?? say;
  const shown = new Subscription();
  // What ends these streams for good ends the run as well, which says why.
  const snapshots$ = snapshot$(of).pipe(catchError(() => EMPTY));
  const newScores$ = from(bus.state('scores')).pipe(
    // A run that goes on has shown those before.
    switchMap(({lastSequence}) => scores$(bus).pipe(skip(lastSequence))),
    catchError(() => EMPTY),
  );
  shown.add(
    live === undefined
      ? snapshots$
          .pipe(
            throttleTime(PLAIN_LINE_MS),
            map((snapshot) => plainLine(snapshot, hasLearner(fleet))),
            distinctUntilChanged(),
          )
          .subscribe(print)
      : snapshots$.subscribe((snapshot) => live.show(stageLines(snapshot, fleet))),
  );
  shown.add(newScores$.subscribe((scores) => print(scoreLine(scores))));
  return {
    print,
    end: () => {
      shown.unsubscribe();
      live?.end();
    },
  };
};

/** One line a stage, in the order of the flow. */
export const stageLines = (snapshot: Snapshot, fleet: Fleet): string[] => {
  const {prompts, states} = snapshot;
  const stages: [string, string][] = [
    ['prompts', `${states.prompts.lastSequence} of ${prompts} sent`],
    ...actorsIn(fleet).map((actor): [string, string] => [actor, actorText(actor, snapshot, fleet)]),
  ];
  return stages.map(([stage, text]) => `${stage.padEnd(10)} ${text}`);
};

const actorText = (actor: ActorName, snapshot: Snapshot, fleet: Fleet): string => {
  if (isOdd(actor)) return oddTexts[actor](snapshot);
  const {progress} = actorTable[actor];
  const inFleet = channelNames.filter((name) => !isQueueName(name) || isReadIn(fleet, name));
  const written = inFleet.find((name) => channels[name].producers.includes(actor));
  const read = inFleet
    .filter(isQueueName)
    .filter((name) => channels[name].consumers.some((who) => who === actor));
  return [
    `${written === undefined ? 0 : snapshot.states[written].lastSequence} ${progress.made}`,
    `${read.reduce((sum, name) => sum + snapshot.states[name].messages, 0)} ${progress.left}`,
  ].join(', ');
};

const isOdd = (actor: ActorName): actor is OddActor => actorTable[actor].progress === undefined;

const oddTexts: {readonly [N in OddActor]: (snapshot: Snapshot) => string} = {
  filter: ({states, rejections}) =>
    `${states.accepted.lastSequence} accepted, ${totalOf(rejections)} prompts rejected${inBrackets(rejectionsText(rejections))}`,
  learner: ({progress, training}) => learnerText(progress, training),
  evaluator: ({scores, states}) => evaluatorText(scores, states.checkpoints.lastSequence),
};

/** The whole run in one line. */
export const plainLine = (
  {prompts, states, progress, training, rejections}: Snapshot,
  isTrained = true,
): string =>
  [
    ...(isTrained ? [learnerText(progress, training)] : []),
    `prompts ${states.prompts.lastSequence} of ${prompts}`,
    `pairs ${states.pairs.lastSequence}`,
    `rejected ${totalOf(rejections)}${inBrackets(rejectionsText(rejections))}`,
  ].join(' · ');

const inBrackets = (text: string): string => (text === '' ? '' : ` (${text})`);

/** The score that came last, beside the first one of its suite. */
export const scoreLine = (scores: readonly EvaluationScore[]): string => {
  const last = scores.at(-1);
  if (last === undefined) return '';
  const [first = last, ...others] = ofSuite(scores, nameOfScore(last));
  const before = others.length > 0 ? ` (${first.score.toFixed(3)} at step ${first.step})` : '';
  return `checkpoint of step ${last.step}: ${nameOfScore(last)} ${last.score.toFixed(3)}${before}`;
};

/** In the order of their policies. */
const ofSuite = (scores: readonly EvaluationScore[], name: string): EvaluationScore[] =>
  scores
    .filter((score) => nameOfScore(score) === name)
    .toSorted((one, other) => one.policyVersion - other.policyVersion);

const learnerText = (progress: Progress | undefined, training: MetricRow | undefined): string => {
  if (progress === undefined) return 'starting';
  const {step, steps} = progress;
  const parts = [`step ${step} of ${steps}`];
  const values = training?.values ?? {};
  for (const [metric, word] of [
    ['loss', 'loss'],
    ['rewards/margins', 'margin'],
  ] as const) {
    const value = values[metric];
    if (value !== undefined) parts.push(`${word} ${value.toFixed(3)}`);
  }
  if (training !== undefined) parts.push(`${training.objective} (revision ${training.objectiveRevision})`);
  return parts.join(', ');
};

/** A part for each suite, in the order in which they first scored. */
const evaluatorText = (all: readonly EvaluationScore[], checkpoints: number): string => {
  if (all.length === 0) return 'starting';
  const courses = [...new Set(all.map(nameOfScore))].map((name) => {
    const scores = ofSuite(all, name);
    const [first, last] = [scores[0]?.score.toFixed(3), scores.at(-1)?.score.toFixed(3)];
    return {name, course: scores.length === 1 ? `${last}` : `${first} → ${last}`, count: scores.length};
  });
  const [only, ...others] = courses;
  if (only !== undefined && others.length === 0)
    return `${only.name} ${only.course}, ${only.count} of ${checkpoints} checkpoints scored`;
  return `${courses.map(({name, course, count}) => `${name} ${course} (${count})`).join(', ')}; ${checkpoints} checkpoints`;
};

const snapshot$ = ({bus, ends$, prompts}: Omit<Shown, 'fleet'>): Observable<Snapshot> =>
  combineLatest({
    // A server that is away for a while ends no run, and what is shown of it even less.
    states: timer(0, REFRESH_MS).pipe(exhaustMap(() => from(statesOf(bus)).pipe(catchError(() => EMPTY)))),
    progress: bus.kv.watch<Progress>('progress').pipe(startWith(undefined)),
    training: bus.entries('metrics', 'new').pipe(
      map(({message}) => message),
      filter(({actor, values}) => actor === 'learner' && values.loss !== undefined),
      startWith(undefined),
    ),
    scores: scores$(bus).pipe(startWith([])),
    ends: ends$,
  }).pipe(
    throttleTime(REFRESH_MS, undefined, {leading: true, trailing: true}),
    map(({ends, ...known}) => ({prompts, ...known, rejections: ends.rejections()})),
  );

/** All scores so far in the order in which they came, again with each new one. */
const scores$ = (bus: Bus): Observable<EvaluationScore[]> =>
  bus
    .entries('scores', {sequence: 1})
    .pipe(scan((scores: EvaluationScore[], {message}) => [...scores, message], []));

const statesOf = async (bus: Bus): Promise<Record<ChannelName, ChannelState>> => {
  const states = await Promise.all(channelNames.map(async (name) => [name, await bus.state(name)] as const));
  return Object.fromEntries(states) as Record<ChannelName, ChannelState>;
};
