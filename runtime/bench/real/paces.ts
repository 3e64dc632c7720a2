/** `bench real`, training and reference: tokens needed a second, and memory, peers on the same tokens. */
import type {Command} from '../contenders/contender.js';
import {
  executorOf,
  ours,
  realComputes,
  realReferencePeers,
  realScores,
  realTrainingPeers,
} from '../contenders/contenders.js';
import {type Measured, measureAll} from '../contenders/field.js';
import type {Backend} from '../options.js';
import {rounded} from '../report.js';
import type {TokenPair} from '../workload/workload.js';
import {comparison, ratioLine, relativeDifference, speedOf, totalSeconds} from './compared.js';
import type {RealReferenceJob, RealTrainingJob} from './job.js';
import {longestSequence, neededForwardFlop, neededTokens} from './needed.js';
import {LIMITS, type Measurement, pairsFor} from './subject.js';
import {percent, tableLines} from './table.js';

/**
 * The step that is measured: APO-zero, at a β so small that the sigmoid is steep whatever the reference is said to give
 * each token. So gradients can be compared, and no time is spent on a reference.
 */
export const STEP = {
  objective: 'apo_zero',
  beta: 1e-4,
  learningRate: 1e-6,
  maxGradNorm: 1,
  referenceTokenLogp: -2,
} as const;

interface Pace {
  readonly part: 'training' | 'reference';
  /** How much is computed, in forward passes. */
  readonly passes: number;
  readonly peers: readonly Command[];
  readonly computes: Readonly<Record<string, string>>;
  jobOf(common: Omit<RealReferenceJob, 'bench'>): RealTrainingJob | RealReferenceJob;
  /** Whether the same was computed. */
  agreement(one: Measured, other: Measured): Readonly<Record<string, unknown>>;
}

export const measureTraining = (measurement: Measurement): Promise<void> => {
  const {lora, memory} = measurement.options;
  return measurePace(measurement, {
    part: 'training',
    // Forward; backward for the activations; and for the weights, unless they are frozen under an adapter.
    passes: lora === 0 ? 3 : 2,
    peers: realTrainingPeers(measurement.options.python),
    computes: realComputes,
    jobOf: (common) => ({
      ...common,
      ...STEP,
      ...(lora === 0 ? {} : {loraRank: lora}),
      ...(memory === undefined ? {} : {memoryBytes: memory}),
      bench: 'real-training',
    }),
    // TRL's loss is ours and a constant.
    agreement: (one, other) => ({
      gradNormDifference: relativeDifference(one.about.gradNorms, other.about.gradNorms),
    }),
  });
};

export const measureReference = (measurement: Measurement): Promise<void> =>
  measurePace(measurement, {
    part: 'reference',
    passes: 1,
    peers: realReferencePeers(measurement.options.python),
    computes: realScores,
    jobOf: (common) => ({...common, bench: 'real-reference'}),
    agreement: (one, other) => ({logpDifference: relativeDifference(one.about.logps, other.about.logps)}),
  });

async function measurePace({options, report, subject}: Measurement, pace: Pace): Promise<void> {
  const {rounds, threads, batch, lora, backends, only} = options;
  for (const {name: kind, pairs: all} of await pairsFor(subject, options.pairs)) {
    const pairs = cycled(all, rounds * batch);
    const adapter = pace.part === 'training' && lora > 0 ? {lora} : {};
    const what = {
      bench: 'real',
      model: subject.name,
      pairs: kind,
      limits: LIMITS,
      batch,
      ...adapter,
      threads,
    };
    report.say(`${subject.name}, ${pace.part}, ${kind} pairs, ${batch} at a time`);
    const jobFor = (backend: Backend) =>
      pace.jobOf({
        model: subject.folder,
        threads,
        precision: 'float32',
        ...executorOf(backend),
        batchSize: batch,
        pairs,
        warmUpPairs: shortest(all, batch),
        peerMicroBatchSize: options.peerMicroBatch,
      });
    const entrants = [
      ...backends.map((backend) => ({command: ours(backend), job: jobFor(backend)})),
      ...(options.peers ? pace.peers : []).map((command) => ({command, job: jobFor('onnx')})),
    ].filter(({command}) => only.length === 0 || only.includes(command.name));
    const measured = await measureAll(entrants, {rounds, count: 1}, (contender, reason) =>
      report.skip({...what, contender}, reason),
    );
    const needed = neededTokens(pairs);
    const flop = pace.passes * neededForwardFlop(subject.config, pairs);
    const peak = Math.max(0, ...measured.map(({about}) => Number(about.peakFlopPerSecond ?? 0)));
    const rows = measured.map((each) => {
      const {logps: _, ...about} = each.about;
      return {
        ...speedOf(each, needed),
        ...(peak > 0 && {shareOfPeak: rounded(flop / totalSeconds(each) / peak)}),
        neededGflop: rounded(flop / 1e9),
        longestSequence: longestSequence(pairs),
        ...about,
        computes: pace.computes[each.name] ?? pace.computes.ours,
      };
    });
    for (const row of rows) report.row({kind: pace.part, ...what, ...row});
    const isOurs = ({name}: Measured) => backends.some((backend) => backend === name);
    const ratios = measured
      .filter(isOurs)
      .flatMap((one) =>
        measured
          .filter((each) => !isOurs(each))
          .map((other) => ({...comparison(one, other, () => needed), ...pace.agreement(one, other)})),
      );
    for (const row of ratios) report.row({kind: 'ratio', part: pace.part, ...what, ...row});
    const lines = tableLines(
      [
        {title: '', cell: ({contender}) => contender},
        {title: 'needed tokens/s', cell: ({tokensPerSecond}) => `${tokensPerSecond}`},
        {title: 'of the peak', cell: ({shareOfPeak}) => percent(shareOfPeak || undefined)},
        {title: 'peak memory, MB', cell: ({peakMemoryMegabytes}) => `${peakMemoryMegabytes}`},
      ],
      rows,
    );
    for (const line of [...lines, ...ratios.map(ratioLine)]) report.say(`  ${line}`);
  }
}

/** So many in their order, from the first again where there are fewer. */
const cycled = (pairs: readonly TokenPair[], count: number): TokenPair[] =>
  Array.from({length: count}, (_, index) => pairs[index % pairs.length] as TokenPair);

const shortest = (pairs: readonly TokenPair[], count: number): TokenPair[] =>
  cycled(
    pairs.toSorted((one, other) => longestSequence([one]) - longestSequence([other])),
    count,
  );
