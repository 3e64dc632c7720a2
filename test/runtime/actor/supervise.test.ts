/** Children are started again, given up, drained and killed by the rules S1 to S5. */
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {filter, firstValueFrom, lastValueFrom, toArray} from 'rxjs';
import {type Command, type ProcessEvent, supervise} from '../../../runtime/actor/supervise.js';
import {isAlive} from '../../helpers/process.js';
import {temporaryFile} from '../../helpers/temporary.js';

const command = (t: ExecutionContext, name: string, script: string): Command => {
  const entry = temporaryFile(t, `${name}.mjs`, script);
  return {name, entry, args: [], logFile: join(entry, '..', 'log')};
};
const drains =
  "process.on('SIGTERM', () => process.exit(0)); process.send('up'); setInterval(() => {}, 1000);";
const ignores = "process.on('SIGTERM', () => {}); process.send('up'); setInterval(() => {}, 1000);";
const fails = (kind: string, code: number) =>
  `process.send({kind: '${kind}', message: 'because'}, undefined, {}, () => process.exit(${code}));`;

const start = (t: ExecutionContext, commands: Command[], drainGraceMs = 30_000) => {
  const supervisor = supervise(commands, {drainGraceMs, backoff: () => 0});
  t.teardown(() => supervisor.kill());
  return supervisor;
};
const withoutPid = (event: ProcessEvent) => ('pid' in event ? {kind: event.kind, name: event.name} : event);

test('a child that ends with code 0 is not started again', async (t) => {
  const {events$} = start(t, [command(t, 'a', 'process.exit(0)')]);
  const events = await lastValueFrom(events$.pipe(toArray()));
  t.deepEqual(events.map(withoutPid), [
    {kind: 'started', name: 'a'},
    {kind: 'ended', name: 'a'},
  ]);
});

test('a child that fails is started again five times in a minute, and then given up with its reason', async (t) => {
  const {events$} = start(t, [command(t, 'a', fails('failed', 1))]);
  const events = await lastValueFrom(events$.pipe(toArray()));
  t.is(events.filter(({kind}) => kind === 'started').length, 6);
  t.deepEqual(
    events.filter(({kind}) => kind === 'restarting'),
    Array.from({length: 5}, () => ({kind: 'restarting', name: 'a', reason: 'because', delayMs: 0})),
  );
  t.deepEqual(events.at(-1), {
    kind: 'failed',
    name: 'a',
    reason: 'because (started again 5 times within 60 s)',
  });
});

test('a child that is killed is started again', async (t) => {
  const supervisor = start(t, [command(t, 'a', drains)]);
  const pids: number[] = [];
  const second = firstValueFrom(
    supervisor.events$.pipe(
      filter((event) => {
        if (event.kind === 'started') pids.push(event.pid);
        if (event.kind === 'message' && pids.length === 1) process.kill(pids[0] ?? 0, 'SIGKILL');
        return event.kind === 'message' && pids.length === 2;
      }),
    ),
  );
  await second;
  await supervisor.stop();
  t.false(pids.some(isAlive));
  const reasons = await lastValueFrom(
    supervisor.events$.pipe(
      filter((event) => event.kind === 'restarting'),
      toArray(),
    ),
  );
  t.deepEqual(
    reasons.map(({reason}) => reason),
    ['ended by SIGKILL'],
  );
});

for (const [title, script] of [
  ['the message fatal', fails('fatal', 1)],
  ['code 2', fails('failed', 2)],
] as const) {
  test(`${title} stops all children, with the reason`, async (t) => {
    const {events$} = start(t, [command(t, 'a', drains), command(t, 'b', script)]);
    const events = await lastValueFrom(events$.pipe(toArray()));
    t.deepEqual(
      events.filter(({kind}) => kind === 'failed'),
      [{kind: 'failed', name: 'b', reason: 'because'}],
    );
    t.false(events.some(({kind}) => kind === 'restarting'));
    t.false(events.some((event) => event.kind === 'started' && isAlive(event.pid)));
  });
}

test('a stop drains all children and starts none again', async (t) => {
  const supervisor = start(t, [command(t, 'a', drains), command(t, 'b', drains)]);
  await firstValueFrom(supervisor.events$.pipe(filter(({kind, name}) => kind === 'message' && name === 'b')));
  await supervisor.stop();
  const events = await lastValueFrom(supervisor.events$.pipe(toArray()));
  t.is(events.filter(({kind}) => kind === 'started').length, 2);
  t.false(events.some((event) => event.kind === 'started' && isAlive(event.pid)));
});

test('a child that does not drain is killed after the grace', async (t) => {
  const supervisor = start(t, [command(t, 'a', ignores)], 50);
  await firstValueFrom(supervisor.events$.pipe(filter(({kind}) => kind === 'message')));
  await supervisor.stop();
  const events = await lastValueFrom(supervisor.events$.pipe(toArray()));
  t.false(events.some((event) => event.kind === 'started' && isAlive(event.pid)));
  t.deepEqual(events.at(-1), {kind: 'ended', name: 'a', reason: 'ended by SIGKILL'});
});

test('a child that fails while it drains is not started again, and its reason is told', async (t) => {
  const failing = `process.on('SIGTERM', () => {${fails('failed', 1)}}); process.send('up'); setInterval(() => {}, 1000);`;
  const supervisor = start(t, [command(t, 'a', failing)]);
  await firstValueFrom(supervisor.events$.pipe(filter(({kind}) => kind === 'message')));
  await supervisor.stop();
  const events = await lastValueFrom(supervisor.events$.pipe(toArray()));
  t.deepEqual(
    events.map(({kind}) => kind),
    ['started', 'message', 'ended'],
  );
  t.deepEqual(events.at(-1), {kind: 'ended', name: 'a', reason: 'because'});
});

test('a file that is not there ends as a failure, not as a wait', async (t) => {
  const missing = {...command(t, 'a', ''), entry: '/nowhere/actor.js'};
  const events = await lastValueFrom(start(t, [missing]).events$.pipe(toArray()));
  t.is(events.at(-1)?.kind, 'failed');
});

test('what a child says is in its log file', async (t) => {
  const talker = command(t, 'a', "console.log('out'); console.error('err');");
  await lastValueFrom(start(t, [talker]).events$.pipe(toArray()));
  t.is(readFileSync(talker.logFile ?? '', 'utf8'), 'out\nerr\n');
});
