/** The cache's layout is that of huggingface_hub; checked besides with that library, offline, on what these tests fetch. */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {TerminalError} from '../../../runtime/errors.js';
import {fetchSnapshot} from '../../../runtime/hub/fetch-snapshot.js';
import type {Hub} from '../../../runtime/hub/hub.js';
import {readHubName} from '../../../runtime/hub/hub-name.js';
import {gitHash, sha256} from '../../helpers/hub/hub-store.js';
import {type WithHub, withHub} from '../../helpers/hub/with-hub.js';

const weights = Buffer.from(Array.from({length: 100_000}, (_, index) => index % 251));
const files = {
  'config.json': '{"a": 1}',
  'model.safetensors': weights,
  'pytorch_model.bin': 'pickle',
  'README.md': '# A',
};

const fetchAll = ({hub, tell}: Pick<WithHub, 'tell'> & {readonly hub: Hub}, typed = 'org/model') => {
  const name = readHubName(typed);
  if (name === undefined) throw new Error(typed);
  const choose = (paths: readonly string[]) => paths.filter((path) => !path.endsWith('.bin'));
  return fetchSnapshot({
    hub,
    kind: 'model',
    name,
    choose,
    tell,
    before: 'there is no such folder here, and ',
  });
};

const lineOf = async (t: ExecutionContext, fetching: Promise<string>): Promise<string> => {
  const error = await t.throwsAsync(fetching, {instanceOf: TerminalError});
  t.notRegex(error?.message ?? '', /\n/);
  return error?.message ?? '';
};

test('Files lie as huggingface_hub keeps them: blobs by their hash, links in the snapshot, the branch in refs', async (t) => {
  const with_ = await withHub(t);
  const commit = with_.there.add('org/model', files);
  const folder = await fetchAll(with_);
  const repository = join(with_.hub.cache, 'models--org--model');
  t.is(folder, join(repository, 'snapshots', commit));
  t.deepEqual(readdirSync(folder).toSorted(), ['README.md', 'config.json', 'model.safetensors']);
  t.deepEqual(readdirSync(join(repository, 'blobs')).toSorted(), [
    ...[gitHash(Buffer.from('# A')), gitHash(Buffer.from('{"a": 1}')), sha256(weights)].toSorted(),
  ]);
  t.is(readFileSync(join(repository, 'refs/main'), 'utf8'), commit);
  t.is(readlinkSync(join(folder, 'model.safetensors')), `../../blobs/${sha256(weights)}`);
  t.deepEqual(readFileSync(join(folder, 'model.safetensors')), weights);
});

test('What is there is not fetched again, nor what another commit has alike', async (t) => {
  const with_ = await withHub(t);
  with_.there.add('org/model', files);
  await fetchAll(with_);
  with_.there.add('org/model', {'config.json': '{"a": 2}'});
  with_.there.requests.length = 0;
  const folder = await fetchAll(with_);
  t.is(readFileSync(join(folder, 'config.json'), 'utf8'), '{"a": 2}');
  t.deepEqual(
    with_.there.requests.filter((each) => each.includes('files') || each.includes('resolve')),
    [`GET /org/model/resolve/${folder.slice(-40)}/config.json`],
  );
});

test('The token goes to the Hub, and not to where its files lie', async (t) => {
  const with_ = await withHub(t);
  with_.there.add('org/model', files);
  const repository = with_.there.store.find('model', 'org/model');
  if (repository !== undefined) repository.isPrivate = true;
  await fetchAll(with_);
  t.deepEqual(with_.there.leaked, []);
});

test('A download that breaks off goes on from where it was', async (t) => {
  const with_ = await withHub(t);
  with_.there.add('org/model', files);
  with_.there.faults.cuts.push(40_000, 30_000);
  const folder = await fetchAll(with_);
  t.deepEqual(readFileSync(join(folder, 'model.safetensors')), weights);
  t.is(with_.there.requests.filter((each) => each.startsWith('GET files')).length, 3);
});

test('Of a download that broke off, nothing lies in the snapshot: what is not all of it is not taken for it', async (t) => {
  const with_ = await withHub(t);
  const commit = with_.there.add('org/model', files);
  with_.there.faults.cuts.push(50_000, 0, 0, 0, 0);
  await lineOf(t, fetchAll(with_));
  t.false(existsSync(join(with_.hub.cache, 'models--org--model/snapshots', commit)));
  t.deepEqual(readdirSync(await fetchAll(with_)).length, 3);
});

test('Where a server gives no parts, the file is taken from its beginning again', async (t) => {
  const with_ = await withHub(t);
  with_.there.add('org/model', files);
  with_.there.faults.cuts.push(40_000);
  with_.there.faults.ignoresRange = true;
  t.deepEqual(readFileSync(join(await fetchAll(with_), 'model.safetensors')), weights);
});

test('What a process that is gone has left is gone on from, also where it was damaged', async (t) => {
  for (const left of [weights.subarray(0, 60_000), Buffer.alloc(60_000)]) {
    const with_ = await withHub(t);
    with_.there.add('org/model', files);
    with_.there.faults.cuts.push(50_000, 0, 0, 0, 0);
    const line = await lineOf(t, fetchAll(with_));
    t.regex(
      line,
      /^model\.safetensors of org\/model@[0-9a-f]{8}: the connection ended again and again \(.*\); run the same command/,
    );
    const blobs = join(with_.hub.cache, 'models--org--model/blobs');
    const draft = readdirSync(blobs).find((name) => name.endsWith('.incomplete')) ?? '';
    writeFileSync(join(blobs, draft), left);
    t.deepEqual(readFileSync(join(await fetchAll(with_), 'model.safetensors')), weights);
    t.deepEqual(
      readdirSync(blobs).filter((name) => name.endsWith('.incomplete')),
      [],
    );
  }
});

test('What comes with another hash is not kept', async (t) => {
  const with_ = await withHub(t);
  with_.there.add('org/model', files);
  with_.there.faults.altered = true;
  const line = await lineOf(t, fetchAll(with_));
  t.regex(
    line,
    /^[\w.]+ of org\/model@[0-9a-f]{8}: what came has another hash than the Hub lists; try again later$/,
  );
  t.deepEqual(readdirSync(join(with_.hub.cache, 'models--org--model/blobs')), []);
});

test('A list that names a file outside of its repository is refused, and nothing fetched', async (t) => {
  for (const path of ['../../outside', 'a/../../b', '/etc/passwd', 'a\\..\\b']) {
    const with_ = await withHub(t);
    with_.there.add('org/model', files);
    with_.there.faults.listed.push(path);
    t.is(
      await lineOf(t, fetchAll(with_)),
      `org/model: lists ${JSON.stringify(path)}, which is no file within it; nothing of it was fetched`,
    );
    t.false(existsSync(join(with_.hub.cache, 'models--org--model/blobs')));
  }
});

test('A repository that is not there, private, gated, or without the revision is told in one line', async (t) => {
  const with_ = await withHub(t);
  const {there, anonymous, tell} = with_;
  there.add('org/model', files);
  there.add('org/hidden', files);
  const hidden = there.store.find('model', 'org/hidden');
  if (hidden !== undefined) hidden.isPrivate = true;
  const nobody = {hub: anonymous, tell};
  t.is(
    await lineOf(t, fetchAll(nobody, 'org/absent')),
    `org/absent: there is no such folder here, and the Hub at ${there.url} has no such model for everybody; a private one needs HF_TOKEN`,
  );
  t.regex(await lineOf(t, fetchAll(nobody, 'org/hidden')), /a private one needs HF_TOKEN$/);
  t.regex(
    await lineOf(t, fetchAll(with_, 'org/absent')),
    /has no such model, or none that the token may see$/,
  );
  t.regex(
    await lineOf(t, fetchAll(with_, 'org/model@v2')),
    /^org\/model@v2: .* has no such revision of it; /,
  );
  t.regex(
    await lineOf(t, fetchAll({hub: {...with_.hub, token: 'hf_wrong'}, tell})),
    /refuses the token; set HF_TOKEN to one that holds$/,
  );
  const gated = there.store.find('model', 'org/model');
  if (gated !== undefined) gated.isGated = true;
  t.is(
    await lineOf(t, fetchAll(nobody)),
    `org/model: there is no such folder here, and it is gated: ask for access at ${there.url}/org/model, and set HF_TOKEN to a token of that account`,
  );
});

test('Too many requests and a server in trouble are tried again, and then told', async (t) => {
  const with_ = await withHub(t);
  with_.there.add('org/model', files);
  const {statuses} = with_.there.faults;
  statuses.push(
    {path: '/revision/', status: 429, headers: {'retry-after': '0'}},
    {path: '/tree/', status: 503},
  );
  await fetchAll(with_);
  statuses.push(
    ...Array.from({length: 5}, () => ({path: '/revision/', status: 429, headers: {'retry-after': '0'}})),
  );
  t.regex(await lineOf(t, fetchAll(with_)), /answers 429: it was asked too often; try again later$/);
  statuses.push(
    ...Array.from({length: 5}, () => ({path: '/tree/', status: 502, body: '<html>Bad gateway</html>'})),
  );
  t.regex(await lineOf(t, fetchAll(with_)), /answers 502; try again later$/);
});

test('An address that is no Hub, or nobody’s, is told with what to check', async (t) => {
  const with_ = await withHub(t);
  with_.there.add('org/model', files);
  with_.there.faults.statuses.push({path: '/revision/', status: 200, body: '<html>Welcome</html>'});
  t.regex(await lineOf(t, fetchAll(with_)), /gives no answer of a Hub \(.*\); check HF_ENDPOINT$/);
  await with_.there.close();
  t.regex(
    await lineOf(t, fetchAll(with_)),
    /cannot be reached \(connect ECONNREFUSED .*\); check the network, HF_ENDPOINT and the proxy's variables$/,
  );
});

test('Offline, nothing is asked for', async (t) => {
  const with_ = await withHub(t);
  const line = await lineOf(t, fetchAll({...with_, hub: {...with_.hub, isOffline: true}}));
  t.regex(line, /^org\/model: .* has not all of it, and HF_HUB_OFFLINE is set: /);
  t.deepEqual(with_.there.requests, []);
});

test('A cache that cannot be written is told with the variable that names another', async (t) => {
  const with_ = await withHub(t);
  with_.there.add('org/model', files);
  mkdirSync(join(with_.hub.cache, '..'), {recursive: true});
  writeFileSync(with_.hub.cache, 'a file');
  t.regex(await lineOf(t, fetchAll(with_)), /^org\/model: .*; set HF_HOME to a folder that can be written$/);
  t.true(lstatSync(with_.hub.cache).isFile());
});

test('Two that fetch the same at once both have it', async (t) => {
  const with_ = await withHub(t);
  with_.there.add('org/model', files);
  const [one, other] = await Promise.all([fetchAll(with_), fetchAll(with_)]);
  t.is(one, other);
  t.deepEqual(readFileSync(join(one, 'model.safetensors')), weights);
});
