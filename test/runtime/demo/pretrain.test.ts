/** Making the policy again: a few steps of the recipe. */
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {pretrain} from '../../../runtime/demo/pretrain.js';
import {loadCheckpoint} from '../../../runtime/model/files/model-checkpoint.js';
import {openExecutor} from '../../../runtime/tensor/open.js';

test('four steps lower the loss from ln 64 and leave a folder that loads; the same seed leaves the same bytes', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'anchorage-test-'));
  t.teardown(() => rm(folder, {recursive: true, force: true}));
  const {executor} = await openExecutor({backend: 'auto', threads: 1});
  const run = async (name: string) => {
    const losses: number[] = [];
    const directory = join(folder, name);
    await pretrain({seed: 0, steps: 4, directory, executor, onStep: (_, loss) => losses.push(loss)});
    return {losses, weightsSha256: (await loadCheckpoint(directory)).weightsSha256};
  };
  const first = await run('first');
  t.is(first.losses.length, 4);
  // A new model gives each of the 64 tokens about the same chance: ln 64 = 4.159.
  t.true(Math.abs((first.losses[0] ?? 0) - Math.log(64)) < 0.1, String(first.losses[0]));
  t.true((first.losses[3] ?? Infinity) < (first.losses[0] ?? 0) - 0.05, String(first.losses));
  t.deepEqual(await run('second'), first);
});
