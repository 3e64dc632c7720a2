/** What a run's folder says became of its prompts, each counted once. */
import test from 'ava';
import {outcomeOf} from '../../../../runtime/bench/recipes/outcome.js';
import {runFolderOf} from '../../../helpers/run-folder.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

test('A prompt is a pair or a rejection, however often that was said', async (t) => {
  const pair = (id: string) => ({prompt_id: id, prompt: 'p', chosen: 'c', rejected: 'r', source: 'revision'});
  const rejection = (id: string, reason: string) => ({
    prompt_id: id,
    actor: 'filter',
    reason,
    detail: reason,
  });
  const folder = await runFolderOf(t, {
    info: {run: 'first'},
    pairs: [pair('0'), pair('1'), pair('0')],
    rejections: [rejection('2', 'format'), rejection('2', 'format'), rejection('3', 'unchanged')],
    metrics: [
      {actor: 'reviser', 'malformed/retried': 2},
      {actor: 'reviser', 'malformed/retried': 1, 'malformed/mended': 1},
    ],
  });
  t.like(await outcomeOf(folder), {
    ...{pairs: 2, acceptedShare: 0.5, retried: 3, mended: 1},
    rejected: {format: 1, unchanged: 1},
  });
});

test('Of a run that made nothing, nothing is said', async (t) => {
  t.like(await outcomeOf(temporaryFolder(t)), {pairs: 0, acceptedShare: null, rejected: {}});
});
