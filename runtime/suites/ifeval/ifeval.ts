/** IFEval: prompts with instructions whose following a rule can see. The score is the share of answers that follow all of theirs. */
import * as z from 'zod';
import {TerminalError} from '../../errors.js';
import {numberIn} from '../../sources/fields.js';
import {type Row, readRows} from '../../sources/rows.js';
import {meanOf, type Weighted} from '../estimate.js';
import type {Graded} from '../grade.js';
import {type AnswerSuite, answerLength, type Item} from '../suite.js';
import {metricsOf, type Summary, type SummaryRow, scoresOf} from '../summary.js';
import {
  type Arguments,
  checks,
  follows,
  followsLoosely,
  givenIn,
  type Instruction,
  isInstruction,
} from './checks.js';

const metrics = [
  'prompt_level_strict_acc',
  'inst_level_strict_acc',
  'prompt_level_loose_acc',
  'inst_level_loose_acc',
] as const;

const options = z.strictObject({
  suite: z.literal('ifeval'),
  file: z.string().min(1).describe('IFEval’s rows, with prompt, instruction_id_list and kwargs'),
  ...{...answerLength, maxCompletionTokens: z.int().positive().default(1280)},
});

export interface IfevalItem extends Item {
  /** Where it stands, for an error. */
  readonly where: string;
  readonly instructions: readonly {readonly name: string; readonly arguments: Arguments}[];
}

const EXAMPLE =
  '{"key": 1, "prompt": "...", "instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}]}';

export const ifeval = {
  kind: 'answers',
  options,
  files: ['file'],
  metrics,
  describe: ({suite, file}) => `${suite} of ${file}`,
  async items({file}) {
    const items: IfevalItem[] = [];
    for await (const row of readRows({path: file, keys: '--'}, EXAMPLE)) items.push(itemOf(row));
    if (items.length === 0) throw new TerminalError(`${file}: holds nothing to ask; each row is ${EXAMPLE}`);
    return items;
  },
  grade: async ({where, instructions}, answer) => {
    const unknown = instructions.find(({name}) => !isInstruction(name));
    if (unknown !== undefined) return {score: undefined, unscored: `there is no rule for ${unknown.name}`};
    const found = instructions.map(({name, arguments: values}) => {
      const given = givenIn(where, values);
      const instruction = name as Instruction;
      return {
        strict: follows(instruction, answer, given),
        loose: followsLoosely(instruction, answer, given),
      };
    });
    const strict = found.map((each) => each.strict);
    const loose = found.map((each) => each.loose);
    return {
      score: strict.every(Boolean) ? 1 : 0,
      details: {loose: loose.every(Boolean) ? 1 : 0, follow_strict: strict, follow_loose: loose},
    };
  },
  summary: (graded) => summaryOf(graded),
} as const satisfies AnswerSuite<z.infer<typeof options>, IfevalItem>;

const itemOf = ({where, columns}: Row): IfevalItem => {
  const {prompt, instruction_id_list: names, kwargs} = columns;
  if (typeof prompt !== 'string')
    throw new TerminalError(`${where}: prompt: not a text; each row is ${EXAMPLE}`);
  if (!Array.isArray(names) || names.length === 0 || !names.every((each) => typeof each === 'string'))
    throw new TerminalError(`${where}: instruction_id_list: not a list of names; each row is ${EXAMPLE}`);
  if (!Array.isArray(kwargs) || kwargs.length !== names.length)
    throw new TerminalError(`${where}: kwargs: not as many as instruction_id_list; each row is ${EXAMPLE}`);
  const instructions = names.map((name: string, at) => ({name, arguments: argumentsOf(kwargs[at])}));
  // What is missing is said before a model is asked.
  for (const {name, arguments: values} of instructions)
    if (isInstruction(name)) follows(name, 'an answer', givenIn(`${where}: ${name}`, values));
  return {prompt, where, instructions};
};

/** Without those that are null, and with plain numbers. */
const argumentsOf = (value: unknown): Arguments =>
  Object.fromEntries(
    Object.entries(value instanceof Object ? value : {}).flatMap(([name, each]: [string, unknown]) => {
      if (each === null) return [];
      return [[name, typeof each === 'string' ? each : (numberIn(each) ?? each)]];
    }),
  );

const summaryOf = (graded: readonly Graded<IfevalItem>[]): Summary => {
  const scored = graded.filter(({grade}) => grade.score !== undefined);
  const flags = ({grade}: Graded<IfevalItem>, name: 'follow_strict' | 'follow_loose'): readonly boolean[] => {
    const found = grade.details?.[name];
    return Array.isArray(found) ? found.map(Boolean) : [];
  };
  const shares = (name: 'follow_strict' | 'follow_loose'): Weighted[] =>
    scored.map((each) => {
      const found = flags(each, name);
      return {value: found.filter(Boolean).length / found.length, weight: found.length};
    });
  const strict = meanOf(scoresOf(graded), 'prompt_level_strict_acc');
  const loose = scored.map(({grade}) => ({value: Number(grade.details?.loose ?? 0), weight: 1}));
  const names = Object.keys(checks).filter((name) =>
    scored.some(({item}) => item.instructions.some((each) => each.name === name)),
  );
  const rows = names.map((name): SummaryRow => {
    const values = scored.flatMap((each) =>
      each.item.instructions.flatMap((instruction, at) =>
        instruction.name === name ? [{value: flags(each, 'follow_strict')[at] ? 1 : 0, weight: 1}] : [],
      ),
    );
    return {name, total: values.length, estimate: meanOf(values, name)};
  });
  return {
    score: strict,
    metrics: metricsOf<(typeof metrics)[number]>({
      prompt_level_strict_acc: strict,
      inst_level_strict_acc: meanOf(shares('follow_strict'), 'inst_level_strict_acc'),
      prompt_level_loose_acc: meanOf(loose, 'prompt_level_loose_acc'),
      inst_level_loose_acc: meanOf(shares('follow_loose'), 'inst_level_loose_acc'),
    }),
    rows,
  };
};
