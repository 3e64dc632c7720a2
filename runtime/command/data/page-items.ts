/** What a page of pairs shows: some of the pairs and some of the rejected prompts, drawn by chance. */
import {join} from 'node:path';
import type {PageItem} from '../../dashboard/html/pairs-page.js';
import {readLogFile} from '../../dashboard/read/log-file.js';
import {drawn} from '../../data/describe/sampled.js';
import {answerWords, type FilePair} from '../../data/file-pairs.js';
import {fileOf} from '../../metrics/lines.js';
import {transcriptOf} from '../../model/text/conversations.js';
import {type RejectionLine, rejectedPrompt, rejectionLineSchema} from './rejected.js';

/** Of each: a page of more is slow to look through, and to load. */
export const MOST_SHOWN = 300;

export const pairItems = (pairs: readonly FilePair[]): readonly PageItem[] =>
  pairs.map((pair) => ({
    outcome: 'pair',
    recipe: pair.source,
    note: `line ${pair.line}`,
    prompt: transcriptOf(pair.prompt),
    texts: [
      {label: 'rejected', text: answerWords(pair.rejected)},
      {label: 'chosen', text: answerWords(pair.chosen)},
    ],
  }));

export const rejectionItems = async (runFolder: string): Promise<readonly PageItem[]> => {
  const chance = drawn<RejectionLine>(MOST_SHOWN, 'page');
  await readLogFile(join(runFolder, fileOf('rejections')), rejectionLineSchema, (row) => chance.take(row));
  return chance.items.map((row) => ({
    outcome: row.reason,
    recipe: undefined,
    note: `by the ${row.actor}, ${row.detail}`,
    prompt: rejectedPrompt(row) ?? '',
    texts: textsOf(row),
  }));
};

/** Two at most: the answers that a judge saw, or the answer and what the reviser made of it. */
const textsOf = ({completion, completions = [], reply}: RejectionLine): PageItem['texts'] => {
  const answers = completion === undefined ? completions : [completion];
  const all = [
    ...answers.map((text) => ({label: 'answer', text})),
    ...(reply === undefined ? [] : [{label: 'reply', text: reply}]),
  ];
  return all.slice(0, 2);
};
