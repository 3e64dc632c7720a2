import {mkdirSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {removeDrafts} from '../../../../runtime/fleet/policy-endpoint/adapter-folders.js';
import {temporaryFolder} from '../../../helpers/temporary.js';

test('What a killed sampler of this run had begun to write goes, and nothing else does', async (t) => {
  const folder = temporaryFolder(t);
  const kept = [
    '.anchorage-first-2-v000001-1a2b3c4d.7.partial',
    '.other',
    'anchorage-first-v000001-1a2b3c4d',
  ];
  const drafts = [
    '.anchorage-first-v000001-1a2b3c4d.7.partial',
    '.anchorage-first-v000001-1a2b3c4d.7.partial.old',
  ];
  for (const name of [...kept, ...drafts]) mkdirSync(join(folder, name));
  await removeDrafts(folder, {run: 'first'});
  t.deepEqual(readdirSync(folder).sort(), kept);
  await t.notThrowsAsync(removeDrafts(join(folder, 'none'), {run: 'first'}));
});
