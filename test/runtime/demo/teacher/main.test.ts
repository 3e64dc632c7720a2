/** The teacher as a process of its own. */
import {type ChildProcess, fork} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {TEACHER_KEY_ENV} from '../../../../runtime/demo/teacher/process.js';
import {codeRoot} from '../../../../runtime/paths.js';

const main = join(codeRoot, 'runtime/demo/teacher/main.js');

const startProcess = (t: ExecutionContext, args: readonly string[], key = 'sk-test'): ChildProcess => {
  const child = fork(main, args, {env: {...process.env, [TEACHER_KEY_ENV]: key}, stdio: 'ignore'});
  t.teardown(() => child.kill('SIGKILL'));
  return child;
};

interface Message {
  readonly url?: string;
  readonly kind?: string;
  readonly message?: string;
}
const firstMessage = async (child: ChildProcess): Promise<Message> => {
  const [message] = (await once(child, 'message')) as [Message];
  return message;
};

test('it tells its address, serves there, and ends on SIGTERM', async (t) => {
  const child = startProcess(t, ['--seed', '4', '--requests-per-minute', '100']);
  const {url} = await firstMessage(child);
  const response = await fetch(`${url}/models`, {headers: {authorization: 'Bearer sk-test'}});
  t.is(response.status, 200);
  child.kill('SIGTERM');
  t.deepEqual(await once(child, 'exit'), [0, null]);
  await t.throwsAsync(fetch(`${url}/models`));
});

test('it ends when the process that started it lets go of the channel', async (t) => {
  const child = startProcess(t, []);
  await firstMessage(child);
  child.disconnect();
  t.deepEqual(await once(child, 'exit'), [0, null]);
});

test("a terminal's Ctrl-C and its end are left to the process that started it", async (t) => {
  const child = startProcess(t, []);
  const {url} = await firstMessage(child);
  child.kill('SIGINT');
  child.kill('SIGHUP');
  const response = await fetch(`${url}/models`, {headers: {authorization: 'Bearer sk-test'}});
  t.is(response.status, 200);
  child.kill('SIGTERM');
  t.deepEqual(await once(child, 'exit'), [0, null]);
});

test('it says in one line why it cannot start, and fails', async (t) => {
  for (const [args, key, expected] of [
    [[], '', /ANCHORAGE_TEACHER_KEY/],
    [['--failure-rate', '2'], 'sk-test', /--failure-rate/],
    [['--mood', 'bad'], 'sk-test', /--mood/],
  ] as const) {
    const child = startProcess(t, args, key);
    const [message, exit] = await Promise.all([firstMessage(child), once(child, 'exit')]);
    t.is(message.kind, 'fatal');
    t.regex(message.message ?? '', expected);
    t.is(exit[0], 2);
  }
});
