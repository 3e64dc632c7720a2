/**
 * From outside: ends test processes that Node.js has let go of, with their results written, and that still do not end, held
 * by a native library.
 */
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

/**
 * In the environment of the tests: the file that `lingering.mjs` writes `WHAT PID FILE` into when a test file begins (`begun`),
 * when its tests are over (`over`) and when Node.js lets go of its process (`let-go`).
 */
export const LIVES_ENV = 'ANCHORAGE_TEST_LIVES';
const LOOK_EACH_MS = 10_000;

/** @param {number} pid */
const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/**
 * Whether a process is one of these tests: its number may be another's by now. Where the system does not say, none is.
 *
 * @param {number} pid
 * @param {string} lives the file that its environment names
 */
export const isOurs = (pid, lives) => {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`${LIVES_ENV}=${lives}`);
  } catch {
    return false;
  }
};

/**
 * What the tests have written.
 *
 * @param {string} text
 */
const livesIn = (text) =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const [what, pid, ...file] = line.split(' ');
      return {what, pid: Number(pid), file: file.join(' ')};
    });

/**
 * The test files that have begun and whose tests are not over.
 *
 * @param {string} text
 * @returns {string[]}
 */
export const atWorkIn = (text) => {
  const atWork = new Set();
  for (const {what, file} of livesIn(text)) {
    if (what === 'begun') atWork.add(file);
    if (what === 'over') atWork.delete(file);
  }
  return [...atWork];
};

/**
 * Looks at processes. Each call of `look` returns those that were alive at the call before too, each once.
 *
 * @param {(pid: number) => boolean} alive
 */
export function createLook(alive = isAlive) {
  const seen = new Map();
  /** @param {string} text */
  return (text) => {
    const held = [];
    for (const {what, pid, file} of livesIn(text)) {
      if (what !== 'let-go' || !alive(pid)) continue;
      const times = (seen.get(pid) ?? 0) + 1;
      seen.set(pid, times);
      if (times === 2) held.push({pid, file});
    }
    return held;
  };
}

/**
 * @param {(file: string, isEnded: boolean) => void} onHeld told of each, and whether it was ended
 * @param {number} [lookEachMs]
 * @returns {{env: Record<string, string>, isEnded(file: string): boolean, atWork(): string[], stop(): void}} `env` is for the tests
 */
export function watchEndings(onHeld, lookEachMs = LOOK_EACH_MS) {
  const folder = mkdtempSync(join(tmpdir(), 'anchorage-test-'));
  const file = join(folder, 'lives');
  writeFileSync(file, '');
  const look = createLook();
  const ended = new Set();
  const timer = setInterval(() => {
    for (const held of look(readFileSync(file, 'utf8'))) {
      const isTest = isOurs(held.pid, file);
      if (isTest) {
        ended.add(held.file);
        process.kill(held.pid, 'SIGKILL');
      }
      onHeld(held.file, isTest);
    }
  }, lookEachMs);
  return {
    env: {[LIVES_ENV]: file},
    isEnded: (test) => ended.has(test),
    atWork: () => atWorkIn(readFileSync(file, 'utf8')),
    stop() {
      clearInterval(timer);
      rmSync(folder, {recursive: true, force: true});
    },
  };
}
