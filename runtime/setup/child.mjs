/** Child processes of the set-up scripts: each in its own process group, signals handed on, nothing left behind. */
import {spawn} from 'node:child_process';
import {constants} from 'node:os';
import {root} from './root.mjs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** One Ctrl-C reaches us twice, from the terminal and from npm; the child must see it once. */
const SAME_SIGNAL_MS = 500;
let handedOn = 0;

/** 128 + the number of the last signal that was handed on to a child; 0 while there was none. */
export const interruption = () => (handedOn === 0 ? 0 : 128 + handedOn);

/**
 * Runs a command and resolves to its exit code (128 + n where signal n ended it).
 *
 * The child leads a group of its own, so that a Ctrl-C of the terminal reaches it only through us, once, and so that
 * whatever it left running is ended with it.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{onOutput?: (chunk: string) => void, env?: Record<string, string>}} [options] `onOutput` takes standard output.
 * @returns {Promise<number>}
 */
export function run(command, args, {onOutput, env = {}} = {}) {
  return new Promise((resolve, reject) => {
    const stdio = ['ignore', onOutput === undefined ? 'inherit' : 'pipe', 'inherit'];
    const child = spawn(command, args, {cwd: root, stdio, detached: true, env: {...process.env, ...env}});
    const seenAt = new Map();
    const forward = (signal) => {
      const now = Date.now();
      const again = now - (seenAt.get(signal) ?? 0) < SAME_SIGNAL_MS;
      seenAt.set(signal, now);
      handedOn = constants.signals[signal];
      if (!again) child.kill(signal);
    };
    const forget = () => {
      for (const signal of SIGNALS) process.off(signal, forward);
    };
    for (const signal of SIGNALS) process.on(signal, forward);
    child.stdout?.setEncoding('utf8').on('data', onOutput);
    child.on('error', (error) => {
      forget();
      reject(new Error(`${command}: could not be started (${error.message})`));
    });
    child.on('exit', (_code, signal) => {
      // Before `close`: a process left behind may hold the pipe open.
      endGroup(child.pid);
      if (signal !== null) console.error(`${command} ended by ${signal}`);
    });
    child.on('close', (code, signal) => {
      forget();
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}

/** @param {number | undefined} group */
function endGroup(group) {
  if (group === undefined) return;
  try {
    process.kill(-group, 'SIGKILL');
  } catch (error) {
    // ESRCH: nothing was left, as it should be. EPERM: only processes that are already gone.
    if (error.code !== 'ESRCH' && error.code !== 'EPERM') throw error;
  }
}
