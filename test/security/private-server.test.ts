/**
 * The server that a run starts is on a port that every user of the machine reaches. What keeps them out is a secret, which
 * only the run's owner can read. The stranger is another user where the test runs as root, else a second client.
 */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {readdirSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import test from 'ava';
import {subjectOf} from '../../runtime/bus/channels/subjects.js';
import {readRecord} from '../../runtime/fleet/run/run-folder.js';
import {type FleetFolder, openFleetFolder, RUN, type Running, until} from '../helpers/fleet-folder.js';

const NOBODY = 65_534;
/** As another user of the machine; the same user where only one is to be had. */
const identity = process.getuid?.() === 0 ? {uid: NOBODY, gid: NOBODY} : {};

/** Nobody is answered: the run is there for as long as the tests take. */
const sets = ['endpoints.teacher.latencyMs=3600000', 'evaluation.count=8'];

let folder: FleetFolder;
let up: Running;
let port: number;
let secret: string;
test.before(async () => {
  folder = openFleetFolder();
  up = await folder.up(sets);
  await folder.bus(up);
  const url = new URL((await readRecord(folder.runFolder))?.natsUrl ?? '');
  port = Number(url.port);
  secret = url.username;
  await until('every actor was started', async () => folder.pidOf('evaluator'));
});
test.after.always(() => folder?.remove());

/** Plain JavaScript, for another user may not read what this project is built to. */
const speak = `
  const socket = require('node:net').connect(Number(process.env.PORT), '127.0.0.1', () => socket.write(process.env.SAYS));
  let said = '';
  socket.on('data', (data) => { said += data; if (/PONG|-ERR/.test(said)) socket.destroy(); });
  socket.on('error', () => undefined);
  socket.on('close', () => process.stdout.write(said));
`;

const saidToStranger = async (connect: object): Promise<string> => {
  const subject = subjectOf(RUN, 'controls');
  const says = `CONNECT ${JSON.stringify(connect)}\r\nPUB ${subject} 1\r\nx\r\nPING\r\n`;
  const child = spawn(process.execPath, ['-e', speak], {
    ...identity,
    cwd: '/',
    env: {PORT: String(port), SAYS: says},
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (data) => (said += data));
  await once(child, 'close');
  return said;
};

test.serial('A stranger who finds the port is refused, and what it publishes is on no stream', async (t) => {
  const bus = await folder.bus(up);
  const before = (await bus.state('controls')).lastSequence;
  for (const connect of [{}, {auth_token: ''}, {auth_token: 'guess'}, {user: 'anchorage', pass: 'anchorage'}])
    t.regex(await saidToStranger({verbose: false, ...connect}), /-ERR 'Authorization Violation'/);
  t.is((await bus.state('controls')).lastSequence, before);
  // The same words with the secret are taken: it is what decides.
  t.regex(await saidToStranger({verbose: false, auth_token: secret}), /PONG/);
  t.is((await bus.state('controls')).lastSequence, before + 1);
});

test.serial('The server listens on the machine itself alone', (t) => {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const listening = ['tcp', 'tcp6']
    .flatMap((name) => readFileSync(`/proc/net/${name}`, 'utf8').split('\n'))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = '', , state]) => local.endsWith(`:${hex}`) && state === '0A');
  t.deepEqual(
    listening.map(([, local]) => local),
    [`0100007F:${hex}`],
  );
});

test.serial('The secret is in no process’s arguments', (t) => {
  t.true(secret.length >= 32);
  const shown = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(secret);
      } catch {
        return false; // gone meanwhile
      }
    });
  t.deepEqual(shown, []);
});

test.serial('The secret is said nowhere, and only files that the owner alone may read have it', (t) => {
  const files = readdirSync(folder.runFolder, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map(({parentPath, name}) => join(parentPath, name));
  const having = files.filter((file) => {
    try {
      return readFileSync(file).includes(secret);
    } catch {
      return false; // a server's files come and go
    }
  });
  t.deepEqual(having.map((file) => file.slice(folder.runFolder.length + 1)).toSorted(), [
    'nats/nats-server.conf',
    'nats/secret',
    'run.json',
  ]);
  for (const file of having) t.is(statSync(file).mode & 0o777, 0o600, file);
  t.is(statSync(join(folder.runFolder, 'nats')).mode & 0o777, 0o700);
  t.false(up.said().includes(secret));
});

test.serial('Whoever owns the run is let in by its folder, also after it was taken up again', async (t) => {
  const status = async () => (await (await folder.anchorage(['status'])).ended).stdout;
  t.regex(await status(), new RegExp(`nats://127\\.0\\.0\\.1:${port}`));
  t.false((await status()).includes(secret));
  process.kill(up.pid, 'SIGKILL');
  await up.ended;
  up = await folder.up(sets);
  await folder.bus(up);
  t.true((await readRecord(folder.runFolder))?.natsUrl.includes(secret));
  t.regex(await status(), /nats:\/\/127\.0\.0\.1:\d+/);
});
