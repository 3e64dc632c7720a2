/** One run that reaches its ceiling, with a reviser killed before, and goes on when the ceiling is raised. */
import {setTimeout} from 'node:timers/promises';
import test from 'ava';
import type {SlotUse} from '../../runtime/demo/teacher/slots.js';
import {type Account, spentIn} from '../../runtime/endpoints/usage.js';
import {type FleetFolder, kill, openFleetFolder, RUN, until} from '../helpers/fleet-folder.js';
import type {Ended} from '../helpers/process.js';

const CONCURRENCY = 4;
const KEY = 'the-teacher-of-this-test';
const sets = [
  'prompts.count=96',
  'training.steps=6',
  'training.warmupSteps=1',
  'training.checkpointEverySteps=6',
  'endpoints.teacher.latencyMs=200',
  'endpoints.teacher.price={inputPerMillion: 1000, outputPerMillion: 2000}',
  'spend={ceiling: 15}',
  'actors.reviser.count=2',
  `actors.reviser.concurrency=${CONCURRENCY}`,
];

let folder: FleetFolder;
let run: Ended;
const said: Record<string, Ended> = {};
/** At the ceiling, and some time after. */
const accounts: Account[] = [];
let served = 0;

test.before(async () => {
  folder = openFleetFolder({isScored: false});
  const up = await folder.up(sets, {ANCHORAGE_TEACHER_KEY: KEY});
  const bus = await folder.bus(up);
  const ask = async (name: string, ...args: readonly string[]): Promise<void> => {
    said[name] = await (await folder.anchorage([...args, '--run', RUN])).ended;
  };
  const account = async (): Promise<Account> =>
    (await bus.kv.get<Account>('usage'))?.value ?? {processes: {}, endpoints: {}};
  const victim = await until('a reviser asks', async () =>
    Object.values((await account()).processes).some(({requests}) => requests > 0)
      ? folder.pidOf('reviser')
      : undefined,
  );
  kill(victim, 'SIGKILL');
  await until('the ceiling is reached', async () => up.said().includes('spend.ceiling') || undefined);
  await until('the killed reviser is back, and nothing is under way', async () =>
    folder.pidsOf('reviser').length === 2 &&
    Object.values((await account()).processes).every(({open}) => open.requests === 0)
      ? true
      : undefined,
  );
  accounts.push(await account());
  await setTimeout(1500);
  accounts.push(await account());
  const {endpoints} = folder.json('fleet-started.json') as {endpoints: {teacher: {baseUrl: string}}};
  const slots = await fetch(`${endpoints.teacher.baseUrl}/slots`, {
    headers: {authorization: `Bearer ${KEY}`},
  });
  ({served} = (await slots.json()) as SlotUse);
  await ask('status', 'status', '--json');
  await ask('raise', 'objective', 'set', '--set', 'spend.ceiling=1000');
  run = await up.ended;
});
test.after.always(() => folder?.remove());

test.serial('At the ceiling no model is asked, and one line for the whole fleet says what to do', (t) => {
  const [first, later] = accounts;
  if (first === undefined || later === undefined) return t.fail();
  t.deepEqual(spentIn(later), spentIn(first));
  const {cost} = spentIn(first);
  t.true(cost > 14 && cost < 15.1, `spent ${cost}`);
  const lines = run.stdout.split('\n').filter((line) => line.includes('spend.ceiling is'));
  t.is(lines.length, 1);
  t.regex(
    lines[0] ?? '',
    /^reviser-[01]: 14\.\d\d USD are spent and spend\.ceiling is 15: no model is asked until it is raised, such as by `anchorage objective set --run run --set spend\.ceiling=30`$/,
  );
});

test.serial('A kill loses nothing of what was asked: what was under way counts as spent', (t) => {
  const [account] = accounts;
  const requests = account === undefined ? 0 : spentIn(account).requests;
  // What was about to be sent when it was killed may not have been.
  t.true(requests >= served && requests <= served + CONCURRENCY, `${requests} counted, ${served} served`);
});

test.serial('The status says what was spent, by whom, and of how much', (t) => {
  const {models} = JSON.parse(said.status?.stdout ?? '{}');
  const [account] = accounts;
  const cost = account === undefined ? Number.NaN : spentIn(account).cost;
  t.like(models, {currency: 'USD', ceiling: 15, cost, cost_by_actor: {reviser: cost}});
});

test.serial('The run goes on when the ceiling is raised, and its report has the whole sum', (t) => {
  t.is(said.raise?.code, 0, said.raise?.stderr);
  t.is(run.code, 0, run.stderr);
  const {endpoint, pairs} = folder.json('result.json') as {
    endpoint: {cost: number; currency: string; requests: number};
    pairs: number;
  };
  t.true(pairs > 48, `${pairs} pairs`);
  t.is(endpoint.currency, 'USD');
  const before = accounts[1] === undefined ? Number.NaN : spentIn(accounts[1]).cost;
  t.true(endpoint.cost > before && endpoint.cost < 3 * before, `${endpoint.cost} after ${before}`);
  t.regex(run.stdout, /tokens in, [\d,. ]+ out, \d+\.\d\d USD/);
});
