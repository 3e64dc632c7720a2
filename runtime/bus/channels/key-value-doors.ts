/**
 * What a key-value entry must be before anyone uses it: operators may put one by hand, and whoever has the run's secret
 * any other. What else is in one, such as the fleet's keys, is checked by whoever reads it.
 */
import * as z from 'zod';
import type {KvKey} from '../bus.js';
import {SHA256_PATTERN} from './doors.js';
import {holderSchema} from './holder.js';

const number = z.int().nonnegative();
/** Of steps and versions, which travel as 32 bits elsewhere. */
const step = z.int().nonnegative().max(1e9);
const counts = z.record(z.string(), z.number());
const member = z.looseObject({id: z.string(), index: z.int().nonnegative().max(65_535)});
const members = z.array(member).max(65_536);
const file = z.looseObject({path: z.string(), sha256: z.string().regex(SHA256_PATTERN), sizeBytes: number});

const amount = z.number().nonnegative();
const use = z.looseObject({
  requests: amount,
  characters: amount,
  promptTokens: amount,
  completionTokens: amount,
  cost: amount,
});

const doors: Readonly<Record<KvKey, z.ZodType>> = {
  origin: z.looseObject({
    fleet: z.looseObject({}),
    policy: z.looseObject({files: z.array(file), weightsSha256: z.string().regex(SHA256_PATTERN)}),
    prompts: z.string().optional(),
    evaluation: z.string().optional(),
    folder: z.string(),
    host: z.string(),
    protocol: z.string().optional(),
  }),
  holder: holderSchema,
  best: z.looseObject({
    suite: z.string(),
    metric: z.string().optional(),
    value: z.number(),
    step,
    policyVersion: step,
    weightsSha256: z.string(),
    margin: z.number().optional(),
  }),
  unscored: z.record(z.string(), z.string()),
  progress: z.looseObject({
    step,
    steps: step,
    epoch: number.optional(),
    policyVersion: step,
    pairSequence: number,
    pairsTrained: number.optional(),
    phase: z.enum(['training', 'complete']),
    crew: z.int().nonnegative().max(0xffff_ffff).optional(),
    backend: z.string().optional(),
    backendReason: z.string().optional(),
  }),
  phase: z.union([
    z.looseObject({feeding: z.literal('on')}),
    z.looseObject({feeding: z.literal('done'), pairs: number}),
  ]),
  fleet: z.looseObject({}),
  scale: z.looseObject({revision: number, counts}),
  actors: z.looseObject({
    revision: number,
    supervised: z.boolean(),
    running: counts,
    processes: counts,
    gone: z.array(z.string()).optional(),
    problem: z.string().optional(),
  }),
  shards: z.looseObject({
    epoch: z.int().nonnegative().max(0xffff_ffff),
    members,
    waiting: members,
    leaving: z.array(z.string()),
    isEnded: z.boolean().optional(),
  }),
  prompts: z.looseObject({sequence: number, published: number, foreign: number}),
  usage: z.looseObject({
    processes: z.record(z.string(), use.extend({open: use, turn: number})),
    endpoints: z.record(z.string(), z.looseObject({requestsFromMs: amount, tokensFromMs: amount})),
    reached: z.string().optional(),
    by: z.string().optional(),
  }),
};

/** A value as it was put; undefined where the text is none of that key. */
export const kvValueIn = (key: KvKey, text: string): unknown => {
  try {
    const value: unknown = JSON.parse(text);
    return doors[key].safeParse(value).success ? value : undefined;
  } catch {
    return undefined;
  }
};
