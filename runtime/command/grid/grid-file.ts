/** grid.yaml: what runs a grid has, checked before anything starts. */
import {readFile} from 'node:fs/promises';
import {basename} from 'node:path';
import * as z from 'zod';
import {type DatasetName, datasetNames, datasets, deciders} from '../../datasets.js';
import {isMissing, messageOf, TerminalError} from '../../errors.js';
import {AUTO} from '../../fleet/anchor/settings.js';
import {complaintsOf, type Path} from '../../fleet/file/complaints.js';
import {evaluationsOf} from '../../fleet/file/evaluations.js';
import {checkedFleet, overridden} from '../../fleet/file/load.js';
import type {Fleet} from '../../fleet/file/schema.js';
import {readYaml} from '../../fleet/file/yaml.js';
import {refusePipe} from '../../json/regular-file.js';

/** A part of the ids of its runs. */
const label = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,23}$/, 'small letters, digits, _ and - only, at most 24');

const dataset = z.union([
  z.enum(datasetNames),
  z.strictObject({
    name: label,
    /** A row of the table of datasets. */
    dataset: z.enum(datasetNames),
    /** Keys of the fleet that are otherwise in its runs, such as {actors.reviser.model: gpt-4o}. */
    set: z.record(z.string().min(1), z.json()).default({}),
  }),
]);

const objective = z.union([
  z.string().min(1),
  z.strictObject({
    label: label.optional(),
    name: z.string().min(1),
    beta: z.number().positive().optional(),
    learningRate: z.number().positive().optional(),
    settings: z.record(z.string(), z.number()).optional(),
  }),
]);

const gridSchema = z.strictObject({
  /** What all runs have in common, as in a fleet.yaml. */
  fleet: z.record(z.string(), z.json()),
  datasets: z.array(dataset).min(1),
  objectives: z.array(objective).min(1),
  seeds: z
    .array(
      z
        .int()
        .nonnegative()
        .max(2 ** 32 - 1),
    )
    .min(1),
});

/** What no dataset has of its own: what is compared, and by what. */
const SAME_FOR_ALL = ['dataset', 'seed', 'run', 'objective', 'evaluation', 'policy.model'];

/** A run of the grid that makes pairs. */
export interface GridData {
  readonly dataset: string;
  readonly seed: number;
  /** As it runs, but for the objective, which is the first one's. */
  readonly fleet: Fleet;
}

/** By what the pairs are trained. */
export interface GridObjective {
  readonly label: string;
  readonly name: string;
  readonly beta: number;
  readonly learningRate: number;
  readonly settings: Readonly<Record<string, number>>;
}

export interface Grid {
  /** Of the file. */
  readonly name: string;
  readonly datasets: readonly string[];
  readonly objectives: readonly GridObjective[];
  readonly seeds: readonly number[];
  /** Each dataset under each seed. */
  readonly data: readonly GridData[];
}

/**
 * Reads a grid and checks the fleet of each of its runs.
 *
 * @throws TerminalError with a line for each thing that is wrong: the file, the field, what to write instead.
 */
export const readGrid = async (path: string): Promise<Grid> => {
  const {value, lineAt} = readYaml(await readText(path), (message, line) => {
    throw new TerminalError(`${path}:${line}: not YAML: ${message}`);
  });
  const where = (keys: Path): string => {
    const line = lineAt(keys);
    return line === undefined ? path : `${path}:${line}`;
  };
  const parsed = gridSchema.safeParse(value);
  if (!parsed.success)
    throw new TerminalError(
      complaintsOf(parsed.error.issues, gridSchema, value)
        .map(
          ({path: keys, message}) =>
            `${where(keys)}: ${keys.map(String).join('.') || 'the grid'}: ${message}`,
        )
        .join('\n'),
    );
  const {fleet, seeds} = parsed.data;
  const refuse = (field: string, message: string): never => {
    throw new TerminalError(`${where([field])}: ${field}: ${message}`);
  };
  for (const key of ['dataset', 'datasets', 'seed', 'run'])
    if (key in fleet)
      refuse('fleet', `${key} is the grid's own: say it under datasets and seeds, and leave it out here`);
  const common = mapOf(fleet.objective);
  if ('name' in common) refuse('fleet', "objective.name is the grid's own: leave it out here");
  const recipes = parsed.data.datasets.map((each) =>
    typeof each === 'string' ? {name: each, dataset: each, set: {}} : each,
  );
  const objectives = parsed.data.objectives.map((each) => (typeof each === 'string' ? {name: each} : each));
  const labels = objectives.map(({name, ...given}) => ('label' in given && given.label) || labelOf(name));
  requireDistinct(
    'datasets',
    recipes.map(({name}) => name),
    refuse,
  );
  requireDistinct('objectives', labels, refuse);
  requireDistinct('seeds', seeds.map(String), refuse);

  const [first] = objectives;
  if (objectives.some(({name}) => name === AUTO))
    refuse(
      'objectives',
      'auto follows the advice of a live run, which no cell of a grid is; name apo_zero, apo_down or both',
    );
  for (const {name, set} of recipes)
    for (const key of Object.keys(set))
      if (SAME_FOR_ALL.some((own) => key === own || key.startsWith(`${own}.`)))
        refuse(
          'datasets',
          `${name}: set: ${key} is the same for all datasets, or they are no comparison; leave it out here`,
        );
  const fleetOf = (
    recipe: (typeof recipes)[number],
    seed: number,
    given: (typeof objectives)[number] | undefined,
  ): Fleet => {
    const {dataset: decided, set} = recipe;
    const {label: _, ...own} = {label: undefined, ...given};
    /** Where the key stands in this file. */
    const lineOf = (keys: Path): number | undefined => {
      const [first, second] = keys.map(String);
      if (first === 'objective' && second !== undefined && second in own && given !== undefined)
        return lineAt(['objectives', objectives.indexOf(given)]);
      const typed = keys.map(String).join('.');
      if (Object.keys(set).some((key) => `${typed}.`.startsWith(`${key}.`)))
        return lineAt(['datasets', recipes.indexOf(recipe)]);
      return lineAt(['fleet', ...keys]);
    };
    const input = Object.entries(set).reduce<unknown>(
      (data, [key, value]) => overridden(data, {keys: key.split('.'), value}),
      {...fleet, dataset: decided, seed, objective: {...common, ...own}},
    );
    return checkedFleet(path, withOwnDeciders(input, decided), [], lineOf);
  };
  const data = recipes.flatMap((each) =>
    seeds.map((seed) => ({dataset: each.name, seed, fleet: fleetOf(each, seed, first)})),
  );
  const [any] = recipes;
  const fleetOfAny = data[0]?.fleet;
  const evaluations = fleetOfAny === undefined ? [] : evaluationsOf(fleetOfAny);
  if (any === undefined || fleetOfAny === undefined || evaluations.length === 0)
    return refuse('fleet', 'evaluation is missing: without a suite there is no score, and no table');
  for (const {suite, judge} of evaluations) {
    const endpoint = judge && fleetOfAny.endpoints[judge.endpoint];
    if (endpoint !== undefined && 'demo' in endpoint)
      refuse(
        'fleet',
        `evaluation: suite ${suite}: the demo teacher of endpoints.${judge?.endpoint} answers while pairs are made alone; give the judge an endpoint with a baseUrl`,
      );
  }
  return {
    name: basename(path).replace(/\.(?:ya?ml|json)$/, ''),
    datasets: recipes.map(({name}) => name),
    objectives: objectives.map((each, index) => ({
      label: labels[index] ?? '',
      ...fleetOf(any, seeds[0] ?? 0, each).objective,
    })),
    seeds,
    data,
  };
};

/** The fleet of one recipe: who decides in the others stands beside it in a grid, and is no part of it. */
const withOwnDeciders = (input: unknown, recipe: DatasetName): unknown => {
  const {actors, ...rest} = mapOf(input);
  const own = Object.entries(mapOf(actors)).filter(([name, settings]) => {
    if (!deciders.some((each) => each === name) || name === datasets[recipe].decider) return true;
    // Other models may have to answer what a judge then decides.
    return recipe === 'judge_off_policy' && name === 'answerer' && 'others' in mapOf(settings);
  });
  return {...rest, actors: Object.fromEntries(own)};
};

/** Such as `apo_zero-0-1-sft` of apo_zero+0.1*sft. */
const labelOf = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, '-')
    .slice(0, 24);

const mapOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};

const requireDistinct = (
  field: string,
  names: readonly string[],
  refuse: (field: string, message: string) => never,
): void => {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) refuse(field, `${twice} is there twice; leave one out, or give it another name`);
};

const readText = async (path: string): Promise<string> => {
  await refusePipe(path);
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new TerminalError(
      isMissing(error)
        ? `${path}: no such file; give the path of a grid.yaml, such as deploy/grid/table1.yaml`
        : `${path}: ${messageOf(error)}`,
    );
  }
};
