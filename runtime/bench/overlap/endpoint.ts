/** The demonstration's teacher for one run, watched at its own side. */
import {fork} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {isTeacherListens, TEACHER_KEY_ENV} from '../../demo/teacher/process.js';
import type {SlotUse} from '../../demo/teacher/slots.js';
import {codeRoot} from '../../paths.js';
import {cpuSecondsOf} from '../cpu.js';
import type {SlotSample} from './figures.js';

const KEY = 'bench';
const WATCH_MS = 250;

export interface WatchedEndpoint {
  readonly url: string;
  readonly env: Readonly<Record<string, string>>;
  /** Ends it. */
  end(): Promise<{readonly samples: readonly SlotSample[]; readonly cpuSeconds: number}>;
}

export const openWatchedEndpoint = async (slots: number, latencyMs: number): Promise<WatchedEndpoint> => {
  const env = {[TEACHER_KEY_ENV]: KEY};
  const child = fork(
    join(codeRoot, 'runtime/demo/teacher/main.js'),
    ['--slots', String(slots), '--latency-ms', String(latencyMs)],
    {env: {...process.env, ...env}, stdio: ['ignore', 'ignore', 'inherit', 'ipc']},
  );
  const ended = once(child, 'exit');
  const [told] = (await Promise.race([once(child, 'message'), ended])) as [unknown];
  if (!isTeacherListens(told)) throw new Error(`the teacher did not start: ${JSON.stringify(told)}`);
  const {url} = told;
  const samples: SlotSample[] = [];
  const stopped = new AbortController();
  const watching = (async () => {
    while (!stopped.signal.aborted) {
      const answer = await fetch(`${url}/slots`, {headers: {authorization: `Bearer ${KEY}`}});
      samples.push((await answer.json()) as SlotUse);
      await sleep(WATCH_MS, undefined, {signal: stopped.signal}).catch(() => undefined);
    }
  })();
  return {
    url,
    env,
    async end() {
      stopped.abort();
      await watching;
      const cpuSeconds = cpuSecondsOf(child.pid ?? 0) ?? Number.NaN;
      child.kill();
      await ended;
      return {samples, cpuSeconds};
    },
  };
};
