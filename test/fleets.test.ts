/** The fleets to begin from: each is valid as it lies there, by the command that runs it, and starts nothing in a dry run. */
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {startTeacher} from '../runtime/demo/teacher/teacher.js';
import {packageRoot} from '../runtime/paths.js';
import {temporaryFolder} from './helpers/temporary.js';
import {typed} from './helpers/typed.js';
import {openVllm} from './helpers/vllm.js';

const folder = join(packageRoot, 'deploy/fleets');
const fleets = readdirSync(folder);

/** Asks its own endpoint, which has to be there. */
const ASKING = 'endpoint.yaml';
/** Samples its policy there. */
const SERVED = 'vllm.yaml';

for (const name of fleets.filter((each) => each !== ASKING && each !== SERVED)) {
  test(`${name} runs as it is`, async (t) => {
    const {code, stdout, stderr} = await typed(['up', join(folder, name), '--dry-run'], {
      cwd: temporaryFolder(t),
    });
    t.deepEqual([code, stderr], [0, '']);
    t.regex(stdout, /\nvalid; nothing was started\n$/);
  });
}

test(`${ASKING} runs as it is, once something answers where it asks`, async (t) => {
  const KEY = 'any';
  const teacher = await startTeacher({key: KEY, seed: 0, latencyMs: 0, failureRate: 0});
  t.teardown(() => teacher.close());
  const up = (...sets: readonly string[]) =>
    typed(['up', join(folder, ASKING), '--dry-run', ...sets.flatMap((set) => ['--set', set])], {
      cwd: temporaryFolder(t),
      env: {TEACHER_KEY: KEY},
    });
  const {code, stdout, stderr} = await up(
    `endpoints.mine.baseUrl=${teacher.url}`,
    'actors.reviser.model=reviser',
  );
  t.deepEqual([code, stderr], [0, '']);
  t.regex(stdout, /\nvalid; nothing was started\n$/);
});

test(`${SERVED} runs as it is, once a server of its policy answers`, async (t) => {
  const vllm = await openVllm({
    model: 'demo',
    answer: () => ({text: '', ids: [], finishReason: 'stop'}),
  });
  t.teardown(() => vllm.kill());
  const {code, stdout, stderr} = await typed(
    ['up', join(folder, SERVED), '--dry-run', '--set', `endpoints.policy.baseUrl=${vllm.baseUrl}`],
    {cwd: temporaryFolder(t)},
  );
  t.deepEqual([code, stderr], [0, '']);
  t.regex(stdout, /^sampler +demo at .*, 32 requests at once; about 640 calls/m);
  t.regex(
    stdout,
    /^adapters +each checkpoint is loaded there, from adapters of the run’s folder; two at most$/m,
  );
  t.regex(stdout, /^estimate +sampler at policy: 640 calls, /m);
  t.regex(stdout, /\nvalid; nothing was started\n$/);
});

test('Each says how it is started, and is on the page of deployment', (t) => {
  const page = readFileSync(join(packageRoot, 'deploy/README.md'), 'utf8');
  for (const name of fleets) {
    t.true(readFileSync(join(folder, name), 'utf8').includes(`anchorage up deploy/fleets/${name}`), name);
    t.true(page.includes(`(fleets/${name})`), name);
  }
});
