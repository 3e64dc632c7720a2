/** A server that can write no more, under a whole run. */
import test from 'ava';
import {runOnFullDisk} from './full-disk.js';

test('A run whose server’s disk is full ends soon with one line that says so, and goes on with nothing lost or twice', async (t) => {
  const done = await runOnFullDisk(6000);
  if (done === undefined) {
    t.log('not looked at: only root gives a server a disk of its own');
    t.pass();
    return;
  }
  t.like(done, {lost: 0, twice: 0, wrong: []});
});
