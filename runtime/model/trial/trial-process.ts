/**
 * The process of `trial.ts`. What is tried runs in a thread of it, so that the process itself hears when nobody waits for the
 * result any more, and sees what it takes: processor time, which a good model does not take more of on a crowded machine.
 */
import {Worker} from 'node:worker_threads';
import {messageOf} from '../../errors.js';
import type {TrialWord} from './trial-thread.js';

const MEMORY_MB = 2048;
const LOOK_MS = 100;

const say = (word: TrialWord): void => {
  process.send?.(word);
};

process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

const [directory, format, chatTemplate = '{}', limitMs] = process.argv.slice(2);
const worker = new Worker(new URL('./trial-thread.js', import.meta.url), {
  workerData: {directory, format, chatTemplate: JSON.parse(chatTemplate)},
  resourceLimits: {maxOldGenerationSizeMb: MEMORY_MB},
});
worker.on('message', say);
worker.on('error', (error) => {
  const isFull = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  say({kind: 'died', reason: isFull ? `over ${MEMORY_MB} MB of memory` : messageOf(error)});
});

const look = setInterval(() => {
  const {user, system} = process.cpuUsage();
  if ((user + system) / 1000 <= Number(limitMs)) return;
  clearInterval(look);
  say({kind: 'late'});
}, LOOK_MS);
