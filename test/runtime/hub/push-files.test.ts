import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import test from 'ava';
import {TerminalError} from '../../../runtime/errors.js';
import {type Push, pushFiles} from '../../../runtime/hub/push-files.js';
import {type WithHub, withHub} from '../../helpers/hub/with-hub.js';
import {temporaryFolder} from '../../helpers/temporary.js';

const weights = Buffer.from(Array.from({length: 200_000}, (_, index) => index % 251));

const pushTo = (t: Parameters<typeof withHub>[0], {hub, tell}: WithHub, more: Partial<Push> = {}) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'model.safetensors'), weights);
  return pushFiles({
    hub,
    kind: 'model',
    repository: 'me/model',
    branch: 'main',
    isPrivate: false,
    title: 'Upload',
    tell,
    files: async () => [
      {path: 'config.json', content: new Blob(['{}'])},
      {path: 'model.safetensors', content: pathToFileURL(join(folder, 'model.safetensors'))},
    ],
    ...more,
  });
};

const there = ({there: {store}}: WithHub, branch = 'main') => {
  const repository = store.find('model', 'me/model');
  return repository && store.commitOf(repository, branch)?.files;
};

test('A repository is made, and all files come with one commit', async (t) => {
  const with_ = await withHub(t);
  t.is(await pushTo(t, with_, {isPrivate: true}), `${with_.there.url}/me/model`);
  t.deepEqual(there(with_)?.get('model.safetensors'), weights);
  t.is(there(with_)?.get('config.json')?.toString(), '{}');
  t.true(with_.there.store.find('model', 'me/model')?.isPrivate);
  t.is(with_.there.requests.filter((each) => each.includes('/commit/')).length, 1);
  t.deepEqual(with_.there.leaked, []);
});

test('A branch is made where it is not there', async (t) => {
  const with_ = await withHub(t);
  await pushTo(t, with_, {branch: 'v2'});
  t.deepEqual(there(with_, 'v2')?.get('model.safetensors'), weights);
  t.is(there(with_)?.size, 0);
});

test('A push that broke off commits nothing, and run again does not upload again', async (t) => {
  const with_ = await withHub(t);
  with_.there.faults.statuses.push({path: '/commit/', status: 500});
  await t.throwsAsync(pushTo(t, with_), {
    instanceOf: TerminalError,
    message: /^me\/model: the Hub at .* answers 500; try again later$/,
  });
  t.is(there(with_)?.size, 0);
  with_.there.requests.length = 0;
  await pushTo(t, with_);
  t.deepEqual(there(with_)?.get('model.safetensors'), weights);
  t.deepEqual(
    with_.there.requests.filter((each) => each.startsWith('PUT')),
    [],
  );
});

test('An upload that is cut is tried again', async (t) => {
  const with_ = await withHub(t);
  with_.there.faults.cutUploads = 1;
  await pushTo(t, with_);
  t.deepEqual(there(with_)?.get('model.safetensors'), weights);
});

test('A commit of somebody else meanwhile is not written over', async (t) => {
  const with_ = await withHub(t);
  await pushTo(t, with_);
  const files = async () => {
    with_.there.add('me/model', {'README.md': 'mine'});
    return [{path: 'README.md', content: new Blob(['ours'])}];
  };
  await t.throwsAsync(pushTo(t, with_, {files}), {
    message: /^me\/model: somebody committed to it meanwhile; /,
  });
  t.is(there(with_)?.get('README.md')?.toString(), 'mine');
});

test('Who may not write, or has no token, or is offline, is told so before anything is sent', async (t) => {
  const with_ = await withHub(t);
  await t.throwsAsync(pushTo(t, {...with_, hub: with_.anonymous}), {
    message: /takes nothing without a token; set HF_TOKEN/,
  });
  await t.throwsAsync(pushTo(t, {...with_, hub: {...with_.hub, isOffline: true}}), {
    message: /HF_HUB_OFFLINE is set/,
  });
  t.deepEqual(with_.there.requests, []);
  await t.throwsAsync(pushTo(t, {...with_, hub: {...with_.hub, token: 'hf_wrong'}}), {
    message: /refuses the token/,
  });
  with_.there.faults.statuses.push({path: '/repos/create', status: 403});
  await t.throwsAsync(pushTo(t, with_), {message: /^me\/model: .*may not write/});
});

test('A repository that everybody sees is not taken for a private one', async (t) => {
  const with_ = await withHub(t);
  with_.there.add('me/model', {'config.json': '{}'});
  await t.throwsAsync(pushTo(t, with_, {isPrivate: true}), {
    message: /is there already and everybody sees it/,
  });
});
