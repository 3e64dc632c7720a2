/** From outside: names test processes that Node.js has let go of and that still do not end, held by a native library. */
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
      if (!alive(Number(line.slice(0, space)))) continue;
      const times = (seen.get(line) ?? 0) + 1;
      seen.set(line, times);
      if (times === 2) held.push(line.slice(space + 1));
    }
    return held;
  };
}

/**
 * @param {(file: string) => void} onHeld
 * @returns {{env: Record<string, string>, stop(): void}} `env` is for the tests
 */
export function watchEndings(onHeld) {
  const folder = mkdtempSync(join(tmpdir(), 'anchorage-test-'));
  const file = join(folder, 'let-go');
  writeFileSync(file, '');
  const look = createLook();
  const timer = setInterval(() => look(readFileSync(file, 'utf8')).forEach(onHeld), LOOK_EACH_MS);
  return {
    env: {[LET_GO_ENV]: file},
    stop() {
      clearInterval(timer);
      rmSync(folder, {recursive: true, force: true});
    },
  };
}
