/** What a run was started with, key by key: all that has to do with what it learnt. Pure. */
import {hasLearner} from '../fleet/file/pairs-only.js';
import type {Fleet} from '../fleet/file/schema.js';

/** Endpoints are left out: their addresses are in fleet.json, and nobody learns from them. */
const SHOWN = [
  'seed',
  'dataset',
  'prompts',
  'policy',
  'objective',
  'training',
  'evaluation',
  'filter',
  'maxStaleness',
  'pipelineDepth',
  'maxOutstandingPrompts',
  'backend',
  'device',
  'precision',
  'actors',
] as const satisfies readonly (keyof Fleet)[];

/** Keys as `--set` takes them, and their values, in the order of the fleet's file. */
export const settingsOf = (fleet: Fleet | undefined): [string, string][] =>
  fleet === undefined
    ? []
    : SHOWN.filter((key) => hasLearner(fleet) || !TRAINED.has(key)).flatMap((key) => flat(key, fleet[key]));

/** What is said of training says nothing of a run that trained nobody. */
const TRAINED: ReadonlySet<keyof Fleet> = new Set(['objective', 'training']);

const flat = (key: string, value: unknown): [string, string][] => {
  if (value === undefined) return [];
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return Object.entries(value).flatMap(([name, inner]) => flat(`${key}.${name}`, inner));
  return [[key, typeof value === 'string' && !value.includes('\n') ? value : JSON.stringify(value)]];
};
