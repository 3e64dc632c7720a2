/** Runs a grid's jobs on the cores there are, as processes that end with this one. */
import {type ChildProcess, fork} from 'node:child_process';
import {closeSync, openSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {folderHold} from '../../fleet/run/hold-stores.js';
import {RUNS_FOLDER} from '../../fleet/run/run-folder.js';
import {lifeOf} from '../../machine/process-alive.js';
import {codeRoot} from '../../paths.js';
import type {Job} from './jobs.js';

export interface JobEnd {
  readonly job: Job;
  /** Undefined where it is done; else the last thing it said. */
  readonly failure: string | undefined;
  readonly seconds: number;
}

export interface RunOptions {
  readonly folder: string;
  /** Jobs under way at once. */
  readonly slots: number;
  /** Asks those under way to end in order; no other begins. */
  readonly signal: AbortSignal;
  readonly onBegin: (job: Job) => void;
  /** Told once where a process of a grid that was killed still has the job's run. */
  readonly onWait: (job: Job, pid: number) => void;
  readonly onEnd: (end: JobEnd) => void;
}

/**
 * Runs all jobs that are not done. One whose predecessor failed is left out.
 *
 * @param done names of those that are complete.
 * @returns those that failed; where it was asked to end, what it had under way is not among them.
 */
export const runJobs = async (
  jobs: readonly Job[],
  done: ReadonlySet<string>,
  options: RunOptions,
): Promise<JobEnd[]> => {
  const {slots, signal, onBegin, onEnd} = options;
  const waiting = jobs.filter(({name}) => !done.has(name));
  const complete = new Set(done);
  const failed: JobEnd[] = [];
  const underWay = new Map<Job, Promise<JobEnd>>();
  const nextReady = (): Job | undefined => {
    const isMaking = [...underWay.keys()].some(({kind}) => kind === 'data');
    // Pairs first: whoever trains on them waits for them.
    const ready = waiting.filter(
      ({kind, after}) => (kind === 'training' || !isMaking) && (after === undefined || complete.has(after)),
    );
    return ready.find(({kind}) => kind === 'data') ?? ready[0];
  };
  for (;;) {
    while (underWay.size < slots && !signal.aborted) {
      const job = nextReady();
      if (job === undefined) break;
      waiting.splice(waiting.indexOf(job), 1);
      onBegin(job);
      underWay.set(job, runJob(job, options));
    }
    if (underWay.size === 0) return failed;
    const end = await Promise.race(underWay.values());
    underWay.delete(end.job);
    if (end.failure === undefined) complete.add(end.job.name);
    else if (!signal.aborted) failed.push(end);
    if (end.failure === undefined || !signal.aborted) onEnd(end);
  }
};

const runJob = async (job: Job, options: RunOptions): Promise<JobEnd> => {
  const {folder, signal} = options;
  const begun = performance.now();
  if (await waitForEarlier(job, options)) {
    // It may be complete now; where it is by another objective, the job itself says so.
    const isThere = await job.isDone(folder).catch(() => false);
    const seconds = (performance.now() - begun) / 1000;
    if (isThere) return {job, failure: undefined, seconds};
    if (signal.aborted) return {job, failure: 'stopped while it waited', seconds};
  }
  const logFile = join(folder, 'logs', `${job.name}.log`);
  const log = openSync(logFile, 'a');
  let child: ChildProcess;
  try {
    child = fork(join(codeRoot, 'runtime/command/grid/job-main.js'), [...job.args], {
      cwd: folder,
      stdio: ['ignore', log, log, 'ipc'],
      // A terminal sends Ctrl-C to the whole group: only this process hears it, and passes it on.
      detached: true,
    });
  } finally {
    closeSync(log);
  }
  const stop = (): void => {
    child.kill('SIGTERM');
  };
  signal.addEventListener('abort', stop, {once: true});
  if (signal.aborted) stop();
  const said = await new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, by) =>
      resolve(code === 0 ? undefined : (lastLineOf(logFile) ?? `ended by ${by ?? `code ${code}`}`)),
    );
  });
  signal.removeEventListener('abort', stop);
  const isDone = said === undefined && (await job.isDone(folder));
  const failure = isDone ? undefined : (said ?? lastLineOf(logFile) ?? 'it left nothing');
  return {job, failure, seconds: (performance.now() - begun) / 1000};
};

const LOOK_AGAIN_MS = 200;

/** A job whose grid was killed ends by itself, after what it has under way. Resolves to whether one was waited for. */
const waitForEarlier = async (job: Job, {folder, signal, onWait}: RunOptions): Promise<boolean> => {
  const store = folderHold(join(folder, RUNS_FOLDER, job.run));
  for (let waited = false; ; waited = true) {
    // A holder that cannot be read is complained of by the job itself.
    const holder = (await store.read().catch(() => undefined))?.value;
    const isHeld = holder !== undefined && !holder.released && lifeOf(holder) === 'alive';
    if (!isHeld || signal.aborted) return waited;
    if (!waited) onWait(job, holder.pid);
    await sleep(LOOK_AGAIN_MS);
  }
};

const lastLineOf = (path: string): string | undefined =>
  readFileSync(path, 'utf8')
    .split('\n')
    .findLast((line) => line.trim() !== '');
