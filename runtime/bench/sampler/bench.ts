/** `bench sampler`: requests whose answers differ in length, in useful tokens a second. */
import {executorOf, fitting, ours, samplerPeers, samples} from '../contenders/contenders.js';
import {type Measured, measureAll} from '../contenders/field.js';
import type {SamplerJob} from '../contenders/job.js';
import {fastest, ratios, type Timings} from '../contenders/rounds.js';
import type {Backend, SamplerOptions} from '../options.js';
import {megabytes, type Report, rounded} from '../report.js';
import {configOf, type Size} from '../workload/sizes.js';
import {makeRequests} from '../workload/workload.js';

const REQUESTS = 32;

/** Passes over all requests in one turn: about a second of them. */
const PASSES: Readonly<Record<Size, number>> = {
  '0.4M': 8,
  '0.9M': 5,
  '3M': 3,
  '10M': 2,
  '12M': 2,
  '30M': 1,
  '135M': 1,
};

export async function benchSampler(options: SamplerOptions, report: Report): Promise<void> {
  for (const size of options.sizes) await measure(options, report, size);
}

async function measure(options: SamplerOptions, report: Report, size: Size): Promise<void> {
  const {precision, threads, rounds, rows, cuda} = options;
  const what = {bench: 'sampler', size, precision, threads, requests: REQUESTS, cuda};
  const onMissing = (contender: string, reason: string) => report.skip({...what, contender}, reason);
  report.say(`${size}, ${REQUESTS} requests, ${precision}`);
  const config = configOf(size);
  const requests = makeRequests(REQUESTS, config.vocabSize);
  const tokens = requests.reduce((sum, {newTokens}) => sum + newTokens, 0);
  const jobFor = (backend: Backend): SamplerJob => {
    return {bench: 'sampler', size, config, threads, precision, ...executorOf(backend), cuda, requests, rows};
  };
  const backends = fitting(options.backends, precision, onMissing);
  const entrants = [
    ...backends.map((backend) => ({command: ours(backend), job: jobFor(backend)})),
    ...(options.peers ? samplerPeers(options.python) : []).map((command) => ({command, job: jobFor('onnx')})),
  ];
  const measured = await measureAll(entrants, {rounds, count: options.passes ?? PASSES[size]}, onMissing);
  for (const {name, timings, peakMemoryBytes, about} of measured) {
    report.row({
      kind: 'sampling',
      ...what,
      contender: name,
      newTokens: tokens,
      tokensPerSecondMedian: rounded(tokens / timings.median),
      tokensPerSecondMax: rounded(tokens / timings.min),
      tokensPerSecondByRound: timings.byRound.map((seconds) => rounded(tokens / seconds)),
      peakMemoryMegabytes: megabytes(peakMemoryBytes),
      ...about,
      computes: samples[name] ?? samples.ours,
    });
  }
  for (const row of ratioRows(measured, backends)) report.row({kind: 'ratio', ...what, ...row});
}

/** How many times as fast ours is as the peer in whichever form was the faster that round. */
function ratioRows(measured: readonly Measured[], backends: readonly Backend[]) {
  const isOurs = ({name}: Measured) => backends.some((backend) => backend === name);
  const others = measured.filter((each) => !isOurs(each));
  if (others.length === 0) return [];
  const best: Timings = fastest(others.map(({timings}) => timings));
  return measured.filter(isOurs).map(({name, timings}) => {
    const {median, byRound} = ratios(timings, best);
    return {contender: name, against: 'transformers', median: rounded(median), byRound: byRound.map(rounded)};
  });
}
