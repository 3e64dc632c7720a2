/** What a run was started with, key by key: all that has to do with what it learnt. Pure. */
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
  fleet === undefined ? [] : SHOWN.flatMap((key) => flat(key, fleet[key]));

const flat = (key: string, value: unknown): [string, string][] => {
  if (value === undefined) return [];
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return Object.entries(value).flatMap(([name, inner]) => flat(`${key}.${name}`, inner));
  return [[key, typeof value === 'string' && !value.includes('\n') ? value : JSON.stringify(value)]];
};
