/** `bench learner` and `bench memory`: training steps, in time and memory. */
import type {Command} from '../contenders/contender.js';
import {computes, executorOf, fitting, learnerPeers, memoryPeers, ours} from '../contenders/contenders.js';
import {askOnce, type Measured, measureAll} from '../contenders/field.js';
import type {LearnerJob} from '../contenders/job.js';
import {fastest, ratios, type Timings} from '../contenders/rounds.js';
import type {Backend, LearnerOptions, StepOptions} from '../options.js';
import {megabytes, type Report, rounded} from '../report.js';
import {configOf, type Size} from '../workload/sizes.js';
import {makePairs, type PairKind} from '../workload/workload.js';
import {stepFlop} from './flops.js';

/** Steps a turn: about a second of them. */
export const STEPS: Readonly<Record<Size, number>> = {
  '0.4M': 20,
  '0.9M': 12,
  '3M': 6,
  '10M': 3,
  '12M': 2,
  '30M': 2,
  '135M': 1,
};

export const benchLearner = (options: LearnerOptions, report: Report): Promise<void> =>
  benchSteps({bench: 'learner', options, peers: learnerPeers(options.python), report});

export const benchMemory = (options: LearnerOptions, report: Report): Promise<void> =>
  benchSteps({bench: 'memory', options, peers: memoryPeers(options.python), report});

/** Measures each size with each kind of pairs; `peers` beside where the options want them. */
async function benchSteps(all: Omit<Measurement, 'size' | 'kind'>): Promise<void> {
  for (const size of all.options.sizes) {
    for (const kind of all.options.pairs) await measure({...all, size, kind});
  }
}

interface Measurement {
  readonly bench: 'learner' | 'memory';
  readonly options: LearnerOptions;
  readonly peers: readonly Command[];
  readonly report: Report;
  readonly size: Size;
  readonly kind: PairKind;
}

async function measure({bench, options, peers, report, size, kind}: Measurement): Promise<void> {
  const {precision, threads, rounds, lora, cuda} = options;
  const what = {bench, size, pairs: kind, precision, threads, lora, cuda};
  const onMissing = (contender: string, reason: string) => report.skip({...what, contender}, reason);
  report.say(`${size}, ${kind} pairs, ${precision}`);
  const backends = fitting(options.backends, precision, onMissing);
  const jobFor = (backend: Backend) => learnerJob(options, size, kind, backend);
  const entrants = [
    ...backends.map((backend) => ({command: ours(backend), job: jobFor(backend)})),
    ...(options.peers ? peers : []).map((command) => ({command, job: jobFor('onnx')})),
  ];
  const measured = await measureAll(entrants, {rounds, count: options.steps ?? STEPS[size]}, onMissing);
  const flop = stepFlop(configOf(size), jobFor('onnx').pairs, lora > 0);
  for (const each of measured) {
    const backend = backends.find((name) => name === each.name);
    const probed =
      backend && (await askOnce({command: ours(backend), job: {...jobFor(backend), bench: 'probe'}}));
    report.row({kind: 'step', ...what, ...stepRow(each, flop, probed)});
  }
  for (const row of ratioRows(measured, backends)) report.row({kind: 'ratio', ...what, ...row});
}

/** Of all weights where `lora` is 0. */
export function learnerJob(
  options: StepOptions & Pick<LearnerJob, 'cuda'> & {readonly lora: number},
  size: Size,
  kind: PairKind,
  backend: Backend,
): LearnerJob {
  const config = configOf(size);
  const {batch, tokens, threads, precision, lora, microBatch, cuda} = options;
  return {
    bench: 'learner',
    size,
    config,
    threads,
    precision,
    ...executorOf(backend),
    ...(cuda !== undefined && {cuda}),
    pairs: makePairs({kind, pairs: batch, tokens, vocabSize: config.vocabSize}),
    ...(lora === 0 ? {} : {loraRank: lora}),
    ...(microBatch === 0 ? {} : {microBatchSize: microBatch}),
  };
}

/** `modelGflop` is what a plain loop computes, each completion with its own prompt; `computedGflop` what ours really did. */
function stepRow(
  {name, timings, peakMemoryBytes, about}: Measured,
  flop: number,
  probed: Readonly<Record<string, unknown>> | undefined,
) {
  const perSecond = flop / timings.median;
  const counted = probed && {computed: Number(probed.computedFlop), peak: Number(probed.peakFlopPerSecond)};
  return {
    contender: name,
    secondsMedian: rounded(timings.median),
    secondsMin: rounded(timings.min),
    secondsByRound: timings.byRound.map(rounded),
    modelGflop: rounded(flop / 1e9),
    modelGflopPerSecond: rounded(perSecond / 1e9),
    ...(counted && {
      computedGflop: rounded(counted.computed / 1e9),
      computedGflopPerSecond: rounded(counted.computed / timings.median / 1e9),
      peakGflopPerSecond: rounded(counted.peak / 1e9),
      modelShareOfPeak: rounded(perSecond / counted.peak),
      computedShareOfPeak: rounded(counted.computed / timings.median / counted.peak),
    }),
    peakMemoryMegabytes: megabytes(peakMemoryBytes),
    ...about,
    computes: computes[name] ?? computes.ours,
  };
}

/** How many times longer each peer took than each of ours. `torch` as it is and compiled are one peer too: the faster. */
function ratioRows(measured: readonly Measured[], backends: readonly Backend[]) {
  const isOurs = ({name}: Measured) => backends.some((backend) => backend === name);
  const others: {name: string; timings: Timings}[] = measured.filter((each) => !isOurs(each));
  const torches = others.filter(({name}) => name.startsWith('torch'));
  if (torches.length > 1)
    others.push({name: 'torch_fastest', timings: fastest(torches.map(({timings}) => timings))});
  return measured.filter(isOurs).flatMap(({name, timings}) =>
    others.map((other) => {
      const {median, byRound} = ratios(timings, other.timings);
      return {contender: name, against: other.name, median: rounded(median), byRound: byRound.map(rounded)};
    }),
  );
}
