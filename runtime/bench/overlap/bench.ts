/**
 * `bench overlap`: the fleet against the same stages one after the other (`up --serial`), in turns, with an endpoint as slow as
 * sampling and training are alone. Each is measured alone first: stage after stage, with an endpoint that answers at once.
 */
import {mkdtemp, rm} from 'node:fs/promises';
import {availableParallelism, tmpdir} from 'node:os';
import {join} from 'node:path';
import {median} from '../contenders/rounds.js';
import type {OverlapOptions} from '../options.js';
import {type Report, rounded} from '../report.js';
import {boundOf, busyShares, ofEach, type Stage, withoutStarts} from './figures.js';
import {writeWidePolicy} from './policy.js';
import {type RunFigures, type RunJob, runOnce} from './run.js';

/** With these two, sampling and training take about the same time on one core each, and messages little beside. */
const WIDTH = 16_384;
const ROWS = 2;
const SLOTS = 16;
/** How much slower the endpoint is than sampling and training where it is what holds the fleet back. */
const REVISER_BOUND = 2;

export async function benchOverlap(options: OverlapOptions, report: Report): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'anchorage-bench-policy-'));
  try {
    const policy = join(folder, 'policy');
    await writeWidePolicy(policy, WIDTH);
    await measure(options, report, policy);
  } finally {
    await rm(folder, {recursive: true, force: true});
  }
}

async function measure(options: OverlapOptions, report: Report, policy: string): Promise<void> {
  const {prompts} = options;
  const job: Omit<RunJob, 'isSerial'> = {
    policy,
    prompts,
    batchSize: options.batch,
    rows: ROWS,
    slots: SLOTS,
    latencyMs: 0,
  };
  const few = Math.ceil(prompts / 4);
  report.say(`each stage alone, ${few} prompts`);
  const first = await runOnce({...job, prompts: few, isSerial: true});
  const target = (((first.working.sampler + first.working.learner) / 2) * prompts) / few;
  const latencyMs = Math.round((1000 * target * SLOTS) / prompts);

  const balanced = {...job, latencyMs};
  const streaming: RunFigures[] = [];
  const serial: RunFigures[] = [];
  for (let round = 0; round < options.rounds; round++) {
    const order = round % 2 === 0 ? [false, true] : [true, false];
    for (const isSerial of order) {
      report.say(`round ${round + 1}, latency ${latencyMs} ms, ${isSerial ? 'serial' : 'streaming'}`);
      (isSerial ? serial : streaming).push(await runOnce({...balanced, isSerial}));
    }
  }
  const what = {bench: 'overlap', mix: 'balanced', prompts, slots: SLOTS, latencyMs};
  report.row({kind: 'alone', ...what, ...aloneRow(serial)});
  for (const [contender, runs] of [['streaming', streaming] as const, ['serial', serial] as const])
    report.row({kind: 'run', ...what, contender, ...runRow(runs, SLOTS, prompts)});
  // Of what more prompts cost, so that the starts of the processes are left out.
  const cpu = (medianOf(serial, ({cpuSeconds}) => cpuSeconds) - first.cpuSeconds) / (1 - few / prompts);
  const bound = boundOf({
    alone: aloneOf(serial),
    cpu,
    cores: availableParallelism(),
    latency: latencyMs / 1000,
    prompts,
    batchSize: options.batch,
  });
  report.row({kind: 'ratio', ...what, ...ratioRow(streaming, serial, bound)});

  const slow = {...job, latencyMs: REVISER_BOUND * latencyMs, isSerial: false};
  report.say(`latency ${slow.latencyMs} ms, streaming`);
  const runs = [await runOnce(slow)];
  report.row({
    kind: 'run',
    ...what,
    mix: 'reviser-bound',
    latencyMs: slow.latencyMs,
    contender: 'streaming',
    ...runRow(runs, SLOTS, prompts),
    least: rounded((prompts * slow.latencyMs) / 1000 / SLOTS),
  });
}

const medianOf = (runs: readonly RunFigures[], of: (run: RunFigures) => number): number =>
  median(runs.map(of));

const aloneOf = (serial: readonly RunFigures[]): Record<Stage, number> =>
  ofEach((stage) => medianOf(serial, ({working}) => working[stage]));

const aloneRow = (serial: readonly RunFigures[]) =>
  Object.fromEntries(Object.entries(aloneOf(serial)).map(([stage, seconds]) => [stage, rounded(seconds)]));

const runRow = (runs: readonly RunFigures[], slots: number, prompts: number) => {
  const shares = runs.map(({slotSamples}) => busyShares(slotSamples, slots, prompts));
  return {
    seconds: rounded(medianOf(runs, ({seconds}) => seconds)),
    secondsByRound: runs.map(({seconds}) => rounded(seconds)),
    slotsBusySteady: rounded(median(shares.map(({steady}) => steady))),
    slotsBusyWhole: rounded(median(shares.map(({whole}) => whole))),
    cpuSeconds: rounded(medianOf(runs, ({cpuSeconds}) => cpuSeconds)),
    pairs: medianOf(runs, ({pairs}) => pairs),
    loadByRound: runs.map(({load}) => rounded(load)),
  };
};

const ratioRow = (
  streaming: readonly RunFigures[],
  serial: readonly RunFigures[],
  bound: ReturnType<typeof boundOf>,
) => {
  const byRound = streaming.map(({seconds}, round) => {
    const other = serial[round];
    return (other === undefined ? Number.NaN : withoutStarts(other)) / seconds;
  });
  const seconds = medianOf(streaming, (run) => run.seconds);
  const serialSeconds = medianOf(serial, withoutStarts);
  return {
    contender: 'streaming',
    against: 'serial, without the starts of its later stages',
    speedup: rounded(median(byRound)),
    speedupByRound: byRound.map(rounded),
    speedupWithStarts: rounded(medianOf(serial, (run) => run.seconds) / seconds),
    boundSeconds: rounded(bound.seconds),
    longestStageSeconds: rounded(bound.longest),
    coresSeconds: rounded(bound.cores),
    fillSeconds: rounded(bound.fill),
    ceiling: rounded(serialSeconds / bound.seconds),
    efficiency: rounded(bound.seconds / seconds),
  };
};
