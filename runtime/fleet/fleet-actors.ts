/** How the actors of a fleet are started, and which of them there are. */
import {join} from 'node:path';
import type {LivenessLimits} from '../actor/liveness.js';
import type {Command} from '../actor/supervise.js';
import {type ActorName, type Asker, type AskingActor, actorNames, actorTable, askers} from '../actors.js';
import {channels, type QueueName} from '../bus/channels/subjects.js';
import {type DatasetName, datasetNames, datasets, recipesOf} from '../datasets.js';
import {heldFor} from '../endpoints/ahead.js';
import {allocatorEnvironment} from '../machine/allocator.js';
import {codeRoot} from '../paths.js';
import {type Anchoring, comparisonsOf} from './anchor/settings.js';
import {evaluationPath, evaluationsOf} from './file/evaluations.js';
import {hasLearner} from './file/pairs-only.js';
import type {Fleet} from './file/schema.js';

/** What every actor's process is told. */
export interface ActorPlace {
  /** The fleet as actors load it: JSON, checked by whoever wrote it. */
  readonly fleetFile: string;
  readonly run: string;
  /** With its credentials, which the environment alone carries: everybody on a machine may read arguments. */
  readonly natsUrl: string;
  readonly runFolder: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** When an actor of this name is stuck. */
export const livenessOf = (fleet: Fleet, name: ActorName): LivenessLimits => ({
  quietMs: fleet.supervision.stuckAfterMs,
  // Where one endpoint does not answer in time, the next is asked.
  deadlineMs: everyAsker(fleet)
    .filter(({actor}) => actor === name)
    .reduce((sum, {asking}) => sum + asking.timeoutMs, 0),
});

/** How many processes of each actor a fleet asks for, in the order of the flow. */
export const actorCounts = ({actors}: Fleet): {readonly name: ActorName; readonly count: number}[] =>
  actorNames.map((name) => ({name, count: actors[name]?.count ?? 0})).filter(({count}) => count > 0);

/** The actors of a fleet, in the order of the flow; without a suite there is nothing to evaluate by, and perhaps nobody trains. */
export const actorsIn = ({actors, evaluation}: Pick<Fleet, 'actors' | 'evaluation'>): ActorName[] =>
  actorNames.filter(
    (name) =>
      actors[name] !== undefined &&
      (name !== 'evaluator' || evaluation !== undefined) &&
      (name !== 'learner' || hasLearner({actors})),
  );

/** By which chosen answers are compared with fresh ones, beside the flow of pairs. */
export const anchorQueues = ['anchor_prompts', 'anchor_pairs'] as const satisfies readonly QueueName[];
const besideFlow: ReadonlySet<QueueName> = new Set(anchorQueues);

/**
 * Whether a fleet has an actor that reads a queue; of the queues between sampler and deciders, those of its recipes, and of those
 * by which answers are compared none where none are.
 */
export const isReadIn = (fleet: Anchoring & Pick<Fleet, 'actors'>, queue: QueueName): boolean =>
  (!recipeQueues.has(queue) || recipesOf(fleet).some(({name}) => queuesOf(name).includes(queue))) &&
  (!besideFlow.has(queue) || comparisonsOf(fleet) > 0) &&
  actorNames.some(
    (name) => fleet.actors[name] !== undefined && channels[queue].consumers.some((who) => who === name),
  );

const queuesOf = (name: DatasetName): QueueName[] =>
  name === 'judge_off_policy' ? [datasets[name].queue, 'unanswered'] : [datasets[name].queue];
const recipeQueues: ReadonlySet<QueueName> = new Set(datasetNames.flatMap(queuesOf));

/** An endpoint that an actor asks, the model there, and its share of the requests. */
export interface AskedEndpoint {
  /** A key of the fleet's `endpoints`. */
  readonly endpoint: string;
  readonly model: string;
  readonly weight: number;
}

/** The endpoints of an actor that asks, at least one. */
export const endpointsOf = ({
  endpoint,
  endpoints,
  model,
}: Pick<NonNullable<Fleet['actors'][AskingActor]>, 'endpoint' | 'model'> &
  Partial<Pick<NonNullable<Fleet['actors'][AskingActor]>, 'endpoints'>>): AskedEndpoint[] => {
  const several = endpoints ?? (endpoint === undefined ? [] : [{endpoint, weight: 1}]);
  return several.map((each) => ({...each, model: ('model' in each ? each.model : undefined) ?? model}));
};

/** Who may have the policy answer behind an endpoint. */
export type PolicyActor = 'sampler' | 'evaluator';
type PolicySettings = Pick<
  Fleet['actors'][PolicyActor],
  'count' | 'endpoint' | 'model' | 'seed' | 'extraBody' | 'concurrency' | 'timeoutMs' | 'spendCeiling'
>;

/** How such an actor asks; undefined where the policy is in its process. */
const policyAsked = <S extends PolicySettings>(settings: S) => {
  const {endpoint, model} = settings;
  if (endpoint === undefined || model === undefined) return undefined;
  const {seed = true, concurrency = 32, timeoutMs = 120_000} = settings;
  return {...settings, endpoint, model, seed, concurrency, timeoutMs};
};

export const samplerAsks = ({actors: {sampler}}: {readonly actors: Pick<Fleet['actors'], 'sampler'>}) =>
  policyAsked(sampler);
export const evaluatorAsks = ({actors: {evaluator}}: {readonly actors: Pick<Fleet['actors'], 'evaluator'>}) =>
  policyAsked(evaluator);

/** Answers that a process computes at once, where it computes them. */
export const samplerRows = ({sampler: {batchSize = 32}}: Pick<Fleet['actors'], 'sampler'>): number =>
  batchSize;
/** Prompts that such a process takes at once: while as many are answered, the next wait. */
export const sampledAtOnce = (actors: Pick<Fleet['actors'], 'sampler'>): number => 2 * samplerRows(actors);
export const evaluatorRows = ({evaluator: {batchSize = 64}}: Pick<Fleet['actors'], 'evaluator'>): number =>
  batchSize;

/** How an actor asks one of its endpoints. */
export interface Asking extends AskedEndpoint {
  readonly count: number;
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly spendCeiling?: number | undefined;
  /** Of all of them; undefined where there is one. */
  readonly endpoints?: readonly unknown[] | undefined;
}

/** The actors of a fleet that ask a model, each with how and where it asks: once for each of its endpoints. */
export const askersOf = (
  fleet: Pick<Fleet, 'actors' | 'endpoints'>,
): {readonly actor: Asker; readonly asking: Asking; readonly endpoint: Fleet['endpoints'][string]}[] =>
  askers.flatMap((actor) => {
    const asking =
      actor === 'sampler'
        ? samplerAsks(fleet)
        : actor === 'evaluator'
          ? evaluatorAsks(fleet)
          : fleet.actors[actor];
    if (asking === undefined) return [];
    return endpointsOf(asking).flatMap((asked) => {
      const endpoint = fleet.endpoints[asked.endpoint];
      return endpoint === undefined ? [] : [{actor, asking: {...asking, ...asked}, endpoint}];
    });
  });

/** The models that judge checkpoints' answers, each with how and where it is asked. */
export const judgesOf = (fleet: Pick<Fleet, 'evaluation' | 'endpoints' | 'actors'>) =>
  evaluationsOf(fleet).flatMap(({judge}, place) => {
    const endpoint = judge === undefined ? undefined : fleet.endpoints[judge.endpoint];
    if (judge === undefined || endpoint === undefined) return [];
    const {count, spendCeiling} = fleet.actors.evaluator;
    const asking = {...judge, weight: 1, count, spendCeiling, endpoints: undefined};
    const key = [...evaluationPath(fleet, place), 'judge'].join('.');
    return [{actor: 'evaluator' as const, key, asking, endpoint}];
  });

/** Everybody in a fleet who asks a model, each by the key of the fleet that says how. */
export const everyAsker = (fleet: Fleet) => [
  ...askersOf(fleet).map((asker) => ({...asker, key: `actors.${asker.actor}`})),
  ...judgesOf(fleet),
];

/** Of each queue, how often it has room for what its readers take at once. */
const ROOM_FACTOR = 2;

/**
 * Messages that each queue must have room for, at least. What a killed reader had taken stays in its queue until the ack wait is over:
 * where that is all that the queue has room for, its writers and the next reader wait for as long.
 */
export const queueRoomOf = (fleet: Fleet): number => {
  const {sampler} = fleet.actors;
  const computed = samplerAsks(fleet) === undefined ? [sampler.count * sampledAtOnce(fleet.actors)] : [];
  const asked = askersOf(fleet).map(({asking: {count, concurrency}}) => count * heldFor(concurrency));
  return ROOM_FACTOR * Math.max(...computed, ...asked);
};

/** The command line of one actor. Its output goes to logs/NAME-INDEX.log of the run's folder, unless `log` is false. */
export const actorCommand = (
  name: ActorName,
  index: number,
  {fleetFile, run, natsUrl, runFolder, env = {}}: ActorPlace,
  {log = true, liveness}: {readonly log?: boolean; readonly liveness?: LivenessLimits} = {},
): Command => ({
  name: `${name}-${index}`,
  entry: join(codeRoot, actorTable[name].entry),
  args: ['--fleet', fleetFile, '--run', run, '--index', String(index), '--run-folder', runFolder],
  env: {...(actorTable[name].computes === false ? {} : allocatorEnvironment()), ...env, NATS_URL: natsUrl},
  savesAtEnd: name === 'learner',
  ...(liveness === undefined ? {} : {liveness}),
  ...(log ? {logFile: join(runFolder, 'logs', `${name}-${index}.log`)} : {}),
});

/** Of several GPUs, as CUDA_VISIBLE_DEVICES lists them, each learner shard sees one: they go round. */
export const deviceOf = (name: ActorName, index: number, devices = ''): Readonly<Record<string, string>> => {
  const all = devices.split(',').filter((device) => device.trim() !== '');
  const own = all[index % all.length];
  return name === 'learner' && all.length > 1 && own !== undefined ? {CUDA_VISIBLE_DEVICES: own.trim()} : {};
};

/** The command lines of a whole fleet. */
export const fleetCommands = (fleet: Fleet, place: ActorPlace): Command[] =>
  actorCounts(fleet).flatMap(({name, count}) =>
    Array.from({length: count}, (_, index) => {
      const env = {...deviceOf(name, index, process.env.CUDA_VISIBLE_DEVICES), ...place.env};
      return actorCommand(name, index, {...place, env}, {liveness: livenessOf(fleet, name)});
    }),
  );
