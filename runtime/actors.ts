/**
 * The actors: every one there is, in the order of the flow, and what everybody else needs to know of it. What a row lacks does
 * not compile. A new actor is its folder, its row here, its channels in
 * `bus/channels/subjects.ts` and its settings in `fleet/file/schema.ts`.
 */

/** What `anchorage up --serial` runs one after the other. */
export const stageNames = ['sampling', 'preferring', 'preparing', 'training'] as const;
export type StageName = (typeof stageNames)[number];

interface Actor {
  /** Its module, from the folder that holds `actors/`. */
  readonly entry: `actors/${string}/actor.js`;
  /**
   * It asks a model behind an endpoint, as its settings say; one request may then take as long as its deadline. `perhaps`: where
   * they name an endpoint.
   */
  readonly asks: boolean | 'perhaps';
  /**
   * It computes on tensors, in threads: `coreShare` is its share, a process, of the cores that remain when every process has
   * one thread; with 0 it keeps that one.
   */
  readonly computes: false | {readonly coreShare: number};
  readonly stage: StageName;
  /** What its time goes to when it does not wait: `seconds/<activity>` of its metrics. */
  readonly activity: string;
  /** What `anchorage up` calls what it made and what its queue holds; undefined where it says something else of it. */
  readonly progress: {readonly made: string; readonly left: string} | undefined;
  /** Keys of fleet.yaml that may change while it runs, and that it works by from the step of a change on. */
  readonly changes: readonly string[];
  /** Whether who asks for a change waits until it works by it: not for one whose work in hand is long, and which nobody waits for. */
  readonly awaited: boolean;
}

export const actorTable = {
  sampler: {
    entry: 'actors/sampler/actor.js',
    asks: 'perhaps',
    computes: {coreShare: 1},
    stage: 'sampling',
    activity: 'sampling',
    progress: {made: 'answered', left: 'to answer'},
    changes: [
      'policy.temperature',
      'policy.topP',
      'policy.topK',
      'actors.sampler.spendCeiling',
      'spend.ceiling',
    ],
    awaited: true,
  },
  reviser: {
    entry: 'actors/reviser/actor.js',
    asks: true,
    computes: false,
    stage: 'preferring',
    activity: 'revising',
    progress: {made: 'candidate pairs', left: 'to revise'},
    changes: [
      'actors.reviser.model',
      'actors.reviser.instructions',
      'actors.reviser.spendCeiling',
      'spend.ceiling',
    ],
    awaited: true,
  },
  answerer: {
    entry: 'actors/answerer/actor.js',
    asks: true,
    computes: false,
    stage: 'preferring',
    activity: 'answering',
    progress: {made: 'candidate pairs', left: 'to answer'},
    changes: ['actors.answerer.spendCeiling', 'spend.ceiling'],
    awaited: true,
  },
  judge: {
    entry: 'actors/judge/actor.js',
    asks: true,
    computes: false,
    stage: 'preferring',
    activity: 'judging',
    progress: {made: 'candidate pairs', left: 'to judge'},
    changes: ['actors.judge.spendCeiling', 'spend.ceiling'],
    awaited: true,
  },
  filter: {
    entry: 'actors/filter/actor.js',
    asks: false,
    computes: false,
    stage: 'preparing',
    activity: 'filtering',
    progress: undefined,
    changes: ['filter.minLengthRatio', 'filter.maxLengthRatio'],
    awaited: true,
  },
  reference: {
    entry: 'actors/reference/actor.js',
    asks: false,
    computes: {coreShare: 0},
    stage: 'preparing',
    activity: 'referencing',
    progress: {made: 'pairs', left: 'to score'},
    changes: [],
    awaited: false,
  },
  learner: {
    entry: 'actors/learner/actor.js',
    asks: false,
    computes: {coreShare: 2},
    stage: 'training',
    activity: 'training',
    progress: undefined,
    changes: ['objective.name', 'objective.beta', 'objective.learningRate', 'objective.settings'],
    awaited: true,
  },
  evaluator: {
    entry: 'actors/evaluator/actor.js',
    asks: 'perhaps',
    computes: {coreShare: 0},
    stage: 'training',
    activity: 'evaluating',
    progress: undefined,
    changes: ['spend.ceiling'],
    awaited: false,
  },
} as const satisfies Record<string, Actor>;

type Table = typeof actorTable;
export type ActorName = keyof Table;
/** Those whose row has such a field. */
type ActorWith<F> = {[N in ActorName]: Table[N] extends F ? N : never}[ActorName];
export type AskingActor = ActorWith<{asks: true}>;
/** Those and whoever asks where its settings name an endpoint. */
export type Asker = ActorWith<{asks: true | 'perhaps'}>;
export type ComputingActor = ActorWith<{computes: object}>;
/** Those of which `anchorage up` says something of its own. */
export type OddActor = ActorWith<{progress: undefined}>;

export const actorNames = Object.keys(actorTable) as ActorName[];
export const isActorName = (name: string): name is ActorName => Object.hasOwn(actorTable, name);

export const askingActors = actorNames.filter((name): name is AskingActor => actorTable[name].asks === true);
export const askers = actorNames.filter((name): name is Asker => actorTable[name].asks !== false);
export const computingActors = actorNames.filter(
  (name): name is ComputingActor => actorTable[name].computes !== false,
);

/** Those that work by what may change, and say so when it does. */
export const steeredActors = actorNames.filter((name) => actorTable[name].changes.length > 0);

/** Those of them whose answer a change waits for. */
export const awaitedActors = steeredActors.filter((name) => actorTable[name].awaited);

/** A dotted key of fleet.yaml that may change while a run goes on. */
export type ChangeableKey = Table[ActorName]['changes'][number];

const isObjectives = (key: ChangeableKey): boolean => key.startsWith('objective.');

/** All of them, each with who works by it. The objective's come first: they are what a run is mostly changed for. */
export const changeable: readonly {readonly key: ChangeableKey; readonly actor: ActorName}[] = actorNames
  .toReversed()
  .flatMap((actor) => actorTable[actor].changes.map((key) => ({key, actor})))
  .toSorted((one, other) => Number(isObjectives(other.key)) - Number(isObjectives(one.key)));

/** The keys in one line for a person. */
export const CHANGEABLE = [...new Set(changeable.map(({key}) => key))].join(', ');
