/** A full disk is one line that says where, for what, and the way on. */
import {writeFile} from 'node:fs/promises';
import test from 'ava';
import {TerminalError} from '../../../runtime/errors.js';
import {withRoom} from '../../../runtime/machine/disk-room.js';

test('What does not fit on a disk is named with its folder and with what is free there', async (t) => {
  // Whoever writes there is told that the disk is full.
  const write = () => writeFile('/dev/full', 'text');
  const error = await t.throwsAsync(withRoom('/tmp', 'a checkpoint of 12 MB', write), {
    instanceOf: TerminalError,
  });
  t.regex(
    error.message,
    /^\/tmp: its disk has no room for a checkpoint of 12 MB: \S+ [kMG]B are free; free some, and take the run up again$/,
  );
});

test('Any other error stays what it is', async (t) => {
  const error = new Error('another');
  t.is(await t.throwsAsync(withRoom('/tmp', 'it', () => Promise.reject(error))), error);
});
