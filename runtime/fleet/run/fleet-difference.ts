/** Whether two fleets are of one run. */
import {isDeepStrictEqual} from 'node:util';
import {TerminalError} from '../../errors.js';
import {nameOfFolder} from '../../hub/hub-name.js';
import {withEvaluationFiles} from '../file/evaluations.js';
import {type Fleet, fleetSchema} from '../file/schema.js';
import type {PolicyActor} from '../fleet-actors.js';

/** How a run is watched over decides on nothing that it makes, and may change. */
type Compared = Omit<Fleet, 'supervision' | 'alerts'>;

/** What is the same left out and said: a fleet of an earlier version says all of it. */
const saidOf = (
  {seed = true, concurrency = 32, timeoutMs = 120_000, batchSize}: Fleet['actors'][PolicyActor],
  rows: number,
) => ({seed, concurrency, timeoutMs, batchSize: batchSize ?? rows});

/** What came from the Hub is the same in another cache; and how a server comes by adapters is set right while a run is stopped. */
const compared = ({supervision: _, alerts: _alerts, policy, prompts, actors, ...fleet}: Fleet): Compared =>
  JSON.parse(
    JSON.stringify({
      ...fleet,
      actors: {
        ...actors,
        sampler: {...actors.sampler, adapters: {}, ...saidOf(actors.sampler, 32)},
        evaluator: {...actors.evaluator, adapters: {}, ...saidOf(actors.evaluator, 64)},
      },
      policy: {...policy, model: nameOfFolder(policy.model)},
      prompts: 'file' in prompts ? {...prompts, file: nameOfFolder(prompts.file)} : prompts,
    }),
  );

/** The same without what is otherwise on every machine: the run's id is known, and files are compared by their content. */
const withoutPlaces = (fleet: Fleet): unknown => {
  const {run: _, policy, prompts, actors, filter, ...rest} = withEvaluationFiles(compared(fleet), () => '');
  const {model: _model, ...policyRest} = policy;
  return {
    ...rest,
    actors: {
      ...actors,
      reviser:
        actors.reviser?.promptFile === undefined ? actors.reviser : {...actors.reviser, promptFile: ''},
      judge: actors.judge?.promptFile === undefined ? actors.judge : {...actors.judge, promptFile: ''},
    },
    filter: filter.module === undefined ? filter : {...filter, module: ''},
    policy: policyRest,
    prompts: 'file' in prompts ? {...prompts, file: ''} : prompts,
  };
};

/** With the defaults of keys that a fleet of an earlier version has not got; one that is no fleet of this version, as it is. */
const completed = (fleet: Fleet): Fleet => fleetSchema.safeParse(fleet).data ?? fleet;

/** Steps that nobody wrote follow from the prompts: where both differ, the prompts are to be named. */
const stepless = (fleet: Fleet): Fleet => ({...fleet, training: {...fleet.training, steps: 0}});

/**
 * @param where the first fleet is from, such as its file
 * @param places whether paths count, too
 * @throws TerminalError that names the first key that differs
 */
export const requireSameFleet = (
  where: string,
  before: Fleet,
  now: Fleet,
  {places}: {readonly places: boolean},
): void => {
  const of = places ? compared : withoutPlaces;
  const was = completed(before);
  const difference =
    firstDifference(of(stepless(was)), of(stepless(now))) ?? firstDifference(of(was), of(now));
  if (difference === undefined) return;
  const {key, before: had, now: has} = difference;
  throw new TerminalError(
    `${where}: ${key} is ${JSON.stringify(had) ?? 'not set'} in this run and ${JSON.stringify(has) ?? 'not set'} in the fleet ` +
      'given now; give the same, or choose another --run',
  );
};

/**
 * The first key of which two fleets say different things, but for where endpoints are and how much they are asked: that may have to be
 * set right for what judges scores to go on. What one of an earlier version has not got is as its default.
 */
export const judgedOtherwise = (before: unknown, now: unknown): Difference | undefined => {
  const was = withoutEndpoints(before);
  return firstDifference(
    fleetSchema.safeParse(was).data ?? was,
    withoutEndpoints(JSON.parse(JSON.stringify(now))),
  );
};

const withoutEndpoints = (fleet: unknown): unknown => (isMap(fleet) ? {...fleet, endpoints: {}} : {});

interface Difference {
  readonly key: string;
  readonly before: unknown;
  readonly now: unknown;
}

const firstDifference = (before: unknown, now: unknown, key = ''): Difference | undefined => {
  if (isDeepStrictEqual(before, now)) return undefined;
  if (!isMap(before) || !isMap(now) || lengthOf(before) !== lengthOf(now)) return {key, before, now};
  for (const name of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const found = firstDifference(before[name], now[name], key === '' ? name : `${key}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
};

const isMap = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object';
/** Of a list, whose things are compared one by one where there are as many; undefined of a map. */
const lengthOf = (value: object): number | undefined => (Array.isArray(value) ? value.length : undefined);

/** Such as `evaluation.count 10, not 20`. */
export const differenceText = ({key, before, now}: Difference): string =>
  `${key} ${JSON.stringify(before) ?? 'unset'}, not ${JSON.stringify(now) ?? 'unset'}`;
