/** Children that live and do nothing are started again (S6), and the ones that are wanted may change (S7). */
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {filter, firstValueFrom, interval, lastValueFrom, map, take, toArray} from 'rxjs';
import type {Command} from '../../../runtime/actor/child.js';
import {supervise} from '../../../runtime/actor/supervise.js';
import {isAlive} from '../../helpers/process.js';
import {temporaryFile} from '../../helpers/temporary.js';

const QUIET_MS = 1000;

const command = (t: ExecutionContext, name: string, script: string): Command => {
  const entry = temporaryFile(t, `${name}.mjs`, script);
  return {
    name,
    entry,
    args: [],
    logFile: join(entry, '..', 'log'),
    liveness: {quietMs: QUIET_MS, deadlineMs: 0},
  };
};
const beat = (fields: string) =>
  `process.send({kind: 'heartbeat', in: 1, out: 0, busy: 0, oldestMs: 0, unchangedMs: 0, cpuUnchangedMs: 0, longestMs: 0, ${fields}});`;
const beats = (fields = '') => `setInterval(() => {${beat(fields)}}, 100); ${beat(fields)}`;
const drains = `process.on('SIGTERM', () => process.exit(0)); ${beats()}`;
const wedged = `process.on('SIGTERM', () => {}); ${beats(`busy: 2, unchangedMs: ${2 * QUIET_MS}`)}`;

const start = (t: ExecutionContext, commands: Command[], drainGraceMs = 300) => {
  const supervisor = supervise(commands, {drainGraceMs, backoff: () => 0});
  t.teardown(() => supervisor.kill());
  const pids: number[] = [];
  supervisor.events$.subscribe((event) => {
    if (event.kind === 'started') pids.push(event.pid);
  });
  const next = (kind: string, name: string) =>
    firstValueFrom(supervisor.events$.pipe(filter((event) => event.kind === kind && event.name === name)));
  return {supervisor, pids, next};
};

test('A child that is stopped is killed and started again; the one beside it is not touched', async (t) => {
  const {supervisor, pids, next} = start(t, [command(t, 'a', drains), command(t, 'b', drains)]);
  await next('running', 'a');
  await next('running', 'b');
  const [stopped = 0, other = 0] = pids;
  process.kill(stopped, 'SIGSTOP');
  const event = await next('restarting', 'a');
  t.regex('reason' in event ? (event.reason ?? '') : '', /^nothing was heard of it for .* s: it is stopped/);
  t.false(isAlive(stopped));
  await firstValueFrom(
    supervisor.events$.pipe(
      filter((each) => each.kind === 'running' && each.name === 'a'),
      take(2),
      toArray(),
    ),
  );
  t.true(isAlive(other));
  t.is(pids.length, 3);
  await supervisor.stop();
  t.false(pids.some(isAlive));
});

test('A child whose work does not come forward is killed, started again, and given up at last with that reason', async (t) => {
  const {supervisor, pids} = start(t, [command(t, 'a', wedged)], 0);
  const events = await lastValueFrom(supervisor.events$.pipe(toArray()));
  t.is(pids.length, 6);
  const last = events.find(({kind}) => kind === 'failed');
  t.regex(
    last !== undefined && 'reason' in last ? (last.reason ?? '') : '',
    /^nothing of its work in hand \(2\) came forward for 2\.0 s \(started again 5 times within 60 s\)$/,
  );
  t.false(pids.some(isAlive));
});

test('A child whose event loop is held for good is killed and started again', async (t) => {
  const blocked = `${beat('')} for (;;);`;
  const {supervisor, next, pids} = start(t, [
    {...command(t, 'a', blocked), liveness: {quietMs: QUIET_MS / 4, deadlineMs: 0}},
  ]);
  const event = await next('restarting', 'a');
  // On a crowded machine it may look as if it stood still.
  t.regex('reason' in event ? (event.reason ?? '') : '', /^nothing was heard of it for/);
  t.false(isAlive(pids[0] ?? 0));
  await supervisor.stop();
});

test('A child that holds work and brings it forward is left alone', async (t) => {
  // It ends by itself after twice the time in which one that does not would be ended.
  const working = `let beats = 0; setInterval(() => {
    ${beat('busy: 2, oldestMs: 1e9, unchangedMs: 50')}
    beats += 1;
    if (beats === ${(2 * QUIET_MS) / 100}) process.exit(0);
  }, 100);`;
  const {supervisor, pids, next} = start(t, [command(t, 'a', working)]);
  await next('ended', 'a');
  t.is(pids.length, 1);
  await supervisor.stop();
});

test('More are started and fewer drained, without touching the others', async (t) => {
  const [a, b, c] = ['a', 'b', 'c'].map((name) => command(t, name, drains));
  if (a === undefined || b === undefined || c === undefined) return t.fail();
  const {supervisor, pids, next} = start(t, [a]);
  await next('running', 'a');
  supervisor.want([a, b, c]);
  await next('running', 'b');
  await next('running', 'c');
  supervisor.want([a, c]);
  t.is(supervisor.states().get('b'), 'draining');
  await next('ended', 'b');
  t.deepEqual(
    [...supervisor.states()],
    [
      ['a', 'running'],
      ['c', 'running'],
    ],
  );
  t.deepEqual(pids.map(isAlive), [true, false, true]);
  await supervisor.stop();
  t.false(pids.some(isAlive));
});

test('One that is wanted again while it drains is started when it is gone', async (t) => {
  const slow = `process.on('SIGTERM', () => setTimeout(() => process.exit(0), 200)); ${beats()}`;
  const [a, b] = [command(t, 'a', drains), command(t, 'b', slow)];
  const {supervisor, pids, next} = start(t, [a, b], 30_000);
  await next('running', 'b');
  supervisor.want([a]);
  supervisor.want([a, b]);
  const kinds = await firstValueFrom(
    supervisor.events$.pipe(
      filter(({name}) => name === 'b'),
      map(({kind}) => kind),
      take(5),
      toArray(),
    ),
  );
  t.deepEqual(kinds, ['started', 'running', 'ended', 'started', 'running']);
  t.is(pids.length, 3);
  await supervisor.stop();
});

/** Works on after SIGTERM, until it is told that the grace has been over often enough. */
const working = (fields: string) => `
  let [doing, asked] = [true, false];
  process.on('SIGTERM', () => { asked = true; process.send('asked'); });
  process.on('SIGUSR2', () => { doing = false; process.exit(0); });
  setInterval(() => { if (doing) ${beat(`busy: 1, doing: 'training', beforeMs: 7000, oldestMs: 9000, ${fields}`)} }, 50);
  ${beat(`busy: 1, ${fields}`)}`;

test('Who saves at its end is waited for beyond the grace while its work comes forward, and it is said what that is', async (t) => {
  const {supervisor, pids, next} = start(t, [{...command(t, 'a', working('')), savesAtEnd: true}], 20);
  await next('running', 'a');
  let isOver = false;
  const stopped = supervisor.stop().then(() => {
    isOver = true;
  });
  // So many heartbeats take many times the grace.
  await firstValueFrom(interval(50).pipe(take(10), toArray()));
  t.false(isOver);
  t.like(supervisor.drainingAtWork(), [{name: 'a', doing: 'training', beforeMs: 7000}]);
  process.kill(pids[0] ?? 0, 'SIGUSR2');
  await stopped;
  const events = await lastValueFrom(supervisor.events$.pipe(toArray()));
  t.deepEqual(events.at(-1), {kind: 'ended', name: 'a'});
});

test('Work that does not come forward is not waited for, and neither is that of others', async (t) => {
  // Not before it is asked to end: it would be started again for it, however long the other takes to start.
  const stops = working(`unchangedMs: asked ? ${2 * QUIET_MS} : 0`);
  const stuck = {...command(t, 'a', stops), savesAtEnd: true};
  const {supervisor, next} = start(t, [stuck, command(t, 'b', working(''))], 20);
  await Promise.all([next('running', 'a'), next('running', 'b')]);
  await supervisor.stop();
  const events = await lastValueFrom(supervisor.events$.pipe(toArray()));
  const reasons = new Map(
    events.flatMap((event) => (event.kind === 'ended' ? [[event.name, event.reason]] : [])),
  );
  t.regex(reasons.get('a') ?? '', /^nothing of its work in hand \(1\) came forward for 2\.0 s$/);
  t.is(reasons.get('b'), 'ended by SIGKILL');
});

test('In haste nobody is waited for', async (t) => {
  const {supervisor, next} = start(t, [{...command(t, 'a', working('')), savesAtEnd: true}], 20);
  await next('running', 'a');
  await supervisor.stop(true);
  const events = await lastValueFrom(supervisor.events$.pipe(toArray()));
  t.deepEqual(events.at(-1), {kind: 'ended', name: 'a', reason: 'ended by SIGKILL'});
});

test('Haste that comes later shortens the grace of who drains already', async (t) => {
  const graces = {drainGraceMs: 3_600_000, hastyGraceMs: 20};
  const supervisor = supervise([{...command(t, 'a', working('')), savesAtEnd: true}], graces);
  t.teardown(() => supervisor.kill());
  const stopped = supervisor.stop();
  await supervisor.stop(true);
  await stopped;
  const events = await lastValueFrom(supervisor.events$.pipe(toArray()));
  t.is(events.at(-1)?.kind, 'ended');
});
