/** `anchorage data make` on a small version of the shipped fleet: undisturbed, and drained and killed on its way. */
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {type FleetFolder, kill, openFleetFolder, RUN, until} from '../../../helpers/fleet-folder.js';
import type {Ended} from '../../../helpers/process.js';

const PROMPTS = 120;
const fleet = `prompts: {demo: true, count: ${PROMPTS}}
maxOutstandingPrompts: 24
policy: {model: demo, format: plain, maxPromptTokens: 32, maxCompletionTokens: 32}
endpoints: {teacher: {demo: true, latencyMs: 100}}
actors:
  reviser: {endpoint: teacher, model: reviser, concurrency: 4}
`;

const makeIn = (folder: FleetFolder, ...more: string[]) => {
  writeFileSync(join(folder.path, 'fleet.yaml'), fleet);
  return folder.anchorage(['data', 'make', 'fleet.yaml', '--out', 'pairs.jsonl', '--run', RUN, ...more]);
};
const bytesIn = (folder: FleetFolder) => readFileSync(join(folder.path, 'pairs.jsonl'), 'utf8');
const untilPairs = (folder: FleetFolder, least: number) =>
  until(`${least} pairs are made`, async () =>
    existsSync(join(folder.runFolder, 'pairs.jsonl')) && folder.lines('pairs').length >= least
      ? true
      : undefined,
  );

let folder: FleetFolder;
let ended: Ended;
let left: readonly number[];
test.before(async () => {
  folder = openFleetFolder();
  ended = await (await makeIn(folder)).ended;
  left = folder.processes();
});
test.after.always(() => folder?.remove());

test.serial('The command ends with code 0 and a file of all pairs, and leaves no process', (t) => {
  t.is(ended.stderr, '');
  t.is(ended.code, 0);
  const pairs = bytesIn(folder).trimEnd().split('\n').length;
  t.is(pairs, folder.lines('pairs').length);
  t.is(pairs + folder.lines('rejections').length, PROMPTS);
  t.true(
    ended.stdout.endsWith(
      `${pairs} pairs in pairs.jsonl; ${PROMPTS - pairs} prompts rejected (${PROMPTS - pairs} unchanged)\n`,
    ),
  );
  t.deepEqual(left, []);
});

test.serial('Nobody trained, and the report says that the pairs are all there', (t) => {
  t.deepEqual(folder.lines('checkpoints'), []);
  t.like(folder.json('result.json'), {purpose: 'pairs', complete: true, steps: 0});
  const report = readFileSync(join(folder.runFolder, 'report.txt'), 'utf8');
  t.regex(report, /^Run run: \d+ pairs in /);
  t.notRegex(report, /learns|step/);
});

test.serial('A run that was drained and killed on its way makes the same bytes', async (t) => {
  const disturbed = openFleetFolder();
  try {
    const first = await makeIn(disturbed);
    await untilPairs(disturbed, 10);
    // However long a command takes to start, the run is not over by then.
    const reviser = await until('there is a reviser', async () => disturbed.pidOf('reviser'));
    kill(reviser, 'SIGSTOP');
    const status = await (await disturbed.anchorage(['status'])).ended;
    t.regex(
      status.stdout,
      /^run run on nats:\S+: making pairs\nprompts \d+ ended: \d+ pairs.*, \d+ rejected/,
    );
    first.interrupt();
    kill(reviser, 'SIGCONT');
    const drained = await first.ended;
    t.is(drained.code, 0);
    t.regex(
      drained.stdout,
      /stopped with \d+ pairs; nothing is left running; go on with: .* data make fleet.yaml --out pairs.jsonl --run run\n$/,
    );
    t.false(existsSync(join(disturbed.path, 'pairs.jsonl')));
    await makeIn(disturbed);
    await untilPairs(disturbed, 40);
    await disturbed.close();
    t.true(disturbed.lines('pairs').length < folder.lines('pairs').length);
    t.is((await (await makeIn(disturbed)).ended).code, 0);
    t.is(bytesIn(disturbed), bytesIn(folder));
  } finally {
    await disturbed.remove();
  }
});

test.serial(
  'What is complete is not made again, and its file is made anew only where that is wanted',
  async (t) => {
    const again = await (await makeIn(folder)).ended;
    t.is(again.code, 1);
    t.regex(again.stderr, /pairs\.jsonl: is there already/);
    const before = bytesIn(folder);
    const forced = await (await makeIn(folder, '--force')).ended;
    t.regex(forced.stdout, /run run is complete/);
    t.is(forced.code, 0);
    t.is(bytesIn(folder), before);
  },
);

test.serial('A dry run says that nobody trains, and starts nothing', async (t) => {
  const dry = await (await makeIn(folder, '--dry-run', '--force')).ended;
  t.regex(dry.stdout, /^actors {5}sampler, reviser, filter, reference$/m);
  t.regex(dry.stdout, /^training {3}none; what is made is a file of pairs$/m);
  t.true(dry.stdout.endsWith('valid; nothing was started\n'));
});
