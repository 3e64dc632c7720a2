/**
 * The thread that watches over `table-process.ts`, whose own may be in a loop without end. It ends the process by SIGALRM where a part
 * takes more processor time than its bytes can need, and by SIGKILL where it takes more memory, or nobody waits for it any more.
 */
import {workerData} from 'node:worker_threads';
import {CPU_MS_PER_BYTE, MEMORY_PER_BYTE, type TableLimits} from './table-words.js';

const LOOK_MS = 100;

const {part, limits} = workerData as {readonly part: Float64Array; readonly limits: TableLimits};
const parent = process.ppid;
const cpuMs = (): number => {
  const {user, system} = process.cpuUsage();
  return (user + system) / 1000;
};

let seen = -1;
let begunAt = 0;
setInterval(() => {
  const [count = 0, bytes = 0] = part;
  if (count !== seen) {
    seen = count;
    begunAt = cpuMs();
  }
  if (cpuMs() - begunAt > limits.cpuMs + bytes * CPU_MS_PER_BYTE) process.kill(process.pid, 'SIGALRM');
  if (process.memoryUsage.rss() > limits.bytes + bytes * MEMORY_PER_BYTE || process.ppid !== parent)
    process.kill(process.pid, 'SIGKILL');
}, LOOK_MS);
