/** A run's own tokens stand for its pairs only where they are the model's. */
import test from 'ava';
import type {FilePair} from '../../../runtime/data/file-pairs.js';
import {isTokensOf} from '../../../runtime/data/own-tokens.js';
import {demoPolicyFolder} from '../../../runtime/fleet/file/load.js';
import {loadTokenizer} from '../../../runtime/model/text/tokenizer.js';

const reader = async () => ({
  tokenizer: await loadTokenizer(demoPolicyFolder),
  config: {vocabSize: 64, maxPositions: 64},
});
/** The shipped policy has a token for each character. */
const ids = {promptIds: [4, 5, 14, 6, 7, 20], chosenIds: [7, 9], rejectedIds: [7]};
const pair = (change: Partial<FilePair> = {}): FilePair => ({
  ...{line: 1, prompt: '12+34=', chosen: '46', rejected: '4', source: undefined, reference: undefined, ids},
  ...change,
});

test('Answers that end, that were cut, that are the beginning of their text, or that begin with the end of the prompt are', async (t) => {
  const model = await reader();
  t.true(isTokensOf(pair(), model));
  const ended = {...ids, chosenIds: [7, 9, 1], rejectedIds: [7, 1]};
  t.true(isTokensOf(pair({ids: ended}), model));
  t.true(isTokensOf(pair({chosen: '46, and on'}), model));
  const merged = {promptIds: [4, 5, 14, 6, 7], chosenIds: [20, 7, 9], rejectedIds: [20, 7]};
  t.true(isTokensOf(pair({ids: merged}), model));
  const turns = [{role: 'user', content: '12+34='}];
  t.true(isTokensOf(pair({prompt: turns}), model));
});

test('None, those of other texts, and those that the model cannot have are not', async (t) => {
  const model = await reader();
  t.false(isTokensOf(pair({ids: undefined}), model));
  const shifted = (by: number) => (id: number) => id + by;
  for (const wrong of [
    {...ids, chosenIds: ids.chosenIds.map(shifted(1))},
    {...ids, rejectedIds: ids.rejectedIds.map(shifted(1))},
    {...ids, promptIds: ids.promptIds.map(shifted(1))},
    {...ids, chosenIds: [1]},
    {...ids, rejectedIds: [7, 64]},
  ])
    t.false(isTokensOf(pair({ids: wrong}), model), JSON.stringify(wrong));
  t.false(isTokensOf(pair(), {...model, config: {vocabSize: 64, maxPositions: 7}}));
});
