/** MixEval's data from a user's own copy: `free-form.json` and `multiple-choice.json`, as both releases lay them out. */
import {stat} from 'node:fs/promises';
import {join} from 'node:path';
import * as z from 'zod';
import {TerminalError} from '../../errors.js';
import {readOptionalText} from '../../json/json-file.js';
import type {Item} from '../suite.js';
import {choicePrompt, freeFormPrompt} from './prompts.js';

interface Entry extends Item {
  /** Of the entries in its file that are this one; published data holds most several times, as weights. */
  readonly ids: readonly string[];
  readonly benchmark: string;
  /** Without its context, as a judge is shown it. */
  readonly question: string;
  /** Undefined where there is none. */
  readonly context?: string;
}
export interface FreeFormItem extends Entry {
  readonly problem: 'free-form';
  /** Any of them is right. */
  readonly targets: readonly string[];
}
export interface ChoiceItem extends Entry {
  readonly problem: 'multiple-choice';
  readonly options: readonly string[];
  /** The letter of the right one. */
  readonly target: string;
}
export type MixItem = FreeFormItem | ChoiceItem;
export type Problem = MixItem['problem'];

export const problems = ['free-form', 'multiple-choice'] as const satisfies readonly Problem[];

export const letterOf = (place: number): string => String.fromCharCode('A'.charCodeAt(0) + place);

const shared = {
  context: z.string().nullish(),
  prompt: z.string().min(1),
  benchmark_name: z.string().min(1),
};
const freeForm = z.looseObject({...shared, target: z.array(z.string()).min(1)});
const choice = z
  .looseObject({
    ...shared,
    options: z.array(z.string()).min(2).max(26),
    target: z.array(z.int().nonnegative()).length(1),
  })
  .refine(({options, target: [place = 0]}) => place < options.length, {
    path: ['target'],
    message: 'is the place of none of the options',
  });

/**
 * The different items of a folder, each with how often it is there.
 *
 * @throws TerminalError naming the file, the entry and the field of what is none.
 */
export const readMixEval = async (folder: string): Promise<MixItem[]> => {
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined)
    throw new TerminalError(
      `data: ${folder}: no such folder; give the one with free-form.json and multiple-choice.json`,
    );
  if (!found.isDirectory())
    throw new TerminalError(
      `data: ${folder}: is a file; give the folder with free-form.json and multiple-choice.json`,
    );
  const read = await Promise.all(problems.map((problem) => readProblem(folder, problem)));
  if (read.every((items) => items === undefined))
    throw new TerminalError(
      `data: ${folder}: has neither free-form.json nor multiple-choice.json; give a folder such as mixeval-2024-06-01/mixeval-hard`,
    );
  return read.flatMap((items) => items ?? []);
};

/** Far above the full benchmark's. */
const MOST_BYTES = 256 * 1024 * 1024;

const readProblem = async (folder: string, problem: Problem): Promise<MixItem[] | undefined> => {
  const file = join(folder, `${problem}.json`);
  const text = await readOptionalText(file, MOST_BYTES);
  if (text === undefined) return undefined;
  const unique = new Map<string, MixItem>();
  for (const [id, entry] of entriesIn(file, text)) {
    const item = itemOf(`${file}: entry ${id}`, problem, id, entry);
    const {ids: _, ...what} = item;
    const key = JSON.stringify(what);
    const known = unique.get(key);
    unique.set(
      key,
      known === undefined ? item : {...known, ids: [...known.ids, id], weight: known.ids.length + 1},
    );
  }
  return [...unique.values()];
};

/** An object by ids, as published; or a list whose entries may have one. */
const entriesIn = (file: string, text: string): (readonly [id: string, entry: unknown])[] => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new TerminalError(
      `${file}: not JSON (${error instanceof Error ? error.message : ''}); copy it again`,
    );
  }
  if (Array.isArray(value))
    return value.map((entry: unknown, place) => [
      entry instanceof Object && 'id' in entry ? String(entry.id) : String(place),
      entry,
    ]);
  if (value instanceof Object) return Object.entries(value);
  throw new TerminalError(`${file}: is no object of entries by their ids; copy it again`);
};

const itemOf = (where: string, problem: Problem, id: string, entry: unknown): MixItem => {
  if (problem === 'free-form') {
    const {target, ...asked} = parsed(where, freeForm, entry);
    const common = commonOf(id, asked);
    return {
      problem,
      ...common,
      prompt: freeFormPrompt({prompt: asked.prompt, context: common.context, benchmark: common.benchmark}),
      // Aliases are there several times.
      targets: [...new Set(target)],
    };
  }
  const {target, options, ...asked} = parsed(where, choice, entry);
  const common = commonOf(id, asked);
  return {
    problem,
    ...common,
    prompt: choicePrompt({prompt: asked.prompt, context: common.context, options}),
    options,
    target: letterOf(target[0] ?? 0),
  };
};

/** What entries of both problems have. */
const commonOf = (
  id: string,
  {
    prompt,
    context,
    benchmark_name: benchmark,
  }: Pick<z.infer<typeof freeForm>, 'prompt' | 'context' | 'benchmark_name'>,
) => ({ids: [id], benchmark, question: prompt, ...contextIn(context)});

/** One that says nothing is none. */
const contextIn = (context: string | null | undefined): {readonly context?: string} =>
  context === undefined || context === null || /^ *(?:none|null)? *$/i.test(context) ? {} : {context};

const parsed = <T>(where: string, schema: z.ZodType<T>, entry: unknown): T => {
  const {success, data, error} = schema.safeParse(entry);
  if (success) return data;
  const issue = error.issues[0];
  throw new TerminalError(
    `${where}: ${issue?.path.join('.') || 'the entry'}: ${issue?.message ?? 'is none'}; copy the file again`,
  );
};
