import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {readFile} from 'node:fs/promises';
import {pathToFileURL} from 'node:url';
import test from 'ava';
import {load, scriptPath} from './scripts.js';

interface Child {
  run(command: string, args: string[], options?: {onOutput?: (chunk: string) => void}): Promise<number>;
}
const {run} = await load<Child>('child.mjs');

const node = (script: string, onOutput: (chunk: string) => void = () => undefined) =>
  run(process.execPath, ['-e', script], {onOutput});

/** A process that runs `script` as a child by `run`, and prints what the child prints and then its code. */
function parentOf(script: string): ChildProcess {
  const source =
    `import {run} from '${pathToFileURL(scriptPath('child.mjs'))}';` +
    `const code = await run(process.execPath, ['-e', ${JSON.stringify(script)}]); console.log('code', code);`;
  return spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

test('The exit code is the child’s', async (t) => {
  t.is(await node('process.exit(7)'), 7);
  t.is(await node(''), 0);
});

test('A child that a signal ended has 128 and the signal’s number as its code', async (t) => {
  t.is(await node('process.kill(process.pid, "SIGKILL")'), 137);
});

test('Output comes to whoever asked for it', async (t) => {
  let output = '';
  await node('console.log("one"); console.log("two")', (chunk) => {
    output += chunk;
  });
  t.is(output, 'one\ntwo\n');
});

test('A command that is not there is an error with its name', async (t) => {
  await t.throwsAsync(run('anchorage-no-such-command', []), {
    message: /^anchorage-no-such-command: could not be started/,
  });
});

test('A signal is handed on once, however often it comes at the same moment, and the child may end in its own way', async (t) => {
  const child = `
    let signals = 0;
    process.on('SIGINT', () => { signals += 1; setTimeout(() => { console.log('signals', signals); process.exit(3); }, 200); });
    console.log('ready'); setInterval(() => {}, 1000);`;
  const parent = parentOf(child);
  t.teardown(() => parent.kill('SIGKILL'));
  let output = '';
  parent.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    if (chunk.includes('ready')) {
      parent.kill('SIGINT');
      setTimeout(() => parent.kill('SIGINT'), 20);
    }
    output += chunk;
  });
  await once(parent, 'close');
  t.is(output, 'ready\nsignals 1\ncode 3\n');
});

test('What the child left running is ended with it', async (t) => {
  let output = '';
  await node(
    `const {spawn} = require('node:child_process');
    const left = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {stdio: 'ignore'});
    left.unref(); console.log(left.pid);`,
    (chunk) => {
      output += chunk;
    },
  );
  const pid = Number(output);
  t.true(pid > 0);
  await t.notThrowsAsync(gone(pid));
});

/** Resolves when a process is no more, or only its entry in the process table is left. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
    if (stat === undefined || / Z /.test(stat)) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
