import {readFileSync, rmSync} from 'node:fs';
import {basename, join} from 'node:path';
import test from 'ava';
import {TerminalError} from '../../../runtime/errors.js';
import {findData} from '../../../runtime/sources/find-data.js';
import {filesOf} from '../../../runtime/sources/split.js';
import {withHub} from '../../helpers/hub/with-hub.js';

const data = {
  'README.md': '# Data',
  'data/train-00000-of-00002.jsonl': '{"prompt": "a"}\n',
  'data/train-00001-of-00002.jsonl': '{"prompt": "b"}\n',
  'data/test-00000-of-00001.jsonl': '{"prompt": "c"}\n',
  'raw.jsonl': '{"prompt": "raw"}\n',
};

test('Of a data set on the Hub, the files of a split are fetched, and read in order', async (t) => {
  const {there, hub, tell} = await withHub(t);
  there.add('org/data', data, 'dataset');
  const path = await findData('org/data', 'train', {hub, tell});
  const files = await filesOf({path, keys: '--'});
  t.deepEqual(
    files.map((file) => readFileSync(file, 'utf8')),
    ['{"prompt": "a"}\n', '{"prompt": "b"}\n'],
  );
  t.false(there.requests.some((each) => each.includes('test-') || each.includes('raw')));
  await findData('org/data', undefined, {hub, tell});
  t.deepEqual(
    (await filesOf({path, split: 'test', keys: '--'})).map((file) => basename(file)),
    ['test-00000-of-00001.jsonl'],
  );
});

test('What the cache knows stays the same, is there without a network, and is said to be where none is', async (t) => {
  const {there, hub, tell, lines} = await withHub(t);
  there.add('org/data', data, 'dataset');
  const path = await findData('org/data', 'train', {hub, tell});
  there.add('org/data', {'data/train-00000-of-00002.jsonl': '{"prompt": "z"}\n'}, 'dataset');
  t.is(await findData('org/data', 'train', {hub, tell}), path);
  t.is(await findData('org/data', 'train', {hub: {...hub, isOffline: true}, tell}), path);
  await there.close();
  t.is(await findData('org/data', 'train', {hub, tell}), path);
  t.is(lines.at(-1), 'org/data: the Hub cannot be reached; reading what the cache has of it');
  await t.throwsAsync(findData('org/data', 'test', {hub, tell}), {message: /cannot be reached/});
});

test('A part of a split is not read as the whole of it, and is completed', async (t) => {
  const {there, hub, tell} = await withHub(t);
  there.add('org/data', data, 'dataset');
  const path = await findData('org/data', 'train', {hub, tell});
  rmSync(join(path, 'data/train-00001-of-00002.jsonl'));
  const offline = {hub: {...hub, isOffline: true}, tell};
  await t.throwsAsync(findData('org/data', 'train', offline), {message: /has not all of it, /});
  await findData('org/data', 'train', {hub, tell});
  t.is(await findData('org/data', 'train', offline), path);
});

test('A split that is not there, and a repository without data, are told in one line', async (t) => {
  const {there, hub, tell} = await withHub(t);
  there.add('org/data', data, 'dataset');
  there.add('org/empty', {'README.md': '', 'en/train.jsonl': '{}'}, 'dataset');
  const refused = async (typed: string, split?: string) =>
    (await t.throwsAsync(findData(typed, split, {hub, tell}), {instanceOf: TerminalError}))?.message;
  t.is(await refused('org/data', 'dev'), 'org/data: no split "dev"; there are "train", "test"');
  t.regex((await refused('org/empty')) ?? '', /^org\/empty: holds no data files \(/);
  t.regex((await refused('org/absent')) ?? '', /^org\/absent: there is no such file or folder here, and /);
});

test('A path is not sent to the Hub', async (t) => {
  const {there, hub, tell} = await withHub(t);
  for (const path of ['data/prompts.jsonl', '/no/where', 'no/where/at/all'])
    t.is(await findData(path, undefined, {hub, tell}), path);
  t.deepEqual(there.requests, []);
});
