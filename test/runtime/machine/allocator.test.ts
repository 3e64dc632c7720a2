/** The allocator's setting, in a process of its own: glibc reads it once. */
import {execFileSync} from 'node:child_process';
import test from 'ava';
import {allocatorEnvironment} from '../../../runtime/machine/allocator.js';

const KEPT_MEGABYTES = 50;

/**
 * Frees a block of 24 MB, after which glibc by itself keeps all smaller ones; then 20 of 8 MB, between which others stay. Prints how
 * much is still there once it is little, or after 5 s.
 */
const script = `
  const {readFileSync} = require('node:fs');
  const {setTimeout: sleep} = require('node:timers/promises');
  const megabytes = () => Number(/VmRSS:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1000;
  const untilBelow = async (most) => {
    for (let tries = 0; tries < 100 && megabytes() >= most; tries++) { gc(); await sleep(50); }
  };
  (async () => {
    const start = megabytes();
    let blocks = [Buffer.alloc(24e6, 1)];
    blocks = [];
    await untilBelow(start + 20);
    const before = megabytes();
    const others = [];
    for (let i = 0; i < 20; i++) {
      blocks.push(Buffer.alloc(8e6, 1));
      others.push(Buffer.allocUnsafeSlow(5e5).fill(1));
    }
    blocks = [];
    await untilBelow(before + ${KEPT_MEGABYTES});
    console.log(megabytes() - before, others.length);
  })();`;

test('large blocks that are freed go back to the system', (t) => {
  const said = execFileSync(process.execPath, ['--expose-gc', '-e', script], {
    encoding: 'utf8',
    env: allocatorEnvironment({}),
  });
  t.true(Number.parseFloat(said) < KEPT_MEGABYTES, said);
});

test('what the user has set stays', (t) => {
  t.deepEqual(allocatorEnvironment({MALLOC_MMAP_THRESHOLD_: '65536'}), {MALLOC_MMAP_THRESHOLD_: '65536'});
});
