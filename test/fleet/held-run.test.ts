/** A run id is one run: on a shared server, from two folders, and when it is deleted. */
import {cpSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import type {Bus} from '../../runtime/bus/bus.js';
import {listRuns} from '../../runtime/bus/connection/connection.js';
import {demoPolicyFolder} from '../../runtime/fleet/file/load.js';
import {type FleetFolder, openFleetFolder, RUN, type Running, until} from '../helpers/fleet-folder.js';
import {withBus, withNatsServer} from '../helpers/nats.js';

const sets = ['prompts.count=1600', 'training.steps=100', 'evaluation.count=8', 'policy.model=policy'];
/** Nobody asks the teacher, for there are no actors. */
const KEY = {ANCHORAGE_TEACHER_KEY: 'key'};

const withFolder = (t: ExecutionContext): FleetFolder => {
  const folder = openFleetFolder();
  t.teardown(() => folder.remove());
  cpSync(demoPolicyFolder, join(folder.path, 'policy'), {recursive: true});
  return folder;
};

/** Resolves when a command feeds the run. */
const untilFed = (bus: Bus, {pid}: Running): Promise<true> =>
  until('the run is held and fed', async () => {
    const holder = await bus.kv.get<{readonly pid: number}>('holder');
    const isFed = (await bus.state('prompts')).messages > 0;
    return (holder?.value.pid === pid && isFed) || undefined;
  });

/** What a command that is refused says, whole. */
const refusal = async (
  t: ExecutionContext,
  folder: FleetFolder,
  args: readonly string[],
): Promise<string> => {
  const {code, stderr} = await (await folder.anchorage(args, KEY)).ended;
  t.is(code, 1);
  return stderr;
};

test('A run has one holder, one fleet, one policy and one folder, and is gone from all places when it is deleted', async (t) => {
  const server = await withNatsServer(t);
  const [mine, other] = [withFolder(t), withFolder(t)];
  const up = [
    'up',
    '--no-actors',
    '--run',
    RUN,
    '--nats',
    server.url,
    ...sets.flatMap((set) => ['--set', set]),
  ];
  const first = await mine.anchorage(up, KEY);
  const bus = await withBus(t, server, RUN);
  await untilFed(bus, first);

  t.regex(
    await refusal(t, other, up),
    /^run run is held by process \d+ on \S+ since \S+: end that one first, [^\n]+\n$/,
  );
  t.regex(await refusal(t, mine, up), /^run run is already running \(process \d+\); [^\n]+\n$/);
  t.regex(
    await refusal(t, mine, ['rm', RUN]),
    /^run run is running \(process \d+\): end it with Ctrl-C [^\n]+\n$/,
  );
  first.interrupt();
  t.is((await first.ended).code, 0);

  t.regex(
    await refusal(t, other, up),
    /^the NATS server has a run run already, begun on [^\n]+ by --from-server\n$/,
  );
  const weights = join(mine.path, 'policy', 'model.safetensors');
  const altered = readFileSync(weights);
  altered.writeUInt8(altered.readUInt8(altered.length - 2) ^ 1, altered.length - 2);
  writeFileSync(weights, altered);
  const refused = await refusal(t, mine, up);
  t.true(refused.startsWith(`${weights}: run run began with another: SHA-256 `), refused);
  cpSync(join(demoPolicyFolder, 'model.safetensors'), weights);

  // As kill -9 leaves it where the server was told of the run, and the folder has no record yet.
  rmSync(join(mine.runFolder, 'run.json'));
  const again = await mine.anchorage(up, KEY);
  await untilFed(bus, again);
  again.interrupt();
  t.is((await again.ended).code, 0);

  // What is lost with a folder is on the server.
  rmSync(mine.runFolder, {recursive: true});
  t.regex(await refusal(t, mine, up), /^the NATS server has a run run already, [^\n]+ by --from-server\n$/);
  const second = await mine.anchorage([...up, '--from-server'], KEY);
  await untilFed(bus, second);
  second.interrupt();
  const {code, stderr} = await second.ended;
  t.is(code, 0, stderr);
  t.is(mine.json('run.json').ending, 'drained');

  for (const path of ['..', '../run']) t.regex(await refusal(t, mine, ['rm', path]), /letters, digits/);
  symlinkSync(mine.runFolder, join(mine.path, 'runs', 'linked'));
  t.regex(await refusal(t, mine, ['rm', 'linked']), /not a run's folder: nothing was deleted/);
  const deleted = await (await mine.anchorage(['rm', RUN, '--nats', server.url])).ended;
  t.is(
    deleted.stdout,
    `run run is deleted from ${mine.runFolder} and ${server.url.replace(/\/\/[^@]*@/, '//')}\n`,
  );
  t.deepEqual(await listRuns(server.url), []);
  t.regex(await refusal(t, mine, ['rm', RUN]), /^there is no run run under /);
});
