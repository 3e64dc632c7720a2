/** All of a fleet that may change while it runs: how it is read from a fleet, changed, checked, sent and put back. Pure. */
import {isDeepStrictEqual} from 'node:util';
import * as z from 'zod';
import type {Control} from '../../../proto/messages.js';
import {CHANGEABLE, type ChangeableKey, changeable} from '../../actors.js';
import {TerminalError} from '../../errors.js';
import {settingComplaints} from '../../learning/objectives/objectives.js';
import {specLine} from '../../metrics/lines.js';
import {AUTO, FIRST_ANCHORED, isAuto} from '../anchor/settings.js';
import {filterContradictions} from '../file/check.js';
import {type Complaint, complaintsOf, type Path} from '../file/complaints.js';
import {overridden, readOverride} from '../file/load.js';
import {type Fleet, fleetSchema} from '../file/schema.js';
import {samplerAsks} from '../fleet-actors.js';

const {objective, policy, filter, spend, actors} = fleetSchema.shape;

/** Of the keys that may change, those of a section, such as `temperature` of `policy`. */
type After<S extends string, K> = K extends `${S}.${infer Key}` ? Key : never;
const keysOf = <S extends string>(section: S) =>
  Object.fromEntries(
    changeable.flatMap(({key}) =>
      key.startsWith(`${section}.`) ? [[key.slice(section.length + 1), true]] : [],
    ),
  ) as {readonly [K in After<S, ChangeableKey>]: true};

/** The keys of fleet.yaml that a run may change, with the schemas that they have there. */
const specSchema = z.strictObject({
  objective: objective.superRefine(({name}, {addIssue}) => {
    const message =
      'auto is how a run begins, and ends where somebody names another; name apo_zero or apo_down';
    if (name === AUTO) addIssue({code: 'custom', path: ['name'], message});
  }),
  policy: policy.pick(keysOf('policy')),
  filter: filter.unwrap().pick(keysOf('filter')).prefault({}),
  spend: spend.unwrap().pick(keysOf('spend')).optional(),
  actors: z.strictObject({
    reviser: actors.shape.reviser.unwrap().pick(keysOf('actors.reviser')).optional(),
    answerer: actors.shape.answerer.unwrap().pick(keysOf('actors.answerer')).optional(),
    judge: actors.shape.judge.unwrap().pick(keysOf('actors.judge')).optional(),
    /** Of a policy behind an endpoint. */
    sampler: actors.shape.sampler.unwrap().pick(keysOf('actors.sampler')).optional(),
  }),
});
export type RunSpec = z.infer<typeof specSchema>;
type SentSpec = NonNullable<Control['spec']>;

/** Dotted keys of a tree of settings; what has any names, as an objective's settings, is one value. */
type Keys<T> = {
  [K in keyof T & string]-?: NonNullable<T[K]> extends infer V
    ? V extends object
      ? string extends keyof V
        ? K
        : `${K}.${Keys<V>}`
      : K
    : never;
}[keyof T & string];
type Same<A, B> = [A, B] extends [B, A] ? true : false;
/** Whether a key stands for fields of a message: what protobufjs keeps beside them does not count. */
type KeysSent<T> = Exclude<Keys<T>, `${string}$unknowns${string}`>;

// What may change by the table of actors is what a spec has, and what its message carries: or this does not compile.
true satisfies Same<Keys<RunSpec>, ChangeableKey>;
true satisfies Same<
  | KeysSent<Omit<SentSpec, 'reviser' | 'answerer' | 'judge' | 'sampler'>>
  | `actors.${KeysSent<Pick<SentSpec, 'reviser' | 'answerer' | 'judge' | 'sampler'>>}`,
  ChangeableKey
>;

/** What is to change. What is left out stays as it is. */
export interface ObjectiveChange {
  /** A name such as `apo_down`, or a weighted sum such as `apo_down+0.1*sft`. */
  readonly name?: string | undefined;
  /** Greater than 0. */
  readonly beta?: number | undefined;
  /** Peak learning rate before the schedule; greater than 0. */
  readonly learningRate?: number | undefined;
  /** Beside β, by name. Those set before stay as far as the objective still reads them. */
  readonly settings?: Readonly<Record<string, number>> | undefined;
}
export interface SpecChange extends ObjectiveChange {
  /** Dotted keys of fleet.yaml with YAML values, such as `policy.temperature=0.7`. */
  readonly set?: readonly string[] | undefined;
}

const ceilingOf = ({spendCeiling}: {readonly spendCeiling?: number | undefined}) =>
  spendCeiling === undefined ? {} : {spendCeiling};

/** What a fleet begins with. */
export const specOf = (fleet: Fleet): RunSpec => {
  const {reviser, answerer, judge, sampler} = fleet.actors;
  const {temperature, topP, topK} = fleet.policy;
  const {minLengthRatio, maxLengthRatio} = fleet.filter;
  return {
    objective: isAuto(fleet) ? {...fleet.objective, name: FIRST_ANCHORED} : fleet.objective,
    policy: {temperature, topP, topK},
    filter: {minLengthRatio, maxLengthRatio},
    ...(fleet.spend && {spend: {ceiling: fleet.spend.ceiling}}),
    actors: {
      ...(reviser && {
        reviser: {
          model: reviser.model,
          ...(reviser.instructions ? {instructions: reviser.instructions} : {}),
          ...ceilingOf(reviser),
        },
      }),
      ...(answerer && {answerer: ceilingOf(answerer)}),
      ...(judge && {judge: ceilingOf(judge)}),
      ...(samplerAsks(fleet) && {sampler: ceilingOf(sampler)}),
    },
  };
};

/** The fleet as it is while a spec holds. */
export const withSpec = (fleet: Fleet, spec: RunSpec): Fleet => {
  const {reviser, answerer, judge, sampler} = fleet.actors;
  return {
    ...fleet,
    objective: spec.objective,
    policy: {...fleet.policy, ...spec.policy},
    filter: {...fleet.filter, ...spec.filter},
    ...(fleet.spend && {spend: {...fleet.spend, ...spec.spend}}),
    actors: {
      ...fleet.actors,
      ...(reviser && {
        reviser: {...reviser, instructions: undefined, spendCeiling: undefined, ...spec.actors.reviser},
      }),
      ...(answerer && {answerer: {...answerer, spendCeiling: undefined, ...spec.actors.answerer}}),
      ...(judge && {judge: {...judge, spendCeiling: undefined, ...spec.actors.judge}}),
      ...(samplerAsks(fleet) && {sampler: {...sampler, spendCeiling: undefined, ...spec.actors.sampler}}),
    },
  };
};

/** A spec with a change. Throws a `TerminalError` with a line for each thing that is wrong, in the words of fleet.yaml. */
export const changedSpec = (before: RunSpec, change: SpecChange): RunSpec => {
  // An empty revision would be the one that a rollback takes back.
  if (isEmpty(change)) throw new TerminalError(`say what is to change: ${CHANGEABLE}`);
  const {name = before.objective.name, settings, set = []} = change;
  const {beta = before.objective.beta, learningRate = before.objective.learningRate} = change;
  const asked = set
    .map(readOverride)
    .reduce<unknown>(overridden, {...before, objective: {name, beta, learningRate, settings: {...settings}}});
  const named = z.looseObject({objective: z.looseObject({name: z.string()})}).safeParse(asked);
  const kept = named.success ? stillRead(named.data.objective.name, before.objective.settings) : {};
  const whole = Object.entries(kept).reduce<unknown>(
    (data, [setting, value]) => withDefault(data, setting, value),
    asked,
  );
  const checked = checkedSpec(whole);
  if ('complaints' in checked) throw new TerminalError(linesOf(checked.complaints));
  for (const [key, had, has] of [
    ['actors.reviser', before.actors.reviser, checked.spec.actors.reviser],
    ['actors.answerer', before.actors.answerer, checked.spec.actors.answerer],
    ['actors.judge', before.actors.judge, checked.spec.actors.judge],
    ['actors.sampler.endpoint', before.actors.sampler, checked.spec.actors.sampler],
    ['spend', before.spend, checked.spec.spend],
  ])
    if (had === undefined && has !== undefined)
      throw new TerminalError(`${key}: the fleet has none, and a run cannot get one`);
  return checked.spec;
};

/** Whether a change says which objective, be it the one that holds. */
export const namesName = ({name, set = []}: SpecChange): boolean =>
  name !== undefined || set.some((each) => readOverride(each).keys.join('.') === 'objective.name');

const isEmpty = ({name, beta, learningRate, settings = {}, set = []}: SpecChange): boolean =>
  [name, beta, learningRate].every((value) => value === undefined) &&
  Object.keys(settings).length === 0 &&
  set.length === 0;

/** A line for each: its key, what is wrong with it, and what to write instead. */
const linesOf = (complaints: readonly Complaint[]): string =>
  complaints.map(({path, message}) => `${path.map(String).join('.')}: ${inRun(path, message)}`).join('\n');

/** A complaint in the words of a run that goes on: of the keys that the fleet's file has, it knows few. */
const inRun = (path: Path, message: string): string => {
  if (!message.startsWith('unknown key')) return message;
  const isFleets = hasKey(fleetSchema, path);
  if (!isFleets && message.includes('did you mean')) return message;
  const what = isFleets ? 'fixed for the run' : 'unknown key';
  return `${what}; while a run goes on, these can change: ${CHANGEABLE}`;
};

/** Whether an object's schema has the key; of a choice of several objects, none is looked into. */
const hasKey = (schema: unknown, [key, ...rest]: Path): boolean => {
  if (schema === undefined) return false;
  if (key === undefined) return true;
  const whole =
    schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault
      ? schema.unwrap()
      : schema;
  return whole instanceof z.ZodObject && hasKey(whole.shape[String(key)], rest);
};

/** Puts a setting of the objective where the change does not say otherwise. */
const withDefault = (data: unknown, setting: string, value: number): unknown => {
  const keys = ['objective', 'settings', setting];
  const there = z.looseObject({objective: z.looseObject({settings: z.looseObject({})})}).safeParse(data);
  if (!there.success || setting in there.data.objective.settings) return data;
  return overridden(data, {keys, value});
};

/** Of the settings before a change, those that the objective after it reads and allows. */
const stillRead = (
  name: string,
  settings: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> => {
  try {
    const unread = new Set(settingComplaints(name, settings).map(({setting}) => setting));
    return Object.fromEntries(Object.entries(settings).filter(([setting]) => !unread.has(setting)));
  } catch {
    return {}; // an unknown objective, which the check names
  }
};

type Checked = {readonly spec: RunSpec} | {readonly complaints: readonly Complaint[]};

const checkedSpec = (data: unknown): Checked => {
  const parsed = specSchema.safeParse(data);
  if (!parsed.success) return {complaints: complaintsOf(parsed.error.issues, specSchema, data)};
  const contradictions = [...filterContradictions(parsed.data)];
  return contradictions.length > 0 ? {complaints: contradictions} : {spec: parsed.data};
};

/** A spec as it travels. */
export const messageOfSpec = ({
  objective,
  policy,
  filter,
  spend,
  actors: {reviser, answerer, judge, sampler},
}: RunSpec): SentSpec => ({
  objective,
  policy,
  filter,
  ...(reviser && {
    reviser: {
      model: reviser.model,
      instructions: reviser.instructions ?? null,
      spendCeiling: reviser.spendCeiling ?? null,
    },
  }),
  ...(spend && {spend}),
  ...(answerer && {answerer: {spendCeiling: answerer.spendCeiling ?? null}}),
  ...(judge && {judge: {spendCeiling: judge.spendCeiling ?? null}}),
  ...(sampler && {sampler: {spendCeiling: sampler.spendCeiling ?? null}}),
});

/** A spec that has travelled, checked like the fleet's file; or what is wrong with it, in one line. */
export const specOfMessage = (message: SentSpec): RunSpec | string => {
  const checked = checkedSpec({actors: {}, ...specLine(message)});
  return 'spec' in checked ? checked.spec : linesOf(checked.complaints).replaceAll('\n', '; ');
};

/** What differs, such as `objective.beta 0.1 → 0.5`; one entry a key. */
export const differencesOf = (before: RunSpec, after: RunSpec): string[] => differences(before, after, '');

const differences = (before: unknown, after: unknown, key: string): string[] => {
  if (isDeepStrictEqual(before, after)) return [];
  if (!isMap(before) || !isMap(after)) return [`${key} ${shown(before)} → ${shown(after)}`];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) =>
    differences(before[name], after[name], key === '' ? name : `${key}.${name}`),
  );
};
const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
const shown = (value: unknown): string => {
  if (value === undefined) return 'not set';
  const text = typeof value === 'string' ? value.replaceAll(/\s+/g, ' ') : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};
