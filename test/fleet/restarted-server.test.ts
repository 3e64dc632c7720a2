/** One run whose server is killed, and then asked to end, while everything is at work: it is started again on its store. */
import {readFileSync} from 'node:fs';
import test from 'ava';
import {type FleetFolder, kill, openFleetFolder, until, untilStep} from '../helpers/fleet-folder.js';

const PROMPTS = 192;
const sets = [
  `prompts.count=${PROMPTS}`,
  'training.steps=12',
  'training.warmupSteps=1',
  'training.checkpointEverySteps=4',
  'evaluation.count=16',
  'endpoints.teacher.latencyMs=100',
  'actors.reviser.concurrency=4',
];

let folder: FleetFolder;
test.before(() => {
  folder = openFleetFolder();
});
test.after.always(() => folder?.remove());

/** The process of the run's own server. */
const serverPid = (): number | undefined =>
  folder.processes().find((pid) => {
    try {
      return /nats-server\0-c\0/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
    } catch {
      return false; // it is just gone
    }
  });

test('A run goes on when its server was killed, and when it was ended: no prompt is lost or trained on twice', async (t) => {
  const up = await folder.up(sets);
  const bus = await folder.bus(up);
  const signals = ['SIGKILL', 'SIGTERM'] as const;
  for (const [index, signal] of signals.entries()) {
    await untilStep(bus, 2 + 3 * index);
    const before = await until('there is a server', async () => serverPid());
    kill(before, signal);
    await until('there is another server', async () => {
      const pid = serverPid();
      return (pid !== undefined && pid !== before) || undefined;
    });
  }
  const {code, stderr} = await up.ended;
  t.is(stderr, '');
  t.is(code, 0);
  const pairs = folder.lines('pairs').map(({prompt_id}) => Number(prompt_id));
  const rejected = folder.lines('rejections').map(({prompt_id}) => Number(prompt_id));
  t.deepEqual(
    [...pairs, ...rejected].sort((one, other) => one - other),
    Array.from({length: PROMPTS}, (_, id) => id),
  );
  t.like(folder.lines('checkpoints').at(-1), {final: true, pair_sequence: pairs.length});
  t.is(folder.json('result.json').pairs_trained, pairs.length);
  t.deepEqual(folder.processes(), []);
});
