/**
 * Loaded by ava into every test process (package.json): says when its test file begins and is over, and names the one whose
 * process does not end after its last test. ava waits for such a process until its timeout, fails the run, and does not say which file it was.
 */
import {appendFileSync} from 'node:fs';
import {relative} from 'node:path';
import {fileURLToPath} from 'node:url';
import test, {registerCompletionHandler} from 'ava';
import {root} from '../root.mjs';
import {LIVES_ENV} from './endings.mjs';

/** Longer than anything that is closing down may need on a busy machine, and well within ava's timeout. */
const PATIENCE_MS = 10_000;

/**
 * @param {string} file
 * @param {string[]} resources as `process.getActiveResourcesInfo` lists them
 */
export function lingeringLine(file, resources) {
  const counts = new Map();
  for (const resource of resources) counts.set(resource, (counts.get(resource) ?? 0) + 1);
  const open = [...counts].map(([resource, count]) => (count === 1 ? resource : `${count} ${resource}`));
  return `${file} has not ended ${PATIENCE_MS / 1_000} s after its last test; open: ${open.join(', ') || 'nothing that Node.js knows of'}`;
}

// ava calls what a required module exports as its default.
export default function watch() {
  const file = relative(root, fileURLToPath(test.meta.file));
  const lives = process.env[LIVES_ENV];
  const write = (what) => {
    if (lives !== undefined) appendFileSync(lives, `${what} ${process.pid} ${file}\n`);
  };
  write('begun');
  registerCompletionHandler(() => {
    write('over');
    // Keeps no process from ending. One that a native library holds after this has `endings.mjs` to end it.
    setTimeout(
      () => console.error(lingeringLine(file, process.getActiveResourcesInfo())),
      PATIENCE_MS,
    ).unref();
    process.on('exit', (code) => {
      // One that failed otherwise ends as what it is.
      if (code === 0) write('let-go');
    });
  });
}
