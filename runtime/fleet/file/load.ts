/** From fleet.yaml, or the JSON that `anchorage up` keeps of it, to a checked fleet. */
import {existsSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import {isMissing, messageOf, TerminalError} from '../../errors.js';
import {nameOfFolder, readHubName} from '../../hub/hub-name.js';
import {refusePipe} from '../../json/regular-file.js';
import {packageRoot} from '../../paths.js';
import {hide} from '../../text/redact.js';
import {contradictionsOf} from './check.js';
import {type Complaint, complaintsOf, type Path} from './complaints.js';
import {withEvaluationFiles} from './evaluations.js';
import {withSteps} from './length.js';
import {pairsOnly, withTrainingFilledIn} from './pairs-only.js';
import {type Fleet, fleetSchema} from './schema.js';
import {readYaml} from './yaml.js';

/** The shipped policy's folder: what `policy.model: demo` stands for. */
export const demoPolicyFolder: string = join(packageRoot, 'runtime/demo/policy');

/** What a fleet is read for: to train a policy, or to make pairs alone. */
export type Purpose = 'training' | 'pairs';

/**
 * Reads a fleet with the overrides of `--set`, checks it and makes its file names absolute (a relative one starts at the
 * working folder). Throws a `TerminalError` with one line for each thing that is wrong.
 *
 * @param sets such as `objective.beta=0.5`; dotted keys, YAML values.
 */
export const readFleet = async (
  path: string,
  sets: readonly string[] = [],
  purpose: Purpose = 'training',
): Promise<Fleet> => {
  const {value, lineAt} = await readDocument(path);
  return checkedFleet(path, value, sets, lineAt, purpose);
};

/** What a fleet says that it is for: one without an objective makes pairs alone. Throws as `readFleet` where it is no YAML. */
export const purposeOf = async (path: string): Promise<Purpose> => {
  const {value} = await readDocument(path);
  const isPairs = value !== null && typeof value === 'object' && !('objective' in value);
  return isPairs ? 'pairs' : 'training';
};

const readDocument = async (path: string): Promise<ReturnType<typeof readYaml>> =>
  readYaml(await readText(path), (message, line) => {
    throw new TerminalError(`${path}:${line}: not YAML: ${message}`);
  });

/**
 * The same of a fleet that is at hand already.
 *
 * @param name what complaints begin with, such as the file.
 * @param lineAt where the file has a key.
 */
export const checkedFleet = (
  name: string,
  input: unknown,
  sets: readonly string[] = [],
  lineAt: (keys: Path) => number | undefined = () => undefined,
  purpose: Purpose = 'training',
): Fleet => {
  const overrides = sets.map(readOverride);
  const given = overrides.reduce(overridden, input);
  const data = purpose === 'pairs' ? withTrainingFilledIn(given) : given;
  const where = ({path: keys}: Complaint): string => {
    const override = overrides.find((each) => each.keys.every((key, index) => key === keys[index]));
    if (override !== undefined) return `--set ${override.text}`;
    const line = lineAt(keys);
    return line === undefined ? name : `${name}:${line}`;
  };
  const fail = (complaints: readonly Complaint[]): never => {
    const text = complaints.map(
      (each) => `${where(each)}: ${each.path.map(String).join('.') || 'the fleet'}: ${each.message}`,
    );
    throw new TerminalError(text.join('\n'));
  };
  const parsed = fleetSchema.safeParse(data);
  if (!parsed.success) return fail(complaintsOf(parsed.error.issues, fleetSchema, data));
  const fleet = purpose === 'pairs' ? pairsOnly(parsed.data) : withSteps(withoutIdleEvaluator(parsed.data));
  const contradictions = contradictionsOf(fleet);
  return contradictions.length > 0 ? fail(contradictions) : withAbsolutePaths(fleet);
};

/** The fleet as other machines may load it: what this package ships, and what came from the Hub, lies elsewhere there. */
export const loadableElsewhere = (fleet: Fleet): Fleet => {
  const {policy} = fleet;
  const model = policy.model === demoPolicyFolder ? 'demo' : nameOfFolder(policy.model);
  return {...fleet, policy: {...policy, model}};
};

/** Without a suite there is nothing to evaluate by: no process waits for it, and no core is kept free for one. */
const withoutIdleEvaluator = (fleet: Fleet): Fleet => {
  const {evaluation, actors} = fleet;
  if (evaluation !== undefined) return fleet;
  return {...fleet, actors: {...actors, evaluator: {...actors.evaluator, count: 0}}};
};

const withAbsolutePaths = (fleet: Fleet): Fleet => {
  const {policy, prompts, endpoints, actors, filter} = fleet;
  return {
    ...withEvaluationFiles(fleet, (file) => resolve(file)),
    endpoints: Object.fromEntries(
      Object.entries(endpoints).map(([name, endpoint]) => [
        name,
        'apiKeyFile' in endpoint && endpoint.apiKeyFile !== undefined
          ? {...endpoint, apiKeyFile: resolve(endpoint.apiKeyFile)}
          : endpoint,
      ]),
    ),
    actors: {
      ...actors,
      sampler: withAbsoluteAdapters(actors.sampler),
      evaluator: withAbsoluteAdapters(actors.evaluator),
      ...(actors.reviser === undefined ? {} : {reviser: withAbsolutePrompt(actors.reviser)}),
      ...(actors.judge === undefined ? {} : {judge: withAbsolutePrompt(actors.judge)}),
    },
    filter: filter.module === undefined ? filter : {...filter, module: resolve(filter.module)},
    policy: {...policy, model: policy.model === 'demo' ? demoPolicyFolder : pathOrName(policy.model)},
    prompts: 'file' in prompts ? {...prompts, file: pathOrName(prompts.file)} : prompts,
  };
};

/** A name on the Hub stays what it is, until it is looked for. */
const pathOrName = (typed: string): string =>
  !existsSync(typed) && readHubName(typed) !== undefined ? typed : resolve(typed);

const withAbsoluteAdapters = <A extends {readonly adapters: {readonly folder?: string | undefined}}>(
  asking: A,
): A =>
  asking.adapters.folder === undefined
    ? asking
    : {...asking, adapters: {...asking.adapters, folder: resolve(asking.adapters.folder)}};

const withAbsolutePrompt = <A extends {readonly promptFile?: string | undefined}>(asking: A): A =>
  asking.promptFile === undefined ? asking : {...asking, promptFile: resolve(asking.promptFile)};

const readText = async (path: string): Promise<string> => {
  await refusePipe(path);
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const remedy = 'give the path of a fleet.yaml; `anchorage up --help` shows one';
    throw new TerminalError(
      isMissing(error) ? `${path}: no such file; ${remedy}` : `${path}: ${messageOf(error)}`,
    );
  }
};

/** One `--set`. */
export interface Override {
  /** As it was typed. */
  readonly text: string;
  readonly keys: readonly string[];
  readonly value: unknown;
}

/** Reads one `--set`. Throws a `TerminalError`. */
export const readOverride = (text: string): Override => {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined) {
    throw new TerminalError(`--set ${text}: not key=value, such as objective.beta=0.5`);
  }
  // There is no such key, but what was meant as a secret is shown with the complaint.
  if (/(?:key|token|secret|password)$/i.test(key.trim())) hide(value);
  const read = readYaml(value, (message) => {
    throw new TerminalError(`--set ${text}: the value is not YAML: ${message}`);
  });
  return {text, keys: key.trim().split('.'), value: read.value};
};

/** The data with one key changed. */
export const overridden = (data: unknown, {keys, value}: Omit<Override, 'text'>): unknown => {
  const [key, ...rest] = keys;
  if (key === undefined) return value;
  if (Array.isArray(data) && /^\d+$/.test(key) && Number(key) < data.length)
    return data.map((each: unknown, place) =>
      place === Number(key) ? overridden(each, {keys: rest, value}) : each,
    );
  const map =
    data !== null && typeof data === 'object' && !Array.isArray(data)
      ? (data as Record<string, unknown>)
      : {};
  return {...map, [key]: overridden(map[key], {keys: rest, value})};
};
