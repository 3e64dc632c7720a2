/** What a run's folder says became of its prompts, each counted once. */
import test from 'ava';
import {outcomeOf} from '../../../../runtime/bench/recipes/outcome.js';
import {TerminalError} from '../../../../runtime/errors.js';
import {runFolderOf} from '../../../helpers/run-folder.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

test('A prompt is a pair or a rejection, and what actors counted is that of their last rows', async (t) => {
  const pair = (id: string) => ({prompt_id: id, prompt: 'p', chosen: 'c', rejected: 'r', source: 'revision'});
  const rejection = (id: string, reason: string, detail: string) => ({
    ...{prompt_id: id, actor: 'filter', reason, detail},
  });
  const row = (time: number, retried: number) => ({
    ...{time, actor: 'reviser', index: 0, 'malformed/retried': retried, 'malformed/mended': 1},
  });
  const folder = await runFolderOf(t, {
    info: {run: 'first'},
    pairs: [pair('0'), pair('1')],
    rejections: [
      rejection('2', 'format', 'no line'),
      rejection('2', 'format', 'said again'),
      rejection('3', 'unchanged', 'the same'),
    ],
    metrics: [row(1, 2), row(2, 3)],
  });
  t.deepEqual(await outcomeOf(folder), {
    ...{pairs: 2, acceptedShare: 0.5, retried: 3, mended: 1},
    rejected: {format: 1, unchanged: 1},
    details: {format: 'no line', unchanged: 'the same'},
  });
});

test('A folder without a run is told', async (t) => {
  await t.throwsAsync(outcomeOf(temporaryFolder(t)), {instanceOf: TerminalError});
});
