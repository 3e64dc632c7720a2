/** What is done to a run in one trial: everything by the seed, so that a trial can be had again. Pure. */
import {uniformFloat64} from 'pure-rand/distribution/uniformFloat64';
import {uniformInt} from 'pure-rand/distribution/uniformInt';
import type {RandomGenerator} from 'pure-rand/types/RandomGenerator';
import {type ActorName, actorNames} from '../../runtime/actors.js';
import {type DatasetName, type Decider, datasets, deciders} from '../../runtime/datasets.js';
import type {FleetInput} from '../../runtime/fleet/file/schema.js';
import {randomFor, shuffled} from '../../runtime/seed.js';
import {actorsOf} from '../helpers/actors-of.js';

/** Who can be killed: an actor, the NATS server, or `anchorage up` itself. */
export type Role = ActorName | 'server' | 'up';

const others = ['server', 'up'] as const;
export const roles: readonly Role[] = [...actorNames, ...others];

export const isRole = (word: string): word is Role => roles.some((role) => role === word);

export interface Kill {
  /** Together, one right after the other. */
  readonly victims: readonly Role[];
  /** Of the actors among them: all processes of the name, or the one of this number among them, going round. */
  readonly which: number | 'all';
  /** Waits until there are so many pairs, or so many steps are taken, */
  readonly after: {readonly pairs: number} | {readonly step: number};
  /** and so long after that, milliseconds. */
  readonly delayMs: number;
}

export interface Plan {
  readonly seed: number;
  readonly dataset: DatasetName;
  readonly prompts: number;
  readonly epochs: number;
  /** Learner shards, and the parts of a batch. */
  readonly shards: number;
  readonly kills: readonly Kill[];
}

export const BATCH_SIZE = 16;
/** Of whoever asks the teacher: requests under way at once. */
const CONCURRENCY = 8;

export interface PlanOptions {
  readonly seed: number;
  /** Kills of this role alone. */
  readonly only?: Role | undefined;
  readonly prompts?: number;
}

const KILLS = 5;
const OF_ONE_ROLE = 3;
const MOST_DELAY_MS = 1500;

/** One that asks for nothing but the demonstration's prompts. */
const datasetOfDecider = {
  reviser: 'clair',
  judge: 'judge_on_policy',
  answerer: 'stronger_preferred',
} as const satisfies Record<Decider, DatasetName>;

/** Of the demo teacher, who each asks. */
const demoModelOf = {
  reviser: 'reviser',
  judge: 'judge',
  answerer: 'stronger',
} as const satisfies Record<Decider, string>;

export const planOf = ({seed, only, prompts = 150}: PlanOptions): Plan => {
  const random = randomFor('chaos', seed);
  const chance = (share: number): boolean => uniformFloat64(random) < share;
  const isJudged = chance(1 / 3);
  // Of numbers of its own: a seed's other choices are those that they were before there was an answerer.
  const isAnswered = uniformFloat64(randomFor('chaos answerer', seed)) < 1 / 3;
  const decider =
    deciders.find((each) => each === only) ?? (isJudged ? 'judge' : isAnswered ? 'answerer' : 'reviser');
  // So that both numbers of shards come with every dataset.
  const shards = chance(1 / 2) ? 2 : 1;
  const epochs = chance(1 / 3) ? 2 : 1;
  const dataset = datasetOfDecider[decider];
  const there = [...actorsOf(dataset), ...others];
  const victims =
    only === undefined
      ? shuffled(there, 'victims', seed).slice(0, KILLS)
      : Array.from({length: OF_ONE_ROLE}, () => only);
  const count = prompts + uniformInt(random, 0, BATCH_SIZE - 1);
  return {
    seed,
    dataset,
    prompts: count,
    epochs,
    shards,
    kills: killsOf(random, victims, {pairs: count, steps: epochs * Math.ceil(count / BATCH_SIZE)}),
  };
};

/** The victims at ascending moments; at times two at once. The first may be killed while it starts. */
const killsOf = (
  random: RandomGenerator,
  victims: readonly Role[],
  {pairs, steps}: {readonly pairs: number; readonly steps: number},
): Kill[] => {
  const groups: Role[][] = [];
  for (const victim of victims) {
    const last = groups.at(-1);
    const isJoined = last !== undefined && !last.includes(victim) && uniformFloat64(random) < 0.3;
    if (isJoined) last.push(victim);
    else groups.push([victim]);
  }
  const isByStep = uniformFloat64(random) < 0.5;
  // Some prompts are rejected: a moment close to the last pair or step would not come.
  const most = Math.floor(0.75 * (isByStep ? steps : pairs));
  const moments = groups
    .map(() => Math.max(0, uniformInt(random, -Math.floor(most / 5), most)))
    .sort((one, other) => one - other);
  return groups.map((group, index) => ({
    victims: group,
    which: uniformFloat64(random) < 0.3 ? 'all' : uniformInt(random, 0, 7),
    after: isByStep ? {step: moments[index] ?? 0} : {pairs: moments[index] ?? 0},
    delayMs: uniformInt(random, 0, MOST_DELAY_MS),
  }));
};

/** Environment variable of the counting teacher's key. */
export const KEY_ENV = 'ANCHORAGE_CHAOS_KEY';

/** The fleet of a plan, small enough for many trials. */
export const fleetOfPlan = (
  {seed, dataset, prompts, epochs, shards}: Plan,
  teacherUrl: string,
): FleetInput => {
  const asking = {endpoint: 'teacher', temperature: 0.7, maxTokens: 512, concurrency: CONCURRENCY};
  return {
    seed,
    dataset,
    prompts: {demo: true, count: prompts},
    maxOutstandingPrompts: 48,
    policy: {model: 'demo', format: 'plain', maxPromptTokens: 32, maxCompletionTokens: 32},
    objective: {name: 'apo_zero', beta: 1, learningRate: 1e-4},
    training: {
      // As many as train all prompts, were none rejected: the run ends with its last pair.
      steps: epochs * Math.ceil(prompts / BATCH_SIZE),
      batchSize: BATCH_SIZE,
      epochs,
      parts: shards,
      stepTimeoutMs: 10_000,
      warmupSteps: 1,
      checkpointEverySteps: 3,
    },
    evaluation: {suite: 'arithmetic', count: 16, maxCompletionTokens: 32},
    endpoints: {teacher: {baseUrl: teacherUrl, apiKeyEnv: KEY_ENV}},
    actors: {
      sampler: {batchSize: 16, threads: 1},
      [datasets[dataset].decider]: {...asking, model: demoModelOf[datasets[dataset].decider]},
      reference: {threads: 1},
      // A sum's order depends on the threads, and so would the weights that a replay is compared with.
      learner: {count: shards, threads: 1},
      evaluator: {threads: 1},
    },
  };
};
