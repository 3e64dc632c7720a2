/** `bench real`, sampling: greedy answers to prompts of real lengths, and whether the peers give the same. */
import {executorOf, ours, realSamples, realSamplingPeers} from '../contenders/contenders.js';
import {type Measured, measureAll} from '../contenders/field.js';
import type {Backend} from '../options.js';
import {comparison, ratioLine, sameLists, speedOf} from './compared.js';
import type {RealSamplingJob} from './job.js';
import {type Measurement, promptsFor} from './subject.js';
import {tableLines} from './table.js';

const REQUESTS = 32;
const MAX_NEW_TOKENS = 128;

export async function measureSampling({options, report, subject}: Measurement): Promise<void> {
  const {rounds, threads, backends, only} = options;
  const prompts = await promptsFor(subject, options.prompts, REQUESTS);
  const promptTokens = prompts.reduce((sum, {length}) => sum + length, 0);
  const what = {
    bench: 'real',
    model: subject.name,
    requests: prompts.length,
    promptTokens,
    maxNewTokens: MAX_NEW_TOKENS,
    threads,
  };
  report.say(`${subject.name}, sampling, ${prompts.length} requests, up to ${MAX_NEW_TOKENS} new tokens`);
  const jobFor = (backend: Backend): RealSamplingJob => ({
    bench: 'real-sampling',
    model: subject.folder,
    threads,
    precision: 'float32',
    ...executorOf(backend),
    prompts,
    maxNewTokens: MAX_NEW_TOKENS,
    endTokenIds: subject.tokenizer?.endTokenIds ?? [],
    padTokenId: subject.tokenizer?.padTokenId ?? 0,
  });
  const entrants = [
    ...backends.map((backend) => ({command: ours(backend), job: jobFor(backend)})),
    ...(options.peers ? realSamplingPeers(options.python) : []).map((command) => ({
      command,
      job: jobFor('onnx'),
    })),
  ].filter(({command}) => only.length === 0 || only.includes(command.name));
  const measured = await measureAll(entrants, {rounds, count: 1}, (contender, reason) =>
    report.skip({...what, contender}, reason),
  );
  /** Each pass gives the same. */
  const tokensOf = ({about}: Measured): number => rounds * Number(about.newTokens);
  const rows = measured.map((each) => {
    const {answers: _, ...about} = each.about;
    return {...speedOf(each, tokensOf(each)), ...about, computes: realSamples[each.name] ?? realSamples.ours};
  });
  for (const row of rows) report.row({kind: 'sampling', ...what, ...row});
  const isOurs = ({name}: Measured) => backends.some((backend) => backend === name);
  const ratios = measured.filter(isOurs).flatMap((one) =>
    measured
      .filter((each) => !isOurs(each))
      .map((other) => ({
        ...comparison(one, other, tokensOf),
        sameAnswers: sameLists(one.about.answers, other.about.answers),
      })),
  );
  for (const row of ratios) report.row({kind: 'ratio', part: 'sampling', ...what, ...row});
  const lines = tableLines(
    [
      {title: '', cell: ({contender}) => contender},
      {title: 'new tokens/s', cell: ({tokensPerSecond}) => `${tokensPerSecond}`},
      {title: 'start, s', cell: ({startSeconds}) => `${startSeconds}`},
      {title: 'peak memory, MB', cell: ({peakMemoryMegabytes}) => `${peakMemoryMegabytes}`},
    ],
    rows,
  );
  const ratioLines = ratios.map(
    (ratio) => `${ratioLine(ratio)}; ${ratio.sameAnswers} of ${prompts.length} answers the same`,
  );
  for (const line of [...lines, ...ratioLines]) report.say(`  ${line}`);
}
