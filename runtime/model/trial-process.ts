/** The process of `trial.ts`. What is tried runs in a thread of it, so that it hears when nobody waits for the result any more. */
import {Worker} from 'node:worker_threads';
import {messageOf} from '../errors.js';
import type {TrialWord} from './trial-thread.js';

const MEMORY_MB = 2048;

const say = (word: TrialWord): void => {
  process.send?.(word);
};

process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

const [directory, format, chatTemplate = '{}'] = process.argv.slice(2);
const worker = new Worker(new URL('./trial-thread.js', import.meta.url), {
  workerData: {directory, format, chatTemplate: JSON.parse(chatTemplate)},
  resourceLimits: {maxOldGenerationSizeMb: MEMORY_MB},
});
worker.on('message', say);
worker.on('error', (error) => {
  const isFull = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  say({kind: 'died', reason: isFull ? `over ${MEMORY_MB} MB of memory` : messageOf(error)});
});
