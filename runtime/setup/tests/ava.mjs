/** One run of ava: what of it is shown, and what it comes to, also where it is cut off. */
import {join} from 'node:path';
import {run} from '../child.mjs';
import {root} from '../root.mjs';
import {watchEndings} from './endings.mjs';
import {createTapReader, lineSplitter} from './tap.mjs';

/**
 * @param {string[]} args of ava: test files as globs, and options
 * @param {{show: (line: string) => void, warn: (line: string) => void}} to
 * @returns {Promise<{passed: number, failed: number, skipped: number, failures: string[]}>} `failures` names what failed
 */
export async function runAva(args, {show, warn}) {
  const endings = watchEndings((file, isEnded) =>
    warn(
      `${file} has not ended although Node.js let go of it: a native library holds it${isEnded ? '; it is ended, its results are written' : ''}`,
    ),
  );
  const reader = createTapReader(endings.isEnded);
  const lines = lineSplitter((line) => {
    for (const shown of reader.take(line)) show(shown);
  });
  const ava = join(root, 'node_modules/ava/entrypoints/cli.mjs');
  const code = await run(process.execPath, [ava, '--tap', ...args], {
    onOutput: lines.push,
    env: endings.env,
  });
  lines.end();
  const atWork = endings.atWork();
  endings.stop();
  const {passed, skipped, ended} = reader.counts;
  const failures = [...reader.failures];
  // What ends one of its processes has its own line. Where nothing came from any for the time that package.json allows, ava's
  // reporter fails at that (7.0.0), and names none.
  if (!reader.isWhole())
    failures.push(
      ...atWork
        .filter((file) => !reader.failures.some((name) => name.startsWith(`${file} exited`)))
        .map((file) => `${file} did not end: ava gave up while it was at work`),
    );
  // Where ava fails without naming a test (no test found, killed), that is one failure.
  const isUnnamed = code !== 0 && failures.length === 0 && !(code === 1 && ended > 0);
  if (isUnnamed) failures.push(`ava ended with code ${code} without naming a failed test`);
  return {passed, failed: failures.length, skipped, failures};
}
