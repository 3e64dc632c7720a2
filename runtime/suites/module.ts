/**
 * A suite of the user's own, as an ES module: it exports `items`, a list or an async function that gives one, each with `prompt`, and
 * `grade(item, answer, {answers, judge})`, which gives a number from 0 to 1, or `{score, unscored, details}`.
 */

import {stat} from 'node:fs/promises';
import {resolve} from 'node:path';
import {pathToFileURL} from 'node:url';
import * as z from 'zod';
import {isMissing, messageOf, TerminalError} from '../errors.js';
import {refusePipe} from '../json/regular-file.js';
import type {Grade} from './grade.js';
import {type AnswerSuite, answerLength, type Grading, type Item} from './suite.js';

const options = z.strictObject({
  suite: z.literal('module'),
  file: z.string().min(1).describe('an ES module that exports items and grade'),
  ...answerLength,
});

type GradeBy = (item: Item, answer: string, grading: Grading) => unknown;

export interface ModuleItem extends Item {
  /** The module's own item. */
  readonly own: unknown;
}

const itemSchema = z.looseObject({
  prompt: z.string().min(1),
  followUps: z.array(z.string()).optional(),
  weight: z.int().positive().optional(),
});
const gradeSchema = z.union([
  z.number(),
  z.object({
    score: z.number().optional(),
    unscored: z.string().optional(),
    details: z.record(z.string(), z.unknown()).optional(),
  }),
]);

export const module = {
  kind: 'answers',
  options,
  files: ['file'],
  usesJudge: true,
  describe: ({suite, file}) => `${suite} ${file}`,
  async items({file}) {
    const {items} = await load(file);
    const found: unknown = typeof items === 'function' ? await called(file, 'items', () => items()) : items;
    if (!Array.isArray(found) || found.length === 0)
      throw new TerminalError(
        `${file}: items: is no list of items, or an empty one; export a list, or a function that gives one`,
      );
    return found.map((own: unknown, at): ModuleItem => {
      const {success, data, error} = itemSchema.safeParse(own);
      if (!success)
        throw new TerminalError(
          `${file}: items: ${at + 1}: ${error.issues[0]?.path.join('.') ?? ''}: ${error.issues[0]?.message ?? 'is none'}; each is {prompt, ...}`,
        );
      const {prompt, followUps, weight} = data;
      return {
        prompt,
        own,
        ...(followUps === undefined ? {} : {followUps}),
        ...(weight === undefined ? {} : {weight}),
      };
    });
  },
  grade: async ({own}, answer, grading, {file}) => {
    const {grade} = await load(file);
    const found = await called(file, 'grade', () => grade(own as Item, answer, grading));
    const {success, data} = gradeSchema.safeParse(found);
    if (success) return typeof data === 'number' ? data : gradeFrom(data);
    throw new TerminalError(
      `${file}: grade: gave ${JSON.stringify(found) ?? 'undefined'}; it gives a number from 0 to 1`,
    );
  },
} as const satisfies AnswerSuite<z.infer<typeof options>, ModuleItem>;

const gradeFrom = ({score, unscored, details}: Exclude<z.infer<typeof gradeSchema>, number>): Grade => ({
  score,
  ...(unscored === undefined ? {} : {unscored}),
  ...(details === undefined ? {} : {details}),
});

interface Loaded {
  readonly items: unknown;
  readonly grade: GradeBy;
}

const load = async (file: string): Promise<Loaded> => {
  await refusePipe(file);
  await stat(file).catch((error: unknown) => {
    throw new TerminalError(isMissing(error) ? `${file}: no such file` : `${file}: ${messageOf(error)}`);
  });
  // Loaded once: later imports of one address give the same module.
  const loaded: {items?: unknown; grade?: unknown} = await called(
    file,
    'the module',
    () => import(pathToFileURL(resolve(file)).href),
  );
  const {items, grade} = loaded;
  if (items === undefined || typeof grade !== 'function')
    throw new TerminalError(
      `${file}: exports no ${items === undefined ? 'items' : 'function grade'}; it exports items and grade`,
    );
  return {items, grade: grade as GradeBy};
};

/** What the user's own code throws is said with its place. */
const called = async <T>(file: string, what: string, call: () => T | Promise<T>): Promise<T> => {
  try {
    return await call();
  } catch (error) {
    throw new TerminalError(`${file}: ${what}: ${messageOf(error)}`);
  }
};
