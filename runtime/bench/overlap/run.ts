/** One run of the command `up`, in a folder of its own, and what it took. */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {loadavg, tmpdir} from 'node:os';
import {join} from 'node:path';
import {TEACHER_KEY_ENV} from '../../demo/teacher/process.js';
import {TerminalError} from '../../errors.js';
import {codeRoot} from '../../paths.js';
import {childrenCpuSeconds} from '../cpu.js';
import {openWatchedEndpoint} from './endpoint.js';
import {type MetricLine, type RunTimes, type SlotSample, timesOf} from './figures.js';

export interface RunJob {
  readonly policy: string;
  readonly prompts: number;
  readonly batchSize: number;
  /** Sequences that the sampler decodes at once. */
  readonly rows: number;
  readonly slots: number;
  readonly latencyMs: number;
  readonly isSerial: boolean;
}

export interface RunFigures extends RunTimes {
  /** Of every process of the run, the teacher among them. */
  readonly cpuSeconds: number;
  readonly slotSamples: readonly SlotSample[];
  /** The machine's, before: what else it was doing. */
  readonly load: number;
}

/** The same for both orders of stages. The learning rate is next to nothing, so that both train on the same pairs. */
const fleetOf = ({policy, prompts, batchSize, rows, slots}: RunJob, baseUrl: string) => ({
  prompts: {demo: true, count: prompts},
  policy: {model: policy, format: 'plain', maxPromptTokens: 32, maxCompletionTokens: 32},
  objective: {name: 'apo_zero', beta: 1, learningRate: 1e-12},
  training: {batchSize, checkpointEverySteps: prompts},
  evaluation: {suite: 'arithmetic', count: 1, maxCompletionTokens: 1},
  endpoints: {teacher: {baseUrl, apiKeyEnv: TEACHER_KEY_ENV}},
  actors: {
    sampler: {batchSize: rows},
    reviser: {endpoint: 'teacher', model: 'reviser', maxTokens: 512, concurrency: slots},
  },
});

export const runOnce = async (job: RunJob): Promise<RunFigures> => {
  const folder = await mkdtemp(join(tmpdir(), 'anchorage-bench-'));
  const endpoint = await openWatchedEndpoint(job.slots, job.latencyMs);
  try {
    await writeFile(join(folder, 'fleet.json'), JSON.stringify(fleetOf(job, endpoint.url)));
    const [load = Number.NaN] = loadavg();
    const cpuBefore = childrenCpuSeconds();
    await up(folder, ['fleet.json', '--run', 'run', ...(job.isSerial ? ['--serial'] : [])], endpoint.env);
    const cpuOfRun = childrenCpuSeconds() - cpuBefore;
    const {samples, cpuSeconds} = await endpoint.end();
    const lines = await readFile(join(folder, 'runs/run/metrics.jsonl'), 'utf8');
    const metrics = lines
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as MetricLine);
    return {
      ...timesOf(metrics, job.batchSize),
      cpuSeconds: cpuOfRun + cpuSeconds,
      slotSamples: samples,
      load,
    };
  } finally {
    await endpoint.end();
    await rm(folder, {recursive: true, force: true});
  }
};

const up = async (
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<void> => {
  const {NATS_URL: _running, ...ours} = process.env;
  const child = spawn(process.execPath, [join(codeRoot, 'runtime/command/main.js'), 'up', ...args], {
    cwd: folder,
    env: {...ours, ...env},
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (data) => {
    said += String(data);
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new TerminalError(`bench: up ended with code ${String(code)}: ${said.trim()}`);
};
