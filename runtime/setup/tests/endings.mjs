/**
 * From outside: ends test processes that Node.js has let go of, with their results written, and that still do not end, held
 * by a native library.
 */
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

/** In the environment of the tests: the file that `lingering.mjs` writes `PID FILE` into when Node.js lets go. */
export const LET_GO_ENV = 'ANCHORAGE_TEST_LET_GO';
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
 * @param {string} letGo the file that its environment names
 */
export const isOurs = (pid, letGo) => {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`${LET_GO_ENV}=${letGo}`);
  } catch {
    return false;
  }
};

/**
 * Looks at processes. Each call of `look` returns those that were alive at the call before too, each once.
 *
 * @param {(pid: number) => boolean} alive
 */
export function createLook(alive = isAlive) {
  const seen = new Map();
  /** @param {string} text lines `PID FILE` */
  return (text) => {
    const held = [];
    for (const line of text.split('\n').slice(0, -1)) {
      const space = line.indexOf(' ');
      const pid = Number(line.slice(0, space));
      if (!alive(pid)) continue;
      const times = (seen.get(line) ?? 0) + 1;
      seen.set(line, times);
      if (times === 2) held.push({pid, file: line.slice(space + 1)});
    }
    return held;
  };
}

/**
 * @param {(file: string, isEnded: boolean) => void} onHeld told of each, and whether it was ended
 * @param {number} [lookEachMs]
 * @returns {{env: Record<string, string>, isEnded(file: string): boolean, stop(): void}} `env` is for the tests
 */
export function watchEndings(onHeld, lookEachMs = LOOK_EACH_MS) {
  const folder = mkdtempSync(join(tmpdir(), 'anchorage-test-'));
  const file = join(folder, 'let-go');
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
    env: {[LET_GO_ENV]: file},
    isEnded: (test) => ended.has(test),
    stop() {
      clearInterval(timer);
      rmSync(folder, {recursive: true, force: true});
    },
  };
}
