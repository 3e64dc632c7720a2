/** Pairs of a run whose prompts have several turns, as its folder keeps them. */
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import test from 'ava';
import {PreferenceSource} from '../../../proto/messages.js';
import {messagesOf} from '../../../runtime/fleet/run/recorded.js';
import {recordRun} from '../../../runtime/metrics/record-run.js';
import {withBus, withNatsServer} from '../../helpers/nats.js';
import {temporaryFolder} from '../../helpers/temporary.js';

const pair = {
  ...{promptId: '1', prompt: 'What is 1 + 1?', chosen: '2', rejected: '3\n', policyVersion: 2},
  ...{source: PreferenceSource.PREFERENCE_SOURCE_REVISION, referenceChosenLogps: -1.5},
  ...{referenceRejectedLogps: -2.25, promptIds: [4, 1], chosenIds: [5, 6, 7], rejectedIds: [6, 7]},
};
const turn = (role: string, content: string) => ({role, content});

test('Pairs are messages on every line, so that one reader reads them all, and are read back as they were', async (t) => {
  const bus = await withBus(t, await withNatsServer(t));
  const folder = temporaryFolder(t);
  const recording = await recordRun(bus, folder, {areConversations: true});
  const history = [turn('system', 'Be brief.')];
  await bus.publish('pairs', pair, '1');
  await bus.publish('pairs', {...pair, promptId: '2', history}, '2');
  await recording.finished();
  const lines = (await readFile(join(folder, 'pairs.jsonl'), 'utf8')).trimEnd().split('\n');
  const asked = turn('user', 'What is 1 + 1?');
  const answers = {chosen: [turn('assistant', '2')], rejected: [turn('assistant', '3\n')]};
  t.like(JSON.parse(lines[0] ?? ''), {prompt: [asked], ...answers});
  t.like(JSON.parse(lines[1] ?? ''), {prompt: [...history, asked], ...answers});
  t.deepEqual(
    (await messagesOf(folder, 'pairs')).map(({prompt, history: turns = [], chosen}) => [
      prompt,
      turns,
      chosen,
    ]),
    [
      ['What is 1 + 1?', [], '2'],
      ['What is 1 + 1?', history, '2'],
    ],
  );
});
