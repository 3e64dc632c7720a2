/** A fleet's prompts: those of a data file that it can ask, each once, in an order that a seed decides. */
import type {GivenAnswer, Turn} from '../../../proto/messages.js';
import {TerminalError} from '../../errors.js';
import type {AskedPrompt} from '../../model/text/conversations.js';
import {seedOf, shuffled} from '../../seed.js';
import {readPromptRows} from '../../sources/prompts.js';
import type {Fleet} from '../file/schema.js';
import {RUNS_FOLDER} from '../run/run-folder.js';
import {askedIn} from './asked.js';
import {Numbers} from './numbers.js';
import {RecordedAnswers} from './recorded-answers.js';
import {Seen} from './seen.js';
import {Texts} from './texts.js';

/** A run's prompts by number, in the order in which they go out. An array of texts is one. */
export interface Prompts {
  readonly length: number;
  /** The user's turn that is to be answered. */
  at(index: number): string | undefined | Promise<string>;
  /** The turns before it; none where no prompt has any. */
  historyAt?(index: number): Promise<readonly Turn[]>;
  /** Answers that somebody recorded; none where nobody wants them. */
  answersAt?(index: number): Promise<GivenAnswer[]>;
}

/** The same, with where each is from. */
export interface RunPrompts extends Prompts {
  /** Of each, the row of its file, counted from 1: the line, where a row is a line of text; undefined where they are of none. */
  readonly rows: ArrayLike<number> | undefined;
  /** `FILE:LINE`, or what else names it. */
  whereOf(index: number): string;
  /** Whether there are turns before the one that is to be answered. */
  hasHistory(index: number): boolean;
  /** In UTF-8, with the turns before it and its answers. */
  bytesAt(index: number): number;
  /** Of its recorded answers, the bytes among those and the rows that they are of; none where nobody wants them. */
  answersSizeAt?(index: number): {readonly bytes: number; readonly rows: number};
  /** The first so many of them, or all where there are fewer. */
  first(count: number): RunPrompts;
  /** After it, none can be read. */
  close(): Promise<void>;
}

/** Rows that are no prompts of the run. */
export interface Dropped {
  /** Those that say again what a row before them says. */
  readonly duplicates: number;
  readonly empty: number;
  /** Turns after the first of questions whose turns each need the answer to the one before; of MT-bench. */
  readonly laterTurns?: number | undefined;
  /** Rows that say a prompt again, and whose answers went to those that it had. */
  readonly joined?: number | undefined;
}

/** All prompts of a file, in its order. */
export interface FilePrompts {
  readonly length: number;
  readonly dropped: Dropped;
  /**
   * So many of them, or all, chosen uniformly and without replacement, in an order that the seed decides.
   *
   * @throws TerminalError where there are fewer.
   */
  choose(count: number | undefined, seed: number): RunPrompts;
  close(): Promise<void>;
}

/** The keys of a fleet's prompts that come from a file. */
export type PromptsFile = Extract<Fleet['prompts'], {file: string}>;

/**
 * Reads the prompts of a file. Every row is checked first, so that a broken one is found before anything starts; memory takes
 * some 60 bytes for each, whatever their length. Rows that say a prompt again add their answers to those that it has.
 *
 * @param wantsAnswers whether recorded answers go out with the prompts.
 * @param folder for what memory is not to hold: a file that goes away with the process.
 * @throws TerminalError naming the file and the row.
 */
export const readPrompts = async (
  {file, split, column}: PromptsFile,
  {
    wantsAnswers = false,
    folder = RUNS_FOLDER,
  }: {readonly wantsAnswers?: boolean; readonly folder?: string} = {},
): Promise<FilePrompts> => {
  const texts = new Texts(folder);
  /** As JSON, of each; empty where it has none. */
  const histories = new Texts(folder);
  const answers = wantsAnswers ? new RecordedAnswers(folder) : undefined;
  const rows = new Numbers();
  const seen = new Seen();
  const dropped = {duplicates: 0, empty: 0};
  let laterTurns = 0;
  let joined = 0;
  let isOfLines = true;
  for await (const row of readPromptRows({path: file, split, column, keys: 'prompts.'})) {
    const asked = askedIn(row);
    isOfLines &&= row.where === `${file}:${row.row}`;
    if (asked === undefined) {
      dropped.empty += 1;
      continue;
    }
    const {isNew, number} = seen.meet(keyOf(asked));
    if (!isNew && answers !== undefined && row.answers.length > 0 && !row.areScoresOfRow) {
      joined += 1;
      await answers.join(number, row.answers);
    } else if (!isNew) dropped.duplicates += 1;
    else {
      rows.push(row.row);
      laterTurns += row.laterTurns;
      const {prompt, history} = asked;
      if (texts.add(prompt)) await texts.write();
      if (histories.add(history === undefined ? '' : JSON.stringify(history))) await histories.write();
      await answers?.add(row.answers);
    }
  }
  if (rows.length === 0) throw new TerminalError(`${file}: holds no prompts`);
  const close = async (): Promise<void> => {
    await texts.close();
    await histories.close();
    await answers?.close();
  };
  const whereOf = (row: number): string => `${file}${isOfLines ? ':' : ' row '}${row}`;
  const historyAt = async (place: number): Promise<Turn[]> =>
    histories.bytesAt(place) === 0 ? [] : (JSON.parse(await histories.at(place)) as Turn[]);
  const inOrder = (order: Uint32Array): RunPrompts => ({
    length: order.length,
    rows: Float64Array.from(order, (index) => rows.at(index)),
    at: (index) => texts.at(order[index] ?? rows.length),
    historyAt: (index) => historyAt(order[index] ?? rows.length),
    hasHistory: (index) => histories.bytesAt(order[index] ?? rows.length) > 0,
    whereOf: (index) => whereOf(rows.at(order[index] ?? rows.length)),
    ...(answers && {
      answersAt: (index) => answers.at(order[index] ?? rows.length),
      answersSizeAt: (index) => {
        const place = order[index] ?? rows.length;
        return {bytes: answers.bytesAt(place), rows: answers.rowsAt(place)};
      },
    }),
    bytesAt: (index) => {
      const place = order[index] ?? rows.length;
      return texts.bytesAt(place) + histories.bytesAt(place) + (answers?.bytesAt(place) ?? 0);
    },
    first: (count) => inOrder(order.subarray(0, count)),
    close,
  });
  const choose = (count: number | undefined, seed: number): RunPrompts => {
    if (count !== undefined && count > rows.length)
      throw new TerminalError(
        `${file}: holds ${rows.length} prompts and prompts.count is ${count}; lower it, or leave it out`,
      );
    const all = Array.from({length: rows.length}, (_, index) => index);
    return inOrder(Uint32Array.from(shuffled(all, seedOf(seed, 'prompts')).slice(0, count)));
  };
  return {
    length: rows.length,
    dropped: {...dropped, ...(laterTurns === 0 ? {} : {laterTurns}), ...(joined === 0 ? {} : {joined})},
    choose,
    close,
  };
};

/** Two prompts are the same where all of their turns are. */
const keyOf = ({prompt, history}: AskedPrompt): string =>
  history === undefined ? prompt : `\u0000${JSON.stringify([...history, prompt])}`;

/** Whether some of them have turns before the one that is to be answered. */
export const haveTurns = (prompts: RunPrompts): boolean => {
  for (let index = 0; index < prompts.length; index++) if (prompts.hasHistory(index)) return true;
  return false;
};

/** Prompts that are of no file. */
export const listedPrompts = (texts: readonly string[]): RunPrompts => ({
  length: texts.length,
  rows: undefined,
  at: (index) => texts[index],
  hasHistory: () => false,
  whereOf: (index) => `prompt ${index}`,
  bytesAt: (index) => Buffer.byteLength(texts[index] ?? ''),
  first: (count) => listedPrompts(texts.slice(0, count)),
  close: async () => undefined,
});

/** Such as `3 duplicates and 1 empty dropped`; undefined where nothing was, or was joined. */
export const droppedText = ({duplicates, empty, laterTurns = 0, joined = 0}: Dropped): string | undefined => {
  const parts = [
    ...(duplicates > 0 ? [`${duplicates} duplicate${duplicates === 1 ? '' : 's'}`] : []),
    ...(empty > 0 ? [`${empty} empty`] : []),
    ...(laterTurns > 0 ? [`${laterTurns} later turn${laterTurns === 1 ? '' : 's'}`] : []),
  ];
  const list =
    parts.length > 2 ? `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}` : parts.join(' and ');
  const sentences = [
    ...(parts.length === 0 ? [] : [`${list} dropped`]),
    ...(joined === 0
      ? []
      : [`the answers of ${joined} row${joined === 1 ? '' : 's'} joined to their prompts`]),
  ];
  return sentences.length === 0 ? undefined : sentences.join('; ');
};
