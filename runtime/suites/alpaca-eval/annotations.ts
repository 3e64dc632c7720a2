/** AlpacaEval's files: annotations, outputs, instruction difficulties, and the rows of the gamed baselines. */
import {TerminalError} from '../../errors.js';
import {numberIn, stringIn} from '../../sources/fields.js';
import {type Columns, type Row, readRows} from '../../sources/rows.js';
import type {Grade, Graded} from '../grade.js';
import type {Item} from '../suite.js';

export interface AlpacaItem extends Item {
  /** What the baseline answered: `output_1`. */
  readonly reference: string;
  readonly baseline: string;
  /** The part of AlpacaEval that the instruction is of. */
  readonly dataset: string | undefined;
}

export interface AlpacaDetails extends Readonly<Record<string, unknown>> {
  readonly output_2: string;
  readonly generator_2: string;
  /** From 1, where the baseline's is better, to 2; undefined where nobody could tell. */
  readonly preference: number | undefined;
}

export interface AlpacaGrade extends Grade {
  readonly details: AlpacaDetails;
}
export interface Annotated extends Graded<AlpacaItem> {
  readonly grade: AlpacaGrade;
}

const ANNOTATION =
  '{"instruction": "...", "output_1": "...", "generator_1": "...", "output_2": "...", "generator_2": "...", "preference": 1.7}';
const rowsOf = (path: string, example: string): AsyncGenerator<Row> => readRows({path, keys: '--'}, example);

const textAt = (columns: Columns, name: string, where: string, example: string): string => {
  if (typeof columns[name] !== 'string')
    throw new TerminalError(`${where}: ${name}: not a text; each row is ${example}`);
  return stringIn(columns, name, where);
};

const numberAt = (columns: Columns, name: string, where: string, example: string): number => {
  const value = numberIn(columns[name]);
  if (value === undefined) throw new TerminalError(`${where}: ${name}: not a number; each row is ${example}`);
  return value;
};

/** A preference as AlpacaEval writes them: 1 to 2, where the older 0 is a tie; undefined of a row that has none. */
const preferenceAt = ({preference}: Columns, where: string): number | undefined => {
  if (preference === null || preference === undefined) return undefined;
  const value = numberIn(preference);
  if (value === 0) return 1.5;
  if (value !== undefined && value >= 1 && value <= 2) return value;
  throw new TerminalError(
    `${where}: preference: is from 1, where output_1 is better, to 2, where output_2 is; or null where nobody could tell`,
  );
};

/**
 * The rows of an annotations file, all of one model against one baseline.
 *
 * @throws TerminalError naming the file, the row and the field of what is none.
 */
export const readAnnotations = async (path: string): Promise<Annotated[]> => {
  const found: Annotated[] = [];
  const seen = new Set<string>();
  let names: string | undefined;
  for await (const {where, columns} of rowsOf(path, ANNOTATION)) {
    const text = (name: string): string => textAt(columns, name, where, ANNOTATION);
    const instruction = text('instruction');
    const [baseline, generator] = [text('generator_1'), text('generator_2')];
    names ??= `${generator} against ${baseline}`;
    if (names !== `${generator} against ${baseline}`)
      throw new TerminalError(
        `${where}: ${generator} against ${baseline}, where the rows before are of ${names}; give the rows of one model`,
      );
    if (seen.has(instruction))
      throw new TerminalError(`${where}: instruction: is there in a row before; give each once`);
    seen.add(instruction);
    const {output_1: reference, output_2: _, preference: __, ...rest} = columns;
    const item = {
      prompt: instruction,
      reference: text('output_1'),
      baseline,
      dataset: optional(columns.dataset),
    };
    found.push(
      annotated(item, preferenceAt(columns, where), {
        ...rest,
        output_2: text('output_2'),
        generator_2: generator,
      }),
    );
  }
  if (found.length === 0) throw new TerminalError(`${path}: holds no annotations; each row is ${ANNOTATION}`);
  return found;
};

const optional = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** A row, from what an annotator preferred. */
export const annotated = (
  item: AlpacaItem,
  preference: number | undefined,
  more: Readonly<Record<string, unknown>> & Pick<AlpacaDetails, 'output_2' | 'generator_2'>,
): Annotated => ({
  item,
  grade: {
    score: preference === undefined ? undefined : preference - 1,
    ...(preference === undefined ? {unscored: 'the annotation has no preference'} : {}),
    details: {...more, preference},
  },
});

/** A row as AlpacaEval writes it. */
export const annotationRow = ({item, grade}: Annotated): Readonly<Record<string, unknown>> => {
  const {
    output_2,
    generator_2,
    preference,
    instruction: _,
    generator_1: __,
    dataset: ___,
    ...rest
  } = grade.details;
  return {
    instruction: item.prompt,
    output_1: item.reference,
    generator_1: item.baseline,
    ...(item.dataset === undefined ? {} : {dataset: item.dataset}),
    output_2,
    generator_2,
    ...rest,
    preference: preference ?? null,
  };
};

const OUTPUT = '{"instruction": "...", "output": "...", "generator": "..."}';

/** The outputs of a baseline, which are what a policy is set against. */
export const readOutputs = async (path: string): Promise<AlpacaItem[]> => {
  const items: AlpacaItem[] = [];
  const seen = new Set<string>();
  for await (const {where, columns} of rowsOf(path, OUTPUT)) {
    const text = (name: string): string => textAt(columns, name, where, OUTPUT);
    const item = {
      prompt: text('instruction'),
      reference: text('output'),
      baseline: text('generator'),
      dataset: optional(columns.dataset),
    };
    if (seen.has(item.prompt))
      throw new TerminalError(`${where}: instruction: is there in a row before; give each once`);
    seen.add(item.prompt);
    items.push(item);
  }
  if (items.length === 0) throw new TerminalError(`${path}: holds no outputs; each row is ${OUTPUT}`);
  return items;
};

const DIFFICULTY = '{"instruction": "...", "difficulty": 0.5}';

/** By instruction. */
export const readDifficulties = async (path: string): Promise<ReadonlyMap<string, number>> => {
  const difficulties = new Map<string, number>();
  for await (const {where, columns} of rowsOf(path, DIFFICULTY))
    difficulties.set(
      textAt(columns, 'instruction', where, DIFFICULTY),
      numberAt(columns, 'difficulty', where, DIFFICULTY),
    );
  if (difficulties.size === 0)
    throw new TerminalError(`${path}: holds no difficulties; each row is ${DIFFICULTY}`);
  return difficulties;
};

/** A comparison of a gamed baseline, such as one told to be verbose. */
export interface GamedRow {
  readonly tanhLength: number;
  readonly difficulty: number;
  /** From 0 to 1. */
  readonly label: number;
}

const GAMED = '{"tanh_std_delta_len": -0.8, "difficulty": 0.5, "preference": 1.8}';

export const readGamed = async (path: string): Promise<GamedRow[]> => {
  const rows: GamedRow[] = [];
  for await (const {where, columns} of rowsOf(path, GAMED)) {
    const preference = preferenceAt(columns, where);
    if (preference === undefined)
      throw new TerminalError(`${where}: preference: not a number; each row is ${GAMED}`);
    rows.push({
      tanhLength: numberAt(columns, 'tanh_std_delta_len', where, GAMED),
      difficulty: numberAt(columns, 'difficulty', where, GAMED),
      label: preference - 1,
    });
  }
  if (rows.length === 0) throw new TerminalError(`${path}: holds no rows; each is ${GAMED}`);
  return rows;
};
