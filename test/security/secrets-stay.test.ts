/**
 * A run on a server with a password, whose endpoint repeats the key in its errors among what steers a terminal: neither the
 * password nor the key is in any argument, line, log, file or stream, and nothing reaches the terminal raw.
 */
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {openBus} from '../../runtime/bus/open-bus.js';
import {logNow} from '../../runtime/fleet/run/log-now.js';
import {readRecord} from '../../runtime/fleet/run/run-folder.js';
import {withBareServer} from '../helpers/bare-server.js';
import {openFleetFolder, RUN} from '../helpers/fleet-folder.js';
import {anchorage} from '../helpers/process.js';
import {apiError, completion, isProbe, modelList, scriptedEndpoint} from '../helpers/scripted-endpoint.js';
import {temporaryFolder} from '../helpers/temporary.js';

const KEY = 'sk-proj-4f9d1c77aa03e58b62';
const PASSWORD = 'o/pen#ses%ame,now';
const ENCODED = encodeURIComponent(PASSWORD);
const CLEAR = '\u001b[2J\u009b31m\u202e';

const filesUnder = (folder: string): string[] =>
  readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map(({parentPath, name}) => join(parentPath, name));

/** What has one of the secrets in it, or enough of the key to guess the rest. */
const tell = (text: string): boolean =>
  [KEY.slice(0, 16), PASSWORD, ENCODED].some((secret) => text.includes(secret));

const argumentsTelling = (): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const text = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return tell(text) ? [text.replaceAll('\0', ' ')] : [];
      } catch {
        return []; // gone meanwhile
      }
    });

test('A password and a key that an endpoint repeats are told to nobody', async (t) => {
  const store = temporaryFolder(t);
  const bare = await withBareServer(t, [
    `jetstream { store_dir: ${JSON.stringify(store)} }`,
    `authorization { user: ann, password: ${JSON.stringify(PASSWORD)} }`,
  ]);
  const url = bare.replace('://', `://ann:${ENCODED}@`);
  const telling = new Set<string>();
  const {baseUrl, requests} = await scriptedEndpoint(t, (request) => {
    for (const each of argumentsTelling()) telling.add(each);
    const said = `${CLEAR}you sent ${request.authorization} and ${KEY.slice(0, 18)}`;
    if (request.method === 'GET') return apiError(404, said);
    return isProbe(request) ? completion('Yes.') : apiError(400, said);
  });
  const folder = openFleetFolder();
  t.teardown(() => folder.remove());
  const up = await folder.anchorage(
    [
      ...['up', '--run', RUN, '--nats', url],
      ...['--set', `endpoints={echo: {baseUrl: "${baseUrl}", apiKeyEnv: ECHO_KEY}}`],
      ...['--set', 'actors.reviser={endpoint: echo, model: gpt}', '--set', 'prompts.count=32'],
      ...['--set', 'training.steps=2', '--set', 'training.warmupSteps=0', '--set', 'evaluation.count=8'],
    ],
    {ECHO_KEY: KEY},
  );
  const {code, stdout, stderr} = await up.ended;
  t.is(code, 1);
  t.true(
    requests.some(({authorization}) => authorization === `Bearer ${KEY}`),
    stderr,
  );
  t.regex(stderr, /you sent Bearer \[hidden\]/);
  t.regex(stdout, new RegExp(`--nats ${bare}\\b`));
  t.false(tell(stdout + stderr), stdout + stderr);
  for (const steering of CLEAR.match(/[^\w[]/g) ?? []) t.false((stdout + stderr).includes(steering));
  t.deepEqual([...telling], []);
  t.is((await readRecord(folder.runFolder))?.natsUrl, bare);
  for (const file of [...filesUnder(folder.runFolder), ...filesUnder(store)]) {
    const text = readFileSync(file, 'latin1');
    t.false(tell(text), file);
    // A log may be shown on a terminal as it is.
    if (file.endsWith('.log')) t.false(text.includes('\u001b'), file);
  }
  const bus = await openBus({url, run: RUN, name: 'onlooker'});
  t.teardown(() => bus.drain());
  const rejections = await logNow(bus, 'rejections');

  t.true(
    rejections.some(({detail}) => detail.includes('you sent Bearer [hidden]')),
    JSON.stringify(rejections),
  );
  t.false(tell(JSON.stringify(rejections)));
});

const dryRun = (t: ExecutionContext, sets: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  anchorage(t, ['up', '--dry-run', ...sets.flatMap((set) => ['--set', set])], {cwd: temporaryFolder(t), env});

test('A key of two lines is refused at the start, in one line that does not show it', async (t) => {
  const {baseUrl, requests} = await scriptedEndpoint(t, () => modelList('gpt'));
  const sets = [
    `endpoints={two: {baseUrl: "${baseUrl}", apiKeyEnv: TWO_LINES}}`,
    'actors.reviser={endpoint: two, model: gpt}',
  ];
  const {code, stdout, stderr} = await dryRun(t, sets, {TWO_LINES: 'sk-first-half\nsk-second-half\n'});
  t.is(code, 1);
  t.regex(stderr, /^the environment variable TWO_LINES .* holds no key: it has a line break[^\n]*\n$/);
  t.notRegex(stdout + stderr, /-half/);
  t.deepEqual(requests, []);
});

test('An endpoint’s address with a password in it is refused without showing it', async (t) => {
  for (const address of [
    'https://ann:hunter2/hunter2@host/v1',
    'https://host/v1?key=hunter2',
    'ht!tp://ann:hunter2@h',
  ]) {
    const {code, stdout, stderr} = await dryRun(t, [`endpoints.teacher={baseUrl: "${address}"}`]);
    t.is(code, 1);
    t.regex(stderr, /baseUrl: /);
    t.notRegex(stdout + stderr, /hunter2/, address);
  }
});
